"""What the blocks that come with Blockyard cost. An operator's own prices are the setting `block_prices`.

This file names block classes, so only the executor and what stands above it read it (tools/checks/cost_readers.py).
"""

from __future__ import annotations

from backend.blocks.example.example import ExampleBlock
from backend.data.block import Block
from backend.data.cost import BlockCost
from backend.data.model import JsonObject


def platform(credential_id: str) -> JsonObject:
    """The filter of a price that holds only where the platform's own credential is used: it pays, so it charges."""
    return {"credentials": {"id": credential_id}}


BLOCK_COSTS: dict[type[Block], list[BlockCost]] = {
    ExampleBlock: [
        BlockCost(
            amount=1_000,
            cost_filter=platform("a2b7f68f-aa6a-4995-99ec-b45b40d33498"),
            provider="example-provider",
        )
    ],
}
"""A block of a provider that takes money has its line here. With a person's own account nothing is charged."""
