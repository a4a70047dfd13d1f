"""Files of blocks as modules: their names, and which of them import which."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import resolve_name
from pathlib import Path

from backend.blocks.load_error import FOLDER

PACKAGE = "backend.blocks"
_MACHINERY = frozenset({FOLDER / "__init__.py", FOLDER / "load_error.py"})
Imports = Mapping[str, frozenset[str]]


def module_of(file: Path) -> str | None:
    """The module that a file of blocks is; None: it is none, or has a part in the machinery."""
    if file.suffix != ".py" or file in _MACHINERY or not file.is_relative_to(FOLDER):
        return None
    parts = file.relative_to(FOLDER).with_suffix("").parts
    if any("." in part for part in parts):
        return None
    own = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join((PACKAGE, *own))


def files_on_disk() -> dict[str, Path]:
    """Every file of blocks, by its module."""
    found = ((module_of(file), file) for file in FOLDER.rglob("*.py"))
    return {name: file for name, file in found if name is not None}


def parent_of(module: str) -> str | None:
    """The package that it lies in; None: that of all blocks."""
    parent = module.rpartition(".")[0]
    return None if parent == PACKAGE else parent


def imports_of(module: str, file: Path) -> frozenset[str]:
    """The modules of blocks that it needs, and perhaps names that are none.

    Raises:
        SyntaxError, ValueError, OSError: it cannot be read.
    """
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = set(_imported(ast.parse(file.read_bytes()), package))
    parent = parent_of(module)
    return frozenset(found | ({parent} if parent else set()))


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = resolve_name("." * node.level + (node.module or ""), package)
            yield name
            yield from (f"{name}.{alias.name}" for alias in node.names)


def with_dependents(modules: Iterable[str], imports: Imports) -> set[str]:
    """They, and all that import them, over however many steps."""
    found = set(modules)
    while more := {name for name, used in imports.items() if name not in found and used & found}:
        found |= more
    return found


def in_order(modules: Iterable[str], imports: Imports) -> list[str]:
    """What is imported comes first; in a circle, any."""
    wanted, seen, ordered = set(modules), set[str](), list[str]()

    def visit(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for used in sorted(imports.get(name, frozenset()) & wanted):
            visit(used)
        ordered.append(name)

    for name in sorted(wanted):
        visit(name)
    return ordered
