"""Rows of databases."""

from __future__ import annotations

from typing import Any

from backend.blocks.notion._api import NotionCredentials
from backend.blocks.notion._auth import NotionCredentialsField, NotionCredentialsInput
from backend.blocks.notion._base import NotionBlock
from backend.blocks.notion._data_sources import DATABASE_HELP, NAME_HELP, data_source_of
from backend.blocks.notion._ids import PLACEHOLDER
from backend.blocks.notion._properties import FLAT_HELP, flat, title_of
from backend.blocks.notion._samples import (
    DATABASE_ID,
    FLAT,
    MISSING_ID,
    OTHER_FLAT,
    OTHER_PAGE,
    PAGE,
    PAGE_ID,
    PAGE_URL,
    SOURCE_ID,
    TWO_SOURCES_ID,
    given,
    sample_notion,
)
from backend.data.block import AsyncBlockOutput, BlockCategory, Context
from backend.data.examples import says
from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField

_ROWS: list[JsonObject] = [
    {"id": PAGE_ID, "url": PAGE_URL, "title": "Tuscan kale", "properties": FLAT},
    {"id": OTHER_PAGE["id"], "url": OTHER_PAGE["url"], "title": "Leek", "properties": OTHER_FLAT},
]


class NotionQueryDatabaseBlock(NotionBlock):
    """Find rows of a Notion database by a filter, in an order of your choice: one by one, and as a list.

    A row is a page: give its id to the blocks that read or change pages.
    """

    id = "a8740db4-72d9-4b0d-8a56-689c1fbb0f3c"
    categories = {BlockCategory.PRODUCTIVITY, BlockCategory.DATA, BlockCategory.SEARCH}
    icon = "database"

    class Input(BlockSchema):
        database: str = SchemaField(description=DATABASE_HELP, placeholder=PLACEHOLDER)
        filter: JsonObject = SchemaField(
            default_factory=dict[str, Any],
            description="Which rows, as Notion's API has it (developers.notion.com/reference/filter-data-source-entries); "
            "none: all",
            examples=[{"property": "In stock", "checkbox": {"equals": True}}],
        )
        sorts: list[JsonObject] = SchemaField(
            default_factory=list[JsonObject],
            description="The order, the first one first: `property` (or `timestamp`) and `direction`",
            examples=[[{"property": "Price", "direction": "ascending"}]],
        )
        limit: int = SchemaField(default=100, description="How many rows at most", ge=1, le=1_000)
        data_source: str = SchemaField(default="", description=NAME_HELP, advanced=True)
        credentials: NotionCredentialsInput = NotionCredentialsField()

    class Output(BlockSchema):
        row: JsonObject = SchemaField(
            description=f"Each row: `id`, `url`, `title`, and `properties`. {FLAT_HELP}", each=True
        )
        rows: list[JsonObject] = SchemaField(description="All of them, in the same form")
        pages: list[JsonObject] = SchemaField(description="All of them, as Notion has them")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(
            database=f"https://www.notion.so/acme/{DATABASE_ID.replace('-', '')}?v=148104cd477e80bb928f000ce197ddf2"
        ),
        given(database=SOURCE_ID, filter={"property": "Price", "number": {"less_than": 3}}),
        given(database=TWO_SOURCES_ID, data_source="Groceries", limit=1),
        given(database=TWO_SOURCES_ID),
        given(database=MISSING_ID),
        given(database="Groceries"),
    ]
    test_output = [
        [
            ("row", _ROWS[0]),
            ("row", _ROWS[1]),
            ("rows", _ROWS),
            ("pages", [PAGE, OTHER_PAGE]),
            ("has_more", False),
        ],
        [("row", dict), ("row", dict), ("rows", list), ("pages", list), ("has_more", False)],
        [("row", _ROWS[0]), ("rows", _ROWS[:1]), ("pages", [PAGE]), ("has_more", True)],
        [("error", says("'Groceries', 'Tools'"))],
        [("error", says("object_not_found", "Connections"))],
        [("error", says("'Groceries' is no id of a database"))],
    ]
    test_mock = {"notion": sample_notion}

    async def run(
        self, input_data: Input, *, credentials: NotionCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def query() -> JsonObject:
            client = self.notion(credentials)
            source = await data_source_of(client, input_data.database, input_data.data_source)
            found = await client.query_data_source(
                text_at(source, "id"),
                filter_by=input_data.filter,
                sorts=input_data.sorts,
                most=input_data.limit,
            )
            return {"items": found.items, "has_more": found.has_more}

        found: JsonObject = await context.step("query", query)
        rows = [_row(page) for page in found["items"]]
        for row in rows:
            yield "row", row
        yield "rows", rows
        yield "pages", found["items"]
        yield "has_more", found["has_more"]


def _row(page: JsonObject) -> JsonObject:
    return {
        "id": text_at(page, "id"),
        "url": text_at(page, "url"),
        "title": title_of(page),
        "properties": flat(page.get("properties") or {}),
    }
