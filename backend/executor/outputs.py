"""What a run returns: the values of its output nodes, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from backend.data.block import BlockKind
from backend.data.run import RunError
from backend.executor.bound import BoundNode
from backend.executor.plan import Plan
from backend.executor.program import Program
from backend.executor.records import Segment, numbered
from backend.executor.values import Held, as_wire, from_wire, size_bytes

OUTPUT_PIN = "output"
_SUMMARY_OUTPUT_BYTES = 65_536
"""Larger outputs are read from the journal when they are asked for."""

Output = tuple[int, int, str, Held]
"""Node index, firing, the output's name, value."""


def output_name(node: BoundNode) -> str:
    """The name under which an output node's values are returned."""
    return str(node.constants.get("name", node.id))


def named_outputs(outputs: Iterable[Output]) -> dict[str, list[Any]]:
    """Name -> values as they stand in journals, each node's in the order of its firings."""
    named: dict[str, list[Any]] = {}
    for _, _, name, held in sorted(outputs, key=lambda output: output[:2]):
        named.setdefault(name, []).append(as_wire(held))
    return named


def recorded_outputs(program: Program, segments: Sequence[Segment]) -> dict[str, list[Any]]:
    """The same from a journal."""
    names = {node.index: output_name(node) for node in program.by_plan if node.block.kind is BlockKind.OUTPUT}
    outputs: list[Output] = []
    for _, _, record in numbered(segments):
        if record[0] == "i" and record[1] in names:
            outputs += [
                (record[1], record[2], names[record[1]], from_wire(value))
                for pin, value, _ in record[5]
                if pin == OUTPUT_PIN
            ]
        elif record[0] == "y" and record[1] in names and record[3] == OUTPUT_PIN:
            outputs.append((record[1], record[2], names[record[1]], from_wire(record[4])))
    return named_outputs(outputs)


def summary_json(plan: Plan, errors: Sequence[RunError], outputs: Sequence[Output]) -> str:
    """A `RunSummary` as JSON; written by hand, since every run ends with one."""
    is_small = sum(size_bytes(held) for *_, held in outputs) < _SUMMARY_OUTPUT_BYTES
    summary = {
        "outputs": named_outputs(outputs) if is_small else None,
        "errors": [error.model_dump() for error in errors],
        "leftovers": [
            {"node_id": left.node_id, "pin": left.pin, "count": left.count} for left in plan.leftovers()
        ],
        "never_fired": plan.never_fired(),
        "firings": plan.firing_count,
    }
    return orjson.dumps(summary).decode()
