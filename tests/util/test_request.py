"""What both faces of the HTTP client send and hand back, over real HTTP to a local server."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from backend.util.errors import (
    CredentialsError,
    InvalidInput,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.http_server import Answer, local_http_server
from tests.util.request_faces import SECRETS, Face, serving


async def test_json_body_and_extra_headers_arrive(call: Face) -> None:
    with serving({"/items": Answer.of_json({"id": 1}, status=201)}) as server:
        response = await call(
            "POST",
            f"{server.base_url}/items",
            client={"extra_headers": {"X-Api-Key": "k"}},
            json={"name": "ü"},
        )
    assert (response.status, response.ok, response.json()) == (201, True, {"id": 1})
    assert server.seen[0].json() == {"name": "ü"}
    assert server.seen[0].headers["content-type"] == "application/json"
    assert server.seen[0].headers["x-api-key"] == "k"
    assert server.seen[0].headers["host"] == server.address


async def test_params_join_the_query_that_is_there(call: Face) -> None:
    with serving({"/": Answer()}) as server:
        params = {"b": ["2", "3"], "none": None, "yes": True, "space": "a b&c"}
        await call("GET", f"{server.base_url}/?a=1", params=params)
    assert server.seen[0].query == {"a": ["1"], "b": ["2", "3"], "yes": ["true"], "space": ["a b&c"]}


@pytest.mark.parametrize(
    ("options", "body", "content_type"),
    [
        ({"data": {"a": "1 2", "b": ["x", "y"]}}, b"a=1+2&b=x&b=y", "application/x-www-form-urlencoded"),
        ({"data": "raw"}, b"raw", None),
        ({"content": b"\x00\x01", "headers": {"Content-Type": "image/png"}}, b"\x00\x01", "image/png"),
        ({"json": []}, b"[]", "application/json"),
        ({}, b"", None),
    ],
)
async def test_body_is_encoded_as_asked(
    call: Face, options: dict[str, Any], body: bytes, content_type: str | None
) -> None:
    with serving({"/": Answer()}) as server:
        await call("POST", server.base_url, **options)
    assert server.seen[0].body == body
    assert server.seen[0].headers.get("content-type") == content_type
    assert server.seen[0].headers["content-length"] == str(len(body))


async def test_files_are_sent_with_their_form(call: Face) -> None:
    with serving({"/": Answer()}) as server:
        files = {"file": ("a.txt", b"content", "text/plain")}
        client = {"extra_headers": {"Content-Type": "application/json"}}
        await call("POST", server.base_url, client=client, data={"kind": "note"}, files=files)
    seen = server.seen[0]
    assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="kind"\r\n\r\nnote' in seen.body
    assert b'filename="a.txt"\r\nContent-Type: text/plain\r\n\r\ncontent' in seen.body


async def test_auth_is_http_basic(call: Face) -> None:
    with serving({"/": Answer()}) as server:
        await call("GET", server.base_url, auth=("user", "pass"))
    assert server.seen[0].headers["authorization"] == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"Host": "internal"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"headers": {"X-A": "1\r\nX-B: 2"}},
        {"headers": {"X A": "1"}},
        {"json": {}, "data": {}},
        {"json": float("nan")},
        {"json": "\ud800"},
        {"params": {"a": "\ud800"}},
        {"content": "\ud800"},
        {"headers": {"X-A": "\ud800"}},
    ],
)
async def test_request_that_cannot_be_framed_is_not_sent(call: Face, options: dict[str, Any]) -> None:
    with serving({"/": Answer()}) as server, pytest.raises(InvalidInput):
        await call("POST", server.base_url, **options)
    assert server.seen == []


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "GET / HTTP/1.1\r\nX: y", "", "FETCH"])
async def test_method_that_is_not_offered_is_not_sent(call: Face, method: str) -> None:
    with serving({"/": Answer()}) as server, pytest.raises(InvalidInput, match="Use one of"):
        await call(method, server.base_url)
    assert server.connections == 0


async def test_nothing_of_a_request_is_logged(call: Face, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving({"/": Answer(500, b"sesame", headers={"Set-Cookie": "sesame"})}) as server:
        with pytest.raises(ProviderUnavailable) as raised:
            await call("POST", f"{server.base_url}/?key=sesame", headers=SECRETS, content="sesame")
    assert "sesame" not in caplog.text + str(raised.value) + repr(raised.value)


async def test_only_codings_that_can_be_read_are_asked_for(call: Face) -> None:
    with serving({"/": Answer()}) as server:
        await call("GET", server.base_url, headers={"Accept-Encoding": "br", "Accept": "text/csv"})
    assert server.seen[0].headers["accept-encoding"] == "gzip, deflate"
    assert server.seen[0].headers["accept"] == "text/csv"


async def test_proxies_of_the_environment_are_not_used(call: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_http_server({"/": Answer(500)}) as proxy, serving({"/": Answer()}) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
        monkeypatch.setenv("ALL_PROXY", proxy.base_url)
        assert (await call("GET", server.base_url)).ok
    assert proxy.connections == 0


async def test_cookies_are_not_kept(call: Face) -> None:
    with serving({"/": Answer(headers={"Set-Cookie": "sid=1"})}) as server:
        for _ in range(2):
            await call("GET", server.base_url)
    assert "cookie" not in server.seen[1].headers


async def test_connection_is_used_again(call: Face) -> None:
    with serving({"/": Answer(body=b"x")}) as server:
        for _ in range(5):
            await call("GET", server.base_url)
    assert (len(server.seen), server.connections) == (5, 1)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ProviderError),
        (401, CredentialsError),
        (403, ProviderForbidden),
        (404, ProviderNotFound),
        (422, ProviderError),
        (429, RateLimited),
        (503, ProviderUnavailable),
    ],
)
async def test_refusal_becomes_its_typed_error(call: Face, status: int, error: type[ProviderError]) -> None:
    with serving({"/x": Answer.of_json({"error": {"message": "bad sesame-token"}}, status=status)}) as server:
        headers = {"Authorization": "Bearer sesame-token"}
        with pytest.raises(ProviderError) as raised:
            await call("POST", f"{server.base_url}/x?key=sesame", headers=headers)
    assert type(raised.value) is error
    assert raised.value.http_status == status
    assert "bad ***" in str(raised.value)
    assert "sesame" not in str(raised.value)


async def test_refusal_is_an_answer_without_raise_for_status(call: Face) -> None:
    with serving({"/": Answer(404, b"gone")}) as server:
        response = await call("GET", server.base_url, client={"raise_for_status": False})
    assert (response.status, response.ok, response.text) == (404, False, "gone")


@pytest.mark.parametrize("body", [b"<html>", b"", b"[" * 200_000, b"\xff"])
async def test_answer_that_is_not_json_is_a_provider_error(call: Face, body: bytes) -> None:
    with serving({"/": Answer(body=body)}) as server:
        response = await call("GET", f"{server.base_url}/?key=sesame")
    with pytest.raises(ProviderError, match="did not answer with JSON") as raised:
        response.json()
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain; charset=latin-1", b"\xfc"),
        ("text/plain", "ü".encode()),
        ("text/plain; charset=none", "ü".encode()),
    ],
)
async def test_text_follows_the_charset(call: Face, content_type: str, body: bytes) -> None:
    with serving({"/": Answer(body=body, headers={"Content-Type": content_type})}) as server:
        assert (await call("GET", server.base_url)).text == "ü"


async def test_headers_are_found_in_any_case(call: Face) -> None:
    with serving({"/": Answer(headers={"X-Total-Count": "7"})}) as server:
        response = await call("HEAD", server.base_url)
    assert response.headers["x-total-count"] == response.headers["X-TOTAL-COUNT"] == "7"
    assert "x-other" not in response.headers
