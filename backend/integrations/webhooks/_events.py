"""Which events a trigger listens for, and whether one that came is among them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, cast

from backend.data.block import BlockManualWebhookConfig
from backend.data.model import JsonObject
from backend.integrations.webhooks._base import WebhookManager
from backend.util.errors import BadInput

_SHOWN = 3


def wanted_events(
    config: BlockManualWebhookConfig, constants: JsonObject, manager: WebhookManager
) -> list[str]:
    """The events that a node asks for, as the manager names them; empty: all of them.

    The filter is a list of names, or an object of booleans; `event_format` makes events of its names. A block
    without a filter listens for its `webhook_type`, where that is the name of an event.

    Raises:
        BadInput: the filter is neither, or names an event that the provider does not have.
    """
    known = manager.known_events()
    if not config.event_filter_input:
        return [config.webhook_type] if matches_any(config.webhook_type, known) else []
    chosen = _chosen(constants.get(config.event_filter_input), config.event_filter_input)
    events = [config.event_format.format(event=name) for name in chosen]
    for event in events:
        refuse_unknown(manager, event)
    return events


def matches(event: str, wanted: Iterable[str]) -> bool:
    """Whether an event is wanted: by its name, or by what stands before a dot in it. Empty: all are."""
    names = list(wanted)
    return not names or any(event == name or event.startswith(f"{name}.") for name in names)


def matches_any(name: str, known: Iterable[str]) -> bool:
    """Whether a name is that of a known event, or of a group of them: `pull_request` of `pull_request.opened`."""
    return any(event == name or event.startswith(f"{name}.") for event in known)


def refuse_unknown(manager: WebhookManager, event: str) -> None:
    """Let an event pass that the provider has; any does where the manager knows none by name.

    Raises:
        BadInput: names the nearest ones, or says that this one is ignored.
    """
    known = manager.known_events()
    provider = manager.PROVIDER_NAME.value
    if event in manager.IGNORED_EVENTS:
        raise BadInput(
            f"{provider} sends the event {event!r} unasked, and it starts nothing. Listen for others. "
            f"{_all_of(known, manager.IGNORED_EVENTS)}"
        )
    is_action_of_one = "." in event and any(event.startswith(f"{name}.") for name in known)
    if not known or is_action_of_one or matches_any(event, known):
        return
    near = difflib.get_close_matches(event, known, _SHOWN, 0.5)
    hint = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
    raise BadInput(f"{provider} has no event {event!r}.{hint} {_all_of(known, manager.IGNORED_EVENTS)}")


def _all_of(known: Iterable[str], ignored: Iterable[str]) -> str:
    rest = ", ".join(sorted(ignored))
    return f"Known: {', '.join(known)}." + (f" Ignored: {rest}." if rest else "")


def _chosen(value: Any, pin: str) -> list[str]:
    """The names that a filter says; of an object those that are true."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        chosen = cast("Mapping[str, Any]", value)
        names = [str(name) for name, is_wanted in chosen.items() if is_wanted is True]
        if not names:
            raise BadInput(f"{pin} has no event that is true, so nothing would start the graph. Choose one.")
        return names
    if isinstance(value, list) and all(isinstance(name, str) for name in cast("list[object]", value)):
        return list(dict.fromkeys(cast("list[str]", value)))
    raise BadInput(f'{pin} must be a list of event names, or an object such as {{"opened": true}}.')
