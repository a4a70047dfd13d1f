"""A graph as bytes or as a file, read with every problem of its structure named at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.data.graph import Graph
from backend.data.json_types import as_list, as_object
from backend.util.errors import BadInput, GraphInvalid, Problem, TooLarge
from backend.util.json_text import model_message, parse_json, path_text

MAX_NAMED = 100
STANDARD_INPUT = "-"

_CURES: Mapping[str, str] = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or correct its name.",
    "string_too_long": "Shorten it.",
    "string_too_short": "It must not be empty.",
    "too_long": "Split the graph.",
}


def parse_graph(raw: bytes) -> Graph:
    """The graph in a JSON document; only its structure is checked (`executor.program` checks the rest).

    Raises:
        GraphInvalid: something is missing or of a wrong type; all problems, each with its path.
        BadInput: no JSON, or JSON that nobody can store (see `parse_json`).
    """
    return graph_of(parse_json(raw))


def graph_of(value: Any) -> Graph:
    """The same for JSON that is parsed.

    Raises:
        GraphInvalid: as `parse_graph`.
    """
    if as_object(value) is None:
        kind = "a list" if isinstance(value, list) else repr(value)[:40]
        cure = "Give an object with name, nodes and links."
        raise GraphInvalid((Problem(f"A graph is an object, and this is {kind}.", cure),))
    try:
        return Graph.model_validate(value)
    except ValidationError as error:
        raise GraphInvalid(_problems(error, value)) from None


def read_graph_file(name: str, *, max_bytes: int) -> Graph:
    """The graph in a file; `-` is the standard input.

    Raises:
        TooLarge: longer than `max_bytes`; nothing was parsed.
        BadInput: it cannot be read, or as `parse_graph`.
    """
    return parse_graph(read_limited(name, max_bytes=max_bytes))


def read_limited(name: str, *, max_bytes: int) -> bytes:
    """What is in a file; `-` is the standard input.

    Raises:
        TooLarge: longer than `max_bytes`.
        BadInput: it cannot be read.
    """
    try:
        if name == STANDARD_INPUT:
            raw = sys.stdin.buffer.read(max_bytes + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInput(
            f"The file {name!r} cannot be read: {reason}. Check its name and its owner."
        ) from error
    if len(raw) > max_bytes:
        raise TooLarge(
            f"The file {name!r} is larger than {max_bytes / 2**20:.0f} MiB, and was not read. "
            "Make it smaller, or raise MAX_BODY_BYTES."
        )
    return raw


def _problems(error: ValidationError, value: Any) -> tuple[Problem, ...]:
    details = error.errors(include_url=False, include_context=False)
    problems = [_problem(one, value) for one in details[:MAX_NAMED]]
    if len(details) > MAX_NAMED:
        problems.append(Problem(f"There are {len(details) - MAX_NAMED:,} more problems of this kind."))
    return tuple(problems)


def _problem(detail: ErrorDetails, value: Any) -> Problem:
    place = detail["loc"]
    path = path_text(place)
    message = model_message(detail["type"], detail["msg"])
    cure = _CURES.get(detail["type"], "Correct it.")
    node_id = _node_at(place, value)
    return Problem(f"{path}: {message}." if node_id else f"{message}.", cure, node_id=node_id, path=path)


def _node_at(place: tuple[int | str, ...], value: Any) -> str | None:
    """The id of the node that a problem is in; None where it is elsewhere, or the node has none."""
    if "nodes" not in place:
        return None
    node = value
    for part in place[: place.index("nodes") + 2]:
        node = _step(node, part)
    node_id = (as_object(node) or {}).get("id")
    return node_id if isinstance(node_id, str) else None


def _step(holder: Any, part: int | str) -> Any:
    if isinstance(part, int):
        listed = as_list(holder)
        return listed[part] if listed is not None and part < len(listed) else None
    return (as_object(holder) or {}).get(part)
