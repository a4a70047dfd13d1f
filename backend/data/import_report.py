"""What whoever imports a graph is told: what became of it, what is missing, what has to be filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from backend.data.graph import Graph
from backend.data.graph_privacy import Altered
from backend.data.model import JsonObject

MAX_TOLD = 1_000
"""Entries of one list; how many more there are is said beside it."""
MAX_NODES_TOLD = 50
"""Nodes that are named with one difference."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A graph of the file and what it became; `blocks` are those of its blocks that are known here."""

    file_id: str
    id: str
    name: str
    blocks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a node needs that is not here: a block, or a graph that it runs."""

    graph_id: str
    node_id: str
    node_name: str
    block_id: str
    missing: str
    block_name: str | None = None


@dataclass(frozen=True, slots=True)
class Renamed:
    """What is called otherwise now; `kind` is `block`, `pin` or `value`."""

    graph_id: str
    node_id: str
    node_name: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A credential that has to be chosen; `provider` None: one of `providers`, or any where that is empty."""

    graph_id: str
    node_id: str
    node_name: str
    pin: str
    provider: str | None
    providers: list[str]
    types: list[str]


@dataclass(frozen=True, slots=True)
class NodePlace:
    graph_id: str
    node_id: str
    node_name: str


@dataclass(slots=True)
class Difference:
    """Something that works otherwise here, and where: `count` nodes, of which the first are named."""

    block: str | None
    text: str
    count: int = 0
    nodes: list[NodePlace] = field(default_factory=list[NodePlace])

    def at(self, place: NodePlace) -> None:
        self.count += 1
        if self.count <= MAX_NODES_TOLD:
            self.nodes.append(place)


@dataclass(frozen=True, slots=True)
class Imported:
    """A graph that is ready to be stored, under new ids, and what is to be said of it."""

    graph: Graph
    mapped: list[Mapped]
    missing: list[Missing]
    changed: list[Altered]
    renamed: list[Renamed] = field(default_factory=list[Renamed])
    credentials: list[Wanted] = field(default_factory=list[Wanted])
    differences: list[Difference] = field(default_factory=list[Difference])
    more: Counter[str] = field(default_factory=Counter[str])
    """How many entries each list had beyond those that are there."""

    def report(self, missing_graphs: Sequence[Missing]) -> JsonObject:
        """All but the graph, with what `missing_graphs` found. `more` counts what was cut off each list."""
        listed: dict[str, list[Any]] = {
            "mapped": self.mapped,
            "renamed": self.renamed,
            "missing": [*self.missing, *missing_graphs],
            "changed": self.changed,
            "credentials": self.credentials,
            "differences": self.differences,
        }
        told: JsonObject = {name: [asdict(one) for one in found[:MAX_TOLD]] for name, found in listed.items()}
        cut = Counter(
            {name: len(found) - MAX_TOLD for name, found in listed.items() if len(found) > MAX_TOLD}
        )
        told["more"] = dict(cut + self.more)
        return told
