"""The graphs that come with Blockyard, to start from: `backend/templates/*.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from backend.data.graph import Graph
from backend.data.graph_file import graph_of
from backend.data.json_types import as_list, as_object
from backend.util.errors import NotFound
from backend.util.json_text import parse_json


@dataclass(frozen=True, slots=True)
class Template:
    """`name` is that of its file, by which it is asked for; what people read is the graph's."""

    name: str
    graph: Graph
    tags: tuple[str, ...]


@cache
def templates() -> Mapping[str, Template]:
    """All of them by name, sorted by title; read once."""
    found = [
        _read(file.name.removesuffix(".json"), file.read_bytes())
        for file in (files("backend") / "templates").iterdir()
        if file.name.endswith(".json")
    ]
    return {one.name: one for one in sorted(found, key=lambda one: one.graph.name)}


def _read(name: str, raw: bytes) -> Template:
    value = parse_json(raw)
    tags = as_list((as_object(value) or {}).get("tags")) or []
    return Template(name, graph_of(value), tuple(map(str, tags)))


def find_template(name: str) -> Template:
    """The template of this name.

    Raises:
        NotFound: there is none.
    """
    try:
        return templates()[name]
    except KeyError:
        raise NotFound(f"There is no template {name!r}. See GET /api/templates.") from None
