"""What blocks cost: their prices, which price holds for a call, what the call comes to. No I/O.

All amounts are whole micro-USD (millionths of a US dollar); fractions are rounded up, once for each charge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from backend.util.errors import (
    AddressRefused,
    BudgetReached,
    CredentialsError,
    Interrupted,
    InvalidInput,
    InvalidOutput,
    LimitReached,
    ProviderForbidden,
    RateLimited,
    SetupProblem,
)

MAX_USD_MICROS = 10**12
"""A million dollars: more than one charge, price or budget may be."""
_MICROS_PER_USD = 1_000_000
_MICROS_PER_CENT = 10_000

UNPAID = frozenset(
    error.code
    for error in (
        AddressRefused,
        BudgetReached,
        CredentialsError,
        Interrupted,
        InvalidInput,
        InvalidOutput,
        LimitReached,
        ProviderForbidden,
        RateLimited,
    )
)
"""Failures for which nobody is charged: the provider was not reached, refused the work, or the fault is ours.

After any other failure the call was made and the provider may ask for its money, so it is charged.
"""


class BlockCostType(StrEnum):
    """What is counted. A retry is another call, and counts anew."""

    RUN = "run"
    """Calls of the block."""
    BYTE = "byte"
    """Bytes of JSON that it yields, or with `counts="input"` that it gets."""
    SECOND = "second"
    """Seconds from the call to its end."""
    ITEMS = "items"
    """Values that it yields."""
    TOKENS = "tokens"
    """Tokens that it reports with `context.add_tokens`, charged as they are reported."""
    COST_USD = "cost_usd"
    """Micro-USD that it reports with `context.add_cost`, charged as they are reported."""


_UNITS = {BlockCostType.TOKENS: 1_000}


class BlockCost(BaseModel):
    """One price of a block: `amount` micro-USD for each `per` of what `cost_type` counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cost_type: BlockCostType = BlockCostType.RUN
    amount: int = Field(ge=0, le=MAX_USD_MICROS, description="Micro-USD for `per` units")
    output_amount: int | None = Field(
        default=None,
        ge=0,
        le=MAX_USD_MICROS,
        description="For `per` tokens that the model wrote; without it they cost `amount`",
    )
    per: int | None = Field(default=None, ge=1, le=10**12, description="1; of tokens 1,000")
    cost_filter: dict[str, Any] = Field(default={}, description="Inputs for which the price holds")
    counts: Literal["input", "output"] = Field(default="output", description="Which bytes are counted")
    pin: str | None = Field(default=None, description="Only values on this output; without it on all")
    provider: str = Field(default="", max_length=200)
    model: str = Field(default="", max_length=200)
    estimate: int | None = Field(
        default=None,
        ge=0,
        le=MAX_USD_MICROS,
        description="Micro-USD reserved before a call whose cost is known only afterwards",
    )

    @property
    def units(self) -> int:
        """How many units `amount` buys."""
        return self.per or _UNITS.get(self.cost_type, 1)

    @property
    def is_known_before(self) -> bool:
        """Whether the inputs alone say what a call will cost."""
        is_of_input = self.cost_type is BlockCostType.BYTE and self.counts == "input"
        return is_of_input or self.cost_type is BlockCostType.RUN


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call has used; bytes are of JSON."""

    seconds: float = 0.0
    input_bytes: int = 0
    output_bytes: int = 0
    items: int = 0


class Prices:
    """The prices of blocks by block id."""

    def __init__(self, costs: Mapping[str, Sequence[BlockCost]]) -> None:
        self._costs = {block_id: tuple(listed) for block_id, listed in costs.items() if listed}
        self._reported: dict[str, int] = {}

    def of(self, block_id: str) -> tuple[BlockCost, ...]:
        """The block's prices; empty when it costs nothing, as far as is known."""
        return self._costs.get(block_id, ())

    def learn(self, block_id: str, usd_micros: int) -> None:
        """A firing of a block without a price of its own has reported what it cost so far.

        From then on about as much is reserved before each of its calls: the moving average.
        """
        if block_id in self._costs and block_id not in self._reported:
            return
        before = self._reported.get(block_id, usd_micros)
        self._reported[block_id] = typical = (3 * before + usd_micros) // 4
        reported = BlockCost(cost_type=BlockCostType.COST_USD, amount=1, estimate=typical)
        self._costs[block_id] = (reported,)


def pick_cost(costs: Sequence[BlockCost], inputs: Mapping[str, Any]) -> BlockCost | None:
    """The price whose filter says most of what the inputs are, of equals the first; None when none fits."""
    fitting = [cost for cost in costs if _is_within(cost.cost_filter, inputs)]
    return max(fitting, key=lambda cost: _size(cost.cost_filter), default=None)


def estimate_usd_micros(cost: BlockCost, *, input_bytes: int = 0, timeout_s: float | None = None) -> int:
    """What to reserve before a call: what it will cost where that is known, else the price's estimate.

    Without an estimate: the whole of `timeout_s` where seconds are counted, else what `per` units cost.
    """
    if cost.cost_type is BlockCostType.RUN:
        return price_of(cost, 1)
    if cost.cost_type is BlockCostType.BYTE and cost.counts == "input":
        return price_of(cost, input_bytes)
    if cost.estimate is not None:
        return cost.estimate
    if cost.cost_type is BlockCostType.SECOND and timeout_s is not None:
        return price_of(cost, timeout_s)
    return cost.amount + (cost.output_amount or 0)


def settle_usd_micros(cost: BlockCost, usage: Usage) -> int:
    """What a call that is over has cost, beyond what was charged as it was reported."""
    counted = {
        BlockCostType.RUN: 1,
        BlockCostType.BYTE: usage.input_bytes if cost.counts == "input" else usage.output_bytes,
        BlockCostType.SECOND: usage.seconds,
        BlockCostType.ITEMS: usage.items,
    }
    return price_of(cost, counted.get(cost.cost_type, 0))


def token_usd_micros(cost: BlockCost, input_tokens: int, output_tokens: int) -> int:
    """What a model's tokens cost."""
    output_amount = cost.amount if cost.output_amount is None else cost.output_amount
    return _at_most(-(-(input_tokens * cost.amount + output_tokens * output_amount) // cost.units))


def price_of(cost: BlockCost, units: float) -> int:
    """What so many units cost; parts of a unit count to the thousandth."""
    thousandths = units * 1_000 if isinstance(units, int) else math.ceil(units * 1_000)
    return _at_most(-(-thousandths * cost.amount // (1_000 * cost.units)))


def dollars(usd_micros: int) -> str:
    """`$1.25`; as many digits as it takes, cents at least."""
    whole, rest = divmod(usd_micros, _MICROS_PER_USD)
    digits = f"{rest:06d}".rstrip("0") if rest % _MICROS_PER_CENT else f"{rest // _MICROS_PER_CENT:02d}"
    return f"${whole:,}.{digits}"


def parse_prices(given: Mapping[str, Any]) -> dict[str, list[BlockCost]]:
    """The operator's own prices by block id, from the JSON of the setting `block_prices`.

    Raises:
        SetupProblem: names the block and what is wrong with its price.
    """
    try:
        return _PRICES.validate_python(given)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise SetupProblem(
            f"BLOCK_PRICES cannot be used: at {place}: {problem['msg']}. A price looks like "
            '{"cost_type": "run", "amount": 1000}, with the amount in millionths of a dollar.'
        ) from error


_PRICES = TypeAdapter(dict[str, list[BlockCost]])


def _at_most(usd_micros: int) -> int:
    return min(usd_micros, MAX_USD_MICROS)


def _is_within(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, Mapping):
        parts = cast("Mapping[str, Any]", wanted)
        if not isinstance(given, Mapping):
            return False
        there = cast("Mapping[str, Any]", given)
        return all(name in there and _is_within(part, there[name]) for name, part in parts.items())
    return isinstance(wanted, bool) is isinstance(given, bool) and bool(wanted == given)


def _size(wanted: Any) -> int:
    """How many plain values a filter names."""
    if not isinstance(wanted, Mapping):
        return 1
    return sum(map(_size, cast("Mapping[str, Any]", wanted).values()))
