"""What routes ask for: the site, the caller, a page of a list. The gate has put the first two there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import AfterValidator

from backend.server.access import Caller, check_access
from backend.server.body import parse_body
from backend.server.site import Site
from backend.util.errors import BadInput, Problem, Unauthorized

_LONGEST_KEY = 200
MAX_INT = 2_147_483_647
"""The largest number that a column of PostgreSQL's `integer` takes."""


def guard(request: Request) -> None:
    """Every route has this dependency: it looks the route up in the table of access."""
    caller = cast("Caller | None", request.scope.get("caller"))
    check_access(caller, request.method, request.scope["route"].path)


def _site(request: Request) -> Site:
    return cast("Site", request.scope["site"])


def _caller(request: Request) -> Caller:
    caller = cast("Caller | None", request.scope.get("caller"))
    if caller is None:
        raise Unauthorized("Log in first.")
    return caller


def key_in(headers: dict[bytes, bytes]) -> str | None:
    """The Idempotency-Key of a request, None without one.

    Raises:
        BadInput: it is too long, or no printable ASCII.
    """
    raw = headers.get(b"idempotency-key")
    if raw is None:
        return None
    key = raw.decode("latin-1")
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        cure = f"Send 1 to {_LONGEST_KEY} printable ASCII characters."
        problem = Problem("The Idempotency-Key cannot be used.", cure, path="Idempotency-Key")
        raise BadInput(str(problem), problems=(problem,))
    return key


def _idempotency_key(
    request: Request,
    declared: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="A repeated request with the same key makes nothing new"),
    ] = None,
) -> str | None:
    return key_in(dict(request.scope["headers"]))


def _id_of_a_page(cursor: str | None) -> str | None:
    try:
        return None if cursor is None else str(UUID(cursor))
    except ValueError as error:
        raise ValueError("this is no cursor of this list: send the `next_cursor` of a page") from error


SiteDep = Annotated[Site, Depends(_site)]
CallerDep = Annotated[Caller, Depends(_caller)]
KeyDep = Annotated[str | None, Depends(_idempotency_key)]
Cursor = Annotated[
    str | None, Query(min_length=1, max_length=200, description="`next_cursor` of the page before")
]
IdCursor = Annotated[Cursor, AfterValidator(_id_of_a_page)]
"""For lists that `next_cursor` goes on in."""
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
Version = Annotated[int | None, Query(ge=1, le=MAX_INT, description="The newest without it")]


class _JsonRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = await parse_body(await self.body())
        return self._json


class JsonRoute(APIRoute):
    """A route whose JSON is parsed by `parse_json`, so that what nobody can store is refused by name."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI asks for this once for each route."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            request = _JsonRequest(request.scope, request.receive)
            if self.body_field is not None and await request.body():
                await request.json()
            return await handle(request)

        return checked


def next_cursor(items: list[dict[str, Any]], limit: int) -> str | None:
    """Where the next page begins; None after the last."""
    return str(items[-1]["id"]) if len(items) == limit else None
