"""A small workspace for the examples of blocks: answers in the shapes that Notion documents, without a network.

Source: the examples at https://developers.notion.com/reference (2025-09-03).
"""

from __future__ import annotations

import json
from typing import Any

from backend.blocks.notion._api import BASE_URL, NotionClient, NotionCredentials
from backend.blocks.notion._auth import TEST_CREDENTIALS_INPUT
from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.util.request import Headers, Response

PAGE_ID = "59833787-2cf9-4fdf-8782-e53db20768a5"
PAGE_URL = "https://www.notion.so/Tuscan-kale-598337872cf94fdf8782e53db20768a5"
DATABASE_ID = "248104cd-477e-80fd-b757-e945d38000bd"
SOURCE_ID = "1a44be12-0953-4631-b498-9e5817518db8"
TWO_SOURCES_ID = "248104cd-477e-80fd-b757-e945d3800002"
MISSING_ID = "00000000-0000-4000-8000-000000000404"
_TIMES: JsonObject = {
    "created_time": "2025-07-06T19:30:00.000Z",
    "last_edited_time": "2025-07-06T19:40:00.000Z",
}


def _text(content: str) -> JsonObject:
    return {"type": "text", "text": {"content": content, "link": None}, "plain_text": content, "href": None}


def _properties(title: str, price: float, in_stock: bool) -> JsonObject:
    return {
        "Name": {"id": "title", "type": "title", "title": [_text(title)]},
        "Price": {"id": "evWq", "type": "number", "number": price},
        "In stock": {"id": "%7D", "type": "checkbox", "checkbox": in_stock},
        "Group": {"id": "A%40", "type": "select", "select": {"id": "1", "name": "Vegetable"}},
    }


PAGE: JsonObject = {
    "object": "page",
    "id": PAGE_ID,
    "parent": {"type": "data_source_id", "data_source_id": SOURCE_ID, "database_id": DATABASE_ID},
    "archived": False,
    "in_trash": False,
    "properties": _properties("Tuscan kale", 2.5, True),
    "url": PAGE_URL,
    **_TIMES,
}
OTHER_PAGE: JsonObject = {
    **PAGE,
    "id": "59833787-2cf9-4fdf-8782-e53db2070002",
    "properties": _properties("Leek", 1, False),
    "url": "https://www.notion.so/Leek-598337872cf94fdf8782e53db2070002",
}
FLAT: JsonObject = {"Name": "Tuscan kale", "Price": 2.5, "In stock": True, "Group": "Vegetable"}
OTHER_FLAT: JsonObject = {"Name": "Leek", "Price": 1, "In stock": False, "Group": "Vegetable"}
SOURCE: JsonObject = {
    "object": "data_source",
    "id": SOURCE_ID,
    "title": [_text("Groceries")],
    "properties": {
        "Name": {"id": "title", "name": "Name", "type": "title", "title": {}},
        "Price": {"id": "evWq", "name": "Price", "type": "number", "number": {"format": "dollar"}},
        "In stock": {"id": "%7D", "name": "In stock", "type": "checkbox", "checkbox": {}},
        "Group": {"id": "A%40", "name": "Group", "type": "select", "select": {"options": []}},
    },
    "url": "https://www.notion.so/248104cd477e80fdb757e945d38000bd",
    **_TIMES,
}
_BLOCKS: list[JsonObject] = [
    {"object": "block", "id": "1", "type": "heading_1", "heading_1": {"rich_text": [_text("Why")]}},
    {
        "object": "block",
        "id": "c02fc1d3-db8b-45c5-a222-27595b15aea7",
        "type": "bulleted_list_item",
        "has_children": True,
        "bulleted_list_item": {"rich_text": [_text("It is green")]},
    },
]
_NESTED: list[JsonObject] = [
    {
        "object": "block",
        "id": "3",
        "type": "to_do",
        "to_do": {"rich_text": [_text("Wash it")], "checked": True},
    }
]
CONTENT = "# Why\n\n- It is green\n  - [x] Wash it"


def _list(*items: JsonObject) -> JsonObject:
    return {"object": "list", "results": list(items), "next_cursor": None, "has_more": False}


def _database(database_id: str, **sources: str) -> JsonObject:
    listed = [{"id": source_id, "name": name} for name, source_id in sources.items()]
    return {"object": "database", "id": database_id, "data_sources": listed, "title": [_text("Groceries")]}


_ANSWERS: dict[str, JsonObject] = {
    f"GET /pages/{PAGE_ID}": PAGE,
    f"PATCH /pages/{PAGE_ID}": PAGE,
    "POST /pages": PAGE,
    f"GET /blocks/{PAGE_ID}/children": _list(*_BLOCKS),
    f"GET /blocks/{_BLOCKS[1]['id']}/children": _list(*_NESTED),
    f"PATCH /blocks/{PAGE_ID}/children": _list(_BLOCKS[0]),
    f"GET /databases/{DATABASE_ID}": _database(DATABASE_ID, Groceries=SOURCE_ID),
    f"GET /databases/{TWO_SOURCES_ID}": _database(TWO_SOURCES_ID, Groceries=SOURCE_ID, Tools=MISSING_ID),
    f"GET /data_sources/{SOURCE_ID}": SOURCE,
    f"POST /data_sources/{SOURCE_ID}/query": _list(PAGE, OTHER_PAGE),
}
_NOT_FOUND: JsonObject = {
    "object": "error",
    "status": 404,
    "code": "object_not_found",
    "message": "Could not find the object. Make sure it is shared with your integration.",
}


def given(**inputs: Any) -> JsonObject:
    """Inputs of an example, with its credential."""
    return {**inputs, "credentials": TEST_CREDENTIALS_INPUT}


class SampleNotion(NotionClient):
    """The client with everything but the network."""

    async def exchange(
        self, method: str, path: str, params: dict[str, str | int], body: JsonObject | None
    ) -> Response:
        if path == "/search":
            return _response(200, _found(body or {}))
        answer = _ANSWERS.get(f"{method} {path}")
        return _response(404, _NOT_FOUND) if answer is None else _response(200, answer)


def sample_notion(credentials: NotionCredentials) -> NotionClient:
    """For `test_mock`, in place of `notion`."""
    return SampleNotion(credentials)


def _found(asked: JsonObject) -> JsonObject:
    kind = text_at(asked, "filter", "value")
    return _list(*(one for one in (PAGE, SOURCE) if kind in ("", one["object"])))


def _response(status: int, body: JsonObject) -> Response:
    headers = Headers([("content-type", "application/json; charset=utf-8")])
    return Response(status, headers, json.dumps(body).encode(), BASE_URL, 0.1)
