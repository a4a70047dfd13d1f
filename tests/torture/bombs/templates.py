"""Templates that would grow without end, for the blocks that render them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb

FILL, OUTPUT = "FillTextTemplateBlock", "AgentOutputBlock"


def _big() -> Any:
    return "y" * 10_000


def _deep() -> Any:
    value: Any = "x"
    for _ in range(90):
        value = [value]
    return value


def _wide() -> Any:
    return {f"key {number}": [number] * 10 for number in range(20_000)}


def _filled(source: str, big: Callable[[], Any] = _big) -> JsonObject:
    return {"format": source, "values": {"big": big()}}


def _given_back(source: str, big: Callable[[], Any] = _big) -> JsonObject:
    return {"name": "big", "format": source, "value": big()}


_SOURCES: dict[str, tuple[str, str]] = {
    "list-repetition": ("{{ [1]*100000000 }}", "stopped"),
    "lists-of-lists": ("{{ ([[1]*9999]*9999)|tojson }}", "stopped"),
    "wide-format": ('{{ "%099999999d"|format(1) }}', "stopped"),
    "wider-format": ('{{ "%0999999999d"|format(1) }}', "stopped"),
    "text-repetition": ('{{ "a"*100000000 }}', "stopped"),
    "indent": ('{{ "x"|indent(2000000000) }}', "stopped"),
    "slice": ("{{ [1]|slice(100000000)|list|length }}", "stopped"),
    "range": ("{{ range(10**9)|list }}", "too many elements"),
    "loops-within-loops": (
        "{% for i in range(99999) %}" * 3 + "x" + "{% endfor %}" * 3,
        "stopped",
    ),
    "doubling-list": (
        "{% set ns = namespace(a=['x']) %}{% for i in range(60) %}{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a }}",
        "stopped",
    ),
    "doubling-text": (
        "{% set ns = namespace(a='xxxxxxxxx') %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
        "stopped",
    ),
    "a-value-many-times": ("{% for i in range(99999) %}{{ big }}{% endfor %}", "stopped"),
    "replace-nothing": ('{{ big|replace("", big)|replace("", big) }}', "stopped"),
    "join": ('{{ range(100000)|join("-"*100000) }}', "stopped"),
    "a-long-sum": ("{{ " + "1+" * 99_000 + "1 }}", "stopped"),
    "macro-recursion": (
        "{% macro f(a) %}{{ f(a ~ a) }}{{ f(a) }}{% endmacro %}{{ f('x'*1000) }}",
        "stopped",
    ),
    "loop-recursion": ("{% for x in big recursive %}{{ loop(big) }}{% endfor %}", "recursion"),
    "brackets": ("{{ " + "(" * 90_000 + " }}", "recursion limit"),
    "nested-lists": ("{{ " + "[" * 50_000 + "]" * 50_000 + " }}", "recursion limit"),
    "open-ifs": ("{% if 1 %}" * 19_000, "limit"),
    "power": ("{{ 9**9**9**9 }}", "rendered"),
    "sort-and-batch": (
        "{% for i in range(9999) %}{{ range(99999)|sort|batch(1)|list|length }}{% endfor %}",
        "stopped",
    ),
}
_TEMPLATES = {FILL: _filled, OUTPUT: _given_back}

BOMBS: list[Bomb] = [
    *(
        Bomb(f"{name}-{block}", block, partial(make, source), says)
        for name, (source, says) in _SOURCES.items()
        for block, make in _TEMPLATES.items()
    ),
    Bomb("a-value-in-each-tag", FILL, partial(_filled, "{{ big }}" * 20_000), "1,048,576 characters"),
    Bomb("a-source-of-many-tags", FILL, partial(_filled, "{{ 1 + 1 }}" * 18_000), None),
    Bomb("a-deep-value", FILL, partial(_filled, "{{ big|tojson }}{{ big }}", _deep), None),
    Bomb(
        "a-wide-value",
        FILL,
        partial(_filled, "{% for k, v in big.items() %}{{ k }}{{ v|sum }}{% endfor %}", _wide),
        None,
    ),
]
