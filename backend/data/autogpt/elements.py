"""A file's graphs while they are brought up to date: nodes and links under their new ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.data.autogpt.known_blocks import KnownBlock
from backend.data.block import Block, Pin
from backend.data.model import JsonObject
from backend.data.pins import base_name

ERROR_PIN, TOOLS_PIN = "error", "tools"
OLD_TOOLS = "tools_^_"
"""How the names of a pin for one tool begin in older files; who is called says the link's other end."""


@dataclass(slots=True)
class FileNode:
    """`id` is new; by `file_id` the links of the file know it. `block` None: it is not here."""

    id: str
    file_id: str
    block_id: str
    constants: JsonObject
    metadata: JsonObject
    has_webhook: bool = False
    disabled: bool = False
    block: Block | None = None
    known: KnownBlock | None = None

    @property
    def name(self) -> str:
        """What people call it, as far as anybody has said."""
        custom = self.metadata.get("customized_name")
        if custom:
            return str(custom)
        if self.block is not None:
            return self.block.title
        return self.known.name if self.known else self.block_id[:100]

    def input_pins(self) -> Mapping[str, Pin] | tuple[str, ...] | None:
        """The names of its inputs; None where nothing is known of them."""
        if self.block is not None:
            return self.block.pins(self.constants).inputs
        return self.known.inputs if self.known else None

    def open_inputs(self) -> frozenset[str]:
        """The names of its inputs but for those that hold a secret; made anew for each call."""
        if self.block is not None:
            declared = self.block.pins(self.constants).inputs
            return frozenset(name for name, pin in declared.items() if not pin.schema.get("secret"))
        return frozenset(self.known.inputs).difference(self.known.secret) if self.known else frozenset()


@dataclass(slots=True)
class FileLink:
    """A link between nodes that exist."""

    source: FileNode
    source_name: str
    sink: FileNode
    sink_name: str
    is_static: bool

    @property
    def is_call(self) -> bool:
        """Whether the sink is a tool that the source calls."""
        return base_name(self.source_name) == TOOLS_PIN or self.source_name.startswith(OLD_TOOLS)


@dataclass(frozen=True, slots=True)
class Ends:
    """A link as the file names it."""

    source_id: str
    source_name: str
    sink_id: str
    sink_name: str
    is_static: bool


@dataclass(slots=True)
class FileGraph:
    """`ends` are the links of the file, `links` those of them that hold."""

    id: str
    file_id: str
    version: int
    name: str
    description: str
    cron: str | None = None
    nodes: list[FileNode] = field(default_factory=list[FileNode])
    ends: list[Ends] = field(default_factory=list[Ends])
    links: list[FileLink] = field(default_factory=list[FileLink])
    link_ids: list[str] = field(default_factory=list[str])
