"""Blocks, as the palette and the form need them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from backend.data.cost import BlockCost


class PinView(BaseModel):
    name: str
    json_schema: dict[str, Any] = Field(alias="schema", serialization_alias="schema")
    is_required: bool = False
    is_each: bool = Field(default=False, description="Each value is an item of its own")


class BlockView(BaseModel):
    """A block of the catalogue."""

    id: str
    name: str
    title: str
    description: str
    kind: str
    categories: list[str]
    icon: str = Field(description="The name of a Lucide icon")
    differences: list[str] = Field(description="What is not as on the AutoGPT platform, a sentence each")
    inputs: list[PinView]
    outputs: list[PinView]
    execution: str
    is_pure: bool
    is_static_output: bool
    is_collecting: bool
    is_at_most_once: bool
    order: str
    costs: list[BlockCost] = Field(description="Prices, of which the one that fits the inputs best holds")
