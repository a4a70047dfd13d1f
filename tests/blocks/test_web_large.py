"""Large answers and bodies of web blocks, read and written while others use the same event loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backend.blocks.http._sending import json_in, json_text
from backend.blocks.http.request import HttpRequestBlock
from backend.blocks.http.send_request import SendWebRequestBlock
from backend.blocks.web.page import ReadWebPageBlock
from backend.data.block import Block
from backend.util.charset import decoded
from backend.util.errors import BadInput, BlockError
from backend.util.json_marks import MAX_CONTAINERS, MAX_VALUES, is_crowded
from tests.blocks.test_web import outputs
from tests.support.http_server import Answer, local_http_server, reachable

MOST_LATE_S = 0.5
_NEARLY_10_MIB = 10 * 1_048_576 - 64
_LISTS = b"[" + b"[]," * (_NEARLY_10_MIB // 3) + b"0]"
_OBJECTS = b"[" + b'{"a":[]},' * (_NEARLY_10_MIB // 9) + b"0]"
_TEXTS = b'["' + b'",' * (_NEARLY_10_MIB // 2) + b'"]'
_ROWS = b"[" + b'{"id":1,"text":"%s"},' % (b"x" * 180) * (_NEARLY_10_MIB // 203) + b"0]"
_CSV = b'{"csv":"' + b"1,[{," * (_NEARLY_10_MIB // 5) + b'"}'


async def beside(work: Callable[[], Awaitable[Any]]) -> Any:
    """What the work gives; a timer of this loop has to ring in time meanwhile.

    It is done up to three times: another program may have had the processor.
    """
    late_s = 0.0
    for _ in range(3):
        given, late_s = await _timed(work())
        if late_s < MOST_LATE_S:
            return given
    raise AssertionError(f"the loop stood still for {late_s:.3f} s, three times")


async def _timed(work: Awaitable[Any]) -> tuple[Any, float]:
    worst = 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.002)
            worst = max(worst, time.perf_counter() - begun - 0.002)

    ticking = asyncio.ensure_future(tick())
    await asyncio.sleep(0.01)
    given = await work
    await asyncio.sleep(0.01)
    ticking.cancel()
    return given, worst


@pytest.mark.parametrize("block", [HttpRequestBlock(), SendWebRequestBlock()])
@pytest.mark.parametrize(
    ("raw", "is_read"),
    [
        pytest.param(_LISTS, False, id="lists"),
        pytest.param(_OBJECTS, False, id="objects"),
        pytest.param(_TEXTS, False, id="broken texts"),
        pytest.param(_ROWS, True, id="rows"),
        pytest.param(_CSV, True, id="marks in one text"),
    ],
)
async def test_others_go_on_while_10_mib_of_json_are_read(block: Block, raw: bytes, is_read: bool) -> None:
    answer = Answer(200, raw, {"Content-Type": "application/json"})
    with local_http_server({"/": answer}) as server, reachable(server):
        found = await beside(lambda: outputs(block, url=server.base_url, method="GET"))
    pin, value = found[0]
    assert pin == "response"
    assert value == (json.loads(raw) if is_read else raw.decode())


@pytest.mark.parametrize("block", [HttpRequestBlock(), ReadWebPageBlock()])
@pytest.mark.parametrize("charset", ["utf-8", "utf-32", "windows-1252"])
async def test_others_go_on_while_10_mib_of_broken_text_are_decoded(block: Block, charset: str) -> None:
    told = {"Content-Type": f"text/plain; charset={charset}"}
    with local_http_server({"/": Answer(200, b"\x81" * _NEARLY_10_MIB, told)}) as server, reachable(server):
        found = await beside(lambda: outputs(block, url=server.base_url))
    assert set(found[0][1]) == {"\ufffd"}


@pytest.mark.parametrize(
    ("block", "more"),
    [(HttpRequestBlock(), {"body_type": "json"}), (SendWebRequestBlock(), {"json_format": True})],
)
async def test_others_go_on_while_a_large_body_is_written(block: Block, more: dict[str, Any]) -> None:
    body = {"rows": [{"id": n, "name": "größe"} for n in range(100_000)]}
    with local_http_server({"/": Answer(204)}) as server, reachable(server):
        await beside(lambda: outputs(block, url=server.base_url, method="PUT", body=body, **more))
    seen = server.seen[0]
    assert seen.json() == body
    assert seen.headers["content-type"] == "application/json"


async def test_too_many_values_are_a_failure_where_json_is_wanted() -> None:
    answer = Answer(200, b"[" + b"1," * (MAX_VALUES + 1) + b"1]", {"Content-Type": "application/json"})
    with local_http_server({"/": answer}) as server, reachable(server):
        with pytest.raises(BlockError, match=r"more than 600,000 values.*Ask for less"):
            await outputs(HttpRequestBlock(), url=server.base_url, response_as="json")


def test_as_many_values_as_are_allowed_are_read() -> None:
    assert len(json_in(b"[" + b"1," * (MAX_VALUES - 2) + b"1]")) == MAX_VALUES - 1
    assert len(json_in(b"[" + b"[]," * (MAX_CONTAINERS - 2) + b"1]")) == MAX_CONTAINERS - 1
    with pytest.raises(BadInput, match="200,000 lists"):
        json_in(b"[" + b"[]," * MAX_CONTAINERS + b"1]")


def test_json_is_written_as_python_writes_it() -> None:
    value = {"é": [1, None, 2**80, 1.5, {"a": []}], "😀": True}
    assert json_text(value) == json.dumps(value, ensure_ascii=False)
    assert json_text(value, is_compact=True) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    with pytest.raises(BlockError, match="cannot be written"):
        json_text([float("nan")])


def test_marks_in_texts_do_not_count_wherever_the_pieces_end() -> None:
    for count in range(12):
        texts = json.dumps(["x" * count, '"[,{\\' * count, ",[{" * 300_000]).encode()
        assert not is_crowded(texts, values=600)
        assert is_crowded(texts.removesuffix(b'"]'), values=600)
        assert is_crowded(texts + b",[1]" * 600, values=600)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-32", "gb18030", "shift_jis", "iso-2022-jp", "hz"])
def test_a_long_text_reads_the_same_in_pieces(codec: str) -> None:
    for shift in range(4):
        text = "a" * shift + "\u65e5\u672c b " * 60_000
        assert decoded(text.encode(codec), f"text/plain; charset={codec}") == text
