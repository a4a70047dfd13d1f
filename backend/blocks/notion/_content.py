"""The content of a page: read to its depths, and written in as many requests as that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.blocks.notion._api import NotionClient
from backend.blocks.notion._blocks import Batch, batches, kind_of, with_children
from backend.blocks.notion._markdown_in import MAX_CHARS, blocks_of
from backend.blocks.notion._markdown_out import markdown_of
from backend.data.block import Context
from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.util.errors import ProviderError, ProviderNotFound
from backend.util.off_loop import off_loop

CONTENT_HELP = "in Markdown: headings, lists, to-dos (- [ ]), quotes, code, tables, pictures by address"
MOST_CHARS = MAX_CHARS
_BLOCK_BYTES = 512
"""About what a block is long, as Notion gives it."""
_APART = frozenset({"child_page", "child_database"})
"""Whose children are the content of another page."""


async def batches_for(markdown: str) -> list[Batch]:
    """The requests that bring Markdown to Notion.

    Raises:
        LimitReached: it was made to be slow.
    """
    return await asyncio.to_thread(_batches_of, markdown)


def _batches_of(markdown: str) -> list[Batch]:
    return batches(blocks_of(markdown))


@dataclass(slots=True)
class Reader:
    """Reads the blocks of one page; `is_complete` says afterwards whether that was all."""

    client: NotionClient
    left: int
    """How many more blocks may come."""
    is_complete: bool = True

    async def markdown(self, page_id: str, depth: int) -> str:
        """The content of the page; `depth` levels below the first."""
        most = self.left
        blocks = await self.under(page_id, depth)
        return await off_loop((most - self.left) * _BLOCK_BYTES, markdown_of, blocks)

    async def under(self, block_id: str, depth: int) -> list[JsonObject]:
        """The blocks within, each with its own `children`, `depth` levels down."""
        found = await self.client.children(block_id, most=self.left)
        self.left -= len(found.items)
        self.is_complete = self.is_complete and not found.has_more
        return [await self._whole(one, depth) for one in found.items]

    async def _whole(self, one: JsonObject, depth: int) -> JsonObject:
        if one.get("has_children") is not True or kind_of(one) in _APART:
            return one
        if depth < 1 or self.left < 1:
            self.is_complete = False
            return one
        try:
            return with_children(one, await self.under(text_at(one, "id"), depth - 1))
        except ProviderNotFound:
            # A synced block's original may lie where the connection sees nothing.
            if kind_of(one) != "synced_block":
                raise
            self.is_complete = False
            return one


@dataclass(slots=True)
class Writer:
    """Appends blocks. Each request is a step of its own: a repetition after a crash goes on where it was."""

    client: NotionClient
    context: Context
    requests: int = 0

    async def append(self, block_id: str, parts: Sequence[Batch]) -> None:
        """Put blocks at the end of a page or a block, in order.

        Raises:
            ProviderError: Notion refused a part; those before it are there.
        """
        for batch in parts:
            ids = await self._send(block_id, batch.blocks)
            if len(ids) != len(batch.blocks):
                raise ProviderError(
                    f"Notion took {len(ids)} of {len(batch.blocks)} blocks. Look at the page before trying again."
                )
            for place, later in batch.later.items():
                further = await off_loop(len(later) * _BLOCK_BYTES, batches, later)
                await self.append(ids[place], further)

    async def _send(self, block_id: str, blocks: list[JsonObject]) -> list[str]:
        async def send() -> Any:
            return [text_at(one, "id") for one in await self.client.append_children(block_id, blocks)]

        self.requests += 1
        ids: list[str] = await self.context.step(f"append-{self.requests}", send)
        return ids
