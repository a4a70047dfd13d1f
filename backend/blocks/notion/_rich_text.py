"""Notion's rich text: runs of one style each, cut to what Notion takes. Pure.

Source: https://developers.notion.com/reference/rich-text, https://developers.notion.com/reference/request-limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.model import JsonObject

MAX_CHARS = 2_000
"""Of one text, and of a link."""
MAX_PARTS = 100
"""Texts of one block."""
_MARKS = ("bold", "italic", "strikethrough", "code")
_SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style. `marks` are names of Notion's annotations, or `equation`; an empty link is none."""

    text: str
    marks: frozenset[str] = frozenset()
    link: str = ""


def rich(runs: Iterable[Run]) -> list[JsonObject]:
    """As Notion takes it; it may be more than `MAX_PARTS`."""
    return [_part(run, piece) for run in joined(runs) for piece in _pieces(run.text)]


def rich_of(text: str) -> list[JsonObject]:
    """Plain text as Notion takes it."""
    return rich([Run(text)])


def runs_of(value: Any) -> list[Run]:
    """Of rich text that Notion gave; what is not text (a mention) by the text Notion has for it."""
    return joined(_run(part) for part in objects_at({"parts": value}, "parts"))


def plain(value: Any) -> str:
    """The text alone."""
    return "".join(run.text for run in runs_of(value))


def joined(runs: Iterable[Run]) -> list[Run]:
    """Neighbours of one style as one; without empty ones."""
    with_text = (run for run in runs if run.text)
    return [
        Run("".join(run.text for run in same), *style)
        for style, same in groupby(with_text, key=lambda run: (run.marks, run.link))
    ]


def can_link(url: str) -> bool:
    """Whether Notion takes it as a link; of another it says that the URL is invalid."""
    return url.startswith(_SCHEMES) and len(url) <= MAX_CHARS


def _part(run: Run, text: str) -> JsonObject:
    content: JsonObject = {"content": text}
    content |= {"link": {"url": run.link}} if can_link(run.link) else {}
    marks = {mark: True for mark in _MARKS if mark in run.marks}
    return {"type": "text", "text": content} | ({"annotations": marks} if marks else {})


def _run(part: JsonObject) -> Run:
    annotations = object_at(part, "annotations")
    marks = frozenset(mark for mark in _MARKS if annotations.get(mark) is True)
    if text_at(part, "type") == "equation":
        return Run(f"${text_at(part, 'equation', 'expression')}$", marks | {"equation"})
    text = text_at(part, "plain_text") or text_at(part, "text", "content")
    return Run(text, marks, text_at(part, "href") or text_at(part, "text", "link", "url"))


def _pieces(text: str) -> Iterator[str]:
    """Cut by UTF-16 units, as JavaScript counts, and never through a character."""
    start = size = 0
    for place, character in enumerate(text):
        units = 2 if ord(character) > 0xFFFF else 1
        if size + units > MAX_CHARS:
            yield text[start:place]
            start, size = place, 0
        size += units
    if start < len(text):
        yield text[start:]
