"""What the local Notion holds: pages, their blocks, databases and data sources, in the shapes that Notion documents.

Source: https://developers.notion.com/reference/page, /block, /data-source, /database, /request-limits (2025-09-03).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

Json = dict[str, Any]
TEXT_KINDS = (
    "paragraph", "heading_1", "heading_2", "heading_3", "bulleted_list_item", "numbered_list_item", "to_do", "quote",
    "code",
)  # fmt: skip
MAY_HOLD = frozenset(
    {"paragraph", "bulleted_list_item", "numbered_list_item", "to_do", "quote", "toggle", "callout", "table"}
)


class Refused(Exception):
    """`{"object": "error", "status", "code", "message"}`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {
            "object": "error",
            "status": status,
            "code": code,
            "message": message,
            "request_id": str(uuid4()),
        }


def invalid(message: str) -> Refused:
    return Refused(400, "validation_error", f"body failed validation: {message}")


def missing(kind: str, some_id: str) -> Refused:
    return Refused(
        404,
        "object_not_found",
        f"Could not find {kind} with ID: {some_id}. Make sure the relevant pages and databases are shared with your "
        "integration.",
    )


@dataclass
class Workspace:
    """Everything that is shared with the connection."""

    name: str = "Local"
    pages: dict[str, Json] = field(default_factory=dict[str, Json])
    databases: dict[str, Json] = field(default_factory=dict[str, Json])
    sources: dict[str, Json] = field(default_factory=dict[str, Json])
    blocks: dict[str, Json] = field(default_factory=dict[str, Json])
    within: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Id of a page or a block -> ids of the blocks in it."""
    _clock: int = 0

    def moment(self) -> str:
        """Each is later than the one before."""
        self._clock += 1
        return f"2025-09-03T10:{self._clock // 60:02d}:{self._clock % 60:02d}.000Z"

    def add_page(self, title: str = "Home", parent: Json | None = None) -> Json:
        """A page of its own, unless it has a parent."""
        properties = {"title": {"title": [{"text": {"content": title}}]}}
        return self.make_page(parent or {"type": "workspace", "workspace": True}, properties)

    def add_database(self, *names: str, schema: dict[str, str] | None = None) -> Json:
        """A database with a data source for each name; `schema` is name -> kind."""
        database_id = str(uuid4())
        listed: list[Json] = []
        for name in names:
            source_id = str(uuid4())
            kinds = {"Name": "title", **(schema or {})}
            self.sources[source_id] = {
                "object": "data_source",
                "id": source_id,
                "title": stored_text([{"text": {"content": name}}]),
                "parent": {"type": "database_id", "database_id": database_id},
                "properties": {
                    column: {"id": f"p{place}", "name": column, "type": kind, kind: {}}
                    for place, (column, kind) in enumerate(kinds.items())
                },
                "url": address(database_id),
                "in_trash": False,
                "last_edited_time": self.moment(),
            }
            listed.append({"id": source_id, "name": name})
        self.databases[database_id] = {"object": "database", "id": database_id, "data_sources": listed}
        return self.databases[database_id]

    def make_page(self, parent: Json, properties: Json) -> Json:
        page_id = str(uuid4())
        schema = self._schema(parent)
        values = {name: empty(kind) for name, kind in schema.items()}
        page = {
            "object": "page",
            "id": page_id,
            "parent": parent,
            "in_trash": False,
            "archived": False,
            "icon": None,
            "properties": values,
            "url": address(page_id),
        }
        set_properties(page, properties)
        page |= {"created_time": self.moment(), "last_edited_time": self.moment()}
        self.pages[page_id] = page
        return page

    def append(self, parent_id: str, children: list[Json]) -> list[Json]:
        """Store blocks, and those within them; the new ones of the first level."""
        made: list[Json] = []
        for child in children:
            block_id = str(uuid4())
            kind = child["type"]
            inner = copy.deepcopy(child[kind])
            nested = inner.pop("children", [])
            if "rich_text" in inner:
                inner["rich_text"] = stored_text(inner["rich_text"])
            if "cells" in inner:
                inner["cells"] = [stored_text(cell) for cell in inner["cells"]]
            block = {
                "object": "block",
                "id": block_id,
                "type": kind,
                "has_children": bool(nested),
                kind: inner,
            }
            self.blocks[block_id] = block
            self.within.setdefault(parent_id, []).append(block_id)
            if parent_id in self.blocks:
                self.blocks[parent_id]["has_children"] = True
            self.append(block_id, nested)
            made.append(block)
        return made

    def tree(self, parent_id: str) -> list[Any]:
        """What is within, for tests: `(kind, text, [what is within that])`."""
        return [
            (self.blocks[one]["type"], text_of(self.blocks[one]), self.tree(one))
            for one in self.within.get(parent_id, [])
        ]

    def _schema(self, parent: Json) -> dict[str, str]:
        if parent["type"] != "data_source_id":
            return {"title": "title"}
        source = self.sources[parent["data_source_id"]]
        return {name: one["type"] for name, one in source["properties"].items()}


def set_properties(page: Json, given: Json) -> None:
    """Source: https://developers.notion.com/reference/patch-page."""
    for name, value in given.items():
        present = page["properties"].get(name)
        if present is None:
            raise Refused(400, "validation_error", f"{name} is not a property that exists.")
        kind = present["type"]
        if kind not in value:
            raise Refused(400, "validation_error", f"{name} is expected to be {kind}.")
        stored = value[kind]
        if kind in ("title", "rich_text"):
            check_texts(stored, f"body.properties.{name}.{kind}")
            stored = stored_text(stored)
        if kind == "number" and not isinstance(stored, (int, float, type(None))):
            raise invalid(f"body.properties.{name}.number should be a number or `null`.")
        present[kind] = stored


def empty(kind: str) -> Json:
    lists = ("title", "rich_text", "multi_select", "people", "relation", "files")
    value: Any = [] if kind in lists else False if kind == "checkbox" else None
    return {"id": kind, "type": kind, kind: value}


def stored_text(parts: list[Json]) -> list[Json]:
    """Rich text as Notion gives it back: with everything that was left out."""
    return [_stored_part(part) for part in parts]


def _stored_part(part: Json) -> Json:
    content, link = part["text"]["content"], part["text"].get("link")
    marks = dict.fromkeys(("bold", "italic", "strikethrough", "underline", "code"), False)
    return {
        "type": "text",
        "text": {"content": content, "link": link},
        "annotations": {**marks, "color": "default", **part.get("annotations", {})},
        "plain_text": content,
        "href": link["url"] if link else None,
    }


def text_of(block: Json) -> str:
    inner = block[block["type"]]
    cells = [part for cell in inner.get("cells", []) for part in cell]
    return "".join(part["plain_text"] for part in [*inner.get("rich_text", []), *cells])


def check_blocks(children: list[Json], where: str, levels: int = 2) -> int:
    """How many there are, when Notion takes them. Source: https://developers.notion.com/reference/request-limits."""
    if len(children) > 100:
        raise invalid(f"{where}.length should be ≤ `100`, instead was `{len(children)}`.")
    count = len(children)
    for place, child in enumerate(children):
        at, kind = f"{where}[{place}]", child.get("type", "")
        if kind not in child:
            raise invalid(f"{at}.{kind} should be defined, instead was `undefined`.")
        inner = child[kind]
        if kind in TEXT_KINDS:
            check_texts(inner["rich_text"], f"{at}.{kind}.rich_text")
        nested = inner.get("children", [])
        if nested and (levels == 0 or kind not in MAY_HOLD):
            raise invalid(f"{at}.{kind}.children should be not present, instead was an array.")
        if kind == "table":
            _check_table(inner, at)
        count += check_blocks(nested, f"{at}.{kind}.children", levels - 1)
    if levels == 2 and count > 1000:
        raise invalid(f"{where} has more than 1000 blocks.")
    return count


def _check_table(inner: Json, at: str) -> None:
    rows = inner.get("children", [])
    if not rows:
        raise invalid(f"{at}.table.children.length should be ≥ `1`, instead was `0`.")
    for row in rows:
        if len(row["table_row"]["cells"]) != inner["table_width"]:
            raise invalid("Number of cells in table row must match the table width of the parent table.")


def check_texts(parts: list[Json], where: str) -> None:
    if len(parts) > 100:
        raise invalid(f"{where}.length should be ≤ `100`, instead was `{len(parts)}`.")
    for place, part in enumerate(parts):
        text = part["text"]
        length = len(text["content"].encode("utf-16-le")) // 2
        if length > 2000:
            raise invalid(f"{where}[{place}].text.content.length should be ≤ `2000`, instead was `{length}`.")
        link = text.get("link")
        if link and not link["url"].startswith(("http://", "https://", "mailto:", "tel:")):
            raise Refused(400, "validation_error", "Invalid URL for link.")


def address(some_id: str) -> str:
    return f"https://www.notion.so/{UUID(some_id).hex}"
