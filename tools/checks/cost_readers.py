"""`data/block_cost_config.py` names block classes, so only the executor, the server and above may read it."""

from __future__ import annotations

from tools.checks import Finding
from tools.checks.sources import imports_in, python_files, tree_of

PROTECTED = "backend.data.block_cost_config"
READERS = ("backend/executor/", "backend/server/", "backend/app.py", "backend/cli")


def check() -> list[Finding]:
    return [
        finding
        for name in python_files("backend")
        if not name.startswith(READERS)
        for finding in findings_in(name, list(imports_in(tree_of(name))))
    ]


def findings_in(name: str, imports: list[tuple[str, int]]) -> list[Finding]:
    return [
        Finding(name, line, f"{PROTECTED} is read here.", "Hand the cost in from the executor or the server.")
        for module, line in imports
        if f"{module}.".startswith(f"{PROTECTED}.")
    ]
