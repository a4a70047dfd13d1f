"""Find pages and data sources by title."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.notion._api import NotionCredentials
from backend.blocks.notion._auth import NotionCredentialsField, NotionCredentialsInput
from backend.blocks.notion._base import NotionBlock
from backend.blocks.notion._properties import title_of
from backend.blocks.notion._samples import PAGE, PAGE_ID, PAGE_URL, SOURCE, SOURCE_ID, given, sample_notion
from backend.data.block import AsyncBlockOutput, BlockCategory, Context
from backend.data.examples import says
from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField

_SHORT = "Each one in short, those edited last first: `id`, `title`, `url`, `object` (page or data_source), `last_edited_time`"


class NotionSearchBlock(NotionBlock):
    """Search a Notion workspace by title: pages, and the data sources of databases.

    Notion looks at titles only, and only at what was shared with the connection; what is new may take a while.
    """

    id = "58811dc8-57df-4d7c-a712-5fba5322b12c"
    categories = {BlockCategory.PRODUCTIVITY, BlockCategory.SEARCH}
    icon = "file-search"

    class Input(BlockSchema):
        query: str = SchemaField(default="", description="What titles contain; empty: all that is shared")
        kind: Literal["all", "page", "data_source"] = SchemaField(
            default="all", description="Pages, data sources (the tables of databases), or both"
        )
        limit: int = SchemaField(default=50, description="How many at most", ge=1, le=1_000, advanced=True)
        credentials: NotionCredentialsInput = NotionCredentialsField()

    class Output(BlockSchema):
        result: JsonObject = SchemaField(description=_SHORT, each=True)
        results: list[JsonObject] = SchemaField(description="All of them, as Notion has them")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(query="kale", kind="page"),
        given(),
        given(limit=0),
    ]
    _page_in_short: JsonObject = {
        "id": PAGE_ID,
        "title": "Tuscan kale",
        "url": PAGE_URL,
        "object": "page",
        "last_edited_time": "2025-07-06T19:40:00.000Z",
    }
    test_output = [
        [("result", _page_in_short), ("results", [PAGE]), ("has_more", False)],
        [
            ("result", _page_in_short),
            (
                "result",
                {
                    **_page_in_short,
                    "id": SOURCE_ID,
                    "title": "Groceries",
                    "object": "data_source",
                    "url": SOURCE["url"],
                },
            ),
            ("results", [PAGE, SOURCE]),
            ("has_more", False),
        ],
        [("error", says("limit"))],
    ]
    test_mock = {"notion": sample_notion}

    async def run(
        self, input_data: Input, *, credentials: NotionCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def search() -> JsonObject:
            kind = None if input_data.kind == "all" else input_data.kind
            found = await self.notion(credentials).search(
                input_data.query.strip(), kind, most=input_data.limit
            )
            return {"items": found.items, "has_more": found.has_more}

        found: JsonObject = await context.step("search", search)
        for one in found["items"]:
            yield "result", _in_short(one)
        yield "results", found["items"]
        yield "has_more", found["has_more"]


def _in_short(one: JsonObject) -> JsonObject:
    said = {key: text_at(one, key) for key in ("id", "url", "object", "last_edited_time")}
    return {**said, "title": title_of(one)}
