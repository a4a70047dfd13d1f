"""Blocks, as the palette and the form need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from backend.data.cost import BlockCost
from backend.server.wire.common import Page
from backend.server.wire.connections import QualityLevel


class PinView(BaseModel):
    name: str
    json_schema: dict[str, Any] = Field(alias="schema", serialization_alias="schema")
    is_required: bool = False
    is_each: bool = Field(default=False, description="Each value is an item of its own")


class CredentialsFieldView(BaseModel):
    """Which credential a node of the block names among its constants."""

    name: str = Field(description="The constant: `credentials`, or what ends in `_credentials`")
    description: str
    providers: list[str] = Field(description="Empty: any", examples=[["github"]])
    kinds: list[str] = Field(description="Empty: any", examples=[["api_key", "oauth2"]])
    scopes: list[str] = Field(description="What an OAuth login must allow", examples=[["repo"]])
    is_required: bool
    discriminator: str | None = Field(
        description="The input that decides the provider; without a mapping: whose host decides",
        examples=["model"],
    )
    discriminator_mapping: dict[str, str] | None = Field(
        description="Its value -> provider", examples=[{"gpt-5-mini": "openai"}]
    )


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
    credentials: list[CredentialsFieldView] = Field(description="They are no pins: nothing is linked to them")
    execution: str
    is_pure: bool
    is_static_output: bool
    is_collecting: bool
    is_at_most_once: bool
    order: str
    has_dynamic_pins: bool = Field(
        description="Whether a node's constants decide which pins it has: `POST /api/blocks/pins` tells them"
    )
    provider: str | None = Field(description="The outside service that it uses", examples=["github"])
    quality: QualityLevel | None = Field(
        description="How good the provider is; null without one", examples=["gold"]
    )
    costs: list[BlockCost] = Field(description="Prices, of which the one that fits the inputs best holds")


class BlockList(Page[BlockView]):
    revision: int | None = Field(
        description="In development: it grows when blocks are reloaded, or fail to load "
        "(`GET /api/blocks/load-errors`). Else null: blocks stay while the server runs",
        examples=[None],
    )


class LoadErrorView(BaseModel):
    """Why a file of blocks does not load as it was saved."""

    file: str = Field(examples=["backend/blocks/text/words.py"])
    line: int | None = Field(description="None where the whole file is meant", examples=[12])
    message: str = Field(examples=["NameError: name 'Blok' is not defined"])
    at: datetime = Field(description="When it was first seen")


class LoadErrors(BaseModel):
    items: list[LoadErrorView] = Field(description="Empty when all load, and always in production")
    revision: int | None = Field(description="As in the list of blocks", examples=[None])


class NodeToSee(BaseModel):
    """Of a node, what decides which pins it has."""

    model_config = ConfigDict(extra="forbid")

    block_id: str = Field(min_length=1, max_length=200)
    input_default: dict[str, Any] = {}


class NodesToSee(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "nodes": [
                        {
                            "block_id": "655d6fdf-a334-421c-b733-520549c07cd1",
                            "input_default": {"options": ["small", "large"]},
                        }
                    ]
                }
            ]
        },
    )

    nodes: list[NodeToSee] = Field(max_length=1_000)


class NodePinsView(BaseModel):
    """The pins of one node."""

    inputs: list[PinView] = Field(description="Empty when there is a problem")
    outputs: list[PinView]
    problem: str = Field(
        default="", description="Why they cannot be told, and the cure; empty when they can", examples=[""]
    )


class NodePinsList(BaseModel):
    items: list[NodePinsView] = Field(description="In the order of the nodes that were asked for")
