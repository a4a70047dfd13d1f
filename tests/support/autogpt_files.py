"""The files in `tests/fixtures/autogpt`, imported, and what is expected of each."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from backend.blocks import catalogue
from backend.data.graph import Graph, Node
from backend.data.graph_ids import all_of
from backend.data.graph_import import read_import
from backend.data.import_report import Imported
from backend.data.model import JsonObject
from backend.data.user_store import LOCAL_USER_ID

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "autogpt"
EXPECTED = ".expected.json"

NAMES = sorted(path.name.removesuffix(EXPECTED) for path in FOLDER.glob(f"*{EXPECTED}"))
RUN = [(name, place) for name in NAMES for place in range(len(json.loads((FOLDER / f"{name}{EXPECTED}").read_text())["runs"]))]  # fmt: skip


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


@cache
def expected(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / f"{name}{EXPECTED}").read_text()))


def imported(name: str, key: str | None = None) -> Imported:
    return read_import(raw(name), LOCAL_USER_ID, key, catalogue().find)


def labels(graph: Graph) -> dict[str, Node]:
    """The named nodes of the graph and of those in its file."""
    return {node.label: node for one in all_of(graph) for node in one.nodes if node.label != node.id}


def told(read: Imported, part: str) -> list[JsonObject]:
    """A part of the report, each entry with its node's label."""
    by_id = {node.id: node.label for one in all_of(read.graph) for node in one.nodes}
    return [{**entry, "label": by_id.get(entry["node_id"])} for entry in read.report([])[part]]


def with_part(part: str) -> list[str]:
    """The files that expect something of that kind; never none."""
    found = [name for name in NAMES if expected(name).get(part)]
    assert found
    return found
