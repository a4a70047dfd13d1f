"""A local Notion: its API over real HTTP, with tokens, versions, limits, pages of results and refusals on demand.

with notion_server() as notion:
    ...  # notion.token, notion.workspace, notion.origin_map for HTTP_ORIGIN_MAP, notion.calls("POST", "/v1/search")
    notion.answer("POST", "/v1/search", Answer(503))     # the next such call
    notion.limit("POST", "/v1/search", retry_after_s=1)
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from backend.data.credentials import APIKeyCredentials
from tests.support.http_server import ELSEWHERE, Answer, LocalServer, Seen, local_http_server
from tests.support.notion_filters import keeps, order_of
from tests.support.notion_state import (
    Json,
    Refused,
    Workspace,
    check_blocks,
    empty,
    invalid,
    missing,
    set_properties,
)

TOKEN = "ntn_token-of-an-integration-7f3a9c"
ORIGIN = "https://api.notion.com"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NotionServer:
    """What a test sees of the running server."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.token = TOKEN
        self.capabilities = {"read", "insert", "update"}
        self.page_items = 100
        """The most items of a page of results, whatever `page_size` asks for."""
        self.local = LocalServer({})
        self._next: list[tuple[str, re.Pattern[str], list[Answer | None]]] = []
        self._lock = threading.Lock()

    @property
    def origin_map(self) -> dict[str, str]:
        """For `Settings(http_origin_map=…)`."""
        return {ORIGIN: self.local.base_url}

    def credentials(self, token: str = TOKEN) -> APIKeyCredentials:
        return APIKeyCredentials(id="c", provider="notion", api_key=SecretStr(token))

    def answer(self, method: str, path: str, *answers: Answer | None) -> None:
        """Answer the next calls of this kind with exactly this; None: as always. `{}` in a path is any id."""
        pattern = re.compile(re.escape(path).replace(r"\{\}", "[^/]+"))
        self._next.append((method, pattern, list(answers)))

    def refuse(self, method: str, path: str, status: int, code: str, message: str, **headers: str) -> None:
        """Answer the next call so, as Notion writes it."""
        body = Refused(status, code, message).body
        self.answer(method, path, Answer.of_json(body, status=status, headers=headers))

    def limit(self, method: str, path: str, *, retry_after_s: int, times: int = 1) -> None:
        """Source: https://developers.notion.com/reference/request-limits."""
        for _ in range(times):
            headers = {"Retry-After": str(retry_after_s)}
            self.refuse(method, path, 429, "rate_limited", "You have been rate limited.", **headers)

    def calls(self, method: str, path: str) -> list[Seen]:
        """The requests of this kind, in order."""
        return [seen for seen in self.local.seen if (seen.method, seen.path) == (method, path)]

    def handle(self, request: Seen) -> Answer:
        with self._lock:
            due = self._due(request)
            if due is not None:
                return due
            try:
                self._check(request)
                return Answer.of_json(self._route(request))
            except Refused as refused:
                return Answer.of_json(refused.body, status=refused.status)

    def _due(self, request: Seen) -> Answer | None:
        for method, pattern, answers in self._next:
            if answers and method == request.method and pattern.fullmatch(request.path):
                return answers.pop(0)
        return None

    def _check(self, request: Seen) -> None:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise Refused(401, "unauthorized", "API token is invalid.")
        if "notion-version" not in request.headers:
            raise Refused(
                400,
                "missing_version",
                "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.",
            )
        if request.headers["notion-version"] != "2025-09-03":
            raise Refused(400, "validation_error", "This server speaks 2025-09-03 only.")

    def _route(self, request: Seen) -> Json:
        for method, pattern, needed, handle in _ROUTES:
            match = re.fullmatch(pattern, request.path)
            if method == request.method and match:
                if needed not in self.capabilities:
                    message = "Insufficient permissions for this endpoint."
                    raise Refused(403, "restricted_resource", message)
                for some_id in match.groups():
                    if not _UUID.fullmatch(some_id):
                        raise Refused(
                            400,
                            "validation_error",
                            f"path failed validation: path.id should be a valid uuid, instead was `{some_id!r}`.",
                        )
                return handle(self, request, *match.groups())
        raise Refused(400, "invalid_request_url", "Invalid request URL.")

    # -- what it can do ----------------------------------------------------------------------------------

    def me(self, request: Seen) -> Json:
        """Source: https://developers.notion.com/reference/get-self."""
        person = {"object": "user", "name": "Ada Lovelace", "person": {"email": "ada@example.com"}}
        return {
            "object": "user",
            "id": "9188c6a5-7381-452f-b3dc-d4865aa89bdf",
            "name": "Blockyard",
            "type": "bot",
            "bot": {"owner": {"type": "user", "user": person}, "workspace_name": self.workspace.name},
        }

    def search(self, request: Seen) -> Json:
        """Source: https://developers.notion.com/reference/post-search."""
        body = request.json()
        kind = body.get("filter", {}).get("value")
        if kind not in (None, "page", "data_source"):
            raise invalid('body.filter.value should be `"page"` or `"data_source"`.')
        things = [*self.workspace.pages.values(), *self.workspace.sources.values()]
        wanted = body.get("query", "").lower()
        found = [one for one in things if kind in (None, one["object"]) and wanted in _title(one).lower()]
        falling = body.get("sort", {}).get("direction", "descending") == "descending"
        found.sort(key=lambda one: one["last_edited_time"], reverse=falling)
        return self._paged(found, body, "page_or_data_source")

    def read_page(self, request: Seen, page_id: str) -> Json:
        return self._page(page_id)

    def create_page(self, request: Seen) -> Json:
        """Source: https://developers.notion.com/reference/post-page."""
        body = request.json()
        parent = body["parent"]
        if parent["type"] == "page_id":
            self._page(parent["page_id"])
        elif parent["type"] != "data_source_id" or parent["data_source_id"] not in self.workspace.sources:
            raise missing("data source", str(parent.get(parent["type"])))
        children = body.get("children", [])
        check_blocks(children, "body.children")
        page = self.workspace.make_page(parent, body["properties"])
        page["icon"] = body.get("icon")
        self.workspace.append(page["id"], children)
        return page

    def update_page(self, request: Seen, page_id: str) -> Json:
        """Source: https://developers.notion.com/reference/patch-page."""
        body, page = request.json(), self._page(page_id)
        if page["in_trash"] and body.get("in_trash") is not False:
            raise Refused(
                400, "validation_error", "Can't edit block that is archived. You must unarchive it first."
            )
        set_properties(page, body.get("properties", {}))
        page["in_trash"] = page["archived"] = body.get("in_trash", page["in_trash"])
        page["last_edited_time"] = self.workspace.moment()
        return page

    def children(self, request: Seen, block_id: str) -> Json:
        """Source: https://developers.notion.com/reference/get-block-children."""
        self._holder(block_id)
        asked = {name: values[0] for name, values in request.query.items()}
        blocks = [self.workspace.blocks[one] for one in self.workspace.within.get(block_id, [])]
        return self._paged(blocks, asked, "block")

    def append(self, request: Seen, block_id: str) -> Json:
        """Source: https://developers.notion.com/reference/patch-block-children."""
        self._holder(block_id)
        children = request.json()["children"]
        check_blocks(children, "body.children")
        made = self.workspace.append(block_id, children)
        return {"object": "list", "type": "block", "results": made, "next_cursor": None, "has_more": False}

    def read_database(self, request: Seen, database_id: str) -> Json:
        if database_id not in self.workspace.databases:
            raise missing("database", database_id)
        return self.workspace.databases[database_id]

    def read_source(self, request: Seen, source_id: str) -> Json:
        if source_id not in self.workspace.sources:
            raise missing("data source", source_id)
        return self.workspace.sources[source_id]

    def query(self, request: Seen, source_id: str) -> Json:
        """Source: https://developers.notion.com/reference/query-a-data-source."""
        body, source = request.json(), self.read_source(request, source_id)
        blank = {name: empty(one["type"]) for name, one in source["properties"].items()}
        keeps({"properties": blank}, body.get("filter"))  # which refuses what no row could be asked
        pages = self.workspace.pages.values()
        rows = [
            one for one in pages if one["parent"].get("data_source_id") == source_id and not one["in_trash"]
        ]
        rows = [one for one in rows if keeps(one, body.get("filter"))]
        for sort in reversed(body.get("sorts", [])):
            rows.sort(key=order_of(sort), reverse=sort["direction"] == "descending")
        return self._paged(rows, body, "page_or_data_source")

    def _page(self, page_id: str) -> Json:
        if page_id not in self.workspace.pages:
            raise missing("page", page_id)
        return self.workspace.pages[page_id]

    def _holder(self, block_id: str) -> None:
        if block_id not in self.workspace.pages and block_id not in self.workspace.blocks:
            raise missing("block", block_id)

    def _paged(self, items: list[Json], asked: Json, kind: str) -> Json:
        """Source: https://developers.notion.com/reference/pagination."""
        size = int(asked.get("page_size", 100))
        if not 1 <= size <= 100:
            raise invalid(f"body.page_size should be ≤ `100`, instead was `{size}`.")
        start = int(asked.get("start_cursor", "cursor-0").removeprefix("cursor-"))
        end = start + min(size, self.page_items)
        has_more = end < len(items)
        return {
            "object": "list",
            "type": kind,
            "results": items[start:end],
            "next_cursor": f"cursor-{end}" if has_more else None,
            "has_more": has_more,
        }


def _title(thing: Json) -> str:
    properties = thing["properties"].values()
    parts = thing.get("title") or next(one["title"] for one in properties if one["type"] == "title")
    return "".join(part["plain_text"] for part in parts)


_ROUTES: list[tuple[str, str, str, Callable[..., Json]]] = [
    ("GET", "/v1/users/me", "read", NotionServer.me),
    ("POST", "/v1/search", "read", NotionServer.search),
    ("POST", "/v1/pages", "insert", NotionServer.create_page),
    ("GET", "/v1/pages/([^/]+)", "read", NotionServer.read_page),
    ("PATCH", "/v1/pages/([^/]+)", "update", NotionServer.update_page),
    ("GET", "/v1/blocks/([^/]+)/children", "read", NotionServer.children),
    ("PATCH", "/v1/blocks/([^/]+)/children", "insert", NotionServer.append),
    ("GET", "/v1/databases/([^/]+)", "read", NotionServer.read_database),
    ("GET", "/v1/data_sources/([^/]+)", "read", NotionServer.read_source),
    ("POST", "/v1/data_sources/([^/]+)/query", "read", NotionServer.query),
]


@contextmanager
def notion_server() -> Iterator[NotionServer]:
    """A fresh workspace until the block is left."""
    notion = NotionServer()
    with local_http_server({}) as local:
        notion.local = local
        local.routes[ELSEWHERE] = notion.handle
        yield notion
