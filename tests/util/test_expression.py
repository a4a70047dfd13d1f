"""Expressions on items: what they give, that bombs are stopped, and that both ways of evaluating agree."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.blocks import catalogue
from backend.blocks.testing import run_block_directly
from backend.data.block import TestCase as Case
from backend.util.bounded.jobs.expressions import answer
from backend.util.bounded.protocol import Exceeded, Refused
from backend.util.errors import BlockError, LimitReached
from backend.util.expression import MAX_ITEMS, evaluate_each, holds_for_each, is_simple
from tests.torture.bombs.bomb import Bomb
from tests.torture.bombs.expressions import BOMBS

ITEMS: list[Any] = [
    {"name": "Zoë 😀", "price": 12.5, "n": 3, "tags": ["a", {"b c": None}], "keys": "own", "f": 2.0},
    {"name": "", "price": None},
    {"price": "12"},
    {},
    [1, 2],
    "text",
    7,
    None,
    True,
]

SIMPLE = [
    ("item", ITEMS),
    ("{{ index }}", list(range(9))),
    ("{{- item.name -}}", ["Zoë 😀", "", None, None, None, None, None, None, None]),
    ("item.tags[1]['b c']", [None] * 9),
    ("item[0]", [None, None, None, None, 1, "t", None, None, None]),
    ("item[-1]", [None, None, None, None, 2, "t", None, None, None]),
    ("item.f", [2, *[None] * 8]),
    ("item.price > 10", [True, False, True, False, False, False, False, False, False]),
    ("item.price < 10", [False, True, False, True, True, True, True, True, True]),
    ("item == 1", [*[False] * 8, True]),
    ("item != none", [*[True] * 7, False, True]),
    ('\n item.name\t>=\n"Z" ', [True, *[False] * 8]),
    ("index<=-1.5", [False] * 9),
    ("item.__class__", [None] * 9),
    ("item.tags.append", [None] * 9),
    ("item.name.upper", [None] * 9),
]


@pytest.mark.parametrize(("source", "expected"), SIMPLE, ids=range(len(SIMPLE)))
def test_a_simple_expression_gives_what_a_path_leads_to_or_compares_it(
    source: str, expected: list[Any]
) -> None:
    assert is_simple(source)
    assert as_text(evaluate_each(source, ITEMS, {})) == as_text(expected)
    assert holds_for_each(source, ITEMS, {}) == [bool(value) for value in expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("item.name ~ '!'", "Zoë 😀!"),
        ("item.price * rate", 25),
        ("item.n / 2", 1.5),
        ("'big' if item.price > 10 else 'small'", "big"),
        ("item.tags|length", 2),
        (
            "{'n': index, 'at': [item.n, none], 5: true, none: 1}",
            {"n": 0, "at": [3, None], "5": True, "null": 1},
        ),
        ("item.items()|list|length", 6),
        ("item.tags[1].items()", [["b c", None]]),
        ("item.keys", "own"),
        ("item.values", None),
        ("'<b>'|escape", "&lt;b&gt;"),
        ("9223372036854775807 * 4", 36893488147419103228.0),
        ("(1, 2)", [1, 2]),
        ("nobody.at.home", None),
        ("range(3)", [0, 1, 2]),
        ("größer", "ja"),
    ],
)
def test_any_other_expression_is_evaluated_by_another_process(source: str, expected: Any) -> None:
    assert not is_simple(source)
    (value,) = evaluate_each(source, ITEMS[:1], {"rate": 2, "größer": "ja"})
    assert as_text(value) == as_text(expected)


def test_what_is_true_is_what_a_condition_takes_for_true() -> None:
    items = [0, 1, "", "0", [], [0], {}, {"a": 0}, None, False, True, 0.0, -0.5]
    by_filter = holds_for_each("item|default(item)", items, {})
    by_condition = evaluate_each("true if item else false", items, {})
    assert by_filter == by_condition == holds_for_each("item", items, {})
    assert holds_for_each("item.items", [{}], {}) == [False]


@pytest.mark.parametrize(
    ("source", "items", "reason"),
    [
        ("", [1], "empty"),
        ("{{ }}", [], "empty"),
        ("item +", [], "cannot be read.*line 1"),
        ("item }}{{ item", [1], "cannot be read"),
        ("item\n~\n~", [1], "line 3"),
        ("1 / item", [1, 0], "item 1: .*1 / 0"),
        ("item|nope", [1], "nope"),
        ("1e308 * 10", [1], "infinite"),
        ("item + 1", [1] * (MAX_ITEMS + 1), "100,001 items"),
        ("item" + " + 1" * 6_000, [1], "24,004 characters"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_reason(source: str, items: list[Any], reason: str) -> None:
    for evaluate in (evaluate_each, holds_for_each):
        if (evaluate, reason) != (holds_for_each, "infinite"):
            with pytest.raises(BlockError, match=reason):
                evaluate(source, items, {})


@pytest.mark.parametrize("name", ["item", "index", "self"])
def test_values_may_not_take_the_names_of_the_language(name: str) -> None:
    with pytest.raises(BlockError, match=name):
        evaluate_each("item ~ 1", [1], {name: 2})


def test_values_may_have_any_other_name() -> None:
    assert evaluate_each("loop ~ source ~ expression", [1], {"loop": 1, "source": 2, "expression": 3}) == [
        "123"
    ]


def test_a_large_list_is_evaluated_in_one_request() -> None:
    items = [{"price": number, "name": "x" * 10} for number in range(10_000)]
    assert evaluate_each("item.price * 2", items, {}) == list(range(0, 20_000, 2))


def test_the_message_names_the_limit() -> None:
    with pytest.raises(LimitReached, match="256 MiB of memory"):
        evaluate_each('"%0999999999d"|format(item)', [1], {})
    with pytest.raises(LimitReached, match=r"longer than 0\.8 s"):
        evaluate_each("range(9999)|sum > item", list(range(10_000)), {})
    with pytest.raises(BlockError, match="8,388,608"):
        evaluate_each("'x' * 9000", list(range(1000)), {})


@pytest.mark.parametrize(
    "source",
    [
        "item.a.items",
        "item.get == 1",
        "item.a|upper",
        "item[0:1]",
        "item.a > item.b",
        "item.a > limit",
        "1 < item",
        "item == 'a\\n'",
        "item and index",
        "not item",
        "items",
        "item == 1 == 1",
        "item in 5",
        "item\u00a0== 1",
        "item" + "[0]" * 21,
        "item == '" + "x" * 500 + "'",
        "",
    ],
)
def test_whatever_might_grow_or_differ_is_not_simple(source: str) -> None:
    assert not is_simple(source)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.sampled_from([0, 1, -1, 10, 2**53 + 1, 999_999_999_999_999, 10**15, 2.5, 1.0, -0.0, 1e22, 1e-9, 0.1]),
    st.sampled_from(["", "a", "B", "ab", "é", "😀", "\uffff", "10", "true"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b c", "n", "é"]), inner, max_size=3),
    ),
    max_leaves=6,
)
steps = st.lists(st.sampled_from([".a", ".n", "['b c']", '["é"]', "[0]", "[-1]", "[1]"]), max_size=3).map(
    "".join
)
literals = st.one_of(
    st.sampled_from(
        ["0", "1", "-1", "10", "2.5", "1.0", "0.1", "999999999999999", "true", "False", "none", "None"]
    ),
    st.sampled_from(["''", "'a'", '"B"', "'é'", "'\uffff'", "'😀'", "'10'", "'true'"]),
    st.integers(-(10**15) + 1, 10**15 - 1).map(str),
)
sources = st.builds(
    "{}{}{}".format,
    st.sampled_from(["item", "index", "{{ item"]),
    steps,
    st.one_of(
        st.just(""),
        st.builds(" {} {}".format, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), literals),
    ),
).map(lambda source: source + " }}" if "{{" in source else source)


@settings(max_examples=2000, deadline=None)
@given(sources, st.lists(values, max_size=3))
def test_both_ways_of_evaluating_say_the_same(source: str, items: list[Any]) -> None:
    assert is_simple(source)
    inner = source.removeprefix("{{").removesuffix("}}")
    request = {"source": inner, "items": items, "values": {}}
    assert as_text(evaluate_each(source, items, {})) == as_text(
        json.loads(answer({**request, "wants": "value"}))
    )
    assert holds_for_each(source, items, {}) == json.loads(answer({**request, "wants": "truth"}))


@pytest.mark.parametrize("source", ["", "  ", "{{}}", "{{  }}"])
def test_an_empty_expression_is_not_simple_and_fails_when_it_is_evaluated(source: str) -> None:
    assert not is_simple(source)
    with pytest.raises(BlockError, match="empty"):
        evaluate_each(source, [1], {})


@settings(max_examples=300, deadline=None)
@given(st.text("item.[]0'{}<=>!-x \n\"", max_size=20), st.lists(values, max_size=2))
def test_no_text_makes_the_two_ways_differ(source: str, items: list[Any]) -> None:
    if not is_simple(source):
        return
    inner = source.strip().removeprefix("{{").removesuffix("}}").strip("- \n")
    try:
        expected = json.loads(answer({"source": inner, "items": items, "values": {}, "wants": "value"}))
    except (Refused, Exceeded) as error:
        pytest.fail(f"{source!r} is not simple: {error}")
    assert as_text(evaluate_each(source, items, {})) == as_text(expected)


BLOCKS = {block.name: block for block in catalogue()}


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_is_stopped_or_borne_within_a_second_or_so(bomb: Bomb) -> None:
    case = Case(bomb.make(), [])
    started = time.perf_counter()
    pin, value = run_block_directly(BLOCKS[bomb.block], case)[-1]
    assert time.perf_counter() - started < 2
    assert (pin == "error") == (bomb.says is not None)
    assert bomb.says is None or bomb.says in value
    assert evaluate_each("item + 1", [1], {}) == [2]


def as_text(value: Any) -> str:
    """Tells 1 from 1.0 and from true."""
    return json.dumps(value)
