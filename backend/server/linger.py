"""Refusing the rest of a body: the answer goes out at once, and the connection ends when the caller had time to see it.

A connection that is closed while somebody still sends takes the answer with it on many systems.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from starlette.types import Message, Receive, Scope, Send

LONGEST_S = 30.0
"""For whoever goes on sending; then they are cut off."""
_QUIET_S = 2.0
_READ = "body_is_read"


def noted(receive: Receive, scope: Scope) -> Receive:
    """A `receive` that notes in the scope when the body has ended."""
    scope[_READ] = False

    async def receive_noted() -> Message:
        message = await receive()
        if not message.get("more_body", False):
            scope[_READ] = True
        return message

    return receive_noted


async def send_and_linger(message: Message, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the end of an answer; what still comes of the request's body is dropped, for a while."""
    if scope.get(_READ, False):
        await send(message)
        return
    await send({**message, "more_body": True})
    is_more, until = True, time.monotonic() + LONGEST_S
    with suppress(TimeoutError):
        while is_more and time.monotonic() < until:
            async with asyncio.timeout(_QUIET_S):
                is_more = (await receive()).get("more_body", False)
    await send({"type": "http.response.body", "body": b"", "more_body": False})
