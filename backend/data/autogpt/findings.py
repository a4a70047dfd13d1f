"""What is to be said of an import, gathered on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass, field

from backend.data.autogpt.elements import FileGraph, FileNode
from backend.data.graph_privacy import Altered
from backend.data.import_report import MAX_TOLD, Difference, Missing, NodePlace, Renamed, Wanted

_LONGEST_SHOWN = 80
_LONGEST_PIN = 500


@dataclass(slots=True)
class Findings:
    """Lists end after `MAX_TOLD` entries; `more` counts the rest of each."""

    renamed: list[Renamed] = field(default_factory=list[Renamed])
    missing: list[Missing] = field(default_factory=list[Missing])
    changed: list[Altered] = field(default_factory=list[Altered])
    credentials: list[Wanted] = field(default_factory=list[Wanted])
    differences: dict[tuple[str | None, str], Difference] = field(
        default_factory=dict[tuple[str | None, str], Difference]
    )
    more: Counter[str] = field(default_factory=Counter[str])

    def rename(self, graph: FileGraph, node: FileNode, kind: str, before: str, after: str) -> None:
        if self._has_room("renamed", self.renamed):
            shown = before[:_LONGEST_SHOWN], after[:_LONGEST_SHOWN]
            self.renamed.append(Renamed(graph.id, node.id, node.name, kind, *shown))

    def change(self, graph: FileGraph, node: FileNode | None, pin: str | None, why: str) -> None:
        """`node` None: of the graph as a whole."""
        if self._has_room("changed", self.changed):
            place = (node.id, node.name) if node else ("", "")
            self.changed.append(Altered(graph.id, place[0], pin and pin[:_LONGEST_PIN], why, place[1]))

    def miss(self, graph: FileGraph, node: FileNode, what: str) -> None:
        if self._has_room("missing", self.missing):
            block_name = node.known.name if node.known else None
            self.missing.append(Missing(graph.id, node.id, node.name, node.block_id, what, block_name))

    def want(
        self, graph: FileGraph, node: FileNode, pin: str, providers: list[str], types: list[str]
    ) -> None:
        if self._has_room("credentials", self.credentials):
            provider = providers[0] if len(providers) == 1 else None
            place = graph.id, node.id, node.name, pin[:_LONGEST_PIN]
            self.credentials.append(Wanted(*place, provider, providers, types))

    def differ(self, graph: FileGraph, node: FileNode | None, text: str, block: str | None = None) -> None:
        """The same difference is said once, with all nodes that it concerns."""
        found = self.differences.setdefault((block, text), Difference(block, text))
        if node is not None:
            found.at(NodePlace(graph.id, node.id, node.name))

    def _has_room(self, name: str, found: Sized) -> bool:
        if len(found) < MAX_TOLD:
            return True
        self.more[name] += 1
        return False
