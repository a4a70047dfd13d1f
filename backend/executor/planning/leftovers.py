"""What a run leaves behind: values that never met a partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from backend.executor.planning.pairing import Pairing
from backend.executor.planning.shape import CompiledPin, Group
from backend.executor.planning.table import Table


@dataclass(frozen=True, slots=True)
class Leftover:
    """Values that reached a pin and were never used."""

    node_id: str
    pin: str
    count: int


def find_leftovers(pairing: Pairing) -> list[Leftover]:
    """Sorted by node and pin. Values on state, loop and static pins are none."""
    counts: Counter[tuple[str, str]] = Counter()
    for table in pairing.tables():
        for pin, count in _lying(table):
            counts[table.node.id, pin.name] += count
    return [Leftover(*place, count) for place, count in sorted(counts.items()) if count]


def _lying(table: Table) -> Iterator[tuple[CompiledPin, int]]:
    node = table.node
    for pin in node.pins:
        yield pin, len(table.queues[pin.position])
    for pin, by_item in table.outer.items():
        yield pin, sum(not outer.is_used for served in by_item.values() for outer in served)
    for matches in table.waiting.values():
        for position, _ in matches:
            yield from _one_each(node.groups[position])
    for lines in table.zipped.values():
        for group, line in zip(node.groups, lines, strict=True):
            for pin in group.full:
                yield pin, len(line)
    for group in node.groups:
        for pin in group.full:
            yield pin, table.turns + len(table.starts)


def _one_each(group: Group) -> Iterator[tuple[CompiledPin, int]]:
    for pin in group.full:
        yield pin, 1
