"""One bomb: which block gets it, how it is made, and what the person is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.data.file import FileContent
from backend.data.model import JsonObject


@dataclass(frozen=True, slots=True)
class Bomb:
    """`make` is called when the bomb is thrown. `says`: part of the failure's message.

    None: it is no failure; the block bears it (RE2 has no catastrophic patterns), and within a second.
    """

    name: str
    block: str
    make: Callable[[], JsonObject]
    says: str | None
    files: tuple[FileContent, ...] = ()
