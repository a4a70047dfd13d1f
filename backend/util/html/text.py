"""What an HTML tree says, as plain text or as Markdown. Nothing is left out but what nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from backend.util.html.lines import Lines, Style

_UNSEEN = frozenset({
    "audio", "canvas", "datalist", "embed", "head", "iframe", "math", "noscript", "object", "script", "style",
    "svg", "template", "title", "video",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def parse_html(html: str) -> LexborHTMLParser:
    """The tree of any text: HTML has no syntax errors.

    Raises:
        MemoryError: it is too large.
    """
    try:
        return LexborHTMLParser(html)
    except SelectolaxError as error:
        raise MemoryError from error


def root_of(page: LexborHTMLParser) -> LexborNode:
    assert page.root is not None  # even of nothing the parser makes a page
    return page.root


def text_of(root: LexborNode, *, style: Style, with_links: bool = False, base_url: str = "") -> str:
    """The text within `root`, which itself is taken even where such elements are not seen.

    `with_links`: the address behind each link; relative ones are completed with `base_url`.
    """
    page = Lines(style, with_links, base_url)
    for node, is_end in _walk(root):
        if is_end:
            page.leave(node)
        elif node.is_text_node:
            page.say(node.text_content or "")
        else:
            page.enter(node)
    return page.whole()


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node seen, in order, and elements a second time at their end. No recursion: pages nest for ever."""
    stack: list[tuple[LexborNode, bool]] = [(root, False)]
    while stack:
        node, is_end = stack.pop()
        if is_end or node.is_text_node:
            yield node, is_end
            continue
        if node is not root and (not node.is_element_node or _is_unseen(node)):
            continue
        yield node, False
        stack.append((node, True))
        inner: list[tuple[LexborNode, bool]] = []
        child = node.first_child
        while child is not None:
            inner.append((child, False))
            child = child.next
        stack.extend(reversed(inner))


def _is_unseen(node: LexborNode) -> bool:
    if node.tag in _UNSEEN:
        return True
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None
