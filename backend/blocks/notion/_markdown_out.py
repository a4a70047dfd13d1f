"""Blocks of Notion to Markdown. Pure.

What Markdown has no form for is left out (colours, tables of contents) or becomes its nearest: a callout is a quote,
a toggle a list item, a page or a file a link. Columns come one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from backend.blocks.notion._blocks import children_of, inner_of, kind_of
from backend.blocks.notion._ids import address_of
from backend.blocks.notion._languages import fence_of
from backend.blocks.notion._rich_text import Run, plain, runs_of
from backend.data.json_parts import text_at
from backend.data.json_types import as_list
from backend.data.model import JsonObject

_BULLETS = frozenset({"bulleted_list_item", "to_do", "toggle"})
_SILENT = frozenset({"table_of_contents", "breadcrumb", "unsupported"})
_SIGNS = (("bold", "**"), ("italic", "*"), ("strikethrough", "~~"))
_SPECIAL = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|&(?=#?\w+;)")
_LINE_START = re.compile(
    r"^(?=(?:#{1,6}|[-+])(?:[ \t]|$)|>|-{2,}|=+[ \t]*$|~{3}|[-:|][-:| \t]*$)", re.MULTILINE
)
_NUMBER_START = re.compile(r"^(\d{1,9})([.)])(?=[ \t]|$)", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_TICKS = re.compile(r"`+")


def markdown_of(blocks: Sequence[JsonObject]) -> str:
    """The blocks with their nested `children`; ends without a line break."""
    text = ""
    number = 0
    before = ""
    for one in blocks:
        kind = kind_of(one)
        number = number + 1 if kind == "numbered_list_item" else 0
        made = _one(one, number)
        if made:
            text += ("" if not text else "\n" if _is_one_list(before, kind) else "\n\n") + made
            before = kind
    return text


def text_of(runs: Sequence[Run]) -> str:
    """Inline Markdown. Line breaks stay; what would be read as Markdown is escaped."""
    linked = groupby(runs, key=lambda run: run.link)
    line = "".join(_linked(list(group), link) for link, group in linked)
    line = _INDENT.sub("", line)
    return _NUMBER_START.sub(r"\1\\\2", _LINE_START.sub(r"\\", line))


def _is_one_list(before: str, kind: str) -> bool:
    return (before in _BULLETS and kind in _BULLETS) or before == kind == "numbered_list_item"


def _one(one: JsonObject, number: int) -> str:
    kind = kind_of(one)
    if kind in _SILENT:
        return ""
    if kind == "numbered_list_item":
        return _item(one, f"{number}. ")
    return _KINDS.get(kind, _plain_block)(one)


def _linked(runs: list[Run], link: str) -> str:
    inner = _signed(runs, _SIGNS)
    if not link or not inner.strip():
        return inner
    address = re.sub(r"[<>\s]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), link)
    return f"[{inner}]({f'<{address}>' if '(' in address or ')' in address else address})"


def _signed(runs: list[Run], signs: Sequence[tuple[str, str]]) -> str:
    """Text with its marks, the outer ones around all neighbours that have them."""
    if not signs:
        return "".join(_literal(run) for run in runs)
    (mark, sign), inner_signs = signs[0], signs[1:]
    text = ""
    for is_marked, group in groupby(runs, key=lambda run: mark in run.marks):
        inner = _signed(list(group), inner_signs)
        text += _around(sign, inner) if is_marked else inner
    return text


def _around(sign: str, text: str) -> str:
    """Signs stand at words: blanks go outside."""
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    return f"{text[:start]}{sign}{core}{sign}{text[start + len(core) :]}"


def _literal(run: Run) -> str:
    if "equation" in run.marks:
        return run.text
    if "code" not in run.marks:
        return _SPECIAL.sub(lambda found: "\\" + found[0], run.text)
    ticks = "`" * (_longest_ticks(run.text) + 1)
    text = run.text.replace("\n", " ")
    needs_room = text[:1] in ("`", " ") or text[-1:] in ("`", " ")
    return f"{ticks} {text} {ticks}" if needs_room and text.strip() else f"{ticks}{text}{ticks}"


def _longest_ticks(text: str) -> int:
    return max((len(found) for found in _TICKS.findall(text)), default=0)


def _inline(one: JsonObject) -> str:
    return text_of(runs_of(inner_of(one).get("rich_text")))


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line if line else "" for line in text.split("\n"))


def _with_children(one: JsonObject, text: str) -> str:
    return "\n\n".join(part for part in (text, markdown_of(children_of(one))) if part)


def _plain_block(one: JsonObject) -> str:
    """A paragraph, and every kind that has nothing but text and children."""
    return _with_children(one, _inline(one))


def _heading(one: JsonObject) -> str:
    text = _inline(one).replace("\n", " ").strip()
    sign = "#" * int(kind_of(one)[-1])
    return _with_children(one, f"{sign} {text}" if text else "")


def _item(one: JsonObject, sign: str) -> str:
    room = " " * (2 if sign.startswith("-") else len(sign))
    text = (sign + _indented(_inline(one), room).lstrip(" ")).rstrip(" ")
    children = children_of(one)
    if not children:
        return text
    is_list = kind_of(children[0]) in _BULLETS or kind_of(children[0]) == "numbered_list_item"
    return text + ("\n" if is_list else "\n\n") + _indented(markdown_of(children), room)


def _bullet(one: JsonObject) -> str:
    return _item(one, "- ")


def _to_do(one: JsonObject) -> str:
    return _item(one, "- [x] " if inner_of(one).get("checked") is True else "- [ ] ")


def _quote(one: JsonObject) -> str:
    return _quoted(_with_children(one, _inline(one)))


def _callout(one: JsonObject) -> str:
    icon = text_at(inner_of(one), "icon", "emoji")
    return _quoted(_with_children(one, f"{icon} {_inline(one)}".strip()))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _code(one: JsonObject) -> str:
    text = plain(inner_of(one).get("rich_text"))
    fence = "`" * max(3, _longest_ticks(text) + 1)
    return f"{fence}{fence_of(text_at(inner_of(one), 'language'))}\n{text}\n{fence}"


def _divider(one: JsonObject) -> str:
    return "---"


def _equation(one: JsonObject) -> str:
    return f"$$\n{text_at(inner_of(one), 'expression')}\n$$"


def _table(one: JsonObject) -> str:
    """The first row is the head, as Markdown knows no table without one."""
    rows = [_row(row) for row in children_of(one)]
    if not rows:
        return ""
    return "\n".join([rows[0], "|" + " --- |" * len(_cells(children_of(one)[0])), *rows[1:]])


def _row(row: JsonObject) -> str:
    return "| " + " | ".join(_cells(row)) + " |"


def _cells(row: JsonObject) -> list[str]:
    texts = [text_of(runs_of(cell)) for cell in as_list(inner_of(row).get("cells")) or []]
    return [text.replace("|", "\\|").replace("\n", " ") for text in texts]


def _image(one: JsonObject) -> str:
    link = _link(one)
    return f"!{link}" if link else ""


def _link(one: JsonObject) -> str:
    """A file, a bookmark, an embedded page: its caption or name, and where it is."""
    inner = inner_of(one)
    url = text_at(inner, "url") or text_at(inner, text_at(inner, "type"), "url")
    if not url:
        return ""
    said = plain(inner.get("caption")) or text_at(inner, "name")
    return text_of([Run(said or url, link=url)]) if said or kind_of(one) != "image" else f"[]({url})"


def _child(one: JsonObject) -> str:
    title = text_at(inner_of(one), "title") or "Untitled"
    return text_of([Run(title, link=address_of(text_at(one, "id")))])


def _link_to_page(one: JsonObject) -> str:
    inner = inner_of(one)
    return text_of([Run("Page", link=address_of(text_at(inner, text_at(inner, "type"))))])


_KINDS: dict[str, Callable[[JsonObject], str]] = {
    "heading_1": _heading,
    "heading_2": _heading,
    "heading_3": _heading,
    "heading_4": _heading,
    "bulleted_list_item": _bullet,
    "toggle": _bullet,
    "to_do": _to_do,
    "quote": _quote,
    "callout": _callout,
    "code": _code,
    "divider": _divider,
    "equation": _equation,
    "table": _table,
    "image": _image,
    "video": _link,
    "audio": _link,
    "file": _link,
    "pdf": _link,
    "bookmark": _link,
    "embed": _link,
    "link_preview": _link,
    "child_page": _child,
    "child_database": _child,
    "link_to_page": _link_to_page,
}
