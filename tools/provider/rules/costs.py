"""Where the platform's own credential pays, every block that may use it has a price."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from backend.data.block_cost_config import BLOCK_COSTS
from backend.integrations.credentials_store import DEFAULT_CREDENTIALS
from tools.checks import Finding
from tools.checks.sources import place_of
from tools.provider.facts import Facts
from tools.provider.rules._blocks import blocks_of


def check(facts: Facts) -> Iterator[Finding]:
    own = [one for one in DEFAULT_CREDENTIALS if one.provider == facts.names.key]
    blocks = [block for block in blocks_of(facts) if block.Input.credentials_pins()]
    if not own or not any(type(block) in BLOCK_COSTS for block in blocks):
        return  # without any price the checklist has the line already
    for block in blocks:
        if type(block) not in BLOCK_COSTS:
            file, line = place_of(type(block))
            module = inspect.getmodule(type(block))
            yield Finding(
                file,
                line,
                f"{block.name} may use the platform's own credential, and has no price.",
                "Paste into BLOCK_COSTS of backend/data/block_cost_config.py:\n"
                f"        {block.name}: [\n"
                f'            BlockCost(amount=1_000, cost_filter=platform("{own[0].id}"), provider="{facts.names.key}")\n'
                "        ],\n"
                f"    and above: from {module.__name__ if module else '…'} import {block.name}",
            )
