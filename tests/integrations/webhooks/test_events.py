"""Which events a trigger listens for."""

from __future__ import annotations

from typing import Any

import pytest

from backend.data.block import BlockManualWebhookConfig
from backend.integrations.webhooks._events import matches, refuse_unknown, wanted_events
from backend.integrations.webhooks.github import GithubWebhookManager
from backend.util.errors import BadInput
from tests.support.hook_provider import HookManager

HOOKS = HookManager()
CONFIG = BlockManualWebhookConfig("http", "door", event_filter_input="events", event_format="door.{event}")


@pytest.mark.parametrize(
    ("event", "wanted", "is_wanted"),
    [
        ("door.opened", [], True),
        ("door.opened", ["door.opened"], True),
        ("door.opened", ["door"], True),
        ("doorbell", ["door"], False),
        ("door", ["door.opened"], False),
        ("light.on", ["door", "light"], True),
    ],
)
def test_event_is_wanted_by_its_name_or_by_what_stands_before_a_dot(
    event: str, wanted: list[str], is_wanted: bool
) -> None:
    assert matches(event, wanted) is is_wanted


@pytest.mark.parametrize(
    ("chosen", "events"),
    [
        (["opened", "closed", "opened"], ["door.opened", "door.closed"]),
        ({"opened": True, "closed": False}, ["door.opened"]),
        ([], []),
        (None, []),
    ],
)
def test_filter_is_a_list_or_an_object_of_booleans(chosen: Any, events: list[str]) -> None:
    assert wanted_events(CONFIG, {"events": chosen}, HOOKS) == events


@pytest.mark.parametrize("chosen", ["opened", 3, [1], {"opened": False}])
def test_other_filters_are_refused(chosen: Any) -> None:
    with pytest.raises(BadInput, match="events"):
        wanted_events(CONFIG, {"events": chosen}, HOOKS)


def test_block_without_a_filter_listens_for_its_type_where_that_is_an_event() -> None:
    def wanted(webhook_type: str) -> list[str]:
        return wanted_events(BlockManualWebhookConfig("http", webhook_type), {}, HOOKS)

    assert wanted("door.opened") == ["door.opened"]
    assert wanted("door") == ["door"]
    assert wanted("house") == []


def test_unknown_event_is_refused_with_the_nearest_ones_and_ignored_ones_by_name() -> None:
    with pytest.raises(BadInput, match=r"'door.opend'.*Did you mean 'door.opened'.*Known: door.opened"):
        refuse_unknown(HOOKS, "door.opend")
    manager = GithubWebhookManager()
    assert manager.IGNORED_EVENTS
    with pytest.raises(BadInput, match="starts nothing"):
        refuse_unknown(manager, min(manager.IGNORED_EVENTS))
