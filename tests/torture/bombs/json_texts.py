"""JSON that would take long to read or write, or fill the memory."""

from __future__ import annotations

from typing import Any

from tests.torture.bombs.bomb import Bomb


def _read(name: str, begin: str, part: str, times: int, end: str, says: str | None, **pins: str) -> Bomb:
    make = lambda: {"text": begin + part * times + end, **pins}  # noqa: E731
    return Bomb(f"json: {name}", "ParseJsonBlock", make, says)


def _written(name: str, block: str, value: Any, says: str | None, **pins: Any) -> Bomb:
    pin = "rows" if block == "WriteCsvBlock" else "value"
    return Bomb(f"json: {name}", block, lambda: {pin: value, **pins}, says)


def _nested(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = [inner]
    return inner


BOMBS: list[Bomb] = [
    _read("deep lists", "", "[", 5_000_000, "", "2,000,000"),
    _read("deep lists, fewer", "", "[", 390_000, "", "100 deep"),
    _read("deep lists, whole", "", "[", 200_000, "]" * 200_000, "100 deep"),
    _read("deep lists, read exactly", "", "[", 390_000, "", "100 deep", nan="null"),
    _read("deep objects", "", '{"a":', 200_000, "1" + "}" * 200_000, "100 deep"),
    _read("many values", "[", "0,", 5_000_000, "0]", "2,000,000"),
    _read("many empty lists", "[", "[],", 900_000, "[]]", "400,000"),
    _read("fewer empty lists", "[", "[],", 200_000, "[]]", None),
    _read("one long text", '"', "x", 10_000_000, '"', None),
    _read("one long text of escapes", '"', "\\u0041", 3_000_000, '"', None),
    _read("spaces", "", " ", 20_000_000, "1", None),
    _read("a huge number", "", "9", 10_000_000, "", "number"),
    _read("a huge number, read exactly", "", "9", 10_000_000, "", None, big_numbers="text"),
    _read("a huge number, rounded", "", "9", 5_000_000, "", "too large", nan="null"),
    _read("a huge exponent", "1e", "9", 5_000_000, "", "inf"),
    _read("one key many times", "{", '"a":1,', 900_000, '"a":1}', None),
    _read("one key many times, refused", "{", '"a":1,', 100_000, '"a":1}', "twice", duplicate_keys="refuse"),
    _read("one key many times, listed", "{", '"a":1,', 100_000, '"a":1}', None, duplicate_keys="list"),
    _read("too long", '"', "x", 20_971_521, '"', "20,971,520"),
    _written("indented wide and deep", "WriteJsonBlock", _nested(90, [0] * 500_000), "indent", indent=8),
    _written("nested too deep to indent", "WriteJsonBlock", _nested(150, 0), "100 deep", indent=2),
    _written("emoji in ASCII", "WriteJsonBlock", "😀a" * 400_000, None, ensure_ascii=True),
    _written("a key a row", "WriteCsvBlock", [{str(n): 1} for n in range(20_000)], "400,000,000"),
    _written("many cells", "WriteCsvBlock", [[0] * 1000] * 1001, "1,001,000"),
    _written("a long tag many times", "WriteXmlBlock", {"r": {"a" * 100_000: [0] * 100_000}}, "20,971,520"),
    _written(
        "XML indented wide and deep",
        "WriteXmlBlock",
        {"r": {"a": _nested(90, [0] * 50_000)}},
        "20,971",
        indent=8,
    ),
    _written("XML too deep", "WriteXmlBlock", {"r": _nested(150, 0)}, "100 deep"),
]
