"""Which nodes of a graph feed each other, found in one walk however many circles there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backend.data.autogpt.elements import FileLink


def circles(links: list[FileLink]) -> dict[str, int]:
    """Node id -> a number that is the same for nodes of which each is fed, over others or not, by the other.

    A link is part of a circle when both its ends have the same number.
    """
    return _Walk(links).numbers


class _Walk:
    """Tarjan's walk, with a stack of its own: a graph may be deeper than calls may be."""

    def __init__(self, links: list[FileLink]) -> None:
        self._sinks: dict[str, list[str]] = defaultdict(list)
        for link in links:
            self._sinks[link.source.id].append(link.sink.id)
        self._place: dict[str, int] = {}
        self._lowest: dict[str, int] = {}
        self._open: list[str] = []
        self.numbers: dict[str, int] = {}
        for start in list(self._sinks):
            if start not in self._place:
                self._from(start)

    def _from(self, start: str) -> None:
        way = [(start, self._enter(start))]
        while way:
            here, rest = way[-1]
            there = next(rest, None)
            if there is None:
                way.pop()
                self._leave(here)
                if way:
                    self._lower(way[-1][0], self._lowest[here])
            elif there not in self._place:
                way.append((there, self._enter(there)))
            elif there not in self.numbers:
                self._lower(here, self._place[there])

    def _enter(self, node_id: str) -> Iterator[str]:
        self._place[node_id] = self._lowest[node_id] = len(self._place)
        self._open.append(node_id)
        return iter(self._sinks.get(node_id, ()))

    def _lower(self, node_id: str, place: int) -> None:
        self._lowest[node_id] = min(self._lowest[node_id], place)

    def _leave(self, node_id: str) -> None:
        """Where nothing behind it leads further back, it and what is open since make one circle."""
        if self._lowest[node_id] != self._place[node_id]:
            return
        number = len(self.numbers)
        while node_id not in self.numbers:
            self.numbers[self._open.pop()] = number
