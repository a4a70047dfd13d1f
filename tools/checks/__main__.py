"""Runs the rules and prints every finding: `python -m tools.checks [rule ...]`; exit 1 when there is one."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping
from typing import cast

import tools.checks
from tools.checks import Finding

Rule = Callable[[], list[Finding]]


def rules() -> dict[str, Rule]:
    """Every module of this folder that has a `check`, by its name."""
    names = [info.name for info in pkgutil.iter_modules(tools.checks.__path__) if info.name != "__main__"]
    modules = {name: importlib.import_module(f"tools.checks.{name}") for name in names}
    return {name: cast(Rule, module.check) for name, module in modules.items() if hasattr(module, "check")}


def run(known: Mapping[str, Rule], names: list[str]) -> int:
    """Run the named rules, or all; the exit status: 0 no finding, 1 findings, 2 an unknown name."""
    if unknown := [name for name in names if name not in known]:
        print(f"There is no rule {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    findings = [finding for name in names or known for finding in known[name]()]
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings against the house rules", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(run(rules(), sys.argv[1:]))
