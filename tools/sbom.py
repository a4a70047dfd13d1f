"""Prints the bill of materials of an installation as CycloneDX 1.6: `python -m tools.sbom > sbom.json`.

What requirements.lock pins, with hashes, and the licence that each installed package declares.
Source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

from pydantic import JsonValue

ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<hashes>[^\n]*(?:\n    --hash=\S+[^\n]*)*)", re.MULTILINE
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of_materials(lock: str, project: dict[str, str]) -> dict[str, JsonValue]:
    """`lock`: the text of a requirements file with hashes; `project`: its `name` and `version`."""
    root: dict[str, JsonValue] = {
        "type": "application",
        "name": project["name"],
        "version": project["version"],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root},
        "components": [_component(match) for match in _PACKAGE.finditer(lock)],
    }


def _component(match: re.Match[str]) -> JsonValue:
    name, version = match["name"], match["version"]
    purl = f"pkg:pypi/{name}@{version}"
    component: dict[str, JsonValue] = {"type": "library", "bom-ref": purl, "name": name, "version": version}
    licence = _licence(name)
    if licence:
        component["licenses"] = [{"license": {"name": licence}}]
    files: list[JsonValue] = [
        {"type": "distribution", "url": purl, "hashes": [{"alg": "SHA-256", "content": digest}]}
        for digest in _HASH.findall(match["hashes"])
    ]
    return {**component, "purl": purl, "externalReferences": files}


def _licence(name: str) -> str | None:
    """What the installed package says of itself; None when it is not installed here or says nothing."""
    try:
        said = cast("Message[str, str]", metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return None
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    short = classifiers[0].rpartition(" :: ")[2] if classifiers else said.get("License", "")
    return (said.get("License-Expression") or short).partition("\n")[0] or None


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bill = bill_of_materials((ROOT / "requirements.lock").read_text(encoding="utf-8"), project)
    json.dump(bill, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
