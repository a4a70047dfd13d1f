"""The facts that the importer has of the blocks of other installations: `python -m tools.gen.compat blocks.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[2] / "backend/data/autogpt/known_blocks.json"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Give the table of blocks: python -m tools.gen.compat blocks.json")
    write(Path(sys.argv[1]))


def write(table: Path) -> None:
    """Write the facts; what the table says of behaviour stays behind."""
    rows: list[dict[str, Any]] = json.loads(table.read_bytes())
    models: list[list[str]] = []
    facts = [_fact(row, models) for row in sorted(rows, key=lambda row: row["name"])]
    parts = [f'"{name}": [\n{_lines(found)}\n]' for name, found in (("models", models), ("blocks", facts))]
    TARGET.write_text("{" + ",\n".join(parts) + "}\n")


def _lines(found: list[Any]) -> str:
    return ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)


def _fact(row: dict[str, Any], models: list[list[str]]) -> dict[str, Any]:
    inputs, outputs = row["inputs"], row["outputs"]
    undeclared = row.get("dynamic_pins", {}).get("undeclared_outputs", [])
    fact = {
        "id": row["id"],
        "name": row["name"],
        "category": row["category"],
        "kind": row["kind"],
        "static_output": row["static_output"],
        "inputs": [pin["name"] for pin in inputs if not _is_reference(pin)],
        "outputs": [pin["name"] for pin in outputs] + undeclared,
        "secret": [pin["name"] for pin in inputs if pin.get("secret")],
        "credentials": [_credential(pin) for pin in inputs if "credentials" in pin],
        "model": next((_model(pin, models) for pin in inputs if _is_model(pin)), None),
    }
    return {name: value for name, value in fact.items() if value not in ([], None, False)}


def _is_reference(pin: dict[str, Any]) -> bool:
    """Whether the whole pin is a reference to a credential, and so no pin; a file that carries one is."""
    return "credentials" in pin and "embedded_key" not in pin["credentials"]


def _credential(pin: dict[str, Any]) -> dict[str, Any]:
    said = pin["credentials"]
    return {"pin": pin["name"], "providers": said["providers"], "types": said["types"]}


def _is_model(pin: dict[str, Any]) -> bool:
    return pin["name"] == "model" and "enum" in pin


def _model(pin: dict[str, Any], models: list[list[str]]) -> dict[str, Any]:
    """The default, and which of the lists of names holds; many blocks share one."""
    if pin["enum"] not in models:
        models.append(pin["enum"])
    return {"default": pin["default"], "names": models.index(pin["enum"])}


if __name__ == "__main__":
    main()
