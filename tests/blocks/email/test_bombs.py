"""Messages that were made to be slow are stopped in time, and others come to their turn meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from backend.blocks.email._mime import MOST_HEADER_BYTES, content_of, headers_of
from backend.blocks.email._samples import PLAIN
from backend.blocks.email.read_message import EmailReadMessageBlock
from backend.blocks.email.search_messages import EmailSearchMessagesBlock
from backend.util.errors import BlockError
from tests.blocks.email.driving import output
from tests.support.mail_servers import MailServers
from tests.torture.bombs.mail import HEADERS, MESSAGES, Mailed

STOPPED_S = 4.0
"""2.0 s for the largest, and a machine that does more."""
UNNOTICED_S = 0.5
T = TypeVar("T")


async def beside(work: Callable[[], T]) -> tuple[T | BlockError, float, float]:
    """What `work` gives or raises in a thread, its seconds, and the longest that the event loop stood still."""
    waits: list[float] = []

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.01)
            waits.append(time.perf_counter() - begun - 0.01)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    try:
        found: T | BlockError = await asyncio.to_thread(work)
    except BlockError as error:
        found = error
    took_s = time.perf_counter() - started
    ticking.cancel()
    return found, took_s, max(waits)


@pytest.mark.parametrize("bomb", MESSAGES, ids=lambda bomb: bomb.name)
async def test_a_message_that_was_made_to_be_slow_is_stopped_and_nobody_waits_for_it(bomb: Mailed) -> None:
    content_of(PLAIN)
    raw = bomb.make()
    found, took_s, stood_s = await beside(lambda: content_of(raw))
    if bomb.says is None:
        assert not isinstance(found, BlockError), str(found)
    else:
        assert bomb.says in str(found)
    assert took_s < STOPPED_S
    assert stood_s < UNNOTICED_S


@pytest.mark.parametrize("name", HEADERS)
async def test_headers_that_were_made_to_be_slow_take_less_than_others_wait(name: str) -> None:
    raw = HEADERS[name][: MOST_HEADER_BYTES - 4] + b"\r\n\r\n"
    headers_of([PLAIN])
    found, took_s, stood_s = await beside(lambda: headers_of([PLAIN, *[raw] * 10, PLAIN]))
    assert not isinstance(found, BlockError), str(found)
    assert [found[place]["subject"] for place in (0, -1)] == ["Größe", "Größe"]
    assert took_s < STOPPED_S
    assert stood_s < UNNOTICED_S


async def test_a_bomb_that_comes_over_imap_says_what_to_do(mail: MailServers) -> None:
    mail.receive(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5_000)
    found = await output(mail, EmailSearchMessagesBlock())
    uid = found["messages"][0]["uid"]
    with pytest.raises(BlockError, match=r"cannot be read.*mail program"):
        await output(mail, EmailReadMessageBlock(), uid=uid)
