"""The Notion client against a local Notion: refusals, waits, pages of results, and where the token goes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest

from backend.blocks.notion import _api
from backend.blocks.notion._api import Found, NotionClient
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.http_server import Answer
from tests.support.notion_server import TOKEN, NotionServer

MISSING_ID = "00000000-0000-4000-8000-000000000404"
SEARCH = "/v1/search"
PAGES = "/v1/pages"
ME = "/v1/users/me"


def client(notion: NotionServer, token: str = TOKEN) -> NotionClient:
    return NotionClient(notion.credentials(token))


async def search(notion: NotionServer) -> Found:
    return await client(notion).search("", None, most=10)


async def create(notion: NotionServer) -> object:
    parent = {"type": "page_id", "page_id": notion.workspace.add_page()["id"]}
    title = {"title": {"title": [{"type": "text", "text": {"content": "Kale"}}]}}
    return await client(notion).create_page(parent, title, children=[])


# -- refusals ----------------------------------------------------------------------------------------------


async def test_a_token_that_is_no_longer_good_says_to_connect_again(notion: NotionServer) -> None:
    with pytest.raises(CredentialsError, match="API token is invalid") as caught:
        await client(notion, "a-wrong-token-1234").read_me()
    assert "Connect Notion again" in str(caught.value)
    assert "a-wrong-token-1234" not in str(caught.value)


async def test_a_missing_capability_is_told(notion: NotionServer) -> None:
    notion.capabilities.remove("insert")
    with pytest.raises(ProviderForbidden, match="restricted_resource") as caught:
        await create(notion)
    assert "capability" in str(caught.value)


async def test_what_is_not_shared_is_told_with_how_to_share_it(notion: NotionServer) -> None:
    with pytest.raises(ProviderNotFound, match=f"Could not find page with ID: {MISSING_ID}") as caught:
        await client(notion).read_page(MISSING_ID)
    assert "Connections" in str(caught.value)
    assert caught.value.http_status == 404


async def test_what_notion_does_not_take_is_told_in_its_words(notion: NotionServer) -> None:
    page_id = notion.workspace.add_page()["id"]
    with pytest.raises(
        ProviderError, match=r"validation_error.*Price is not a property that exists"
    ) as caught:
        await client(notion).update_page(page_id, {"properties": {"Price": {"number": 1}}})
    assert type(caught.value) is ProviderError
    assert caught.value.http_status == 400


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(409, "conflict_error", ProviderError), (500, "internal_server_error", ProviderUnavailable),
     (503, "service_unavailable", ProviderUnavailable), (504, "gateway_timeout", ProviderUnavailable)],
)  # fmt: skip
async def test_a_write_that_fails_is_an_error_and_not_sent_again(
    notion: NotionServer, status: int, code: str, kind: type[ProviderError]
) -> None:
    notion.refuse("POST", PAGES, status, code, "Not now.")
    with pytest.raises(ProviderError, match=code) as caught:
        await create(notion)
    assert type(caught.value) is kind
    assert len(notion.calls("POST", PAGES)) == 1


@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"<html>"), Answer(200, b"[1]"), Answer(200, b"{}"), Answer(200, b'{"object": "error"}')],
)
async def test_an_answer_that_is_none_of_notion_s_is_an_error(notion: NotionServer, answer: Answer) -> None:
    notion.answer("GET", ME, answer)
    with pytest.raises(ProviderError, match="documentation"):
        await client(notion).read_me()


async def test_the_token_never_gets_into_a_message(notion: NotionServer) -> None:
    notion.refuse("GET", ME, 400, "validation_error", f"You sent {TOKEN}.")
    with pytest.raises(ProviderError, match=r"You sent \*\*\*") as caught:
        await client(notion).read_me()
    assert TOKEN not in str(caught.value)


# -- what is sent again ------------------------------------------------------------------------------------


async def test_a_read_is_repeated_when_notion_fails(notion: NotionServer) -> None:
    notion.answer("GET", ME, Answer(500), Answer(hang_up=True))
    assert (await client(notion).read_me())["name"] == "Blockyard"
    assert len(notion.calls("GET", ME)) == 3


async def test_a_search_is_repeated_too_though_it_is_a_post(notion: NotionServer) -> None:
    notion.workspace.add_page("Kale")
    notion.answer("POST", SEARCH, Answer(503), Answer(hang_up=True))
    assert len((await search(notion)).items) == 1
    assert len(notion.calls("POST", SEARCH)) == 3


async def test_a_search_that_fails_for_ever_ends(
    notion: NotionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_api, "FIRST_WAIT_S", 0.0)
    notion.answer("POST", SEARCH, *[Answer(503)] * 99)
    with pytest.raises(ProviderUnavailable):
        await search(notion)
    assert len(notion.calls("POST", SEARCH)) == _api.MAX_WAITS + 1


async def test_a_write_whose_answer_is_lost_is_not_sent_again(notion: NotionServer) -> None:
    notion.answer("POST", PAGES, Answer(hang_up=True))
    with pytest.raises(ProviderUnavailable):
        await create(notion)
    assert len(notion.calls("POST", PAGES)) == 1


Call = Callable[[NotionServer], Awaitable[object]]


@pytest.mark.parametrize(("call", "path"), [(search, SEARCH), (create, PAGES)])
async def test_too_many_requests_wait_as_long_as_notion_asks(
    notion: NotionServer, call: Call, path: str
) -> None:
    notion.limit("POST", path, retry_after_s=1)
    notion.refuse("POST", path, 529, "service_overload", "Overloaded.", **{"Retry-After": "1"})
    started = time.monotonic()
    await call(notion)
    assert time.monotonic() - started >= 2.0
    assert len(notion.calls("POST", path)) == 3


@pytest.mark.parametrize(("call", "path"), [(search, SEARCH), (create, PAGES)])
async def test_a_wait_that_is_too_long_is_an_error_that_says_how_long(
    notion: NotionServer, call: Call, path: str
) -> None:
    notion.limit("POST", path, retry_after_s=45, times=9)
    with pytest.raises(RateLimited, match="wait 45 s") as caught:
        await call(notion)
    assert caught.value.retry_after_s == 45
    assert len(notion.calls("POST", path)) == 1


async def test_waiting_for_a_turn_ends(notion: NotionServer) -> None:
    notion.limit("POST", PAGES, retry_after_s=0, times=99)
    with pytest.raises(RateLimited):
        await create(notion)
    assert len(notion.calls("POST", PAGES)) == _api.MAX_WAITS + 1


# -- pages of results --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "sizes", "has_more"),
    [(1, [1], True), (4, [4, 1], True), (7, [7, 4, 1], False), (9, [9, 6, 3], False)],
)
async def test_pages_of_results_are_followed_until_there_are_enough_or_no_more(
    notion: NotionServer, most: int, sizes: list[int], has_more: bool
) -> None:
    notion.page_items = 3
    for number in range(7):
        notion.workspace.add_page(f"{number}")
    found = await client(notion).search("", "page", most=most)
    assert [one["properties"]["title"]["title"][0]["plain_text"] for one in found.items] == [
        str(number) for number in range(6, 6 - min(most, 7), -1)
    ]
    assert [call.json()["page_size"] for call in notion.calls("POST", SEARCH)] == sizes
    assert found.has_more is has_more


async def test_no_page_of_results_is_larger_than_notion_gives(notion: NotionServer) -> None:
    await client(notion).search("", None, most=1_000)
    assert [call.json()["page_size"] for call in notion.calls("POST", SEARCH)] == [100]


async def test_a_cursor_that_comes_again_ends_the_reading(notion: NotionServer) -> None:
    page = {"object": "list", "results": [{"object": "page"}], "has_more": True, "next_cursor": "same"}
    notion.answer("POST", SEARCH, *[Answer.of_json(page)] * 50)
    with pytest.raises(ProviderError, match="without end"):
        await client(notion).search("", None, most=1_000)
    assert len(notion.calls("POST", SEARCH)) == 2


async def test_more_items_than_were_asked_for_are_cut_and_told(notion: NotionServer) -> None:
    page = {"object": "list", "results": [{"object": "page"}] * 5, "has_more": False, "next_cursor": None}
    notion.answer("POST", SEARCH, Answer.of_json(page))
    found = await client(notion).search("", None, most=3)
    assert (len(found.items), found.has_more) == (3, True)


# -- what every request says -------------------------------------------------------------------------------


async def test_every_request_says_the_version_and_the_token_goes_into_the_header_only(
    notion: NotionServer,
) -> None:
    await create(notion)
    await search(notion)
    await client(notion).read_me()
    assert len(notion.local.seen) == 3
    for request in notion.local.seen:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["notion-version"] == "2025-09-03"
        assert TOKEN not in request.target
        assert TOKEN not in request.body.decode()
