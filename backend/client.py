"""A client of the HTTP interface, for programs, for tests and for the command line's `--server`.

    async with AsyncClient("http://127.0.0.1:8020", key="by_…") as blockyard:
        saved = await blockyard.create_graph(graph)
        started = await blockyard.start_run(saved.id, {"name": "Ada"})
        async for event in blockyard.follow(started.run_id):
            print(event.kind, event.node_id)

`Client` has the same methods without `await`. Refusals are the errors of `util/errors.py`, by their code and
with their problems. Requests that change nothing, and those with an Idempotency-Key, are tried again when the
connection fails; every POST that creates has such a key, made here unless one is given.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from backend.client_calls import TRIES, Answers, Awaits, Call, Requests, error_in, part
from backend.data.run import EventKind, RunEvent, RunStatus
from backend.server.wire.common import Page
from backend.util.errors import BadInput, BlockyardError, Unavailable
from backend.util.event_stream import EventStream

T = TypeVar("T")
_FIRST_PAUSE_S = 0.2
_CONNECT_S = 10.0
_LONGEST_ANSWER_S = 330.0
"""A little more than the longest that the server waits for a run."""
_SILENCE_S = 60.0
"""A stream that says nothing for so long, not even that it lives, is opened again."""
_AWAY, _NOTHING_MORE = 503, 204


class AsyncClient(Requests, Awaits):
    """Asks one server; see the module. `key` None: call `log_in` first."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(**_settings(self.url, key))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, call: Call[T]) -> T:
        """Send it, again when that may help.

        Raises:
            BlockyardError: the server refused; `Unavailable` when it cannot be reached.
        """
        tried = 0
        while True:
            tried += 1
            try:
                answer = await self._http.request(
                    call.method, call.path, params=call.query, content=call.body, headers=call.headers()
                )
            except httpx.TransportError as error:
                if not call.may_repeat(tried):
                    raise _unreachable(self.url, error) from error
            else:
                if answer.status_code != _AWAY or not call.may_repeat(tried):
                    return call.read(answer)
            await asyncio.sleep(_pause_s(tried))

    async def each(
        self, fetch: Callable[..., Awaitable[Page[T]]], *, most: int | None = None, **query: Any
    ) -> AsyncGenerator[T]:
        """All items of a list, or the first `most`: `client.each(client.list_runs, status=…)`."""
        pages = _Pages(most, query)
        while pages.has_more:
            for item in pages.take(await fetch(**pages.query)):
                yield item

    async def follow(self, run_id: str, *, after: int = 0) -> AsyncGenerator[RunEvent]:
        """Events after number `after`, then live ones until the run is final; each numbered one once.

        Raises:
            NotFound: there is no such run.
            Unavailable: the server stays away.
        """
        stream = _Follow(run_id, after)
        while not stream.has_ended():
            try:
                async with self._opened(stream) as answer:
                    async for chunk in answer.aiter_raw():
                        for event in stream.take(chunk):
                            yield event
                            if stream.has_ended():
                                return
                    stream.finish(answer.status_code)
            except Unavailable as error:
                stream.fail(error)
            except httpx.TransportError as error:
                stream.fail(_unreachable(self.url, error))
            if not stream.has_ended():
                await asyncio.sleep(stream.pause_s())

    @asynccontextmanager
    async def _opened(self, stream: _Follow) -> AsyncGenerator[httpx.Response]:
        async with self._http.stream(
            "GET", stream.path, headers=stream.headers(), timeout=_SILENCE_S
        ) as answer:
            if not answer.is_success:
                await answer.aread()
                raise error_in(answer)
            yield answer


class Client(Requests, Answers):
    """The same for programs without an event loop."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(**_settings(self.url, key))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, call: Call[T]) -> T:
        """See `AsyncClient.ask`."""
        tried = 0
        while True:
            tried += 1
            try:
                answer = self._http.request(
                    call.method, call.path, params=call.query, content=call.body, headers=call.headers()
                )
            except httpx.TransportError as error:
                if not call.may_repeat(tried):
                    raise _unreachable(self.url, error) from error
            else:
                if answer.status_code != _AWAY or not call.may_repeat(tried):
                    return call.read(answer)
            time.sleep(_pause_s(tried))

    def each(self, fetch: Callable[..., Page[T]], *, most: int | None = None, **query: Any) -> Generator[T]:
        """See `AsyncClient.each`."""
        pages = _Pages(most, query)
        while pages.has_more:
            yield from pages.take(fetch(**pages.query))

    def follow(self, run_id: str, *, after: int = 0) -> Generator[RunEvent]:
        """See `AsyncClient.follow`."""
        stream = _Follow(run_id, after)
        while not stream.has_ended():
            try:
                with self._opened(stream) as answer:
                    for chunk in answer.iter_raw():
                        for event in stream.take(chunk):
                            yield event
                            if stream.has_ended():
                                return
                    stream.finish(answer.status_code)
            except Unavailable as error:
                stream.fail(error)
            except httpx.TransportError as error:
                stream.fail(_unreachable(self.url, error))
            if not stream.has_ended():
                time.sleep(stream.pause_s())

    @contextmanager
    def _opened(self, stream: _Follow) -> Generator[httpx.Response]:
        with self._http.stream("GET", stream.path, headers=stream.headers(), timeout=_SILENCE_S) as answer:
            if not answer.is_success:
                answer.read()
                raise error_in(answer)
            yield answer


def _settings(url: str, key: str | None) -> dict[str, Any]:
    """For httpx. A proxy of the environment is not for this machine.

    Raises:
        BadInput: this is no address of a server.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"{url!r} is no address of a server. Write it as http://127.0.0.1:8020.")
    return {
        "base_url": url,
        "headers": {} if key is None else {"authorization": f"Bearer {key}"},
        "timeout": httpx.Timeout(_LONGEST_ANSWER_S, connect=_CONNECT_S),
        "trust_env": parts.hostname not in ("localhost", "127.0.0.1", "::1"),
    }


def _pause_s(tried: int) -> float:
    return _FIRST_PAUSE_S * (1 << (tried - 1))


def _unreachable(url: str, error: Exception) -> Unavailable:
    return Unavailable(
        f"The server at {url} cannot be reached: {str(error) or type(error).__name__}. "
        "Look whether it runs, and correct the address."
    )


class _Pages:
    """Where one is in a list."""

    def __init__(self, most: int | None, query: dict[str, Any]) -> None:
        self._left = most
        self.query = query
        self.has_more = most is None or most > 0
        self._limit_next()

    def _limit_next(self) -> None:
        if self._left is not None:
            self.query["limit"] = max(1, min(self._left, 200))

    def take(self, page: Page[T]) -> list[T]:
        """The items of a page that are wanted."""
        items = page.items if self._left is None else page.items[: self._left]
        if self._left is not None:
            self._left -= len(items)
        self.has_more = page.next_cursor is not None and self._left != 0
        self.query["cursor"] = page.next_cursor
        self._limit_next()
        return items


class _Follow:
    """A run's events over as many connections as it takes."""

    def __init__(self, run_id: str, after: int) -> None:
        self.path = f"/api/runs/{part(run_id)}/stream"
        self._is_over = False
        self._after = after
        self._failed = 0
        self._stream = EventStream()

    def has_ended(self) -> bool:
        """Whether the run's last event has come."""
        return self._is_over

    def headers(self) -> dict[str, str]:
        """Of the next connection."""
        self._stream = EventStream()
        return {"accept": "text/event-stream", "last-event-id": str(self._after)}

    def take(self, chunk: bytes) -> Iterator[RunEvent]:
        """What is new in a part of the stream."""
        for name, data in self._stream.take(chunk):
            if name != "message":
                self._is_over = self._is_over or name == "end"
                continue
            event = RunEvent.model_validate_json(data)
            if event.seq is None or event.seq > self._after:
                self._after, self._failed = event.seq or self._after, 0
                self._is_over = event.kind == EventKind.STATE and RunStatus(event.data["status"]).is_final
                yield event

    def finish(self, status: int) -> None:
        """The connection ended: 204 says that there is nothing more."""
        self._is_over = self._is_over or status == _NOTHING_MORE

    def fail(self, error: BlockyardError) -> None:
        """The connection broke, or was not to be had.

        Raises:
            BlockyardError: this one, when it was so too often without an event between.
        """
        if self._failed >= TRIES:
            raise error

    def pause_s(self) -> float:
        """Before the next connection."""
        self._failed += 1
        return min(_pause_s(self._failed), 5.0)
