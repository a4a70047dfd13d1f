"""Deliveries as providers document them: headers and raw body, read as the ingress reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.blocks import catalogue
from backend.blocks.testing import misfits, run_block_directly
from backend.data.block import Block, TestCase
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._events import refuse_unknown
from backend.util.errors import BlockyardError, Unauthorized
from tests.support.deliveries import Read, deliver, manager, set_clock, webhook_of

FOLDER = Path(__file__).parents[2] / "fixtures" / "webhooks"
OTHER_NAMES = {"example": ProviderName.EXAMPLE_PROVIDER.value}
FIXTURES = sorted(FOLDER.glob("*/*.json"))
every_fixture = pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")


def provider_of(path: Path) -> str:
    return OTHER_NAMES.get(path.parent.name, path.parent.name)


def read(path: Path, monkeypatch: pytest.MonkeyPatch, **changed: str) -> tuple[dict[str, Any], Read]:
    fixture = {**json.loads(path.read_text(encoding="utf-8")), **changed}
    set_clock(monkeypatch, fixture["at"])
    webhook = webhook_of(provider_of(path), fixture["secret"])
    return fixture, deliver(webhook, fixture["headers"], fixture["body"].encode())


def test_every_manager_has_a_fixture() -> None:
    from backend.integrations.webhooks import managers

    assert {ProviderName.parse(provider_of(path)) for path in FIXTURES} >= set(managers())


@every_fixture
def test_a_documented_delivery_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fixture, found = read(path, monkeypatch)
    assert fixture["source"]
    if found.reply is None:
        assert (found.event, found.event_id) == (fixture["event"], fixture["event_id"])
        refuse_unknown(manager(provider_of(path)), found.event)


@every_fixture
def test_a_documented_delivery_with_another_secret_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    with pytest.raises(Unauthorized):
        read(path, monkeypatch, secret=other)


@every_fixture
def test_a_documented_delivery_gives_the_trigger_block_what_its_pins_say(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = read(path, monkeypatch)
    blocks = [block for block in catalogue() if _listens(block, provider_of(path))]
    assert blocks, "No trigger block."
    for block in blocks:
        yields = run_block_directly(block, _case(block, found))
        assert misfits(block, {}, [pair for pair in yields if pair[0] != "error"]) == []


def _case(block: Block, found: Read) -> TestCase:
    """The block's own first example, with what was delivered instead of its payload."""
    first = block.test_cases()[0]
    return TestCase({**first.input, "payload": found.payload}, [], first.mock, first.credentials)


def _listens(block: Block, provider: str) -> bool:
    config = block.webhook_config
    try:
        return config is not None and ProviderName.parse(config.provider) is ProviderName.parse(provider)
    except (ValueError, BlockyardError):
        return False
