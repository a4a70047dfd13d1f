"""The catalogue of blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter, Response

from backend.blocks import Catalogue
from backend.blocks.load_error import LoadError
from backend.data.block import Block, NodePins, Pin
from backend.data.cost import Prices
from backend.data.credential_fields import rule_of
from backend.data.model import BlockSchema, extra
from backend.integrations.quality import quality_of
from backend.server.deps import JsonRoute, SiteDep
from backend.server.provider_views import providers_of
from backend.server.wire.catalogue import (
    BlockList,
    BlockView,
    LoadErrors,
    NodePinsList,
    NodesToSee,
    NodeToSee,
)
from backend.util.errors import BlockyardError, NotFound

router = APIRouter(prefix="/api/blocks", tags=["catalogue"], route_class=JsonRoute)


@router.get("", response_model=BlockList)
async def list_blocks(site: SiteDep) -> dict[str, Any]:
    """Every block, by name; one page."""
    blocks = site.app.catalogue
    items = [block_view(block, site.app.worker.prices) for block in blocks]
    return {"items": items, "revision": blocks.revision}


@router.get("/load-errors", response_model=LoadErrors)
async def list_load_errors(site: SiteDep) -> dict[str, Any]:
    """In development: which files of blocks do not load as they were saved. Their blocks stay as they were before."""
    blocks = site.app.catalogue
    told: list[LoadError] = []
    for error in blocks.load_errors.values():
        if not any(map(error.is_same, told)):
            told.append(error)
    return {"items": [asdict(error) for error in told], "revision": blocks.revision}


@router.get("/{block_id}", response_model=BlockView)
async def read_block(site: SiteDep, block_id: str) -> dict[str, Any]:
    """One block."""
    block = site.app.catalogue.find(block_id)
    if block is None:
        raise NotFound(f"There is no block {block_id!r}. `GET /api/blocks` lists what there is.")
    return block_view(block, site.app.worker.prices)


@router.post("/pins", response_model=NodePinsList)
async def read_pins(site: SiteDep, body: NodesToSee) -> Response:
    """The pins that nodes with these constants have, whatever graph they are in."""
    return Response(
        await asyncio.to_thread(_all_pins, site.app.catalogue, body.nodes), media_type="application/json"
    )


def _all_pins(catalogue: Catalogue, nodes: Iterable[NodeToSee]) -> bytes:
    return orjson.dumps({"items": [_node_pins(catalogue, node) for node in nodes]})


def _node_pins(catalogue: Catalogue, node: NodeToSee) -> dict[str, Any]:
    block = catalogue.find(node.block_id)
    if block is None:
        problem = (
            f"The block {node.block_id!r} is not in the catalogue. Replace it, or install what provides it."
        )
        return {"inputs": [], "outputs": [], "problem": problem}
    try:
        return {**_shown(block.pins(node.input_default)), "problem": ""}
    except (ValueError, BlockyardError) as error:
        return {"inputs": [], "outputs": [], "problem": f"{error} Correct the constants of the block."}


def block_view(block: Block, prices: Prices) -> dict[str, Any]:
    """A block as `BlockView` tells it."""
    provider = min(providers_of(block), default=None)
    return {
        "id": block.id,
        "name": block.name,
        "title": block.title,
        "description": block.description,
        "kind": block.kind,
        "categories": sorted(block.categories),
        "icon": block.icon,
        "differences": list(block.differences),
        **_shown(block.pins({})),
        "credentials": [_credentials(block.Input, name) for name in block.Input.credentials_pins()],
        "execution": block.execution,
        "is_pure": block.pure,
        "is_static_output": block.static_output,
        "is_collecting": block.collects,
        "is_at_most_once": block.at_most_once,
        "order": block.order,
        "has_dynamic_pins": type(block).pins is not Block.pins,
        "provider": provider,
        "quality": provider and quality_of(provider).level,
        "costs": prices.of(block.id),
    }


def _credentials(schema: type[BlockSchema], name: str) -> dict[str, Any]:
    rule, field = rule_of(schema, name), schema.model_fields[name]
    return {
        "name": name,
        "description": field.description or "",
        "providers": list(rule.providers),
        "kinds": list(rule.kinds),
        "scopes": sorted(extra(field).get("credentials_scopes") or ()),
        "is_required": rule.is_required,
        "discriminator": rule.discriminator,
        "discriminator_mapping": rule.mapping,
    }


def _shown(pins: NodePins) -> dict[str, Any]:
    return {
        "inputs": [_pin(pin) for pin in pins.inputs.values() if not pin.is_hidden],
        "outputs": [_pin(pin) for pin in pins.outputs.values() if not pin.is_hidden],
    }


def _pin(pin: Pin) -> dict[str, Any]:
    return {"name": pin.name, "schema": pin.schema, "is_required": pin.is_required, "is_each": pin.is_each}
