"""Lines in the making: elements come in, in their order, and text or Markdown comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

Style = Literal["text", "markdown", "words"]
"""`words`: one line without any marks."""

_PARAGRAPHS = frozenset({
    "article", "aside", "blockquote", "dl", "figure", "footer", "form", "header", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
})  # fmt: skip
_LINES = frozenset({
    "address", "body", "caption", "center", "dd", "details", "div", "dt", "fieldset", "figcaption", "legend", "li", "option", "summary", "tr",
})  # fmt: skip
_INLINE_MARKS = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "code": "`",
    "kbd": "`",
    "del": "~~",
    "s": "~~",
}
_HEADING = re.compile("h[1-6]")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_DEEPEST_INDENT = 20


@dataclass(slots=True)
class _Indent:
    """What stands before the lines of a list's item or of a quotation."""

    first: str
    rest: str
    is_begun: bool = False

    def take(self) -> str:
        text = self.rest if self.is_begun else self.first
        self.is_begun = True
        return text


@dataclass(slots=True)
class _Open:
    """An inline element: in which line it began, and how much of the line there was."""

    mark: str
    line: int
    place: int


@dataclass(slots=True)
class _Row:
    cells: list[str] = field(default_factory=list[str])


class Lines:
    """Lines in the making."""

    def __init__(self, style: Style, with_links: bool, base_url: str) -> None:
        self._is_marked = style == "markdown"
        self._is_bare = style == "words"
        self._with_links = with_links
        self._base_url = base_url
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._line = 0
        self._wants_gap = False
        self._indents: list[_Indent] = []
        self._lists: list[int | None] = []
        self._open: list[_Open] = []
        self._tables: list[list[_Row]] = []
        self._depth_of_pre = 0

    def say(self, text: str) -> None:
        self._pieces.append(text if self._depth_of_pre else _SPACE.sub(" ", text))

    def enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if self._tables and tag in ("td", "th", "tr"):
            self._enter_table_part(tag)
        elif tag in _PARAGRAPHS or tag in _LINES:
            self._end_line()
            self._wants_gap |= self._is_paragraph(tag)
            self._begin_block(tag, node)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._show_image(node)
        elif tag == "a" or (self._is_marked and tag in _INLINE_MARKS):
            self._open.append(_Open(_INLINE_MARKS.get(tag, ""), self._line, len(self._pieces)))

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if self._tables and tag in ("td", "th", "tr"):
            self._leave_table_part(tag)
        elif tag in _PARAGRAPHS or tag in _LINES:
            self._end_block(tag)
            self._wants_gap |= self._is_paragraph(tag)
        elif tag == "a" or (self._is_marked and tag in _INLINE_MARKS):
            self._close(node)

    def whole(self) -> str:
        self._end_line()
        if self._is_bare:
            return " ".join(" ".join(self._lines).split())
        return "\n".join(self._lines).strip("\n")

    # -- blocks ----------------------------------------------------------------------------------------

    def _is_paragraph(self, tag: str) -> bool:
        """Lists within lists stay together."""
        return tag in _PARAGRAPHS and not (tag in ("ul", "ol") and self._lists)

    def _begin_block(self, tag: str, node: LexborNode) -> None:
        if tag == "pre" and not self._tables:
            self._depth_of_pre += 1
            self._put("```")
        elif tag == "table":
            self._tables.append([])
        elif tag in ("ul", "ol"):
            self._lists.append(_number(node.attributes.get("start")) if tag == "ol" else None)
        elif tag == "li":
            self._indent(self._bullet())
        elif tag == "blockquote":
            self._indents.append(_Indent("> ", "> ") if self._is_marked else _Indent("", ""))
        elif tag == "hr":
            self._put("---")
        elif self._is_marked and _HEADING.fullmatch(tag):
            self._indents.append(_Indent("#" * int(tag[1]) + " ", ""))

    def _end_block(self, tag: str) -> None:
        if tag == "pre" and not self._tables:
            self._end_pre()
        elif tag == "table" and self._tables:
            self._end_table()
        else:
            self._end_line()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag in ("li", "blockquote") or (self._is_marked and _HEADING.fullmatch(tag)):
            self._indents.pop()

    def _bullet(self) -> str:
        if self._is_bare:
            return ""
        if not self._lists or self._lists[-1] is None:
            return "- "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "

    def _indent(self, first: str) -> None:
        self._indents.append(_Indent(first, " " * len(first)))

    def _end_pre(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._line += 1
        self._depth_of_pre -= 1
        for line in text.strip("\n").split("\n"):
            self._append(line)
        self._put("```")

    def _put(self, mark: str) -> None:
        if self._is_marked:
            self._append(mark)

    # -- tables ----------------------------------------------------------------------------------------

    def _enter_table_part(self, tag: str) -> None:
        rows = self._tables[-1]
        if tag == "tr" or not rows:
            rows.append(_Row())
        if tag != "tr":
            self._open.append(_Open("", self._line, len(self._pieces)))

    def _leave_table_part(self, tag: str) -> None:
        if tag == "tr":
            return
        begun = self._open.pop()
        text = "".join(self._pieces[begun.place :]) if begun.line == self._line else ""
        if begun.line == self._line:
            del self._pieces[begun.place :]
        self._tables[-1][-1].cells.append(" ".join(text.split()))

    def _end_table(self) -> None:
        rows = self._tables.pop()
        if self._tables:  # within a cell of another table: its words are words of that cell
            self._pieces.append(" ".join(cell for row in rows for cell in row.cells))
            return
        self._end_line()
        for place, row in enumerate(rows):
            self._append(self._row_text(row.cells))
            if place == 0 and self._is_marked:
                self._append(self._row_text(["---"] * len(row.cells)))

    def _row_text(self, cells: list[str]) -> str:
        if self._is_marked:
            return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        return "\t".join(cells)

    # -- lines -----------------------------------------------------------------------------------------

    def _break(self) -> None:
        if self._depth_of_pre or self._tables:
            self._pieces.append("\n" if self._depth_of_pre else " ")
        else:
            self._end_line()

    def _end_line(self) -> None:
        if self._tables or self._depth_of_pre:
            self._pieces.append("\n" if self._depth_of_pre else " ")
            return
        text = _SPACE.sub(" ", "".join(self._pieces)).strip()
        self._pieces.clear()
        self._line += 1
        if text:
            self._append(text)

    def _append(self, text: str) -> None:
        indents = self._indents[-_DEEPEST_INDENT:]
        if self._wants_gap and self._lines:
            self._lines.append("".join(indent.rest for indent in indents if indent.is_begun).rstrip())
        self._wants_gap = False
        self._lines.append(("".join(indent.take() for indent in indents) + text).rstrip())

    # -- inline ----------------------------------------------------------------------------------------

    def _show_image(self, node: LexborNode) -> None:
        attributes = node.attributes
        alt = _SPACE.sub(" ", attributes.get("alt") or "").strip()
        source = attributes.get("src") or ""
        if self._is_marked and self._with_links and source and not source.startswith("data:"):
            self._pieces.append(f"![{alt}]({self._address(source)})")
        elif alt:
            self._pieces.append(alt)

    def _close(self, node: LexborNode) -> None:
        """Put the marks where the words are: white space stays outside."""
        begun = self._open.pop()
        if begun.line != self._line:
            return
        href = node.attributes.get("href") or "" if node.tag == "a" and self._with_links else ""
        if not begun.mark and not href:
            return
        text = "".join(self._pieces[begun.place :])
        words = text.strip()
        if not words or self._depth_of_pre:
            return
        del self._pieces[begun.place :]
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        self._pieces.append(before + self._marked(words, begun.mark, href) + after)

    def _marked(self, words: str, mark: str, href: str) -> str:
        if mark:
            return f"{mark}{words}{mark}"
        address = self._address(href)
        return f"[{words}]({address})" if self._is_marked else f"{words} ({address})"

    def _address(self, href: str) -> str:
        return absolute(href, self._base_url).replace(" ", "%20")


def absolute(href: str, base_url: str) -> str:
    """The whole address that a link means; as it is written where it cannot be completed."""
    try:
        return urljoin(base_url, href.strip()) if base_url else href.strip()
    except ValueError:
        return href.strip()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1
