"""Where chance comes from."""

from __future__ import annotations

from random import Random
from secrets import token_hex

from backend.data.block import Context

Seed = str | int | None
SEED = "The same seed gives the same result for the same inputs; none: chance"


async def dice(seed: Seed, context: Context) -> Random:
    """A source of chance for this firing, the same when it is repeated."""
    return Random(str(await context.step("seed", _new_seed)) if seed in (None, "") else str(seed))


async def _new_seed() -> str:
    return token_hex(16)
