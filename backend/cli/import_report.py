"""The report of an import, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from backend.data.model import JsonObject

_MORE = {
    "renamed": "Renamed",
    "missing": "Not here",
    "changed": "Not as it was",
    "credentials": "Needs a credential",
    "differences": "Works otherwise here",
}


def told(report: JsonObject) -> Iterator[tuple[str, list[str]]]:
    """(title, lines) for each part in which there is something to say; what keeps it from running comes last."""
    names = {
        one["node_id"]: one["node_name"]
        for part in ("renamed", "missing", "changed", "credentials")
        for one in report[part]
        if one["node_name"]
    }
    lines = {
        "renamed": [
            f"{one['node_name']}: {one['before']} is {one['after']} now." for one in report["renamed"]
        ],
        "missing": [f"{one['node_name']}: the {_missing(one)} is not here." for one in report["missing"]],
        "changed": [f"{_place(names, one)}: {one['why']}" for one in report["changed"]],
        "credentials": [f"{one['node_name']}.{one['pin']}: {_asked(one)}" for one in report["credentials"]],
        "differences": [f"{_nodes(one)}{one['text']}" for one in report["differences"]],
    }
    for part, title in _MORE.items():
        rest = report["more"].get(part, 0)
        if lines[part]:
            yield title, [*lines[part], *([f"… and {rest:,} more."] if rest else [])]
    if report["problems"]:
        yield (
            "Keeps it from running",
            [f"{_place(names, one)}: {one['message']} {one['cure']}".rstrip() for one in report["problems"]],
        )


def _missing(one: JsonObject) -> str:
    name = one["block_name"]
    return f"block {name}" if one["missing"] == "block" and name else str(one["missing"])


def _asked(one: JsonObject) -> str:
    provider = one["provider"] or (
        "one of " + ", ".join(one["providers"]) if one["providers"] else "any provider"
    )
    kinds = f" ({' or '.join(one['types'])})" if one["types"] else ""
    return f"{provider}{kinds}."


def _nodes(one: JsonObject) -> str:
    shown = list(dict.fromkeys(node["node_name"] for node in one["nodes"]))[:3]
    rest = "…" if one["count"] > len(shown) and shown else ""
    return f"{', '.join(shown)}{rest}: " if shown else ""


def _place(names: dict[str, str], one: JsonObject) -> str:
    node_id = one["node_id"]
    node = names.get(node_id, node_id) if node_id else None
    return ".".join(part for part in (node, one["pin"]) if part) or "the graph"
