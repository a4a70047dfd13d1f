"""HTML, selectors, pages and feeds that would take a lot of time or memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb

_STOPPED = "was stopped"
_NODES = "<div><p><b>x</b></p></div>" * 20_000
_DEEP_NODES = "<div>" * 300 + "<i>x</i>" * 20_000


def _text(name: str, make: Callable[[], str], says: str | None = _STOPPED, **more: object) -> Bomb:
    return Bomb(f"HTML to text: {name}", "HtmlToTextBlock", lambda: {"html": make(), **more}, says)


def _find(name: str, html: Callable[[], str], selector: str, says: str | None = _STOPPED) -> Bomb:
    def make() -> JsonObject:
        return {"html": html(), "fields": {"a": {"selector": selector, "all": True}}}

    return Bomb(f"selector: {name}", "ExtractFromHtmlBlock", make, says)


def _rows(name: str, html: Callable[[], str], rows: str, fields: JsonObject, says: str | None) -> Bomb:
    return Bomb(
        f"rows: {name}",
        "ExtractFromHtmlBlock",
        lambda: {"html": html(), "rows": rows, "fields": fields},
        says,
    )


BOMBS: list[Bomb] = [
    _text("a million tags deep", lambda: "<div>" * 1_000_000),
    _text("a million lists deep", lambda: "<ul><li>" * 500_000),
    _text("a million unclosed inline elements", lambda: "<b>x" * 1_000_000),
    _text(
        "unclosed formatting that every paragraph opens again",
        lambda: "<b><i><u><s><a>" * 300 + "<p>x" * 300_000,
    ),
    _text("10 MB of attributes", lambda: "<p " + " ".join(f"a{n}=b" for n in range(900_000)) + ">x"),
    _text("one attribute of 9 MB", lambda: f"<a href='{'x' * 9_000_000}'>x</a>"),
    _text(
        "100,000 entities that are two characters each",
        lambda: "&CounterClockwiseContourIntegral;" * 100_000,
        says=None,
    ),
    _text("quotations within quotations", lambda: "<blockquote><p>x</p>" * 20_000),
    _text("a table of a million cells", lambda: "<table>" + "<tr>" + "<td>x" * 1_000_000),
    _text("tables within tables", lambda: "<table><tr><td>x" * 30_000),
    _text("text outside of its table", lambda: "<table>" + "x<b>" * 200_000),
    _text("half of a comment", lambda: "<!--" + "-!>" * 3_000_000, says=None),
    _text(
        "links that each repeat a long base",
        lambda: "<a href=x>y</a>" * 50_000,
        base_url="https://e.com/" + "a/" * 5000,
    ),
    _find("five times everything", lambda: "<div>" * 2000 + "<i>x</i>" * 20_000, "* * * * * * * *"),
    _find(
        ":has within :has", lambda: _NODES, "div:has(p:has(b:has(+ i), ~ i)) :has(:has(:has(*)))", says=None
    ),
    _find(
        "floods of :nth-child",
        lambda: "<ul>" + "<li>x" * 60_000,
        "li:nth-child(2n+1):nth-last-child(3n):nth-of-type(5n)",
    ),
    _find(":not floods", lambda: _DEEP_NODES, ":not(" * 50 + "* * * *" + ")" * 50),
    _find("siblings of siblings", lambda: "<i>x</i>" * 8_000, "i ~ i ~ i ~ i ~ i", says=None),
    _find("a selector of 500 KB", lambda: "<b>x</b>", "b " * 250_000, says=None),
    _find("a selector nested for ever", lambda: "<b>x</b>", ":is(" * 200_000, "selector"),
    _rows(
        "everything within everything",
        lambda: "<div>x" * 3000,
        "div",
        {"a": "*", "b": {"html": True}},
        _STOPPED,
    ),
]


@dataclass(frozen=True, slots=True)
class Served:
    """A bomb that a server holds. `pin` of the block gets its address; `says` as in `Bomb`."""

    name: str
    block: str
    pin: str
    kind: str
    make: Callable[[], bytes]
    says: str | None


def _page(name: str, make: Callable[[], str], says: str | None = _STOPPED) -> Served:
    return Served(f"page: {name}", "ReadWebPageBlock", "url", "text/html", lambda: make().encode(), says)


def _feed(name: str, make: Callable[[], str], says: str | None = _STOPPED) -> Served:
    return Served(
        f"feed: {name}", "ReadRSSFeedBlock", "rss_url", "application/xml", lambda: make().encode(), says
    )


def _rss(inside: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel>{inside}</channel></rss>'


def _laughs() -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _rss("<item><title>&l9;</title></item>", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{lines}]>')


def _quadratic() -> str:
    return _rss(
        f"<item><title>{'&a;' * 50_000}</title></item>", f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
    )


_CROWDS: dict[str, Callable[[], bytes]] = {
    "three million lists": lambda: b"[" + b"[]," * 3_400_000 + b"0]",
    "a million objects": lambda: b"[" + b'{"a":[]},' * 1_100_000 + b"0]",
    "a million keys": lambda: b"{" + b",".join(b'"%x":0' % n for n in range(1_000_000)) + b"}",
    "five million texts": lambda: b'["' + b'",' * 5_000_000 + b'"]',
}

SERVED: list[Served] = [
    _page("a million tags deep", lambda: "<div>" * 1_000_000),
    _page("a million paragraphs", lambda: "<article>" + "<p>word word, word." * 500_000),
    _page("a million links", lambda: "<a href=x>y</a>" * 500_000),
    _page("tables within tables", lambda: "<table><tr><td>x" * 100_000),
    _page("a page of dates", lambda: "<p>1 January 2020, 2020-01-01 " * 200_000),
    _page(
        "10 MB of one JSON-LD",
        lambda: f"<script type='application/ld+json'>{'[' * 9_000_000}</script><p>x",
        None,
    ),
    Served(
        "page: a charset that takes the square of the length",
        "ReadWebPageBlock",
        "url",
        "text/html; charset=punycode",
        lambda: b"a" * 200_000 + b"-" + b"b" * 200_000,
        None,
    ),
    Served(
        "page: a charset that its own meta names",
        "ReadWebPageBlock",
        "url",
        "text/html",
        lambda: b"<meta charset=punycode>" + b"a" * 200_000 + b"-" + b"b" * 200_000,
        None,
    ),
    Served(
        "text: a charset that takes the square of the length",
        "SendWebRequestBlock",
        "url",
        "text/plain; charset=punycode",
        lambda: b"a" * 200_000 + b"-" + b"b" * 200_000,
        None,
    ),
    *(
        Served(f"JSON: {name}", block, "url", "application/json", make, None)
        for block in ("SendWebRequestBlock", "HttpRequestBlock")
        for name, make in _CROWDS.items()
    ),
    _feed("a billion laughs", _laughs),
    _feed("one long entity many times", _quadratic, None),
    _feed("a million entries", lambda: _rss("<item/>" * 1_000_000)),
    _feed(
        "entries with a megabyte together", lambda: _rss(f"<item><title>{'x' * 50_000}</title></item>" * 60)
    ),
    _feed("a million tags deep", lambda: _rss("<item>" + "<a>" * 1_000_000)),
    _feed(
        "a million attributes", lambda: _rss("<item " + " ".join(f"a{n}='b'" for n in range(500_000)) + "/>")
    ),
    _feed("a million name spaces", lambda: _rss("".join(f"<a xmlns:n{n}='u{n}'>" for n in range(200_000)))),
    _feed("two million broken tags", lambda: _rss("<item>" + "<" * 2_000_000)),
    _feed("a million half entities", lambda: _rss("<item><title>" + "&#" * 1_000_000)),
    _feed("a title of endless mark-up", lambda: _rss("<item><description>" + "&lt;b&gt;" * 500_000)),
]
