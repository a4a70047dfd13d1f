"""What stands before every route: headers, origins, bodies, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product

import httpx
import pytest

from backend.app import App
from backend.data import run_details
from tests.server.conftest import echo_graph, stored

UNSAFE = "/api/auth/login"


async def test_every_kind_of_answer_has_the_security_headers(ada: httpx.AsyncClient) -> None:
    for path in ("/", "/icon.svg", "/api/blocks", "/api/nothing", "/api/runs?limit=x", "/assets/no"):
        headers = (await ada.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "cache-control" in headers
        assert "server" not in headers


FOREIGN: list[dict[str, str]] = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


async def test_page_of_another_origin_changes_nothing(ada: httpx.AsyncClient) -> None:
    for headers in FOREIGN:
        answer = await ada.post("/api/graphs", json=echo_graph(), headers=headers)
        assert answer.status_code == 403, headers
    assert (await ada.get("/api/graphs")).json()["items"] == []


async def test_page_of_our_own_origin_may_ask(ada: httpx.AsyncClient, url: str) -> None:
    answer = await ada.post(
        "/api/graphs", json=echo_graph(), headers={"origin": url, "sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 201


BAD_BODIES: list[tuple[str, bytes, str | None]] = [
    ("nothing", b"", None),
    ("no JSON", b"{", None),
    ("text", b"hello", None),
    ("a list", b"[]", None),
    ("NaN", b'{"name": "x", "nodes": [], "links": [], "description": NaN}', "description"),
    ("infinite", b'{"name": "x", "nodes": [], "links": [], "version": 1e999}', None),
    ("NUL", b'{"name": "a\\u0000b", "nodes": [], "links": []}', "name"),
    ("NUL in a key", b'{"name": "x", "nodes": [], "links": [], "a\\u0000": 1}', None),
    ("half a pair", b'{"name": "\\ud800", "nodes": [], "links": []}', "name"),
    ("not UTF-8", b'{"name": "\xff", "nodes": [], "links": []}', None),
    ("deep", b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", None),
    ("deep and open", b"[" * 1_000_000, None),
    ("a missing field", b'{"nodes": [], "links": []}', "name"),
    ("a wrong type", b'{"name": 1, "nodes": [], "links": []}', "name"),
]


async def test_bad_bodies_are_refused_clearly_and_nothing_is_stored(ada: httpx.AsyncClient) -> None:
    for name, body, path in BAD_BODIES:
        answer = await ada.post("/api/graphs", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), name
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["detail"], name
        assert "Traceback" not in answer.text
        if path is not None:
            assert path in [error["path"] for error in problem["errors"]], (name, problem)
    assert (await ada.get("/api/graphs")).json()["items"] == []


async def _endless(size_bytes: int) -> AsyncIterator[bytes]:
    for _ in range(size_bytes // 65_536):
        yield b" " * 65_536


async def test_body_that_is_too_long_is_refused_whether_it_says_so_or_not(
    app: App, ada: httpx.AsyncClient
) -> None:
    app.settings.max_body_bytes = 1_000_000
    headers = {"content-type": "application/json"}
    for path, is_said in product(("/api/graphs", "/api/graphs/x/runs", "/api/auth/login"), (True, False)):
        content = b" " * 3_000_000 if is_said else _endless(3_000_000)
        answer = await ada.post(path, content=content, headers=headers)
        assert answer.status_code == 413, (path, is_said)
        assert "MAX_BODY_BYTES" in answer.json()["detail"]
    assert (await ada.get("/api/health/live")).status_code == 200


async def test_hundred_megabytes_are_refused(ada: httpx.AsyncClient) -> None:
    body = b'{"name": "' + b"x" * 100_000_000 + b'", "nodes": [], "links": []}'
    answer = await ada.post("/api/graphs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_body_of_another_kind_is_refused(ada: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"):
        answer = await ada.post("/api/graphs", content=b"{}", headers={"content-type": kind})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "Content-Type")


async def test_refusals_speak_of_the_field_and_of_what_to_do(ada: httpx.AsyncClient) -> None:
    login = await ada.post("/api/auth/login", json={"mail": "bob", "password": "x"})
    run = await ada.post("/api/graphs/x/runs", json={"labels": [""]})
    runs = await ada.get("/api/runs?cursor=x")
    errors = [error for answer in (login, run, runs) for error in answer.json()["errors"]]
    assert {error["path"]: f"{error['message']} {error['cure']}" for error in errors} == {
        "email": "It is missing. Add it.",
        "mail": "There is no such field. Remove it, or correct its name.",
        "labels[0]": "It should have at least 1 character. Correct it.",
        "query.cursor": "This is no cursor of this list: send the `next_cursor` of a page. Correct it.",
    }


async def test_wrong_method_is_told_so(ada: httpx.AsyncClient) -> None:
    answer = await ada.put("/api/runs")
    assert (
        answer.json()["detail"] == "This address does not take PUT. See /api/openapi.json for what it takes."
    )


BAD_ADDRESSES = [
    "/api/runs?cursor=%00",
    "/api/runs?cursor=x",
    "/api/graphs/%00",
    "/api/runs?limit=0",
    "/api/runs?limit=1000000",
    "/api/runs?limit=x",
    "/api/runs?status=odd",
    "/api/runs/x/events?after=99999999999999999999",
    "/api/graphs/x?version=0",
    "/api/graphs/x?version=2147483648",
]


async def test_bad_addresses_are_refused(ada: httpx.AsyncClient) -> None:
    for path in BAD_ADDRESSES:
        answer = await ada.get(path)
        assert answer.status_code == 400, path
        assert answer.json()["errors"], path


async def test_odd_ids_are_not_found(ada: httpx.AsyncClient) -> None:
    for path in ("/api/graphs/%ff", "/api/runs/%ed%a0%80", "/api/graphs/" + "x" * 5000):
        assert (await ada.get(path)).status_code == 404, path


async def test_unknown_method_answers_405_and_names_what_is_allowed(ada: httpx.AsyncClient) -> None:
    answer = await ada.delete("/api/graphs")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"]


async def test_bug_of_ours_answers_500_with_a_reference_and_nothing_else(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("the secret of the house")

    monkeypatch.setattr(run_details, "load_details", broken)
    answer = await ada.get("/api/runs/x")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    reference = answer.json()["detail"].split("reference ")[1].split(" ")[0]
    logged = capsys.readouterr()
    assert reference in logged.out + logged.err


async def test_problem_has_the_shape_of_rfc_9457(ada: httpx.AsyncClient) -> None:
    problem = (await ada.get("/api/runs/absent")).json()
    assert problem == {
        "type": "urn:blockyard:error:not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no run 'absent'.",
        "code": "not_found",
        "errors": [],
    }


async def test_run_of_a_graph_that_is_not_there_is_404(ada: httpx.AsyncClient) -> None:
    await stored(ada, echo_graph())
    assert (await ada.post("/api/graphs/absent/runs", json={})).status_code == 404


async def test_head_says_what_get_would_without_the_body(ada: httpx.AsyncClient) -> None:
    for path in ("/api/health/live", "/api/health/ready", "/api/graphs", "/api/runs/absent", "/"):
        told, whole = await ada.head(path), await ada.get(path)
        assert (told.status_code, told.content) == (whole.status_code, b"")
        assert told.headers["content-length"] == whole.headers["content-length"]
