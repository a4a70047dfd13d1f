"""Notion's API: pages, blocks and data sources, its waits and its pages of results.

Source: https://developers.notion.com/reference/intro (2025-09-03).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from backend.blocks.notion._errors import error_of
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

NotionCredentials = APIKeyCredentials | OAuth2Credentials

ORIGIN = "https://api.notion.com"
BASE_URL = f"{ORIGIN}/v1"
VERSION = "2025-09-03"
PAGE_ITEMS = 100
"""The most that a page of results has. Source: https://developers.notion.com/reference/pagination."""
MAX_PAGES = 200
MAX_WAITS = 3
LONGEST_WAIT_S = 30.0
"""A request waits so long for its turn, three times at most; whoever has to wait longer hears it as an error."""
FIRST_WAIT_S = 0.5
TIMEOUT_S = 70.0
"""Notion itself gives up after 60 s. Source: https://developers.notion.com/reference/status-codes."""

Kind = Literal["page", "data_source"]


@dataclass(frozen=True, slots=True)
class Found:
    """Items of a list, and whether Notion has more."""

    items: list[JsonObject]
    has_more: bool


class NotionClient:
    """One workspace, as one connection sees it. Ids are UUIDs; see `_ids.notion_id`.

    Every method raises:
        CredentialsError: the token is no longer good (401); the user must reconnect.
        ProviderForbidden: the connection lacks a capability (403).
        ProviderNotFound: there is no such thing, or it is not shared with the connection (404).
        RateLimited: `retry_after_s` is what Notion asks for (429).
        ProviderUnavailable: no answer, or Notion has trouble (5xx).
        ProviderError: any other refusal, with Notion's own sentence.
    What reads is repeated when the connection or Notion fails. What changes something is only sent again where
    Notion has not taken it (429, 529): it knows no idempotency keys.
    """

    def __init__(self, credentials: NotionCredentials) -> None:
        header = credentials.auth_header()
        self._secrets = (header.partition(" ")[2],)
        self._requests = AsyncRequests(
            extra_headers={"Authorization": header, "Notion-Version": VERSION},
            trusted_origins=[ORIGIN],
            raise_for_status=False,
            timeout_s=TIMEOUT_S,
        )

    async def read_me(self) -> JsonObject:
        """The bot of the token: `name`, and in `bot` its workspace and owner.

        Source: https://developers.notion.com/reference/get-self.
        """
        return await self._read("/users/me")

    async def search(self, query: str, kind: Kind | None, *, most: int) -> Found:
        """Pages and data sources by title, those that were edited last first; an empty query finds all.

        Source: https://developers.notion.com/reference/post-search.
        """
        body: JsonObject = {"sort": {"timestamp": "last_edited_time", "direction": "descending"}}
        body |= {"query": query} if query else {}
        body |= {"filter": {"property": "object", "value": kind}} if kind else {}
        return await self._all_asked("/search", body, most)

    async def read_page(self, page_id: str) -> JsonObject:
        """A page with its properties, without its content. Lists within a property end after 25 items.

        Source: https://developers.notion.com/reference/retrieve-a-page.
        """
        return await self._read(f"/pages/{page_id}")

    async def create_page(
        self, parent: JsonObject, properties: JsonObject, *, children: list[JsonObject], icon: str = ""
    ) -> JsonObject:
        """Make a page. At most 100 `children`, nested at most twice; `icon` is an emoji.

        Source: https://developers.notion.com/reference/post-page.
        """
        body: JsonObject = {"parent": parent, "properties": properties}
        body |= {"children": children} if children else {}
        body |= {"icon": {"type": "emoji", "emoji": icon}} if icon else {}
        return await self._change("POST", "/pages", body)

    async def update_page(self, page_id: str, body: JsonObject) -> JsonObject:
        """Change what `body` names: `properties`, `in_trash`, `icon`.

        Source: https://developers.notion.com/reference/patch-page.
        """
        return await self._change("PATCH", f"/pages/{page_id}", body)

    async def children(self, block_id: str, *, most: int) -> Found:
        """The blocks right within a page or a block.

        Source: https://developers.notion.com/reference/get-block-children.
        """

        async def page(cursor: str, size: int) -> JsonObject:
            return await self._read(f"/blocks/{block_id}/children", start_cursor=cursor, page_size=size)

        return await _gathered(page, most)

    async def append_children(self, block_id: str, children: list[JsonObject]) -> list[JsonObject]:
        """Put blocks at the end of a page or a block; the new ones of the first level.

        At most 100, nested at most twice.
        Source: https://developers.notion.com/reference/patch-block-children.
        """
        answer = await self._change("PATCH", f"/blocks/{block_id}/children", {"children": children})
        return objects_at(answer, "results")

    async def read_database(self, database_id: str) -> JsonObject:
        """A database with its `data_sources` (id and name).

        Source: https://developers.notion.com/reference/retrieve-a-database.
        """
        return await self._read(f"/databases/{database_id}")

    async def read_data_source(self, data_source_id: str) -> JsonObject:
        """A data source with the schema of its rows in `properties`.

        Source: https://developers.notion.com/reference/retrieve-a-data-source.
        """
        return await self._read(f"/data_sources/{data_source_id}")

    async def query_data_source(
        self, data_source_id: str, *, filter_by: JsonObject, sorts: list[JsonObject], most: int
    ) -> Found:
        """Rows of a data source as page objects; an empty filter keeps all.

        Source: https://developers.notion.com/reference/query-a-data-source.
        """
        body: JsonObject = {"filter": filter_by} if filter_by else {}
        body |= {"sorts": sorts} if sorts else {}
        return await self._all_asked(f"/data_sources/{data_source_id}/query", body, most)

    async def exchange(
        self, method: str, path: str, params: dict[str, str | int], body: JsonObject | None
    ) -> Response:
        """One call over HTTP, whatever its answer."""
        if body is None:
            return await self._requests.request(method, f"{BASE_URL}{path}", params=params)
        return await self._requests.request(method, f"{BASE_URL}{path}", json=body)

    async def _read(self, path: str, **params: str | int) -> JsonObject:
        given = {name: value for name, value in params.items() if value != ""}
        return await self._checked(await self.exchange("GET", path, given, None))

    async def _change(self, method: str, path: str, body: JsonObject) -> JsonObject:
        return await self._in_turn(method, path, body, repeats_failures=False)

    async def _all_asked(self, path: str, body: JsonObject, most: int) -> Found:
        async def page(cursor: str, size: int) -> JsonObject:
            asked = {**body, "page_size": size, **({"start_cursor": cursor} if cursor else {})}
            return await self._in_turn("POST", path, asked, repeats_failures=True)

        return await _gathered(page, most)

    async def _in_turn(
        self, method: str, path: str, body: JsonObject, *, repeats_failures: bool
    ) -> JsonObject:
        """Send it, again where that is allowed; the shared client itself repeats no POST and no PATCH."""
        for attempt in range(MAX_WAITS):
            try:
                response = await self.exchange(method, path, {}, body)
            except ProviderUnavailable:
                if not repeats_failures:
                    raise
                await asyncio.sleep(FIRST_WAIT_S * 2**attempt)
                continue
            wait_s = _pause_s(response, attempt, repeats_failures=repeats_failures)
            if wait_s is None:
                return await self._checked(response)
            await asyncio.sleep(wait_s)
        return await self._checked(await self.exchange(method, path, {}, body))

    async def _checked(self, response: Response) -> JsonObject:
        body = await _body(response)
        if response.ok and text_at(body, "object") not in ("", "error"):
            return body
        raise error_of(
            body,
            http_status=response.status,
            retry_after_s=retry_after_s(response.headers, now=now()),
            secrets=self._secrets,
        )


def _pause_s(response: Response, attempt: int, *, repeats_failures: bool) -> float | None:
    """How long to wait before it is sent again; None: its answer counts.

    529 is Notion's "overloaded", to be treated like 429.
    Source: https://developers.notion.com/reference/request-limits.
    """
    was_not_taken = response.status in (429, 529)
    if not was_not_taken and not (repeats_failures and response.status >= 500):
        return None
    asked = retry_after_s(response.headers, now=now())
    wait_s = FIRST_WAIT_S * 2**attempt if asked is None else asked
    return wait_s if wait_s <= LONGEST_WAIT_S else None


async def _gathered(page: Callable[[str, int], Awaitable[JsonObject]], most: int) -> Found:
    """At most `most` items, page after page.

    Raises:
        ProviderError: Notion gives the same page for ever.
    """
    items: list[JsonObject] = []
    seen = {""}
    cursor = ""
    while True:
        answer = await page(cursor, min(PAGE_ITEMS, most - len(items)))
        items += objects_at(answer, "results")
        cursor = text_at(answer, "next_cursor") if answer.get("has_more") is True else ""
        if not cursor or len(items) >= most:
            return Found(items[:most], has_more=bool(cursor) or len(items) > most)
        if cursor in seen or len(seen) > MAX_PAGES:
            raise ProviderError("Notion gives pages of results without end. Ask for less: a smaller limit.")
        seen.add(cursor)


async def _body(response: Response) -> JsonObject:
    """The answer as an object; empty where it is none, so that the status decides."""
    try:
        return as_object(await off_loop(len(response.content), parse_json, response.content)) or {}
    except BadInput:
        return {}
