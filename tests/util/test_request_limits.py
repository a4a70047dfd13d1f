"""How much and how long: compression, size, time-outs, cancelling."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import time
import zlib
from collections.abc import Iterator

import pytest

from backend.util.errors import (
    ProviderError,
    ProviderUnavailable,
)
from backend.util.request import AsyncRequests, Requests, cancel_check
from tests.support.http_server import Answer, reachable
from tests.util.request_faces import Face, serving


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("gzip", gzip.compress(b"he", mtime=0) + gzip.compress(b"llo", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
)
async def test_compressed_answer_is_unpacked(call: Face, coding: str, packed: bytes) -> None:
    with serving({"/": Answer(body=packed, headers={"Content-Encoding": coding})}) as server:
        assert (await call("GET", server.base_url)).text == "hello"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(b"hello" * 99, mtime=0)[:-9]),
        ("br", b"x"),
        ("gzip, gzip", b"x"),
    ],
)
async def test_answer_that_cannot_be_unpacked_is_a_provider_error(
    call: Face, coding: str, packed: bytes
) -> None:
    with serving({"/": Answer(body=packed, headers={"Content-Encoding": coding})}) as server:
        with pytest.raises(ProviderError):
            await call("GET", server.base_url)


async def test_gzip_bomb_is_stopped_at_the_limit(call: Face) -> None:
    bomb = gzip.compress(bytes(200 * 1_048_576), compresslevel=1)
    with serving({"/": Answer(body=bomb, headers={"Content-Encoding": "gzip"})}) as server:
        started = time.monotonic()
        with pytest.raises(ProviderError, match="more than 10 MiB"):
            await call("GET", server.base_url)
    assert time.monotonic() - started < 2


async def test_body_without_end_is_stopped_at_the_limit(call: Face) -> None:
    sent = itertools.count()
    endless = Answer(chunks=lambda: (bytes(65_536) for _ in sent))
    with serving({"/": endless}) as server, pytest.raises(ProviderError, match="more than 1 MiB"):
        await call("GET", server.base_url, client={"max_bytes": 1_048_576})
    await asyncio.sleep(0.1)
    assert next(sent) < 200


async def test_answer_of_exactly_the_limit_passes(call: Face) -> None:
    with serving({"/": Answer(body=bytes(1000))}) as server:
        assert len((await call("GET", server.base_url, client={"max_bytes": 1000})).content) == 1000
        with pytest.raises(ProviderError):
            await call("GET", server.base_url, client={"max_bytes": 999})


def trickle() -> Iterator[bytes]:
    while True:
        yield b"."
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [Answer(delay_s=3), Answer(chunks=trickle)], ids=["silent", "trickling"])
async def test_slow_answer_is_given_up_in_time(call: Face, answer: Answer) -> None:
    with serving({"/": answer}) as server:
        started = time.monotonic()
        with pytest.raises(ProviderUnavailable, match="time"):
            await call("GET", server.base_url, timeout_s=0.5)
    assert 0.4 < time.monotonic() - started < 1.5


async def test_headers_that_trickle_are_given_up_in_time(call: Face) -> None:
    async def slow_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(slow_headers, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    started = time.monotonic()
    with reachable(address), pytest.raises(ProviderUnavailable):
        await call("GET", f"http://{address}/", timeout_s=0.5)
    assert time.monotonic() - started < 1.5
    server.close()


async def test_thread_is_cancelled_while_the_server_is_silent() -> None:
    class Cancelled(Exception):
        pass

    started = time.monotonic()

    def check() -> None:
        if time.monotonic() - started > 0.2:
            raise Cancelled

    def work() -> None:
        cancel_check.set(check)
        Requests().get(server.base_url)

    with serving({"/": Answer(delay_s=5)}) as server, pytest.raises(Cancelled):
        await asyncio.to_thread(work)
    assert time.monotonic() - started < 1.5


async def test_thread_is_cancelled_while_it_waits_for_a_retry() -> None:
    started = time.monotonic()

    def check() -> None:
        if time.monotonic() - started > 0.2:
            raise KeyboardInterrupt

    def work() -> str:
        cancel_check.set(check)
        try:
            Requests().get(server.base_url)
        except KeyboardInterrupt:
            return "cancelled"
        return "finished"

    with serving({"/": Answer(503, headers={"Retry-After": "5"})}) as server:
        assert await asyncio.to_thread(work) == "cancelled"
    assert time.monotonic() - started < 1.5


async def test_task_is_cancelled_while_the_server_is_silent() -> None:
    with serving({"/": Answer(delay_s=5)}) as server:
        task = asyncio.create_task(AsyncRequests().get(server.base_url))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
