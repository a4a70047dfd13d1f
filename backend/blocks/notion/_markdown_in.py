"""Markdown to blocks of Notion. Pure.

What Notion has no block for becomes text: headings below the third are of the third level, HTML is shown as it is
written. A line break stays one. Source: https://developers.notion.com/reference/block, https://spec.commonmark.org/0.31.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from backend.blocks.notion._blocks import block
from backend.blocks.notion._languages import language_of
from backend.blocks.notion._rich_text import MAX_PARTS, Run, can_link, joined, plain, rich, rich_of
from backend.data.model import JsonObject

MAX_CHARS = 100_000
"""Of a text at once: the longest that even contrived Markdown takes about a second for."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_BOX = re.compile(r"\[([ xX])\](?:\s+|$)")
_MARKS = {"strong": "bold", "em": "italic", "s": "strikethrough"}


def blocks_of(markdown: str) -> list[JsonObject]:
    """The blocks, nested in their `children`. Lists may be longer and deeper than one request may have them."""
    return _blocks(SyntaxTreeNode(_MARKDOWN.parse(markdown)).children)


def _blocks(nodes: list[SyntaxTreeNode]) -> list[JsonObject]:
    return [one for node in nodes for one in _KINDS.get(node.type, _paragraph)(node)]


def _paragraph(node: SyntaxTreeNode) -> list[JsonObject]:
    image = _only_image(node)
    return [_image(image)] if image is not None else _text_blocks("paragraph", _runs_in(node))


def _heading(node: SyntaxTreeNode) -> list[JsonObject]:
    return _text_blocks(f"heading_{min(int(node.tag[1:]), 3)}", _runs_in(node))


def _text_blocks(kind: str, runs: list[Run], **more: object) -> list[JsonObject]:
    """One block, and a paragraph for each hundred texts that are too many for it."""
    parts = rich(runs)
    rest = [
        block("paragraph", rich_text=parts[start : start + MAX_PARTS])
        for start in range(MAX_PARTS, len(parts), MAX_PARTS)
    ]
    return [block(kind, rich_text=parts[:MAX_PARTS], **more), *rest]


def _holding(kind: str, node: SyntaxTreeNode) -> list[JsonObject]:
    """A block whose text is its first paragraph, and whose children are all else."""
    first = node.children[0] if node.children else None
    has_text = first is not None and first.type == "paragraph" and _only_image(first) is None
    runs = _runs_in(first) if first is not None and has_text else []
    more: JsonObject = {}
    box = _BOX.match(runs[0].text) if runs and kind == "bulleted_list_item" else None
    if box is not None:
        kind, more = "to_do", {"checked": box[1] != " "}
        runs = [Run(runs[0].text[box.end() :], runs[0].marks, runs[0].link), *runs[1:]]
    made, *too_much = _text_blocks(kind, joined(runs), **more)
    children = [*too_much, *_blocks(node.children[1 if has_text else 0 :])]
    if children:
        made[kind]["children"] = children
    return [made]


def _bulleted(node: SyntaxTreeNode) -> list[JsonObject]:
    return [one for item in node.children for one in _holding("bulleted_list_item", item)]


def _numbered(node: SyntaxTreeNode) -> list[JsonObject]:
    return [one for item in node.children for one in _holding("numbered_list_item", item)]


def _quote(node: SyntaxTreeNode) -> list[JsonObject]:
    return _holding("quote", node)


def _code(node: SyntaxTreeNode) -> list[JsonObject]:
    parts = rich_of(node.content.removesuffix("\n"))
    return [block("code", rich_text=parts[:MAX_PARTS], language=language_of(node.info))]


def _divider(node: SyntaxTreeNode) -> list[JsonObject]:
    return [block("divider")]


def _table(node: SyntaxTreeNode) -> list[JsonObject]:
    rows = [
        block("table_row", cells=[_cell(cell) for cell in row.children])
        for part in node.children
        for row in part.children
    ]
    width = len(rows[0]["table_row"]["cells"])
    return [
        block("table", table_width=width, has_column_header=True, has_row_header=False, children=rows),
    ]


def _cell(node: SyntaxTreeNode) -> list[JsonObject]:
    parts = rich(_runs_in(node))
    return parts if len(parts) <= MAX_PARTS else rich_of(plain(parts))


def _image(node: SyntaxTreeNode) -> JsonObject:
    caption = rich_of(_alt(node))
    url = str(node.attrs["src"])
    return block("image", type="external", external={"url": url}, **({"caption": caption} if caption else {}))


def _only_image(node: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """The image, where a paragraph is nothing else and Notion can show it."""
    inside = [part for inline in node.children for part in inline.children]
    if len(inside) != 1 or inside[0].type != "image":
        return None
    src = str(inside[0].attrs["src"])
    return inside[0] if src.startswith("http") and can_link(src) else None


def _runs_in(node: SyntaxTreeNode) -> list[Run]:
    """The text of a block that has an inline part."""
    return joined(run for inline in node.children for run in _runs(inline.children, frozenset(), ""))


def _runs(nodes: list[SyntaxTreeNode], marks: frozenset[str], link: str) -> Iterator[Run]:
    for node in nodes:
        if node.type in ("softbreak", "hardbreak"):
            yield Run("\n", marks, link)
        elif node.type == "code_inline":
            yield Run(node.content, marks | {"code"}, link)
        elif node.type == "image":
            yield Run(_alt(node) or str(node.attrs["src"]), marks, link or _link(node.attrs["src"]))
        elif node.type == "link":
            yield from _runs(node.children, marks, _link(node.attrs["href"]))
        elif node.type in _MARKS:
            yield from _runs(node.children, marks | {_MARKS[node.type]}, link)
        else:
            yield Run(node.content, marks, link)


def _link(url: object) -> str:
    """The address where Notion takes it; a relative one means nothing there."""
    return str(url) if can_link(str(url)) else ""


def _alt(image: SyntaxTreeNode) -> str:
    return "".join(run.text for run in _runs(image.children, frozenset(), ""))


_KINDS: dict[str, Callable[[SyntaxTreeNode], list[JsonObject]]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "bullet_list": _bulleted,
    "ordered_list": _numbered,
    "blockquote": _quote,
    "fence": _code,
    "code_block": _code,
    "hr": _divider,
    "table": _table,
}
