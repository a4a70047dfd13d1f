"""Files of blocks: read for the run's owner, stored as the run's, and where in a node's inputs one is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from backend.data import file_store
from backend.data.db import Database
from backend.data.file import FileContent
from backend.data.file_stream import read_range
from backend.executor.values import Encoded, Held
from backend.util.errors import LimitReached, TooLarge
from backend.util.settings import Settings

if TYPE_CHECKING:
    from backend.executor.run_node import NodeRun


class StoredFiles:
    """The files of the database (see `services.Files`)."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def read(self, user_id: str, file_id: str) -> FileContent:
        limit = self._settings.max_file_bytes
        async with self._database.begin() as connection:
            info = await file_store.load_file(connection, user_id, file_id)
            if info.size_bytes > limit:
                raise LimitReached(
                    f"The file {info.name!r} is larger than {limit / 2**20:,.4g} MiB. Raise MAX_FILE_BYTES."
                )
            await file_store.touch_file(connection, user_id, file_id)
        pieces = [piece async for piece in read_range(self._database, user_id, info, 0, info.size_bytes)]
        return FileContent(info.name, info.media_type, b"".join(pieces))

    async def save(self, user_id: str, run_id: str, file_id: str, content: FileContent) -> None:
        limit = self._settings.max_file_bytes
        if len(content.data) > limit:
            raise TooLarge(
                f"The file {content.name!r} would be larger than {limit / 2**20:,.4g} MiB. Store less, or raise "
                "MAX_FILE_BYTES."
            )
        async with self._database.begin() as connection:
            await file_store.store_file(
                connection,
                user_id,
                content,
                file_id=file_id,
                run_id=run_id,
                max_user_bytes=self._settings.max_files_bytes_per_user,
            )


def pin_with(run: NodeRun, text: str) -> str | None:
    """The input pin of this firing whose value is the text, or holds it; None when there is none."""
    raw = orjson.dumps(text)
    return next((pin for pin, held in _values_of(run) if _holds(held, text, raw)), None)


def _values_of(run: NodeRun) -> Iterator[tuple[str, Any]]:
    for pin, taken in run.firing.inputs.items():
        for value in taken if isinstance(taken, list) else [taken]:
            yield pin, value.data
    yield from run.loop.overrides.get(run.node.index, {}).items()
    yield from run.node.constants.items()


def _holds(value: Held | Any, text: str, raw: bytes) -> bool:
    if isinstance(value, Encoded):
        return raw in value.raw
    return bool(value == text) or (isinstance(value, (list, dict)) and raw in orjson.dumps(value))
