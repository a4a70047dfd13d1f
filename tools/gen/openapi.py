"""Writes docs/openapi.json, the contract of the HTTP interface, and the front end's types from it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from backend.server.http import create_api

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "docs/openapi.json"
TYPES = ROOT / "frontend/src/lib/autogpt-server-api/schema.d.ts"
_TOOL = ROOT / "frontend/node_modules/.bin/openapi-typescript"
_HEADER = "// Written by `make gen` from docs/openapi.json.\n\n"
_SECONDS = 60


def contract() -> str:
    """The text of docs/openapi.json: what the routes of now say, sorted."""
    document = create_api().openapi()
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def types_of(contract_text: str) -> str:
    """The text of schema.d.ts for a contract.

    Raises:
        RuntimeError: openapi-typescript refused it; says why.
    """
    command = [str(_TOOL), "/dev/stdin", "--alphabetize", "--empty-objects-unknown"]
    done = subprocess.run(command, input=contract_text, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode != 0:
        raise RuntimeError(f"openapi-typescript refuses the contract: {done.stderr.strip()[-500:]}")
    return _HEADER + done.stdout[done.stdout.index("export interface") :]


def write_if_changed() -> None:
    """Renew both, unless the routes say what the contract says already: the types take seconds."""
    if contract() != CONTRACT.read_text(encoding="utf-8"):
        write()


def write() -> None:
    """Renew both; a fresh file is left alone."""
    text = contract()
    for file, fresh in ((CONTRACT, text), (TYPES, types_of(text))):
        if not file.is_file() or file.read_text(encoding="utf-8") != fresh:
            file.write_text(fresh, encoding="utf-8")
