"""Webhooks are looked up once for a burst, and anew once they have changed."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from backend.data.webhook_store import IngressWebhook
from backend.server import known_webhooks
from backend.server.known_webhooks import KnownWebhooks


class Lookups:
    """Stands for the database: counts, and answers when it is let."""

    def __init__(self) -> None:
        self.count = 0
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    def begin(self) -> Lookups:
        return self

    async def __aenter__(self) -> None:
        self.count += 1

    async def __aexit__(self, *_: object) -> None: ...

    async def load(self, _: object, __: str) -> IngressWebhook | None:
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return None


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> Lookups:
    made = Lookups()
    monkeypatch.setattr(known_webhooks, "load_for_ingress", made.load)
    return made


@pytest.fixture
def webhooks(lookups: Lookups) -> KnownWebhooks:
    return KnownWebhooks(cast("Any", lookups), cast("Any", None))


async def burst(webhooks: KnownWebhooks, count: int) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(webhooks.find("w")) for _ in range(count)]
    await asyncio.sleep(0.01)
    return tasks


async def test_a_burst_looks_once(webhooks: KnownWebhooks, lookups: Lookups) -> None:
    tasks = await burst(webhooks, 20)
    lookups.may_answer.set()
    assert await asyncio.gather(*tasks) == [None] * 20
    assert await webhooks.find("w") is None
    assert lookups.count == 1


async def test_what_comes_after_a_change_does_not_share_a_look_from_before(
    webhooks: KnownWebhooks, lookups: Lookups
) -> None:
    before = await burst(webhooks, 2)
    webhooks.forget("w")
    after = await burst(webhooks, 2)
    lookups.may_answer.set()
    await asyncio.gather(*before, *after)
    assert lookups.count == 2


async def test_a_look_that_fails_fails_for_all_and_is_not_remembered(
    webhooks: KnownWebhooks, lookups: Lookups
) -> None:
    lookups.error = ConnectionError("away")
    tasks = await burst(webhooks, 3)
    lookups.may_answer.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [ConnectionError] * 3
    lookups.error = None
    assert await webhooks.find("w") is None
    assert lookups.count == 2


async def test_one_who_leaves_takes_the_look_from_nobody(webhooks: KnownWebhooks, lookups: Lookups) -> None:
    first, second = await burst(webhooks, 2)
    first.cancel()
    lookups.may_answer.set()
    assert await second is None
    assert lookups.count == 1
