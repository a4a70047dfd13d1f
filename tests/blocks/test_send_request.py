"""SendWebRequestBlock against a real server."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.http.send_request import SendWebRequestBlock
from backend.data.block import BlockData
from backend.util.errors import AddressRefused
from tests.support.http_server import Answer, LocalServer, local_http_server, reachable


async def send(server: LocalServer, path: str, **inputs: Any) -> list[BlockData]:
    block = SendWebRequestBlock()
    given = block.Input(url=f"{server.base_url}{path}", **inputs)
    return [pair async for pair in block.run(given, idempotency_key="run/node/0")]


async def test_a_post_carries_json_its_headers_and_the_idempotency_key() -> None:
    with local_http_server({"/items": Answer.of_json({"id": 1})}) as server, reachable(server):
        outputs = await send(server, "/items", body={"é": [1, None]}, headers={"X-Own": "1"})
    assert outputs == [("response", {"id": 1})]
    (seen,) = server.seen
    assert (seen.method, seen.json()) == ("POST", {"é": [1, None]})
    assert (seen.headers["idempotency-key"], seen.headers["x-own"]) == ("run/node/0", "1")
    assert seen.headers["content-type"].startswith("application/json")


async def test_a_person_s_own_idempotency_key_stays() -> None:
    with local_http_server({"/": Answer()}) as server, reachable(server):
        await send(server, "/", headers={"idempotency-key": "mine"})
        await send(server, "/", method="GET")
    assert [seen.headers.get("idempotency-key") for seen in server.seen] == ["mine", None]


async def test_a_form_is_sent_where_json_is_off() -> None:
    with local_http_server({"/": Answer()}) as server, reachable(server):
        await send(server, "/", body={"a": "x y", "n": 1, "l": [1]}, json_format=False)
    (seen,) = server.seen
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen.body == b"a=x+y&n=1&l=%5B1%5D"


@pytest.mark.parametrize(
    ("answer", "output"),
    [
        (Answer.of_json([1], status=201), ("response", [1])),
        (Answer(204), ("response", None)),
        (Answer(200, "ü".encode(), {"Content-Type": "text/plain; charset=utf-8"}), ("response", "ü")),
        (Answer(200, b"{NaN", {"Content-Type": "application/json"}), ("response", "{NaN")),
        (Answer(200, b"NaN", {"Content-Type": "application/json"}), ("response", "NaN")),
        (Answer.of_json({"e": 1}, status=422), ("client_error", {"e": 1})),
        (Answer(429, b"slow"), ("client_error", "slow")),
        (Answer(503, b"down"), ("server_error", "down")),
        (Answer(304), ("server_error", "")),
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_the_status_decides_the_pin_and_nothing_is_sent_twice(
    method: str, answer: Answer, output: BlockData
) -> None:
    with local_http_server({"/": answer}) as server, reachable(server):
        assert await send(server, "/", method=method) == [output]
    assert len(server.seen) == 1


async def test_an_address_that_is_not_public_is_refused_unseen() -> None:
    with local_http_server({"/": Answer()}) as server:
        with pytest.raises(AddressRefused):
            await send(server, "/")
    assert server.seen == []
