"""Markdown that would take long to become blocks of Notion.

It is thrown at a local Notion's client by tests/blocks/notion/test_bombs.py, for the block needs a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """`is_stopped`: for certain; the others become blocks in time, or are stopped too where the machine is slow."""

    name: str
    make: Callable[[], str]
    is_stopped: bool


TEXTS: list[Written] = [
    Written("open brackets", lambda: "[" * 100_000, is_stopped=False),
    Written("open pictures", lambda: "![" * 50_000, is_stopped=False),
    Written("a table of 40,000 rows", lambda: "a|\n-|\n" + "|\n" * 40_000, is_stopped=True),
    Written(
        "a table of 33,000 rows with something in them",
        lambda: "|a|\n|-|\n" + "|b\n" * 33_000,
        is_stopped=True,
    ),
    Written("a table of a wide line", lambda: "|a" * 25_000 + "\n" + "|-" * 24_000, is_stopped=False),
    Written("open emphasis", lambda: "*a **a " * 14_000, is_stopped=False),
    Written(
        "fences of every length", lambda: "".join("`" * n + " " for n in range(1, 430)), is_stopped=False
    ),
    Written("quotations within quotations", lambda: "> " * 49_000 + "a", is_stopped=False),
    Written("lists within lists", lambda: "".join("  " * n + "- a\n" for n in range(300)), is_stopped=False),
    Written("the same reference again and again", lambda: "[a]: b\n" * 14_000, is_stopped=False),
]
