"""XML that would expand, reach out, or take long to read."""

from __future__ import annotations

from tests.torture.bombs.bomb import Bomb

BLOCK = "XMLParserBlock"


def _xml(name: str, text: str, says: str | None) -> Bomb:
    return Bomb(f"xml: {name}", BLOCK, lambda: {"input_xml": text}, says)


def _made(name: str, begin: str, part: str, times: int, end: str, says: str | None) -> Bomb:
    return Bomb(f"xml: {name}", BLOCK, lambda: {"input_xml": begin + part * times + end}, says)


def _numbered(name: str, begin: str, part: str, times: int, end: str, says: str | None) -> Bomb:
    """`part` with a number in it."""
    make = lambda: {"input_xml": begin + "".join(part.format(n) for n in range(times)) + end}  # noqa: E731
    return Bomb(f"xml: {name}", BLOCK, make, says)


_LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
_BIG = "x" * 100_000

BOMBS: list[Bomb] = [
    _xml("billion laughs", f'<!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]><a>&l9;</a>', "DOCTYPE"),
    _xml("quadratic blow-up", f'<!DOCTYPE a [<!ENTITY b "{_BIG}">]><a>{"&b;" * 50_000}</a>', "DOCTYPE"),
    _xml("entity of a file", '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>', "DOCTYPE"),
    _xml(
        "entity of an address", '<!DOCTYPE a [<!ENTITY f SYSTEM "http://127.0.0.1:1/">]><a>&f;</a>', "DOCTYPE"
    ),
    _xml("external document type", '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>', "DOCTYPE"),
    _xml(
        "public document type", '<!DOCTYPE a PUBLIC "-//A//B//EN" "http://127.0.0.1:1/a.dtd"><a/>', "DOCTYPE"
    ),
    _xml("parameter entity", '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>', "DOCTYPE"),
    _xml("entity of itself", '<!DOCTYPE a [<!ENTITY e "&e;">]><a>&e;</a>', "DOCTYPE"),
    _xml("attributes by default", '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>', "DOCTYPE"),
    _xml("document type behind comments", "<!-- -->" * 10_000 + "<!DOCTYPE a []><a/>", "DOCTYPE"),
    _xml("entity that nobody declared", "<a>&boom;</a>", "entity"),
    _xml("another encoding declared", '<?xml version="1.0" encoding="utf-7"?><a>+ADw-b+AD4-</a>', None),
    _xml("utf-7 for markup", "+ADwAIQ-DOCTYPE a+AD4-", "line 1"),
    _xml("utf-16 read as latin-1", "<!DOCTYPE a><a/>".encode("utf-16").decode("latin-1"), "line 1"),
    _xml("half a surrogate pair", "<a>&#xD800;</a>", "line 1"),
    _xml("external stylesheet", '<?xml-stylesheet href="http://127.0.0.1:1/"?><a/>', None),
    _made("deep nesting", "<a>" * 100_000, "</a>", 100_000, "", "100 deep"),
    _made("deep nesting without an end", "", "<a>", 100_000, "", "no element found"),
    _made("a flood of elements", "<a>", "<b/>", 2_500_000, "</a>", "300,000"),
    _made("many elements", "<a>", "<b/>", 100_000, "</a>", None),
    _numbered("many names", "<a>", "<n{}/>", 40_000, "</a>", None),
    _numbered("many attributes", "<a", ' n{}="1"', 60_000, "/>", None),
    _numbered("a flood of attributes", "<a", ' n{}="1"', 800_000, "/>", "300,000"),
    _numbered("many namespaces", "<a", ' xmlns:n{}="urn:x"', 60_000, "/>", None),
    _made("the same attribute again and again", "<a", ' b="1"', 290_000, "/>", "duplicate attribute"),
    _made("a huge name", "<", "a", 10_000_000, "/>", None),
    _made("a huge attribute", '<a b="', "&#65;", 2_000_000, '"/>', None),
    _made("a huge comment", "<a><!--", "x", 10_000_000, "--></a>", None),
    _made("a comment without an end", "<a><!--", "x", 10_000_000, "", "unclosed token"),
    _made("a flood of comments", "<a>", "<!---->", 1_400_000, "</a>", "300,000"),
    _made("a flood of instructions", "<a>", "<?b?>", 299_000, "</a>", None),
    _made("a flood of CDATA", "<a>", "<![CDATA[x]]>", 299_000, "</a>", None),
    _made("a flood of references", "<a>", "&amp;", 2_000_000, "</a>", None),
    _made("a flood of line breaks", "<a>", "\r\n", 5_000_000, "</a>", None),
    _made("too long", "<a>", "x", 10_485_760, "</a>", "10,485,760"),
]
