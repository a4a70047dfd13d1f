"""The blocks of a provider, once they can be imported."""

from __future__ import annotations

from functools import cache

from backend.blocks import catalogue
from backend.data.block import Block
from tools.provider.facts import Facts


def blocks_of(facts: Facts) -> list[Block]:
    """Those in its folder, by name."""
    prefix = f"backend.blocks.{facts.names.module}."
    return [block for block in _all() if type(block).__module__.startswith(prefix)]


def is_trigger(block: Block) -> bool:
    """Whether a webhook or a poll starts graphs by it."""
    return block.webhook_config is not None or block.poll_config is not None


@cache
def _all() -> tuple[Block, ...]:
    return tuple(catalogue())
