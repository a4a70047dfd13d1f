"""A graph as people save and exchange it: nodes, links, constants and policies."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from backend.data.run import RunLimits

ElementId = str
MAX_ID_LENGTH = 64
MAX_NODES = 10_000
MAX_LINKS = 30_000
"""With these a file is still imported within a second."""


class Position(BaseModel):
    model_config = ConfigDict(extra="ignore")

    x: float = 0.0
    y: float = 0.0


class NodeMetadata(BaseModel):
    model_config = ConfigDict(extra="allow")

    position: Position = Position()
    customized_name: str | None = Field(default=None, max_length=200)


class RetryPolicy(BaseModel):
    """How often a failed firing is tried again, and after how long."""

    model_config = ConfigDict(extra="forbid")

    times: int = Field(default=0, ge=0, le=100)
    backoff_s: float = Field(default=1.0, ge=0, le=3600)
    max_backoff_s: float = Field(default=60.0, ge=0, le=86_400)
    kinds: list[str] = Field(default=[], description="Error codes that are tried again; empty: every kind")


class NodePolicy(BaseModel):
    """What happens around a node's firings (execution.md, Errors)."""

    model_config = ConfigDict(extra="forbid")

    retry: RetryPolicy = RetryPolicy()
    timeout_s: float | None = Field(default=None, gt=0, le=86_400)
    on_error: Literal["stop", "continue"] = "stop"
    order: Literal["source", "arrival"] | None = Field(default=None, description="None: as the block says")
    parallel: int = Field(default=10, ge=1, le=1000, description="Firings side by side")


class Node(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: ElementId = Field(min_length=1, max_length=MAX_ID_LENGTH)
    block_id: str = Field(min_length=1, max_length=200)
    input_default: dict[str, Any] = {}
    metadata: NodeMetadata = NodeMetadata()
    policy: NodePolicy = NodePolicy()
    disabled: bool = False
    pinned: dict[str, list[Any]] | None = Field(
        default=None, description="Outputs used instead of running; never exported"
    )

    @property
    def label(self) -> str:
        """What people call it."""
        return self.metadata.customized_name or self.id


class Link(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: ElementId = Field(min_length=1, max_length=MAX_ID_LENGTH)
    source_id: ElementId = Field(min_length=1, max_length=MAX_ID_LENGTH)
    source_name: str = Field(min_length=1, max_length=500)
    sink_id: ElementId = Field(min_length=1, max_length=MAX_ID_LENGTH)
    sink_name: str = Field(min_length=1, max_length=500)
    is_static: bool = False


class Graph(BaseModel):
    """One version of a graph, with the graphs that came along in its file."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(default="", max_length=MAX_ID_LENGTH)
    version: int = Field(default=1, ge=1, le=2_147_483_647)
    name: str = Field(min_length=1, max_length=500)
    description: str = Field(default="", max_length=100_000)
    nodes: list[Node] = Field(max_length=MAX_NODES)
    links: list[Link] = Field(max_length=MAX_LINKS)
    limits: RunLimits = Field(
        default=RunLimits(), description="Of each run of this graph; a run may set its own"
    )
    sub_graphs: list[Graph] = Field(default=[], max_length=200)

    def definition(self) -> bytes:
        """What is stored: everything but the id and the version, as JSON. Objects keep the order of their keys."""
        return orjson.dumps(self.model_dump(mode="json", exclude={"id", "version"}))

    def digest(self) -> str:
        """The same for two graphs that say the same."""
        return hashlib.sha256(self.definition()).hexdigest()
