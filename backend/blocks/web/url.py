"""Take addresses apart and put them together, without going there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlencode, urlunsplit

from backend.blocks.web._url import MAX_CHARS, USUAL_PORTS, Query, port_of, query_of, split_url, too_long
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import converter
from backend.data.examples import says
from backend.data.json_types import is_list
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_HOST = re.compile(r"[^\s/?#@:\[\]\\%<>^|\"`{}]+|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?")
_IN_PATH = "/%:@!$&'()*+,;=~"
_IN_FRAGMENT = _IN_PATH + "?"
_LONGEST_PART = 255
_as_text = converter({"type": "string"})


class ParseUrlBlock(Block):
    """Take a URL apart: scheme, host, port, path, query and fragment. Nothing is fetched.

    A user name and a password in it are left out.
    """

    id = "246d3ba0-c48a-4b26-868a-38a1b31a1bb9"
    categories = {BlockCategory.TEXT, BlockCategory.DATA}
    icon = "link"
    pure = True

    class Input(BlockSchema):
        url: str = SchemaField(
            description="The URL, with its scheme", placeholder="https://example.com/search?q=tea"
        )

    class Output(BlockSchema):
        scheme: str = SchemaField(description="Such as https, in lower case")
        host: str = SchemaField(description="The name or the address, in lower case; IPv6 without brackets")
        port: int | None = SchemaField(
            description="As it is written, else what its scheme usually has; null for other schemes"
        )
        path: str = SchemaField(description="As it is written, such as /a%20b")
        query: Query = SchemaField(description="Its parameters; a list where one comes several times")
        fragment: str = SchemaField(description="What follows #")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"url": "https://Example.com:8443/tea/green?q=gr%C3%BCn&tag=a&tag=b&empty=#top"},
        {"url": "http://example.com"},
        {"url": " https://[2001:db8::1]/ä?x=😀 "},
        {"url": "https://ada:secret@example.com/?a+b=c%26d"},
        {"url": "geo://here/?a"},
        {"url": "https://example.com/?" + "&".join(f"k{n}=v" for n in range(900))},
        {"url": "example.com/tea"},
        {"url": ""},
        {"url": "https:///tea"},
        {"url": "https://example.com:port/"},
        {"url": "https://[::1/"},
        {"url": "https://example.com/" + "a" * MAX_CHARS},
        {"url": None},
    ]
    test_output = [
        [
            ("scheme", "https"),
            ("host", "example.com"),
            ("port", 8443),
            ("path", "/tea/green"),
            ("query", {"q": "grün", "tag": ["a", "b"], "empty": ""}),
            ("fragment", "top"),
        ],
        [
            ("scheme", "http"),
            ("host", "example.com"),
            ("port", 80),
            ("path", ""),
            ("query", {}),
            ("fragment", ""),
        ],
        [
            ("scheme", "https"),
            ("host", "2001:db8::1"),
            ("port", 443),
            ("path", "/ä"),
            ("query", {"x": "😀"}),
            ("fragment", ""),
        ],
        [
            ("scheme", "https"),
            ("host", "example.com"),
            ("port", 443),
            ("path", "/"),
            ("query", {"a b": "c&d"}),
            ("fragment", ""),
        ],
        [
            ("scheme", "geo"),
            ("host", "here"),
            ("port", None),
            ("path", "/"),
            ("query", {"a": ""}),
            ("fragment", ""),
        ],
        [
            ("scheme", "https"),
            ("host", "example.com"),
            ("port", 443),
            ("path", "/"),
            ("query", {f"k{n}": "v" for n in range(900)}),
            ("fragment", ""),
        ],
        [("error", says("scheme"))],
        [("error", says("scheme"))],
        [("error", says("host"))],
        [("error", says("port"))],
        [("error", says("cannot be read"))],
        [("error", says("10,000"))],
        [("error", says("url"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        parts = split_url(input_data.url)
        port = port_of(parts)
        yield "scheme", parts.scheme
        yield "host", parts.hostname or ""
        yield "port", USUAL_PORTS.get(parts.scheme) if port is None else port
        yield "path", parts.path
        yield "query", query_of(parts)
        yield "fragment", unquote(parts.fragment)


class BuildUrlBlock(Block):
    """Put a URL together from its parts, or change and add parts of one. Nothing is fetched."""

    id = "be60e3fa-2294-4dad-abdd-8cebe24c3aee"
    categories = {BlockCategory.TEXT, BlockCategory.DATA}
    icon = "link-2"
    pure = True

    class Input(BlockSchema):
        url: str = SchemaField(
            default="",
            description="A URL to begin with; what else is given takes the place of its parts",
            placeholder="https://example.com/search",
        )
        scheme: str = SchemaField(default="", description="Such as http; https where nothing says else")
        host: str = SchemaField(default="", description="The name or the address", placeholder="example.com")
        port: int | None = SchemaField(
            default=None, ge=1, le=65535, description="Left out where the scheme has it anyway"
        )
        path: str = SchemaField(
            default="", description="What URLs cannot hold is encoded; a % stays", placeholder="/search"
        )
        query: JsonObject = SchemaField(
            default_factory=JsonObject,
            description="Parameters: each takes the place of one with its name, or is added; a list repeats it, null removes it",
        )
        fragment: str = SchemaField(default="", description="What follows #")

    class Output(BlockSchema):
        url: str = SchemaField(description="The URL")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"host": "example.com", "path": "search", "query": {"q": "grüner Tee", "tag": ["a", "b"]}},
        {"url": "https://example.com/a?x=1&y=2#top", "query": {"x": "3", "z": True, "y": None}},
        {
            "url": "https://example.com/a",
            "scheme": "http",
            "port": 8080,
            "path": "/b c/%20/ü",
            "fragment": "é",
        },
        {"host": "2001:db8::1", "scheme": "HTTP", "port": 80},
        {"host": "bücher.example", "query": {"n": 1.5, "o": {"a": 1}, "😀": ""}},
        {"url": "https://ada:secret@example.com:444/"},
        {},
        {"host": "example.com/evil"},
        {"host": "ada@example.com"},
        {"host": "example.com", "scheme": "ht tp"},
        {"host": "example.com", "port": 0},
        {"host": "example.com", "port": "http"},
        {"url": "no url"},
        {"host": "example.com", "query": {"a": "x" * MAX_CHARS}},
        {"host": "example.com", "query": "a"},
    ]
    test_output = [
        [("url", "https://example.com/search?q=gr%C3%BCner+Tee&tag=a&tag=b")],
        [("url", "https://example.com/a?x=3&z=true#top")],
        [("url", "http://example.com:8080/b%20c/%20/%C3%BC#%C3%A9")],
        [("url", "http://[2001:db8::1]")],
        [("url", "https://bücher.example?n=1.5&o=%7B%22a%22%3A+1%7D&%F0%9F%98%80=")],
        [("url", "https://example.com:444/")],
        [("error", says("host"))],
        [("error", says("example.com/evil"))],
        [("error", says("ada@example.com"))],
        [("error", says("ht tp"))],
        [("error", says("port"))],
        [("error", says("port"))],
        [("error", says("scheme"))],
        [("error", says("10,000"))],
        [("error", says("query"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        begun = split_url(input_data.url) if input_data.url else SplitResult("https", "", "", "", "")
        if len(input_data.path) + len(input_data.fragment) > MAX_CHARS:
            raise too_long(len(input_data.path) + len(input_data.fragment))
        scheme = _checked(_SCHEME, input_data.scheme or begun.scheme, "scheme").lower()
        path = input_data.path or begun.path
        url = urlunsplit(
            (
                scheme,
                _authority(input_data, begun, scheme),
                quote(path if path[:1] in ("/", "") else f"/{path}", safe=_IN_PATH),
                urlencode(_merged(query_of(begun), input_data.query)),
                quote(input_data.fragment or unquote(begun.fragment), safe=_IN_FRAGMENT),
            )
        )
        if len(url) > MAX_CHARS:
            raise too_long(len(url))
        yield "url", url


def _authority(given: BuildUrlBlock.Input, begun: SplitResult, scheme: str) -> str:
    host = (given.host or begun.hostname or "").strip()
    if not host:
        raise BlockError("There is no host. Give one, or a URL to begin with.")
    host = _checked(_HOST, host, "host").strip("[]")
    port = (None if given.host else port_of(begun)) if given.port is None else given.port
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None or port == USUAL_PORTS.get(scheme) else f"{shown}:{port}"


def _checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    if len(text) > _LONGEST_PART or not pattern.fullmatch(text):
        raise BlockError(f"{text[:100]!r} cannot be the {what} of a URL. Correct it.")
    return text


def _merged(begun: Query, given: JsonObject) -> list[tuple[str, str]]:
    """Names and texts, in order. Ends as soon as they are too long for a URL."""
    merged: JsonObject = {**begun, **given}
    pairs: list[tuple[str, str]] = []
    chars = 0
    for name, value in merged.items():
        for one in value if is_list(value) else [value]:
            if one is None:
                continue
            pairs.append((name, _as_text(one)))
            chars += len(name) + len(pairs[-1][1]) + 2
            if chars > MAX_CHARS:
                raise too_long(chars)
    return pairs
