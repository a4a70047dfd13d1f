"""Nested objects to XML: the other way round from `XMLParserBlock`."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from backend.blocks.formats._limits import MAX_CHARS
from backend.blocks.formats._table_rows import text_of_cell
from backend.data.json_types import is_list, is_object
from backend.data.model import JsonObject
from backend.util.errors import BlockError

TEXT_KEY = "#text"
ATTRIBUTE = "@"
ITEM = "item"
"""The tag of what stands in a list that stands in a list."""

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*"
_NAME = re.compile(rf"{_PART}(:{_PART})?")
"""Source: https://www.w3.org/TR/xml-names/#ns-qualnames, and https://www.w3.org/TR/xml/#NT-NameStartChar."""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: https://www.w3.org/TR/xml/#NT-Char."""


class XmlWriter:
    """Collects the pieces of a document; refuses what would grow too long, before it has."""

    def __init__(self, indent: int) -> None:
        self._indent = indent
        self._pieces: list[str] = []
        self._size = 0
        self._names: set[str] = set()

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def put(self, piece: str) -> None:
        """
        Raises:
            BlockError: the document is too long with it.
        """
        self._size += len(piece)
        if self._size > MAX_CHARS:
            raise BlockError(f"The XML would have more than {MAX_CHARS:,} characters. Write it in parts.")
        self._pieces.append(piece)

    def element(self, name: str, value: Any, depth: int = 0, *, is_inline: bool = False) -> None:
        """One element; for a list, one for each of its items."""
        if is_list(value):
            for item in value:
                inner = {ITEM: item} if is_list(item) else item
                self.element(name, inner, depth, is_inline=is_inline)
            return
        self._check_name(name)
        self._break(depth, is_inline)
        if is_object(value):
            self._of_object(name, value, depth, is_inline)
        elif value is None:
            self.put(f"<{name}/>")
        else:
            self.put(f"<{name}>{_content(value, name)}</{name}>")

    def _of_object(self, name: str, value: JsonObject, depth: int, is_inline: bool) -> None:
        self.put(f"<{name}")
        for key, inner in value.items():
            if key.startswith(ATTRIBUTE):
                self._attribute(key[1:], inner)
        text = _content(value.get(TEXT_KEY), name)
        children = {key: inner for key, inner in value.items() if key != TEXT_KEY and key[:1] != ATTRIBUTE}
        if not text and not any(inner != [] for inner in children.values()):
            self.put("/>")
            return
        self.put(f">{text}")
        is_inline = is_inline or bool(text)  # spaces beside a text would be part of it
        for key, inner in children.items():
            self.element(key, inner, depth + 1, is_inline=is_inline)
        self._break(depth, is_inline)
        self.put(f"</{name}>")

    def _attribute(self, name: str, value: Any) -> None:
        self._check_name(name)
        if is_object(value) or is_list(value):
            raise BlockError(
                f"The attribute {name[:60]!r} holds a list or an object. Give it a text or a number."
            )
        self.put(f" {name}={quoteattr(_plain(value, name))}")

    def _break(self, depth: int, is_inline: bool) -> None:
        if self._indent and self._pieces and not is_inline:
            self.put("\n" + " " * (depth * self._indent))

    def _check_name(self, name: str) -> None:
        if name in self._names:
            return
        if not _NAME.fullmatch(name):
            raise BlockError(
                f"{name[:60]!r} cannot be the name of a tag or an attribute. Use letters, digits, - _ . and begin "
                "with a letter."
            )
        self._names.add(name)


def _content(value: Any, name: str) -> str:
    return escape(_plain(value, name), {"\r": "&#13;"})


def _plain(value: Any, name: str) -> str:
    text = "" if value is None else text_of_cell(value)
    found = _FORBIDDEN.search(text)
    if found:
        raise BlockError(
            f"{name[:60]!r} holds the character U+{ord(found[0]):04X}, which XML cannot. Remove it."
        )
    return text
