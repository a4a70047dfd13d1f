"""Reads HTML that strangers wrote: `{"html", "base_url"}` with `style` becomes a text, with `fields` the values found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded, Refused
from backend.util.html.lines import absolute
from backend.util.html.text import parse_html, root_of, text_of

_ADDRESSES = frozenset({"action", "cite", "data", "formaction", "href", "poster", "src"})
_RAW = frozenset({"script", "style", "template", "textarea", "title"})


def answer(request: dict[str, Any]) -> Any:
    """The text; or an object of the fields, a list of them where `rows` says what a row is."""
    page = parse_html(request["html"])
    if "fields" not in request:
        return _whole_text(page, request)
    fields, rows = request["fields"], request["rows"]
    whole = root_of(page)
    finder = _Finder(request["base_url"])
    if rows:
        return [finder.fields_of(row, fields) for row in _found(whole, rows, "rows")]
    return finder.fields_of(whole, fields)


def _whole_text(page: LexborHTMLParser, request: dict[str, Any]) -> str:
    text = text_of(
        root_of(page), style=request["style"], with_links=request["with_links"], base_url=request["base_url"]
    )
    return _bounded(text, 0)


def _found(within: LexborNode, selector: str, name: str) -> list[LexborNode]:
    """The elements that a selector means, in the order of the page."""
    try:
        return within.css(selector)
    except SelectolaxError:
        raise Refused(
            f"{name}: {selector[:100]!r} is no CSS selector that can be used. Write one like 'h1', '.price' or "
            "'table tr > td:nth-child(2)'."
        ) from None


class _Finder:
    """Takes values out of elements, and counts what it takes."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._taken = 0

    def fields_of(self, within: LexborNode, fields: list[dict[str, Any]]) -> dict[str, Any]:
        return {field["name"]: self._value(within, field) for field in fields}

    def _value(self, within: LexborNode, field: dict[str, Any]) -> Any:
        selector = field["selector"]
        nodes = _found(within, selector, field["name"]) if selector else [within]
        values = self._values(nodes, field)
        return list(values) if field["all"] else next(values, None)

    def _values(self, nodes: list[LexborNode], field: dict[str, Any]) -> Iterator[str]:
        """One for each element that has what is asked for."""
        for node in nodes:
            value = self._one(node, field)
            if value is not None:
                _bounded(value, self._taken)
                self._taken += len(value) + 4
                yield value

    def _one(self, node: LexborNode, field: dict[str, Any]) -> str | None:
        if field["html"]:
            return node.html
        if not field["attribute"]:
            is_raw = node.tag in _RAW
            return (node.text() or "").strip() if is_raw else text_of(node, style="words")
        value = node.attributes.get(field["attribute"], _ABSENT)
        if value == _ABSENT:
            return None
        return absolute(value or "", self._base_url) if field["attribute"] in _ADDRESSES else value or ""


_ABSENT = "\x00absent"
"""No attribute can hold U+0000: the parser replaces it."""


def _bounded(text: str, taken: int) -> str:
    if len(text) + taken > MAX_OUTPUT_CHARS:
        raise Exceeded("output")
    return text
