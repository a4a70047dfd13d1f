"""What the pages of blocks and of providers have in common: where they stand, and how they write a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.data.block import Block

HEADER = "<!-- Written by `make gen` from the blocks themselves. -->\n\n"


def folder_of(block: Block) -> str:
    """The folder of backend/blocks in which the block stands: `lists`, or a provider's name."""
    return type(block).__module__.removeprefix("backend.blocks.").split(".")[0]


def place_of(block: Block) -> str:
    """Of the block's page and picture below docs/blocks, without their endings: `lists/add-to-list`."""
    words = re.sub(r"[^a-z0-9]+", "-", block.title.lower())
    return f"{folder_of(block)}/{words}"


def link_to(block: Block) -> str:
    """From a page in docs/blocks itself."""
    return f"[{block.title}]({place_of(block)}.md)"


def first_sentence(block: Block) -> str:
    return block.description.split("\n", 1)[0].split(". ", 1)[0].removesuffix(".") + "."


def cell(text: str) -> str:
    """The text in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of these rows, with an empty line before it; nothing without rows."""
    if not rows:
        return ""
    first, *others = ("| " + " | ".join(map(cell, line)) + " |\n" for line in (head, *rows))
    return f"\n{first}|{'---|' * len(head)}\n{''.join(others)}"


def prose(text: str) -> str:
    """A sentence that was not written as Markdown: what looks like a tag is shown, outside of code too."""
    parts = text.split("`")
    return "`".join(part if place % 2 else part.replace("<", "&lt;") for place, part in enumerate(parts))
