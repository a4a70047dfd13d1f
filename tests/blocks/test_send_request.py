"""SendWebRequestBlock against a real server."""

from __future__ import annotations

from typing import Any

import pytest
from python_multipart.multipart import parse_options_header

from backend.blocks.http.send_request import SendWebRequestBlock
from backend.blocks.testing import DirectContext
from backend.data.block import BlockData
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.server.uploads import FormReader, Part
from backend.util.errors import AddressRefused, BlockError
from tests.support.http_server import Answer, LocalServer, local_http_server, reachable


async def send(
    server: LocalServer, path: str, at_hand: tuple[FileContent, ...] = (), **inputs: Any
) -> list[BlockData]:
    block = SendWebRequestBlock()
    given = block.Input(url=f"{server.base_url}{path}", **inputs)
    context = DirectContext(at_hand)
    return [pair async for pair in block.run(given, idempotency_key="run/node/0", context=context)]


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


async def test_files_are_sent_as_parts_of_one_form_under_their_field() -> None:
    files = (
        FileContent("größe.txt", "text/plain", b"one\r\ntwo"),
        FileContent("b.bin", "application/x-own", bytes(range(256))),
    )
    with local_http_server({"/": Answer()}) as server, reachable(server):
        values = [file_value(content) for content in files]
        await send(
            server, "/", files, files=values, files_name="doc", body={"title": "x y"}, json_format=False
        )
    (seen,) = server.seen
    kind, options = parse_options_header(seen.headers["content-type"])
    assert kind == b"multipart/form-data"
    form = FormReader(options[b"boundary"])
    events = form.feed(seen.body)
    form.check_whole()
    assert [event for event in events if not isinstance(event, bytes)] == [
        Part("title", None, None),
        Part("doc", "größe.txt", "text/plain"),
        Part("doc", "b.bin", "application/x-own"),
    ]
    assert b"".join(event for event in events if isinstance(event, bytes)) == b"x y" + b"".join(
        content.data for content in files
    )


async def test_files_beside_json_are_refused_unsent() -> None:
    example = FileContent("a.txt", "text/plain", b"a")
    with local_http_server({"/": Answer()}) as server, reachable(server):
        with pytest.raises(BlockError, match="json_format"):
            await send(server, "/", (example,), files=[file_value(example)], body={"a": 1})
    assert server.seen == []


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
