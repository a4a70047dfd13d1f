"""The repository's files as rules read them: what git tracks or would track, as text or as a syntax tree."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[str, ...]:
    """Paths from the root, sorted: tracked files, and new ones that are not ignored."""
    # A container often checks out as another user; git refuses that repository unless told otherwise.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def python_files(folder: str) -> Iterator[str]:
    """The Python files below a folder of the root."""
    return (name for name in tracked() if name.startswith(f"{folder}/") and name.endswith(".py"))


def text_of(name: str) -> str | None:
    """None when the file is not text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def tree_of(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), filename=name)


def imports_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every absolute import as a dotted name, `a.b.c` for `from a.b import c`, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression; what stands before an attribute is left out when it is no name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def place_of(thing: type) -> tuple[str, int]:
    """The file and line where a class is written."""
    import inspect

    file = Path(inspect.getfile(thing))
    name = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else file.name
    return name, inspect.getsourcelines(thing)[1]
