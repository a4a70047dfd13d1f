"""XML text to an object."""

from __future__ import annotations

from typing import Any

from backend.blocks.formats._limits import MIB, InThread, patience_s, refuse_long
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.errors import BlockError

MAX_CHARS = 10 * MIB
MAX_MARKS = 300_000
"""Elements (with comments and the like), and as many `=`: each attribute has one.

Measured: 1.5 s for 10 MB with 280,000 elements and 140,000 attributes.
"""
_LARGE_CHARS = 2 * MIB
"""So much is no bomb but much to read, and gets more time."""

_LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'


class XMLParserBlock(InThread, Block):
    """Read XML text as an object by tag name.

    Attributes are keys that begin with `@`, text beside them is `#text`. A tag that is repeated becomes a list.
    """

    id = "286380af-9529-4b55-8be0-1d7c854abdb5"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "code-xml"
    pure = True
    differences = (
        "Attributes are keys that begin with `@`, text beside them is `#text`, repeated tags become a list.",
        "A document type (`<!DOCTYPE …>`) is refused, and so are entities of one's own.",
        "More than 300,000 elements or attributes, or a nesting of more than 100 levels, are refused.",
    )

    class Input(BlockSchema):
        input_xml: str = SchemaField(description="The XML text, up to 10 MiB", format="long-text")

    class Output(BlockSchema):
        parsed_xml: JsonObject = SchemaField(description="What is in it; a tag without content is null")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "input_xml": '<order id="17"><item>Ink</item><item>Pen</item><to country="de">Größe 😀</to><note/></order>'
        },
        {"input_xml": "<a/>"},
        {"input_xml": "\ufeff  <?xml version='1.0' encoding='utf-16'?><a>é &amp; &#x1F600;</a>\n"},
        {"input_xml": "<?xml version='1.0' encoding='utf-16'?><a>é &amp; &#x1F600;</a>\n"},
        {"input_xml": '<s:a xmlns:s="urn:x">  <s:b><![CDATA[<1>]]></s:b> <!-- c --> </s:a>'},
        {"input_xml": "<a>one<b/>two</a>"},
        {"input_xml": "<a>" + "<b>x</b>" * 10_000 + "</a>"},
        {"input_xml": ""},
        {"input_xml": " \n"},
        {"input_xml": "<a>\n<b></a>"},
        {"input_xml": "<a/><b/>"},
        {"input_xml": "text <a/>"},
        {"input_xml": "<a>&nbsp;</a>"},
        {"input_xml": _LAUGHS},
        {"input_xml": "<a>" * 101 + "</a>" * 101},
        {"input_xml": "<a/>" * (MAX_MARKS + 1)},
        {"input_xml": {"a": 1}},
        {"input_xml": None},
    ]
    test_output = [
        [
            (
                "parsed_xml",
                {
                    "order": {
                        "@id": "17",
                        "item": ["Ink", "Pen"],
                        "to": {"@country": "de", "#text": "Größe 😀"},
                        "note": None,
                    }
                },
            )
        ],
        [("parsed_xml", {"a": None})],
        [("error", says("line 1"))],
        [("parsed_xml", {"a": "é & 😀"})],
        [("parsed_xml", {"s:a": {"@xmlns:s": "urn:x", "s:b": "<1>"}})],
        [("parsed_xml", {"a": {"b": None, "#text": "onetwo"}})],
        [("parsed_xml", {"a": {"b": ["x"] * 10_000}})],
        [("error", says("empty"))],
        [("error", says("empty"))],
        [("error", says("mismatched tag", "line 2"))],
        [("error", says("line 1, column 5"))],
        [("error", says("line 1"))],
        [("error", says("entity", "line 1"))],
        [("error", says("DOCTYPE"))],
        [("error", says("100 deep"))],
        [("error", says("300,000"))],
        [("error", says("line 1"))],
        [("error", says("input_xml"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        text = input_data.input_xml
        refuse_long(text, "The XML", most=MAX_CHARS)
        if max(text.count("<") - text.count("</"), text.count("=")) > MAX_MARKS:
            raise BlockError(f"The XML has more than {MAX_MARKS:,} elements or attributes. Split it first.")
        if not text.strip():
            raise BlockError("The XML is empty. Give a document with one root element.")
        patience = patience_s(len(text), large=_LARGE_CHARS)
        yield "parsed_xml", run_bounded("xml", {"text": text}, subject="Reading the XML", timeout_s=patience)
