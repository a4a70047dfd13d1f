"""Where a redirect is followed to, and which headers go along."""

from __future__ import annotations

import pytest

from backend.util.errors import (
    AddressRefused,
    CredentialsError,
    ProviderError,
)
from tests.support.http_server import Answer, Route, local_http_server, reachable
from tests.util.request_faces import SECRETS, Face, serving


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (307, "POST", "POST"),
        (308, "PATCH", "PATCH"),
    ],
)
async def test_redirect_keeps_or_changes_the_method(call: Face, status: int, method: str, then: str) -> None:
    with serving({"/a": Answer.redirect("b?x=1", status=status), "/b": Answer(body=b"end")}) as server:
        response = await call(method, f"{server.base_url}/a", content=b"body")
    last = server.seen[-1]
    body = b"" if then == "GET" else b"body"
    assert (last.method, last.target, last.body) == (then, "/b?x=1", body)
    assert response.url == f"{server.base_url}/b?x=1"


async def test_redirect_is_handed_back_when_not_followed(call: Face) -> None:
    with serving({"/": Answer.redirect("/b")}) as server:
        response = await call("GET", server.base_url, allow_redirects=False)
    assert (response.status, response.headers["location"]) == (302, "/b")


async def test_redirect_loop_ends_after_ten(call: Face) -> None:
    with (
        serving({"/": Answer.redirect("/")}) as server,
        pytest.raises(ProviderError, match="more than 10 times"),
    ):
        await call("GET", server.base_url)
    assert len(server.seen) == 11


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/",
        "//10.0.0.1/x",
        "file:///etc/passwd",
        "http://u@e.com/",
    ],
)
async def test_redirect_to_a_refused_place_is_not_followed(call: Face, location: str) -> None:
    with (
        serving({"/": Answer.redirect(location)}) as server,
        pytest.raises(AddressRefused, match="redirected"),
    ):
        await call("GET", server.base_url)
    assert len(server.seen) == 1


async def test_credentials_stay_behind_when_the_origin_changes(call: Face) -> None:
    with (
        local_http_server({"/": Answer()}) as other,
        local_http_server({"/": Answer.redirect(other.base_url)}) as first,
    ):
        with reachable(first, other):
            await call("GET", first.base_url, headers={**SECRETS, "Accept": "text/html"})
    assert set(map(str.lower, SECRETS)) <= set(first.seen[0].headers)
    assert "sesame" not in str(other.seen[0].headers)
    assert other.seen[0].headers["accept"] == "text/html"


async def test_credentials_follow_within_the_origin_and_to_trusted_origins(call: Face) -> None:
    with local_http_server({"/": Answer()}) as other:
        routes: dict[str, Route] = {"/": Answer.redirect("/b"), "/b": Answer.redirect(other.base_url)}
        with local_http_server(routes) as first, reachable(first, other):
            trusted = [first.base_url, other.base_url + "/"]
            await call("GET", first.base_url, client={"extra_headers": SECRETS, "trusted_origins": trusted})
    for seen in (*first.seen, *other.seen):
        assert seen.headers["x-api-key"] == "sesame"


async def test_credentials_that_stayed_behind_do_not_come_back(call: Face) -> None:
    with (
        local_http_server({}) as other,
        local_http_server({"/end": Answer()}) as first,
        reachable(first, other),
    ):
        first.routes["/"] = Answer.redirect(other.base_url)
        other.routes["/"] = Answer.redirect(f"{first.base_url}/end")
        await call("GET", first.base_url, headers=SECRETS)
    assert "sesame" not in str(first.seen[-1].headers)


async def test_clients_credentials_go_to_trusted_origins_only(call: Face) -> None:
    client = {"extra_headers": SECRETS, "trusted_origins": ["https://api.example.com"]}
    with serving({"/": Answer(401)}) as server, pytest.raises(CredentialsError, match="not a trusted origin"):
        await call("GET", server.base_url, client=client)
    assert "sesame" not in str(server.seen[0].headers)


async def test_downgrade_to_http_drops_credentials_even_to_a_trusted_origin(call: Face) -> None:
    with local_http_server({"/": Answer.redirect("http://api.example.com/b"), "/b": Answer()}) as server:
        both = {"https://api.example.com": server.base_url, "http://api.example.com": server.base_url}
        with reachable(origin_map=both):
            client = {"extra_headers": SECRETS, "trusted_origins": list(both)}
            await call("GET", "https://api.example.com/", client=client)
    assert "x-api-key" in server.seen[0].headers
    assert "sesame" not in str(server.seen[1].headers)
