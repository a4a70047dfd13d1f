"""Blocks of Notion, through the real client against a local Notion."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.notion._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.notion.databases import NotionQueryDatabaseBlock
from backend.blocks.notion.pages import NotionCreatePageBlock, NotionReadPageBlock, NotionUpdatePageBlock
from backend.blocks.notion.search import NotionSearchBlock
from backend.blocks.testing import DirectContext
from backend.util.errors import (
    CredentialsError,
    InvalidInput,
    ProviderError,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.blocks.notion.conftest import Run
from tests.support.http_server import Answer
from tests.support.notion_server import NotionServer
from tests.support.notion_state import Json, missing

SCHEMA = {"Price": "number", "In stock": "checkbox", "Group": "select", "Tags": "multi_select"}


@pytest.fixture
def home(notion: NotionServer) -> Json:
    return notion.workspace.add_page("Home")


@pytest.fixture
def groceries(notion: NotionServer) -> Json:
    return notion.workspace.add_database("Groceries", schema=SCHEMA)


async def output(run: Run, *given: Any, **inputs: Any) -> dict[str, Any]:
    """The last value of each pin."""
    return dict(await run(*given, **inputs))


# -- create, then read -------------------------------------------------------------------------------------


async def test_a_page_is_created_and_read_again(notion: NotionServer, home: Json, run: Run) -> None:
    content = "# Größe\n\nA **bold** [word](https://a.b)\n\n- a\n  - [x] b\n    1. c\n\n```python\nx = 1\n```"
    made = await output(
        run, NotionCreatePageBlock(), parent=home["url"], title="Kale", content=content, icon="🥬"
    )
    assert (made["title"], made["properties"]) == ("Kale", {"title": "Kale"})
    assert made["page"]["icon"] == {"type": "emoji", "emoji": "🥬"}
    assert len(notion.local.seen) == 1
    read = await output(run, NotionReadPageBlock(), page=made["url"])
    assert (read["page_id"], read["url"], read["title"]) == (made["page_id"], made["url"], "Kale")
    assert (read["content"], read["is_complete"]) == (content, True)


async def test_a_row_is_created_from_plain_values(groceries: Json, run: Run) -> None:
    values = {"Price": "2.5", "In stock": True, "Group": "Vegetable", "Tags": "green, fresh"}
    made = await output(
        run,
        NotionCreatePageBlock(),
        parent=groceries["id"],
        parent_kind="database",
        title="Kale",
        properties=values,
    )
    assert made["properties"] == {
        "Name": "Kale", "Price": 2.5, "In stock": True, "Group": "Vegetable", "Tags": ["green", "fresh"],
    }  # fmt: skip
    assert made["page"]["parent"]["data_source_id"] == groceries["data_sources"][0]["id"]


async def test_a_long_page_takes_as_many_requests_as_it_needs(
    notion: NotionServer, home: Json, run: Run
) -> None:
    content = "\n\n".join(f"paragraph {number}" for number in range(250))
    made = await output(run, NotionCreatePageBlock(), parent=home["id"], title="Long", content=content)
    assert len(notion.local.seen) == 3
    notion.page_items = 40
    read = await output(run, NotionReadPageBlock(), page=made["page_id"])
    assert (read["content"], read["is_complete"]) == (content, True)


async def test_a_list_deeper_than_a_request_may_be_is_written_whole(
    notion: NotionServer, home: Json, run: Run
) -> None:
    content = "Before\n\n" + "\n".join("  " * level + f"- level {level}" for level in range(7)) + "\n\nAfter"
    made = await output(run, NotionCreatePageBlock(), parent=home["id"], title="Deep", content=content)
    read = await output(run, NotionReadPageBlock(), page=made["page_id"], max_depth=20)
    assert (read["content"], read["is_complete"]) == (content, True)


async def test_a_table_longer_than_a_request_may_be_is_written_whole(home: Json, run: Run) -> None:
    content = "| a | b |\n| --- | --- |\n" + "\n".join(f"| {number} | x |" for number in range(230))
    made = await output(run, NotionCreatePageBlock(), parent=home["id"], title="Rows", content=content)
    assert (await output(run, NotionReadPageBlock(), page=made["page_id"]))["content"] == content


async def test_a_page_whose_content_fails_half_way_says_where_it_is(
    notion: NotionServer, home: Json, run: Run
) -> None:
    notion.refuse("PATCH", "/v1/blocks/{}/children", 503, "service_unavailable", "Not now.")
    with pytest.raises(ProviderUnavailable, match="service_unavailable") as caught:
        await run(NotionCreatePageBlock(), parent=home["id"], title="Long", content="a\n\n" * 150)
    page = list(notion.workspace.pages.values())[-1]
    assert f"The page was created ({page['url']})" in str(caught.value)


# -- read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "depth", "content", "is_complete"),
    [
        (1_000, 5, "- a\n  - b\n    - c\n\nd", True),
        (1_000, 2, "- a\n  - b\n    - c\n\nd", True),
        (1_000, 1, "- a\n  - b\n\nd", False),
        (1_000, 0, "- a\n\nd", False),
        (3, 5, "- a\n  - b\n\nd", False),
        (1, 5, "- a", False),
    ],
)
async def test_reading_ends_where_it_is_told_to(
    home: Json, run: Run, most: int, depth: int, content: str, is_complete: bool
) -> None:
    await run(NotionUpdatePageBlock(), page=home["id"], append_content="- a\n  - b\n    - c\n\nd")
    read = await output(run, NotionReadPageBlock(), page=home["id"], max_blocks=most, max_depth=depth)
    assert (read["content"], read["is_complete"]) == (content, is_complete)


async def test_properties_alone_take_one_request(notion: NotionServer, home: Json, run: Run) -> None:
    pairs = await run(NotionReadPageBlock(), page=home["id"], with_content=False)
    assert [pin for pin, _ in pairs] == ["page_id", "url", "title", "properties", "page"]
    assert len(notion.local.seen) == 1


async def test_a_page_within_is_a_link_and_is_not_read(notion: NotionServer, home: Json, run: Run) -> None:
    (child,) = notion.workspace.append(home["id"], [{"type": "child_page", "child_page": {"title": "Kale"}}])
    child["has_children"] = True
    notion.workspace.append(child["id"], [{"type": "divider", "divider": {}}])
    read = await output(run, NotionReadPageBlock(), page=home["id"])
    assert read["content"] == f"[Kale](https://www.notion.so/{child['id'].replace('-', '')})"
    assert read["is_complete"] is True


async def test_a_synced_block_whose_original_is_hidden_is_left_out_and_told(
    notion: NotionServer, home: Json, run: Run
) -> None:
    made = notion.workspace.append(
        home["id"], [{"type": "synced_block", "synced_block": {}}, {"type": "divider", "divider": {}}]
    )
    made[0]["has_children"] = True
    refused = Answer.of_json(missing("block", made[0]["id"]).body, status=404)
    notion.answer("GET", f"/v1/blocks/{made[0]['id']}/children", refused)
    read = await output(run, NotionReadPageBlock(), page=home["id"])
    assert (read["content"], read["is_complete"]) == ("---", False)


# -- change ------------------------------------------------------------------------------------------------


async def test_title_properties_and_content_are_changed_at_once(
    notion: NotionServer, groceries: Json, run: Run
) -> None:
    made = await output(
        run,
        NotionCreatePageBlock(),
        parent=groceries["id"],
        parent_kind="database",
        title="Kale",
        content="a",
        properties={"Price": 2, "Group": "Vegetable"},
    )
    changed = await output(
        run,
        NotionUpdatePageBlock(),
        page=made["url"],
        title="Black kale",
        properties={"Price": 3, "Group": None},
        append_content="b",
    )
    expected = {"Name": "Black kale", "Price": 3, "In stock": False, "Group": None, "Tags": []}
    assert (changed["title"], changed["properties"]) == ("Black kale", expected)
    assert (await output(run, NotionReadPageBlock(), page=made["page_id"]))["content"] == "a\n\nb"


async def test_content_alone_changes_nothing_else(notion: NotionServer, home: Json, run: Run) -> None:
    await run(NotionUpdatePageBlock(), page=home["id"], append_content="a")
    assert notion.calls("PATCH", f"/v1/pages/{home['id']}") == []
    assert notion.workspace.tree(home["id"]) == [("paragraph", "a", [])]


async def test_a_page_goes_into_the_trash_and_out_of_it(home: Json, run: Run) -> None:
    changed = await output(run, NotionUpdatePageBlock(), page=home["id"], in_trash=True)
    assert changed["page"]["in_trash"] is True
    with pytest.raises(ProviderError, match="archived"):
        await run(NotionUpdatePageBlock(), page=home["id"], title="New")
    changed = await output(run, NotionUpdatePageBlock(), page=home["id"], in_trash=False, title="New")
    assert (changed["page"]["in_trash"], changed["title"]) == (False, "New")


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "Nothing is to be changed"),
        ({"append_content": " \n"}, "Nothing is to be changed"),
        ({"in_trash": True, "append_content": "a"}, "takes no content"),
        ({"page": "Home", "title": "a"}, "no id of a page"),
    ],
)
async def test_a_change_that_is_none_asks_notion_nothing(
    notion: NotionServer, home: Json, run: Run, inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        await run(NotionUpdatePageBlock(), **{"page": home["id"], **inputs})
    assert notion.local.seen == []


class Recorded(DirectContext):
    """Gives back what an earlier firing has recorded, as the journal does."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[str, Any] = {}

    async def step(self, key: str, fn: Any) -> Any:
        if key not in self.steps:
            self.steps[key] = await fn()
        return self.steps[key]


async def test_a_repetition_goes_on_after_what_was_appended(notion: NotionServer, home: Json) -> None:
    block, context = NotionUpdatePageBlock(), Recorded()
    content = "\n\n".join(f"{number}" for number in range(250))
    inputs = {"page": home["id"], "append_content": content, "credentials": TEST_CREDENTIALS_INPUT}
    given = block.Input.model_validate(inputs)
    notion.answer("PATCH", f"/v1/blocks/{home['id']}/children", None, Answer(503))
    with pytest.raises(ProviderUnavailable, match="The page is there"):
        _ = [pair async for pair in block.run(given, credentials=notion.credentials(), context=context)]
    assert len(notion.workspace.tree(home["id"])) == 100
    _ = [pair async for pair in block.run(given, credentials=notion.credentials(), context=context)]
    assert [text for _, text, _ in notion.workspace.tree(home["id"])] == [
        str(number) for number in range(250)
    ]


# -- find --------------------------------------------------------------------------------------------------


async def test_a_search_finds_pages_and_data_sources_by_title(
    notion: NotionServer, groceries: Json, run: Run
) -> None:
    notion.page_items = 1
    page = notion.workspace.add_page("Groceries of today")
    notion.workspace.add_page("Else")
    pairs = await run(NotionSearchBlock(), query="groceries")
    assert [pin for pin, _ in pairs] == ["result", "result", "results", "has_more"]
    first, second = pairs[0][1], pairs[1][1]
    assert (first["id"], first["object"], first["url"]) == (page["id"], "page", page["url"])
    assert (second["id"], second["object"]) == (groceries["data_sources"][0]["id"], "data_source")
    assert second["title"] == "Groceries"
    found = await output(run, NotionSearchBlock(), kind="data_source")
    assert [one["object"] for one in found["results"]] == ["data_source"]
    assert (await output(run, NotionSearchBlock(), limit=2))["has_more"] is True


async def add_rows(run: Run, database: Json, *prices: int) -> None:
    for price in prices:
        await run(
            NotionCreatePageBlock(),
            parent=database["id"],
            parent_kind="database",
            title=f"at {price}",
            properties={"Price": price, "In stock": price % 2 == 0},
        )


async def test_rows_are_found_by_filter_in_order_page_after_page(
    notion: NotionServer, groceries: Json, run: Run
) -> None:
    await add_rows(run, groceries, 3, 1, 4, 2, 6, 5)
    notion.page_items = 2
    pairs = await run(
        NotionQueryDatabaseBlock(),
        database=f"https://www.notion.so/{groceries['id'].replace('-', '')}?v=148104cd477e80bb928f000ce197ddf2",
        filter={"or": [{"property": "Price", "number": {"greater_than": 3}}, {"property": "Name", "title": {"equals": "at 1"}}]},
        sorts=[{"property": "In stock", "direction": "descending"}, {"property": "Price", "direction": "ascending"}],
    )  # fmt: skip
    *each, rows, pages, more = pairs
    assert [row["properties"]["Price"] for _, row in each] == [4, 6, 1, 5]
    assert [row["title"] for _, row in each] == ["at 4", "at 6", "at 1", "at 5"]
    assert rows == ("rows", [row for _, row in each])
    assert [page["url"] for page in pages[1]] == [row["url"] for _, row in each]
    assert more == ("has_more", False)


async def test_a_query_keeps_to_its_limit(groceries: Json, run: Run) -> None:
    await add_rows(run, groceries, 1, 2, 3)
    found = await output(run, NotionQueryDatabaseBlock(), database=groceries["id"], limit=2)
    assert (len(found["rows"]), found["has_more"]) == (2, True)


async def test_what_a_search_finds_can_be_queried(groceries: Json, run: Run) -> None:
    await add_rows(run, groceries, 1)
    found = await output(run, NotionSearchBlock(), query="Groceries")
    rows = await output(run, NotionQueryDatabaseBlock(), database=found["result"]["id"])
    assert [row["title"] for row in rows["rows"]] == ["at 1"]


@pytest.mark.parametrize("status", [404, 400])
async def test_a_database_is_found_whatever_notion_says_of_its_id_as_a_data_source(
    notion: NotionServer, groceries: Json, run: Run, status: int
) -> None:
    said = "Provided ID is a database, not a data source."
    path = f"/v1/data_sources/{groceries['id']}"
    notion.refuse("GET", path, status, "validation_error", said)
    found = await output(run, NotionQueryDatabaseBlock(), database=groceries["id"])
    assert found["rows"] == []


async def test_of_several_data_sources_one_is_named(notion: NotionServer, run: Run) -> None:
    both = notion.workspace.add_database("Fruit", "Vegetables", schema=SCHEMA)
    with pytest.raises(InvalidInput, match="'Fruit', 'Vegetables'"):
        await run(NotionQueryDatabaseBlock(), database=both["id"])
    with pytest.raises(InvalidInput, match="'Fruit', 'Vegetables'"):
        await run(NotionQueryDatabaseBlock(), database=both["id"], data_source="Meat")
    found = await output(run, NotionQueryDatabaseBlock(), database=both["id"], data_source="Fruit")
    assert found["rows"] == []
    assert len(notion.calls("POST", f"/v1/data_sources/{both['data_sources'][0]['id']}/query")) == 1


async def test_a_filter_that_notion_refuses_is_told_in_its_words(groceries: Json, run: Run) -> None:
    with pytest.raises(ProviderError, match="Could not find property with name or id: Cost"):
        await run(
            NotionQueryDatabaseBlock(),
            database=groceries["id"],
            filter={"property": "Cost", "number": {"equals": 1}},
        )


# -- refusals ----------------------------------------------------------------------------------------------

MISSING_ID = "00000000-0000-4000-8000-000000000404"
EVERY = [
    (NotionSearchBlock(), {"query": "a"}, "POST", "/v1/search"),
    (NotionReadPageBlock(), {"page": MISSING_ID}, "GET", f"/v1/pages/{MISSING_ID}"),
    (NotionCreatePageBlock(), {"parent": MISSING_ID, "title": "a"}, "POST", "/v1/pages"),
    (NotionUpdatePageBlock(), {"page": MISSING_ID, "in_trash": True}, "PATCH", f"/v1/pages/{MISSING_ID}"),
    (NotionQueryDatabaseBlock(), {"database": MISSING_ID}, "GET", f"/v1/data_sources/{MISSING_ID}"),
]


@pytest.mark.parametrize(("block", "inputs", "method", "path"), EVERY)
async def test_every_block_says_to_connect_again_when_the_token_is_refused(
    run: Run, block: Any, inputs: dict[str, Any], method: str, path: str
) -> None:
    with pytest.raises(CredentialsError, match="Connect Notion again"):
        await run(block, token="a-wrong-token-1234", **inputs)


@pytest.mark.parametrize(("block", "inputs", "method", "path"), EVERY)
async def test_every_block_says_when_notion_asks_to_wait_too_long(
    notion: NotionServer, run: Run, block: Any, inputs: dict[str, Any], method: str, path: str
) -> None:
    notion.limit(method, path, retry_after_s=120, times=9)
    with pytest.raises(RateLimited, match="wait 120 s"):
        await run(block, **inputs)


@pytest.mark.parametrize(("block", "inputs", "method", "path"), EVERY[1:])
async def test_every_block_says_what_is_not_shared(
    run: Run, block: Any, inputs: dict[str, Any], method: str, path: str
) -> None:
    with pytest.raises(ProviderNotFound, match=MISSING_ID):
        await run(block, **inputs)
