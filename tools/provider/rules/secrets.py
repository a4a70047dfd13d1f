"""No secret in what a block gives: no pin for one, and no `yield` that opens one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backend.data.model import extra
from tools.checks import Finding
from tools.checks.sources import dotted, place_of
from tools.provider.facts import Facts
from tools.provider.rules._blocks import blocks_of

_NAMES = re.compile(
    r"(^|_)(secret|password|passwd|api_key|apikey|access_token|refresh_token|credentials?)(_|$)"
)
_CURE = "Leave it out: outputs are stored, shown and sent on. Whoever needs the account picks a connection of their own."


def check(facts: Facts) -> Iterator[Finding]:
    for block in blocks_of(facts):
        for pin, field in block.Output.model_fields.items():
            if _NAMES.search(pin) or extra(field).get("secret"):
                yield Finding(
                    *place_of(type(block)), f"{block.name} has the output {pin!r}, a secret.", _CURE
                )
    for name, tree in facts.trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Yield) and node.value is not None and _opens(node.value):
                yield Finding(name, node.lineno, "A secret is given out here.", _CURE)


def _opens(value: ast.expr) -> bool:
    """Whether an expression has a credential's secret in it."""
    calls = [dotted(node.func) for node in ast.walk(value) if isinstance(node, ast.Call)]
    return any(
        call.rpartition(".")[2] in ("get_secret_value", "auth_header", "headers_for") for call in calls
    )
