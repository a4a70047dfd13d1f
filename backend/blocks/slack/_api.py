"""Slack's Web API: what reads may be repeated, what writes wait as they are told, pages are followed.

Source: https://docs.slack.dev/apis/web-api, https://docs.slack.dev/apis/web-api/rate-limits,
https://docs.slack.dev/apis/web-api/pagination.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from typing import Any

from backend.blocks.slack._errors import error_of
from backend.data.credentials import APIKeyCredentials, OAuth2Credentials
from backend.data.json_parts import objects_at, text_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.util.clock import now
from backend.util.errors import BadInput, ProviderError, ProviderUnavailable
from backend.util.http_retry import retry_after_s
from backend.util.json_text import parse_json
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, Response

SlackCredentials = APIKeyCredentials | OAuth2Credentials

BASE_URL = "https://slack.com/api"
PAGE_ITEMS = 200
"""Slack recommends at most this many items a page."""
MAX_PAGES = 500
MAX_WAITS = 3
LONGEST_WAIT_S = 30.0
"""A write waits so long for its turn, three times at most; whoever has to wait longer hears it as an error."""
UPLOAD_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Found:
    """Items of a list, and whether Slack has more."""

    items: list[JsonObject]
    has_more: bool

    def as_json(self) -> JsonObject:
        """For the journal."""
        return {"items": self.items, "has_more": self.has_more}


class SlackClient:
    """One workspace, as one token sees it. The methods' names and arguments are Slack's own."""

    def __init__(self, credentials: SlackCredentials) -> None:
        header = credentials.auth_header()
        self._secrets = (header.partition(" ")[2],)
        self._requests = AsyncRequests(
            extra_headers={"Authorization": header},
            trusted_origins=["https://slack.com"],
            raise_for_status=False,
        )

    async def read(self, method: str, **arguments: Any) -> JsonObject:
        """Call a method that changes nothing; the client repeats it when the connection or Slack fails.

        Raises:
            CredentialsError: the token is no longer good; the user must reconnect.
            ProviderForbidden: a scope is missing (the message names it), or the app is not in the channel.
            ProviderNotFound: no such channel, user, message.
            RateLimited: `retry_after_s` is what Slack asks for.
            ProviderUnavailable: no answer, or Slack has trouble.
            ProviderError: any other refusal, with Slack's code.
        """
        return await self._checked(method, await self.exchange("GET", method, arguments))

    async def write(self, method: str, *, accept: Collection[str] = (), **arguments: Any) -> JsonObject:
        """Call a method that changes something. Only what Slack has not taken (429) is sent again.

        `accept` are codes of refusals that are given back like answers: what is wanted is so already.

        Raises:
            ProviderError: as `read`.
        """
        for _ in range(MAX_WAITS):
            response = await self.exchange("POST", method, arguments)
            wait_s = _wait_s(response)
            if response.status != 429 or wait_s is None or wait_s > LONGEST_WAIT_S:
                return await self._checked(method, response, accept)
            await asyncio.sleep(wait_s)
        return await self._checked(method, await self.exchange("POST", method, arguments), accept)

    async def find(
        self,
        method: str,
        key: str,
        *,
        most: int,
        keep: Callable[[JsonObject], bool] | None = None,
        **arguments: Any,
    ) -> Found:
        """At most `most` items of the list `key`, page after page; only those to `keep` count.

        Raises:
            ProviderError: as `read`, or Slack gives the same page for ever.
        """
        kept: list[JsonObject] = []
        page_items = PAGE_ITEMS if keep else min(most, PAGE_ITEMS)
        async for page in self._pages(method, key, limit=page_items, **arguments):
            for place, item in enumerate(page.items, start=1):
                if keep is None or keep(item):
                    kept.append(item)
                if len(kept) == most:
                    return Found(kept, page.has_more or place < len(page.items))
        return Found(kept, has_more=False)

    async def upload(self, upload_url: str, data: bytes) -> None:
        """Bring a file's bytes to the address that Slack gave for it. The address is the permission: no token goes there.

        Raises:
            ProviderError: it was not taken.
        Source: https://docs.slack.dev/reference/methods/files.getUploadURLExternal (usage info, step 2).
        """
        response = await self.send_file(upload_url, data)
        if response.status != 200:
            kind = ProviderUnavailable if response.status >= 500 else ProviderError
            raise kind(
                f"Slack did not take the file (HTTP {response.status}). Try again; if it stays so, the file may be "
                "larger than the workspace allows.",
                http_status=response.status,
            )

    async def exchange(self, verb: str, method: str, arguments: JsonObject) -> Response:
        """One call over HTTP, whatever its answer."""
        given = {name: _argument(value) for name, value in arguments.items() if value not in (None, [])}
        if verb == "GET":
            return await self._requests.get(f"{BASE_URL}/{method}", params=given)
        return await self._requests.post(f"{BASE_URL}/{method}", data=given)

    async def send_file(self, upload_url: str, data: bytes) -> Response:
        """The upload over HTTP, whatever its answer."""
        plain = AsyncRequests(raise_for_status=False, timeout_s=UPLOAD_TIMEOUT_S)
        return await plain.post(
            upload_url, content=data, headers={"Content-Type": "application/octet-stream"}
        )

    async def _pages(self, method: str, key: str, **arguments: Any) -> AsyncIterator[Found]:
        seen: set[str] = set()
        cursor = ""
        while True:
            body = await self.read(method, cursor=cursor or None, **arguments)
            cursor = text_at(body, "response_metadata", "next_cursor")
            yield Found(objects_at(body, key), has_more=bool(cursor))
            if not cursor:
                return
            if cursor in seen or len(seen) == MAX_PAGES:
                raise ProviderError(
                    f"Slack gives pages of {method} without end. Ask for less: a shorter time, a smaller `limit`."
                )
            seen.add(cursor)

    async def _checked(self, method: str, response: Response, accept: Collection[str] = ()) -> JsonObject:
        body = await _body(response)
        if response.ok and (body.get("ok") is True or body.get("error") in accept):
            return body
        raise error_of(
            method,
            body,
            http_status=response.status,
            retry_after_s=_wait_s(response),
            secrets=self._secrets,
        )


async def _body(response: Response) -> JsonObject:
    """The answer as an object; empty where it is none, so that the status decides."""
    try:
        return as_object(await off_loop(len(response.content), parse_json, response.content)) or {}
    except BadInput:
        return {}


def _wait_s(response: Response) -> float | None:
    return retry_after_s(response.headers, now=now())


def _argument(value: Any) -> str | int | float | bool:
    """As a form has it: lists and objects are JSON."""
    if isinstance(value, (str, int, float)):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
