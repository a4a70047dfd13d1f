"""Tests run and can fail: nothing skipped, nothing expected to fail, nothing that asserts a constant."""

from __future__ import annotations

import ast

from tools.checks import Finding
from tools.checks.sources import dotted, python_files, tree_of

__test__ = False
NEVER = frozenset({"skip", "skipif", "xfail", "importorskip", "skipTest", "SkipTest"})


def check() -> list[Finding]:
    return [finding for name in python_files("tests") for finding in findings_in(name, tree_of(name))]


def findings_in(name: str, tree: ast.Module) -> list[Finding]:
    found = [finding for node in ast.walk(tree) for finding in _findings_at(name, node)]
    return sorted(found, key=lambda finding: finding.line)


def _findings_at(name: str, node: ast.AST) -> list[Finding]:
    if (
        isinstance(node, ast.Attribute)
        and node.attr in NEVER
        and dotted(node).startswith(("pytest.", "unittest.", "self."))
    ):
        return [
            Finding(name, node.lineno, f"{dotted(node)}: a test runs or goes.", "Make it run, or delete it.")
        ]
    if isinstance(node, ast.Assert) and _is_constant(node.test):
        return [Finding(name, node.lineno, "This assertion cannot fail.", "Assert what the name claims.")]
    if (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not _claims(node)
    ):
        return [Finding(name, node.lineno, f"{node.name} claims nothing.", "Assert what the name claims.")]
    return []


def _is_constant(test: ast.expr) -> bool:
    """True for a literal that is true; `assert False` marks a line that must not be reached."""
    return isinstance(test, ast.Constant) and bool(test.value)


def _claims(test: ast.AST) -> bool:
    """Whether it asserts or raises, expects an error, or calls a helper that says so in its name."""
    return any(
        isinstance(node, ast.Assert | ast.Raise)
        or (isinstance(node, ast.Call) and _is_claim(dotted(node.func).rpartition(".")[2]))
        for node in ast.walk(test)
    )


def _is_claim(function: str) -> bool:
    return function in {"raises", "warns", "fail"} or function.lstrip("_").startswith(
        ("assert", "check", "expect", "must")
    )
