"""The catalogue of blocks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.data.block import Block, Pin
from backend.data.cost import Prices
from backend.server.deps import JsonRoute, SiteDep
from backend.server.wire.catalogue import BlockView
from backend.server.wire.common import Page
from backend.util.errors import NotFound

router = APIRouter(prefix="/api/blocks", tags=["catalogue"], route_class=JsonRoute)


@router.get("", response_model=Page[BlockView])
async def list_blocks(site: SiteDep) -> dict[str, Any]:
    """Every block, by name; one page."""
    return {"items": [_view(block, site.app.worker.prices) for block in site.app.catalogue]}


@router.get("/{block_id}", response_model=BlockView)
async def read_block(site: SiteDep, block_id: str) -> dict[str, Any]:
    """One block."""
    block = site.app.catalogue.find(block_id)
    if block is None:
        raise NotFound(f"There is no block {block_id!r}. `GET /api/blocks` lists what there is.")
    return _view(block, site.app.worker.prices)


def _view(block: Block, prices: Prices) -> dict[str, Any]:
    pins = block.pins({})
    return {
        "id": block.id,
        "name": block.name,
        "title": block.title,
        "description": block.description,
        "kind": block.kind,
        "categories": sorted(block.categories),
        "icon": block.icon,
        "differences": list(block.differences),
        "inputs": [_pin(pin) for pin in pins.inputs.values() if not pin.is_hidden],
        "outputs": [_pin(pin) for pin in pins.outputs.values() if not pin.is_hidden],
        "execution": block.execution,
        "is_pure": block.pure,
        "is_static_output": block.static_output,
        "is_collecting": block.collects,
        "is_at_most_once": block.at_most_once,
        "order": block.order,
        "costs": prices.of(block.id),
    }


def _pin(pin: Pin) -> dict[str, Any]:
    return {"name": pin.name, "schema": pin.schema, "is_required": pin.is_required, "is_each": pin.is_each}
