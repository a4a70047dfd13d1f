"""Blocks for the web against a real server: requests with credentials, pages, feeds, charsets."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr

from backend.blocks.http._credentials import TEST_CREDENTIALS_INPUT, with_credentials
from backend.blocks.http.request import HttpRequestBlock
from backend.blocks.http.send_request import SendAuthenticatedWebRequestBlock
from backend.blocks.testing import DirectContext
from backend.blocks.web.feed import ReadRSSFeedBlock
from backend.blocks.web.page import ReadWebPageBlock
from backend.blocks.web.wikipedia import GetWikipediaSummaryBlock
from backend.data.block import Block, BlockData
from backend.data.credentials import HostScopedCredentials
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.util.clock import now
from backend.util.errors import BlockError, CredentialsError, ProviderError, ProviderUnavailable
from tests.support.http_server import Answer, Seen, local_http_server, reachable

PAGE = b"<title>Hi</title><body><p>Gr\xfc\xdfe"


async def outputs(block: Block, context: DirectContext | None = None, **inputs: Any) -> list[BlockData]:
    """What the block gives; a failure is raised."""
    credentials = inputs.pop("secret", None)
    given = block.Input(**inputs)
    offered = {
        "idempotency_key": "run/node/0",
        "context": context or DirectContext(),
        "credentials": credentials,
    }
    keywords = {name: value for name, value in offered.items() if name in block.wanted_keywords}
    made: Any = block.run(given, **keywords)
    return [pair async for pair in made]


def credential(host: str, **headers: str) -> HostScopedCredentials:
    secret = {name: SecretStr(value) for name, value in headers.items()}
    return HostScopedCredentials(id="c", provider="http", title="Shop", host=host, headers=secret)


# -- credentials of one host -------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [SendAuthenticatedWebRequestBlock(), HttpRequestBlock()])
async def test_headers_of_the_credential_are_sent_and_those_of_the_node_win(block: Block) -> None:
    with local_http_server({"/": Answer.of_json({"ok": True})}) as server, reachable(server):
        found = await outputs(
            block,
            url=server.base_url,
            method="POST",
            headers={"X-TEAM": "red"},
            credentials=TEST_CREDENTIALS_INPUT,
            secret=credential("127.0.0.1", Authorization="Bearer sesame", **{"X-Team": "blue"}),
        )
    assert found[0] == ("response", {"ok": True})
    (seen,) = server.seen
    assert (seen.headers["authorization"], seen.headers["x-team"]) == ("Bearer sesame", "red")


@pytest.mark.parametrize("block", [SendAuthenticatedWebRequestBlock(), HttpRequestBlock()])
async def test_a_credential_of_another_host_or_port_sends_nothing(block: Block) -> None:
    with local_http_server({"/": Answer()}) as server, reachable(server):
        for host in ("localhost", "127.0.0.2", "127.0.0.1:1", "*.127.0.0.1"):
            with pytest.raises(BlockError, match=r"'Shop' is for .* goes to 127\.0\.0\.1"):
                await outputs(
                    block,
                    url=server.base_url,
                    credentials=TEST_CREDENTIALS_INPUT,
                    secret=credential(host, Authorization="sesame"),
                )
    assert server.seen == []


@pytest.mark.parametrize("block", [SendAuthenticatedWebRequestBlock(), HttpRequestBlock()])
async def test_a_credential_stays_behind_when_a_redirect_leaves_the_origin(block: Block) -> None:
    with local_http_server({"/": Answer(200, b"there")}) as other:
        routes = {
            "/": Answer.redirect(f"{other.base_url}/", status=307),
            "/own": Answer.redirect("/", status=307),
        }
        with local_http_server(routes) as server, reachable(server, other):
            await outputs(
                block,
                url=f"{server.base_url}/own",
                credentials=TEST_CREDENTIALS_INPUT,
                secret=credential(server.address, Authorization="Bearer sesame", **{"X-Odd-Key": "sesame"}),
            )
    assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer sesame"] * 2
    (seen,) = other.seen
    assert "sesame" not in str(seen.headers)


@pytest.mark.parametrize(
    ("pattern", "url", "is_covered"),
    [
        ("example.com", "https://EXAMPLE.com:8443/", True),
        ("example.com:8443", "https://example.com:8443/", True),
        ("example.com:443", "https://example.com/", True),
        ("example.com:443", "http://example.com/", False),
        ("Bücher.example", "https://xn--bcher-kva.example/", True),
        ("[2606:4700:4700::1111]:80", "http://[2606:4700:4700:0::1111]/", True),
        ("*.example.com", "https://a.b.example.com/", True),
        ("*.example.com", "https://example.com/", False),
        ("*.example.com", "https://badexample.com/", False),
        ("example.com", "https://example.com.evil.example/", False),
        ("example.com", "https://www.example.com/", False),
    ],
)
def test_a_credential_covers_its_host_and_no_other(pattern: str, url: str, is_covered: bool) -> None:
    secret = credential(pattern, Key="sesame")
    if is_covered:
        assert with_credentials({}, secret, url) == {"Key": "sesame"}
    else:
        with pytest.raises(BlockError, match="Choose the credential"):
            with_credentials({}, secret, url)


# -- any request -------------------------------------------------------------------------------------------


async def test_a_multipart_form_goes_out_with_its_fields_and_files() -> None:
    example = FileContent("größe.txt", "text/plain", b"hello")
    with local_http_server({"/": Answer()}) as server, reachable(server):
        await outputs(
            HttpRequestBlock(),
            DirectContext([example]),
            url=server.base_url,
            method="POST",
            body_type="multipart",
            body={"title": "x y", "tags": ["a", "b"]},
            files={"doc": [file_value(example)]},
        )
        await outputs(
            HttpRequestBlock(), url=server.base_url, method="PUT", body_type="multipart", body={"a": "1"}
        )
    with_file, without = server.seen
    assert with_file.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert with_file.body.count(b'name="tags"') == 2
    assert "größe.txt".encode() in with_file.body or b"gr%C3%B6" in with_file.body
    assert without.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n' in without.body


async def test_query_form_and_text_reach_the_service_as_they_are_meant() -> None:
    block = HttpRequestBlock()
    with local_http_server({"/": Answer()}) as server, reachable(server):
        await outputs(block, url=f"{server.base_url}?a=1", query={"b": ["x y", "ü"], "c": None, "d": 2})
        await outputs(block, url=server.base_url, method="PUT", body_type="form", body={"a": ["1", 2]})
        await outputs(block, url=server.base_url, method="PUT", body_type="text", body="größe")
    query, form, text = server.seen
    assert query.query == {"a": ["1"], "b": ["x y", "ü"], "d": ["2"]}
    assert (form.body, form.headers["content-type"]) == (b"a=1&a=2", "application/x-www-form-urlencoded")
    assert (text.body.decode(), text.headers["content-type"]) == ("größe", "text/plain; charset=utf-8")


async def test_retries_are_as_many_as_asked_for_and_carry_the_same_key() -> None:
    now_again = {"Retry-After": "0"}
    for retries, count in ((0, 1), (2, 3)):
        with local_http_server({"/": Answer(503, b"down", now_again)}) as server, reachable(server):
            found = await outputs(
                HttpRequestBlock(), url=server.base_url, method="POST", retries=retries, fail_on_status=False
            )
        assert found[0:2] == [("response", "down"), ("status", 503)]
        assert [seen.headers["idempotency-key"] for seen in server.seen] == ["run/node/0"] * count


async def test_a_refusal_is_a_typed_failure_unless_it_is_wanted() -> None:
    with local_http_server({"/": Answer(401, b"{}")}) as server, reachable(server):
        with pytest.raises(CredentialsError):
            await outputs(HttpRequestBlock(), url=server.base_url)


async def test_a_slow_service_is_given_up_after_the_time_that_was_given() -> None:
    with local_http_server({"/": Answer(delay_s=5)}) as server, reachable(server):
        begun = time.monotonic()
        with pytest.raises(ProviderUnavailable):
            await outputs(HttpRequestBlock(), url=server.base_url, timeout_s=0.2)
    assert time.monotonic() - begun < 2


async def test_a_redirect_may_be_the_answer() -> None:
    with (
        local_http_server({"/": Answer.redirect("/there"), "/there": Answer(200, b"x")}) as server,
        reachable(server),
    ):
        found = dict(await outputs(HttpRequestBlock(), url=server.base_url, follow_redirects=False))
        followed = dict(await outputs(HttpRequestBlock(), url=server.base_url))
    assert (found["status"], found["headers"]["location"]) == (302, "/there")
    assert (followed["status"], followed["url"]) == (200, f"{server.base_url}/there")


async def test_an_answer_is_stored_as_a_file_under_the_name_that_the_service_gives() -> None:
    context = DirectContext()
    told = {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.pdf",
    }
    with local_http_server({"/x/report": Answer(200, b"%PDF\x00", told)}) as server, reachable(server):
        found = dict(await outputs(HttpRequestBlock(), context, url=f"{server.base_url}/x/report"))
    stored = context.files.read(found["file"])
    assert stored == FileContent("größe.pdf", "application/pdf", b"%PDF\x00")


# -- pages and charsets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html; charset=iso-8859-1", PAGE),
        ("text/html", PAGE),
        ("text/html", b"<meta charset='windows-1252'>" + PAGE),
        ("text/html", PAGE.decode("latin-1").encode()),
        ("text/html; charset=nonsense", PAGE.decode("latin-1").encode()),
        ("text/html", b'<?xml version="1.0" encoding="iso-8859-1"?>' + PAGE),
        ("text/html", PAGE.decode("latin-1").encode("utf-16")),
        ("application/xhtml+xml;charset=UTF-8", PAGE.decode("latin-1").encode()),
    ],
)
async def test_a_page_is_read_in_its_charset(kind: str, body: bytes) -> None:
    with local_http_server({"/": Answer(200, body, {"Content-Type": kind})}) as server, reachable(server):
        found = dict(await outputs(ReadWebPageBlock(), url=server.base_url))
    assert (found["title"], found["content"]) == ("Hi", "Grüße")


async def test_a_page_is_read_where_redirects_lead_and_its_links_are_completed() -> None:
    page = Answer(200, b"<body><p>See <a href='next'>the next page</a>", {"Content-Type": "text/html"})
    with local_http_server({"/": Answer.redirect("/a/b"), "/a/b": page}) as server, reachable(server):
        found = dict(await outputs(ReadWebPageBlock(), url=server.base_url, with_links=True))
    assert found["url"] == f"{server.base_url}/a/b"
    assert "[the next page]" in found["content"]
    assert f"{server.base_url}/a/next" in found["content"]


async def test_a_long_page_gives_its_main_part() -> None:
    words = "".join(f"<p>Paragraph {n} of a long document that nobody cut.</p>" for n in range(8000))
    body = f"<nav>Menu</nav><main><h1>Long</h1>{words}</main><footer>Imprint</footer>".encode()
    with (
        local_http_server({"/": Answer(200, body, {"Content-Type": "text/html"})}) as server,
        reachable(server),
    ):
        found = dict(await outputs(ReadWebPageBlock(), url=server.base_url))
    assert found["content"].startswith("# Long\n\nParagraph 0 of")
    assert found["content"].endswith("Paragraph 7999 of a long document that nobody cut.")


# -- feeds and Wikipedia -----------------------------------------------------------------------------------


async def test_only_what_is_newer_than_the_period_is_given() -> None:
    def item(name: str, minutes: int) -> str:
        return f"<item><title>{name}</title><pubDate>{format_datetime(now() - timedelta(minutes=minutes))}</pubDate></item>"

    feed = f'<rss version="2.0"><channel>{item("new", 5)}{item("old", 15)}</channel></rss>'.encode()
    with (
        local_http_server({"/": Answer(200, feed, {"Content-Type": "text/xml"})}) as server,
        reachable(server),
    ):
        found = await outputs(ReadRSSFeedBlock(), rss_url=server.base_url, time_period=10)
    assert [value["title"] for pin, value in found if pin == "entry"] == ["new"]
    assert found[-1][0] == "entries"
    assert len(server.seen) == 1


@pytest.mark.parametrize("answer", [Answer(404), Answer(200, b"<html><p>x"), Answer(200, b"{}")])
async def test_a_feed_that_is_none_is_a_failure(answer: Answer) -> None:
    with local_http_server({"/": answer}) as server, reachable(server):
        with pytest.raises(BlockError):
            await outputs(ReadRSSFeedBlock(), rss_url=server.base_url)


async def test_wikipedia_is_asked_politely_in_the_language_that_is_wanted() -> None:
    def answer(seen: Seen) -> Answer:
        is_known = seen.target == "/api/rest_v1/page/summary/Z%C3%BCrich"
        return Answer.of_json({"extract": "Zürich ist eine Stadt."}) if is_known else Answer(404)

    with local_http_server({"/api/rest_v1/page/summary/Z%C3%BCrich": answer}) as server:
        with reachable(origin_map={"https://de.wikipedia.org": server.base_url}):
            found = await outputs(GetWikipediaSummaryBlock(), topic="Zürich", language="de")
            with pytest.raises(BlockError, match=r"no page 'Nowhere' at de\.wikipedia\.org"):
                await outputs(GetWikipediaSummaryBlock(), topic="Nowhere", language="de")
    assert found == [("summary", "Zürich ist eine Stadt.")]
    assert server.seen[0].headers["user-agent"].startswith("Blockyard/")
    assert server.seen[0].headers["host"] == "de.wikipedia.org"


async def test_a_service_in_trouble_is_named() -> None:
    with local_http_server({"/": Answer(500)}) as server, reachable(server):
        with pytest.raises(ProviderError, match="having trouble"):
            await outputs(HttpRequestBlock(), url=server.base_url)


async def test_the_event_loop_goes_on_while_a_page_explodes() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    answer = Answer(200, b"<div>" * 1_000_000, {"Content-Type": "text/html"})
    with local_http_server({"/": answer}) as server, reachable(server):
        beating = asyncio.ensure_future(beat())
        with pytest.raises(BlockError, match="was stopped"):
            await outputs(ReadWebPageBlock(), url=server.base_url)
        beating.cancel()
    assert beats > 20
