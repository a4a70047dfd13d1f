"""The built page: what a browser gets at which address, in which form, and that nothing else can be had."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from starlette.types import Message

from backend.app import App
from backend.server.bundle import FOLDER, Bundle
from backend.server.gate import Gate
from backend.server.http import create_api
from backend.server.site import make_site
from tests.server.conftest import client_of
from tests.support.command_line import ROOT

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = '<!doctype html><script type="module" src="/assets/index-1a2b.js"></script>'
SCRIPT = "console.log('Blockyard');" * 100


def build(folder: Path, index: str = INDEX) -> None:
    """A page as the build leaves it."""
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (folder / "assets" / "geist.woff2").write_bytes(bytes(5_000))
    (folder / "icon.svg").write_text("<svg/>")
    (folder / ".built").write_text("a hash")
    (folder / "index.html").write_text(index)


def gate_of(app: App, folder: Path) -> Gate:
    """The application with the page of this folder."""
    return Gate(replace(make_site(app), bundle=Bundle(folder)), create_api())


def server_of(app: App, folder: Path) -> httpx.AsyncClient:
    """It, called in the process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(gate_of(app, folder)), base_url="http://here")


@pytest.fixture
async def page(app: App, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    build(tmp_path / "page")
    (tmp_path / "secret.js").write_text("outside")
    async with server_of(app, tmp_path / "page") as client:
        yield client


async def test_every_address_of_the_page_gives_the_page_to_a_browser(page: httpx.AsyncClient) -> None:
    for path in ("/", "/runs/7", "/graphs/x/builder", "/a.b/c", "//x", "/apis", "/%2e%2e/x", "/%ff"):
        answer = await page.get(path, headers=BROWSER)
        assert (answer.status_code, answer.text) == (200, INDEX), path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"


async def test_addresses_of_programs_never_give_the_page(page: httpx.AsyncClient) -> None:
    for path in ("/api", "/api/", "/api/nothing", "/mcp", "/mcp/x", "/metrics", "/metrics/x"):
        answer = await page.get(path, headers=BROWSER)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), path


async def test_unknown_address_is_a_problem_to_whoever_wants_no_page(page: httpx.AsyncClient) -> None:
    assert (await page.get("/", headers={"accept": "*/*"})).text == INDEX
    for path in ("/runs/7", "/logo.png", "/.built", "/secret.js"):
        answer = await page.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert (await page.post("/runs/7", headers=BROWSER)).status_code == 401


async def test_assets_are_kept_for_a_year_and_everything_else_is_asked_for_again(
    page: httpx.AsyncClient,
) -> None:
    asset = await page.get("/assets/index-1a2b.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"] == "text/javascript; charset=utf-8"
    icon = await page.get("/icon.svg")
    assert (icon.headers["cache-control"], icon.headers["content-type"]) == ("no-cache", "image/svg+xml")


async def test_page_that_a_browser_has_is_not_sent_again(page: httpx.AsyncClient) -> None:
    first = await page.get("/")
    again = await page.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await page.get("/", headers={"if-none-match": 'W/"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, br", False),
        ("gzip;q=0.01", True),
        ("identity", False),
        ("xgzip", False),
        ("", False),
    ],
)
async def test_script_is_compressed_for_whoever_takes_it(
    page: httpx.AsyncClient, accepted: str, is_compressed: bool
) -> None:
    async with page.stream("GET", "/assets/index-1a2b.js", headers={"accept-encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["vary"] == "accept-encoding"
    assert (answer.headers.get("content-encoding") == "gzip") is is_compressed
    assert (gzip.decompress(raw) if is_compressed else raw) == SCRIPT.encode()
    assert int(answer.headers["content-length"]) == len(raw)


async def test_font_is_compressed_already(page: httpx.AsyncClient) -> None:
    answer = await page.get("/assets/geist.woff2", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in answer.headers


OUTSIDE = [
    "/assets/../../secret.js",
    "/assets/..%2f..%2fsecret.js",
    "/assets/%2e%2e/%2e%2e/secret.js",
    "/assets/..%5c..%5csecret.js",
    "/assets//etc/passwd",
    "/assets/%252e%252e%252fsecret.js",
    "/assets/",
    "/assets/" + "x" * 5000,
    "/assets/%ed%a0%80",
]


async def _asked(gate: Gate, path: str) -> tuple[int, bytes]:
    """Status and body for an address as it stands: a client would tidy the dots away."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    decoded = unquote(path)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": decoded,
        "raw_path": path.encode(),
    }
    await gate(
        {**scope, "scheme": "http", "query_string": b"", "headers": [(b"accept", b"text/html")]},
        receive,
        send,
    )
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path[:40])
async def test_no_name_leads_out_of_the_folder(app: App, tmp_path: Path, path: str) -> None:
    build(tmp_path / "page")
    (tmp_path / "secret.js").write_text("outside")
    status, body = await _asked(gate_of(app, tmp_path / "page"), path)
    assert status == 404
    assert b"outside" not in body


async def test_page_that_was_built_anew_is_served_without_a_restart(
    page: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = (await page.get("/")).headers["etag"]
    build(tmp_path / "page", "<!doctype html>newer")
    os.utime(tmp_path / "page" / "index.html", ns=(1, 1))
    after = await page.get("/")
    assert after.text == "<!doctype html>newer"
    assert after.headers["etag"] != before


async def test_missing_page_says_how_to_build_it(app: App, tmp_path: Path) -> None:
    async with server_of(app, tmp_path / "absent") as client:
        for path in ("/", "/runs/7"):
            answer = await client.get(path, headers=BROWSER)
            assert answer.status_code == 404
            assert "make run" in answer.text
            assert "<script" not in answer.text
        assert (await client.get("/assets/x.js")).status_code == 404
        assert (await client.get("/api/health/live")).status_code == 200


async def test_policy_lets_no_script_in_but_the_page_s_own(url: str) -> None:
    async with client_of(url) as nobody:
        policy = (await nobody.get("/")).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert (
        not {"script-src", "script-src-elem", "connect-src", "worker-src", "img-src", "font-src"}
        & rules.keys()
    )
    assert "unsafe-eval" not in policy
    assert [name for name, rule in rules.items() if "unsafe" in rule] == ["style-src-elem"]


def test_page_stands_where_the_build_puts_it() -> None:
    assert FOLDER.relative_to(ROOT).as_posix() == "backend/server/page"
