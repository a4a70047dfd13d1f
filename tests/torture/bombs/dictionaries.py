"""JSON texts and paths that would hold up whoever reads them."""

from __future__ import annotations

from tests.torture.bombs.bomb import Bomb

_MIB = 1_048_576

BOMBS: list[Bomb] = [
    Bomb(
        "a text of empty lists",
        "FindInDictionaryBlock",
        lambda: {"input": f"[{'[],' * 300_000}[]]", "key": "a"},
        "50,000 values",
    ),
    Bomb(
        "as many empty lists as may be",
        "FindInDictionaryBlock",
        lambda: {"input": f"[{'[],' * 24_000}[]]", "key": "a"},
        None,
    ),
    Bomb("a deep text", "FindInDictionaryBlock", lambda: {"input": "[" * 40_000, "key": "a"}, "deep"),
    Bomb("a long text", "FindInDictionaryBlock", lambda: {"input": " " * 8 * _MIB, "key": "a"}, "1 MiB"),
    Bomb("a long key", "FindInDictionaryBlock", lambda: {"input": {"a": 1}, "key": "a." * 4 * _MIB}, None),
    Bomb("a long path", "FindByPathBlock", lambda: {"value": {"a": 1}, "path": "a." * 4 * _MIB}, "1,000"),
    Bomb("open quotes", "FindByPathBlock", lambda: {"value": [], "path": "['" * 500}, "character 1"),
    Bomb("open brackets", "FindByPathBlock", lambda: {"value": [], "path": "[ " * 500}, "character 1"),
    Bomb(
        "a number of millions of digits",
        "UniversalTypeConverterBlock",
        lambda: {"value": "9" * 8 * _MIB, "type": "number"},
        "number",
    ),
    Bomb(
        "a list of millions of objects",
        "UniversalTypeConverterBlock",
        lambda: {"value": f"[{'{},' * 2_000_000}{{}}]", "type": "list"},
        "1 MiB",
    ),
    Bomb(
        "an object within objects",
        "UniversalTypeConverterBlock",
        lambda: {"value": '{"a":' * 40_000, "type": "dictionary"},
        None,
    ),
    Bomb("a date of millions of digits", "AgentDateInputBlock", lambda: _date("1" * 8 * _MIB), "no date"),
    Bomb("a date of spaces", "AgentDateInputBlock", lambda: _date(f"{' ' * 8 * _MIB}x"), "no date"),
]


def _date(value: str) -> dict[str, str]:
    return {"name": "day", "value": value}
