"""What a block costs, in words for its provider's page."""

from __future__ import annotations

from collections.abc import Iterable

from backend.data.cost import BlockCost, BlockCostType

_MICROS = 1_000_000
_UNITS = {
    BlockCostType.RUN: ("call", "calls"),
    BlockCostType.SECOND: ("second", "seconds"),
    BlockCostType.ITEMS: ("value that it yields", "values that it yields"),
    BlockCostType.TOKENS: ("token", "tokens"),
}
_BYTES = {"input": "that it gets", "output": "that it yields"}


def price_words(costs: Iterable[BlockCost]) -> str:
    """All prices of a block; empty without any."""
    return "; ".join(map(_words, costs))


def _words(cost: BlockCost) -> str:
    if cost.cost_type is BlockCostType.COST_USD:
        return f"what the provider charges{_condition(cost)}"
    return f"{_dollars(cost.amount)} for {_units(cost)}{_written(cost)}{_condition(cost)}"


def _units(cost: BlockCost) -> str:
    if cost.cost_type is BlockCostType.BYTE:
        return f"{cost.units:,} byte{'' if cost.units == 1 else 's'} {_BYTES[cost.counts]}"
    one, several = _UNITS[cost.cost_type]
    return f"each {one}" if cost.units == 1 else f"{cost.units:,} {several}"


def _written(cost: BlockCost) -> str:
    return "" if cost.output_amount is None else f", {_dollars(cost.output_amount)} for as many written"


def _condition(cost: BlockCost) -> str:
    """For whom the price holds: a filter by a credential is that of the platform's own."""
    inputs = {name: value for name, value in cost.cost_filter.items() if not isinstance(value, dict)}
    said = [f"{name} {value}" for name, value in inputs.items()]
    said += ["the platform's own connection"] if len(inputs) < len(cost.cost_filter) else []
    return f" with {' and '.join(said)}" if said else ""


def _dollars(usd_micros: int) -> str:
    """`$0.001`: all places that it has, and at least two."""
    whole, _, places = f"{usd_micros / _MICROS:.6f}".partition(".")
    return f"${whole}.{places.rstrip('0').ljust(2, '0')}"
