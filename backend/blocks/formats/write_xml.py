"""An object to XML text."""

from __future__ import annotations

from typing import Any

from backend.blocks.formats._limits import InThread, refuse_deep
from backend.blocks.formats._xml_writer import ATTRIBUTE, TEXT_KEY, XmlWriter
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import is_list
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


class WriteXmlBlock(InThread, Block):
    """Write an object as XML text: keys become tags, lists repeated tags.

    Keys that begin with `@` become attributes, and `#text` the text beside them, as the XML parser gives them.
    """

    id = "c0624cea-58fd-4186-b108-9a93e5679079"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "file-code"
    pure = True

    class Input(BlockSchema):
        value: JsonObject = SchemaField(description="The object; without `root` its one key names the root")
        root: str = SchemaField(default="", description="The name of a root element around the object")
        indent: int = SchemaField(
            default=0, ge=0, le=8, description="Spaces for each level; 0: all on one line"
        )
        declaration: bool = SchemaField(
            default=False, description='Begin with <?xml version="1.0" encoding="UTF-8"?>', advanced=True
        )

    class Output(BlockSchema):
        xml: str = SchemaField(description="The XML text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": {"order": {"@id": 17, "item": ["Ink", "Größe 😀"], "to": {"@c": "de", "#text": "A & B"}}}},
        {"value": {"a": 1, "b": [True, None]}, "root": "r", "indent": 2, "declaration": True},
        {"value": {"a": {"#text": "x", "b": {"c": "<"}}}, "indent": 2},
        {"value": {"a": {"@t": 'say "hi"\n', "e": [], "f": {}}}},
        {"value": {"a": [[1, 2], [3]]}, "root": "r"},
        {"value": {}, "root": "r"},
        {"value": {"a": "one\r\ntwo"}},
        {"value": {"a": ["x"] * 10_000}, "root": "r"},
        {"value": {}},
        {"value": {"a": 1, "b": 2}},
        {"value": {"a": [1, 2]}},
        {"value": {"@a": 1}},
        {"value": {"a b": 1}},
        {"value": {"a><b": 1}},
        {"value": {"a": {"@x": [1]}}},
        {"value": {"a": "\u0001"}},
        {"value": {"a" * 30_000: [0] * 1000}, "root": "r"},
        {"value": [1]},
        {"value": None},
    ]
    test_output = [
        [
            (
                "xml",
                '<order id="17"><item>Ink</item><item>Größe 😀</item><to c="de">A &amp; B</to></order>',
            )
        ],
        [("xml", f"{_DECLARATION}\n<r>\n  <a>1</a>\n  <b>true</b>\n  <b/>\n</r>")],
        [("xml", "<a>x<b><c>&lt;</c></b></a>")],
        [("xml", "<a t='say \"hi\"&#10;'><f/></a>")],
        [("xml", "<r><a><item>1</item><item>2</item></a><a><item>3</item></a></r>")],
        [("xml", "<r/>")],
        [("xml", "<a>one&#13;\ntwo</a>")],
        [("xml", "<r>" + "<a>x</a>" * 10_000 + "</r>")],
        [("error", says("root"))],
        [("error", says("root"))],
        [("error", says("root"))],
        [("error", says("root"))],
        [("error", says("'a b'"))],
        [("error", says("'a><b'"))],
        [("error", says("'x'"))],
        [("error", says("U+0001"))],
        [("error", says("20,971,520"))],
        [("error", says("value"))],
        [("error", says("value"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        refuse_deep(input_data.value)
        name, value = _root(input_data.root, input_data.value)
        writer = XmlWriter(input_data.indent)
        writer.element(name, value)
        begin = f"{_DECLARATION}\n" if input_data.declaration else ""
        yield "xml", begin + writer.text


def _root(name: str, value: JsonObject) -> tuple[str, Any]:
    if name:
        return name, value
    key = next(iter(value), TEXT_KEY)
    if len(value) != 1 or key.startswith(ATTRIBUTE) or key == TEXT_KEY or is_list(value[key]):
        raise BlockError(
            "XML has one root element, and the value does not say which. Give its name on `root`."
        )
    return key, value[key]
