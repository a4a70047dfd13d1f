"""Asking for updates, through the real client against a local Bot API: each is given once, and none is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.blocks.telegram.updates import TelegramGetUpdatesBlock, read_up_to
from backend.blocks.testing import DirectContext
from backend.util.errors import ProviderError, ProviderForbidden
from tests.blocks.telegram.conftest import Run
from tests.support.telegram_server import ADA, TelegramBot

GET = TelegramGetUpdatesBlock()
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def update(number: int, kind: str = "message") -> dict[str, Any]:
    return {"update_id": number, kind: {"message_id": number, "chat": ADA, "text": "Hello"}}


async def test_the_next_run_goes_on_where_the_last_one_stopped(bot: TelegramBot, run: Run) -> None:
    context = DirectContext()
    bot.updates = [update(number) for number in (10, 11, 12)]
    first = await run(GET, context=context, limit=2)
    assert first == [
        ("update", update(10)),
        ("update", update(11)),
        ("updates", [update(10), update(11)]),
        ("next_offset", 12),
    ]
    assert [one["update_id"] for one in bot.updates] == [10, 11, 12]
    second = dict(await run(GET, context=context, limit=2))
    assert (second["updates"], second["next_offset"]) == ([update(12)], 13)
    assert [one["update_id"] for one in bot.updates] == [12]
    third = dict(await run(GET, context=context))
    assert third == {"updates": [], "next_offset": 13}
    assert bot.updates == []


async def test_another_graph_and_an_offset_of_its_own_do_not_mind_what_was_read(
    bot: TelegramBot, run: Run
) -> None:
    bot.updates = [update(number) for number in (10, 11)]
    context = DirectContext()
    await run(GET, context=context)
    other = dict(await run(GET, context=DirectContext()))
    assert other["updates"] == [update(10), update(11)]
    again = dict(await run(GET, context=context, offset=11))
    assert again["updates"] == [update(11)]


async def test_only_wanted_events_come_and_it_waits_for_them(bot: TelegramBot, run: Run) -> None:
    bot.updates = [update(10), update(11, "channel_post")]
    told = dict(await run(GET, events=["channel_post"], wait_s=2))
    assert told["updates"] == [update(11, "channel_post")]
    assert bot.of("getUpdates") == [{"limit": 100, "timeout": 2, "allowed_updates": ["channel_post"]}]


async def test_a_bot_that_never_had_an_update_has_no_offset(bot: TelegramBot, run: Run) -> None:
    assert await run(GET) == [("updates", []), ("next_offset", None)]


async def test_a_bot_with_a_webhook_says_whither_its_updates_go_and_how_to_stop_it(
    bot: TelegramBot, run: Run
) -> None:
    bot.webhook = {"url": "https://blockyard.example.com/secret-path"}
    with pytest.raises(ProviderError, match=r"blockyard\.example\.com.*unpublish it") as refusal:
        await run(GET)
    assert refusal.value.http_status == 409
    assert "secret-path" not in str(refusal.value)


async def test_a_bot_that_somebody_else_asks_for_says_so(bot: TelegramBot, run: Run) -> None:
    bot.refusals["getUpdates"] = (409, "Conflict: terminated by other getUpdates request")
    with pytest.raises(ProviderError, match="Let only one do so"):
        await run(GET)


async def test_another_refusal_stays_what_it_is(bot: TelegramBot, run: Run) -> None:
    bot.refusals["getUpdates"] = (403, "Forbidden")
    with pytest.raises(ProviderForbidden):
        await run(GET)
    assert bot.calls == ["getUpdates"]


@pytest.mark.parametrize(
    ("kept", "offset"),
    [
        ({"next_offset": 12, "at": (NOON - timedelta(days=5)).isoformat()}, 12),
        ({"next_offset": 12, "at": (NOON - timedelta(days=7)).isoformat()}, None),
        ({"next_offset": "12", "at": NOON.isoformat()}, None),
        (None, None),
    ],
)
def test_what_was_read_counts_until_telegram_counts_anew(kept: Any, offset: int | None) -> None:
    assert read_up_to(kept, NOON) == offset
