"""Prices: which one holds, what is reserved for a call, what it comes to."""

from __future__ import annotations

import json
import os
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.data.cost import (
    MAX_USD_MICROS,
    BlockCost,
    BlockCostType,
    Prices,
    Usage,
    dollars,
    estimate_usd_micros,
    parse_prices,
    pick_cost,
    price_of,
    settle_usd_micros,
    token_usd_micros,
)
from backend.util.errors import SetupProblem
from backend.util.settings import Settings

AMOUNTS = st.integers(0, 10_000_000)
SCALARS = st.one_of(st.booleans(), st.integers(-3, 3), st.sampled_from(["gpt-4o", "gpt-4o-mini", ""]))
INPUTS = st.dictionaries(
    st.sampled_from(["model", "size", "credentials"]),
    st.one_of(SCALARS, st.dictionaries(st.sampled_from(["id", "provider"]), SCALARS)),
)
COSTS = st.builds(
    BlockCost,
    cost_type=st.sampled_from(BlockCostType),
    amount=AMOUNTS,
    per=st.none() | st.integers(1, 1_000_000),
    cost_filter=INPUTS,
    counts=st.sampled_from(["input", "output"]),
    estimate=st.none() | AMOUNTS,
)
USAGES = st.builds(
    Usage,
    seconds=st.floats(0, 100_000),
    input_bytes=st.integers(0, 10**9),
    output_bytes=st.integers(0, 10**9),
    items=st.integers(0, 10**6),
)


@given(COSTS, USAGES)
def test_no_call_costs_less_than_nothing_or_more_than_a_charge_may_be(cost: BlockCost, usage: Usage) -> None:
    assert 0 <= settle_usd_micros(cost, usage) <= MAX_USD_MICROS


@given(COSTS, USAGES, USAGES)
def test_who_uses_more_never_pays_less(cost: BlockCost, one: Usage, other: Usage) -> None:
    both = Usage(
        one.seconds + other.seconds,
        one.input_bytes + other.input_bytes,
        one.output_bytes + other.output_bytes,
        one.items + other.items,
    )
    assert settle_usd_micros(cost, both) >= settle_usd_micros(cost, one)


@given(COSTS, USAGES)
def test_what_is_known_before_a_call_is_reserved_to_the_micro_dollar(cost: BlockCost, usage: Usage) -> None:
    if cost.is_known_before:
        assert estimate_usd_micros(cost, input_bytes=usage.input_bytes) == settle_usd_micros(cost, usage)


@given(AMOUNTS, st.integers(1, 10**6), st.integers(0, 10**9))
def test_price_of_whole_units_is_exact_and_rounded_up_once(amount: int, per: int, units: int) -> None:
    paid = price_of(BlockCost(amount=amount, per=per), units)
    assert paid == MAX_USD_MICROS or (paid - 1) * per < amount * units <= paid * per


@given(st.lists(COSTS, max_size=6), INPUTS)
def test_picked_price_fits_and_no_fitting_one_says_more(
    costs: list[BlockCost], inputs: dict[str, Any]
) -> None:
    picked = pick_cost(costs, inputs)
    fitting = [cost for cost in costs if _fits(cost.cost_filter, inputs)]
    assert (picked is None) is (not fitting)
    if picked is not None:
        sizes = [_leaves(cost.cost_filter) for cost in fitting]
        assert picked is fitting[sizes.index(max(sizes))]


def _leaves(value: Any) -> int:
    return sum(map(_leaves, value.values())) if isinstance(value, dict) else 1


def _fits(wanted: Any, given_: Any) -> bool:
    """The same by JSON text: what is added to the inputs changes nothing."""
    return json.dumps(_merged(wanted, given_), sort_keys=True) == json.dumps(given_, sort_keys=True)


def _merged(wanted: Any, given_: Any) -> Any:
    if isinstance(wanted, dict):
        base = given_ if isinstance(given_, dict) else {}
        return {**base, **{key: _merged(part, base.get(key)) for key, part in wanted.items()}}
    return wanted


def test_price_for_a_model_comes_before_the_price_for_all() -> None:
    dear = BlockCost(amount=100, cost_filter={"model": "gpt-4o"})
    dearer = BlockCost(amount=300, cost_filter={"model": "gpt-4o", "credentials": {"provider": "openai"}})
    usual = BlockCost(amount=10)
    costs = [usual, dear, dearer]
    assert pick_cost(costs, {"model": "other"}) is usual
    assert pick_cost(costs, {"model": "gpt-4o", "credentials": {"provider": "else", "id": "1"}}) is dear
    assert pick_cost(costs, {"model": "gpt-4o", "credentials": {"provider": "openai", "id": "1"}}) is dearer
    assert pick_cost([dear], {"model": "GPT-4o"}) is None
    assert pick_cost([BlockCost(cost_filter={"n": 1}, amount=1)], {"n": True}) is None


@pytest.mark.parametrize(
    ("cost", "estimate"),
    [
        (BlockCost(amount=70), 70),
        (BlockCost(cost_type=BlockCostType.BYTE, amount=5, per=1_000, counts="input"), 8),
        (BlockCost(cost_type=BlockCostType.BYTE, amount=5, per=1_000), 5),
        (BlockCost(cost_type=BlockCostType.ITEMS, amount=5, estimate=50), 50),
        (BlockCost(cost_type=BlockCostType.SECOND, amount=10), 600),
        (BlockCost(cost_type=BlockCostType.SECOND, amount=10, estimate=3), 3),
        (BlockCost(cost_type=BlockCostType.TOKENS, amount=10, output_amount=30), 40),
        (BlockCost(cost_type=BlockCostType.COST_USD, amount=1, estimate=999), 999),
    ],
)
def test_estimate_is_what_is_known_or_told(cost: BlockCost, estimate: int) -> None:
    assert estimate_usd_micros(cost, input_bytes=1_501, timeout_s=60.0) == estimate


def test_tokens_cost_by_the_thousand_in_and_out() -> None:
    cost = BlockCost(cost_type=BlockCostType.TOKENS, amount=2_500, output_amount=10_000)
    assert token_usd_micros(cost, 2_000, 500) == 10_000
    assert token_usd_micros(cost, 1, 0) == 3
    assert settle_usd_micros(cost, Usage(seconds=5.0, items=3)) == 0
    same = BlockCost(cost_type=BlockCostType.TOKENS, amount=1_000)
    assert token_usd_micros(same, 500, 500) == 1_000


def test_seconds_count_to_the_thousandth() -> None:
    cost = BlockCost(cost_type=BlockCostType.SECOND, amount=1_000)
    assert settle_usd_micros(cost, Usage(seconds=1.2344)) == 1_235


@pytest.mark.parametrize(
    ("usd_micros", "text"),
    [
        (0, "$0.00"),
        (50_000, "$0.05"),
        (1_250_000, "$1.25"),
        (1, "$0.000001"),
        (1_234_567_500_000, "$1,234,567.50"),
    ],
)
def test_amounts_are_told_in_dollars(usd_micros: int, text: str) -> None:
    assert dollars(usd_micros) == text


def test_block_without_a_price_is_known_by_what_it_reported() -> None:
    prices = Prices({"priced": [BlockCost(amount=5)]})
    for usd_micros in (100, 100, 500):
        prices.learn("new", usd_micros)
        prices.learn("priced", usd_micros)
    assert [(cost.cost_type, cost.estimate) for cost in prices.of("new")] == [("cost_usd", 200)]
    assert prices.of("priced") == (BlockCost(amount=5),)


def test_operators_prices_are_read_from_the_environment() -> None:
    raw = '{"some-block": [{"cost_type": "items", "amount": 250, "pin": "row"}]}'
    with patch.dict(os.environ, {"BLOCK_PRICES": raw}):
        own = parse_prices(Settings().block_prices)
    assert own == {"some-block": [BlockCost(cost_type=BlockCostType.ITEMS, amount=250, pin="row")]}


@pytest.mark.parametrize(
    ("price", "place"),
    [
        ({"cost_type": "call", "amount": 1}, "b.0.cost_type"),
        ({"cost_type": "run", "amount": -1}, "b.0.amount"),
        ({"cost_type": "run", "amount": 1, "prize": 2}, "b.0.prize"),
        ({"cost_type": "run"}, "b.0.amount"),
    ],
)
def test_price_that_cannot_be_read_is_refused_by_name(price: dict[str, Any], place: str) -> None:
    with pytest.raises(SetupProblem, match=place):
        parse_prices({"b": [price]})
