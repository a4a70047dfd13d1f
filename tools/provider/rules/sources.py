"""Whatever calls an endpoint says which page of the documentation it follows: `Source:` in its docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.checks import Finding
from tools.checks.sources import dotted
from tools.provider.facts import Facts

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "request"})
_SOURCE = re.compile(r"Sources?:?\s+\S", re.IGNORECASE)


def check(facts: Facts) -> Iterator[Finding]:
    """A class or a module may name the source for all of its methods."""
    for name, tree in facts.trees():
        if not _names_source(tree):
            yield from _in(name, tree)


def _in(name: str, tree: ast.Module) -> Iterator[Finding]:
    for top in tree.body:
        if isinstance(top, ast.ClassDef) and _names_source(top):
            continue
        functions = top.body if isinstance(top, ast.ClassDef) else [top]
        for one in functions:
            if (
                isinstance(one, ast.AsyncFunctionDef | ast.FunctionDef)
                and _calls(one)
                and not _names_source(one)
            ):
                yield Finding(
                    name,
                    one.lineno,
                    f"{one.name} calls the service, and does not say where that is documented.",
                    'Add to its docstring: "Source: https://… (the version of the API)."',
                )


def _names_source(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return _SOURCE.search(ast.get_docstring(node) or "") is not None


def _calls(function: ast.AST) -> bool:
    """Whether it sends a request by our client: `self._requests.post(…)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            owner, _, verb = dotted(node.func).rpartition(".")
            if verb in _VERBS and owner.rpartition(".")[2].lstrip("_").startswith(("requests", "http")):
                return True
    return False
