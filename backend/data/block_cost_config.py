"""What the blocks that come with Blockyard cost. An operator's own prices are the setting `block_prices`.

This file names block classes, so only the executor and what stands above it read it (tools/checks/cost_readers.py).
"""

from __future__ import annotations

from backend.data.block import Block
from backend.data.cost import BlockCost

BLOCK_COSTS: dict[type[Block], list[BlockCost]] = {}
"""None of today's blocks spends money by itself. A block of a provider that takes money has its line here."""
