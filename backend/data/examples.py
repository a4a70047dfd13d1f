"""Predicates for a block's `test_output`, where the exact value is not the point."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from backend.data.file import FileContent, file_id_in, reference_to

Predicate = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Says:
    """Whether a value is a text that contains all of these."""

    words: tuple[str, ...]

    def __call__(self, value: Any) -> bool:
        return isinstance(value, str) and all(word in value for word in self.words)


def says(*words: str) -> Predicate:
    """A text that contains all of these."""
    return Says(words)


def file_value(content: FileContent) -> str:
    """How the inputs of an example name a file of its block's `test_files`: by what is in it."""
    said = f"{content.name}/{content.media_type}/{hashlib.sha256(content.data).hexdigest()}"
    return reference_to(str(uuid5(NAMESPACE_OID, said)))


def is_file(value: Any) -> bool:
    """Whether the value names a file."""
    return isinstance(value, str) and file_id_in(value) is not None
