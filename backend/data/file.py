"""Files: what is known of one, its content, and the text by which values name it: `file:<id>`."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

LONGEST_NAME = 255
UNKNOWN_TYPE = "application/octet-stream"
NAMELESS = "file"
_PREFIX = "file:"
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
REFERENCE_PATTERN = rf"{_PREFIX}({_ID})"
"""A regular expression, the same for Python and PostgreSQL; its group is the id."""
_REFERENCE = re.compile(REFERENCE_PATTERN)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_SAYS_NOTHING = frozenset({"application/x-www-form-urlencoded", "application/octet-stream"})
"""What curl calls every body, and most files of a form, that it is not told about."""
_ACTIVE = ("html", "svg", "xml", "javascript", "ecmascript")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make `exe.txt` of `txt.exe` to the eye."""


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What is known of a file. `run_id` is the run that made it, None for an uploaded one."""

    id: str
    run_id: str | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: datetime
    used_at: datetime

    @property
    def reference(self) -> str:
        return reference_to(self.id)


@dataclass(frozen=True, slots=True)
class FileContent:
    """A whole file, as blocks get it."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large one file may be, and all of one user's together."""

    file_bytes: int
    user_bytes: int


def reference_to(file_id: str) -> str:
    """How values name the file."""
    return _PREFIX + file_id


def file_id_in(value: str) -> str | None:
    """The id when the whole text is a reference to a file, else None."""
    match = _REFERENCE.fullmatch(value)
    return match[1] if match else None


def clean_name(name: str) -> str:
    """The name without folders and without what cannot be seen, at most 255 characters; its ending stays."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(char for char in last if not _is_hidden(char)).strip()
    if not seen.strip("."):
        return NAMELESS
    if len(seen) <= LONGEST_NAME:
        return seen
    stem, dot, ending = seen.rpartition(".")
    if not dot or len(ending) > 20:
        return seen[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _is_hidden(char: str) -> bool:
    return char in _DIRECTIONS or unicodedata.category(char) in _HIDDEN_CATEGORIES


def media_type_of(declared: str | None, name: str) -> str:
    """The declared type where it is one and says something, else what the name says; parameters are left out.

    What a browser would run is never guessed: it has to be declared.
    """
    said = (declared or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(said) and said not in _SAYS_NOTHING:
        return said
    guessed = _known_types().guess_type(f"/{name}")[0]
    if guessed is None or any(word in guessed for word in _ACTIVE):
        return UNKNOWN_TYPE
    return guessed


def ending_of(media_type: str) -> str:
    """The usual ending of names of this type, with its dot; empty when none is known."""
    return _known_types().guess_extension(media_type) or ""


@cache
def _known_types() -> mimetypes.MimeTypes:
    """Python's own table: the same on every machine."""
    return mimetypes.MimeTypes()
