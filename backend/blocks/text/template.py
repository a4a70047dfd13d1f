"""Text from a template and values."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput, Execution
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.template import is_simple, render


class FillTextTemplateBlock(QuickWhenSmall, Block):
    """Fill values into a text: `Hello {{ name }}`. Jinja2 syntax; what has no value stays empty."""

    id = "db7d8f02-2f44-4c55-ab7a-eae0941f0c30"
    categories = {BlockCategory.TEXT}
    icon = "braces"
    pure = True
    differences = (
        "A template is stopped after 0.8 seconds, 5,000,000 steps or 256 MiB; there after 10 seconds.",
        "The filter format works both ways: `'%.2f'|format(price)` and `price|format('%.2f')`; there only the latter.",
        "The filters pprint and tojson exist; center, forceescape, random, urlize and xmlattr do not.",
    )

    class Input(BlockSchema):
        values: JsonObject = SchemaField(description="The values by their names in the text")
        format: str = SchemaField(
            description="The text, with {{ names }} where values go",
            format="template",
            placeholder="Hello {{ name }}",
        )
        escape_html: bool = SchemaField(
            default=False, description="Make the values safe for HTML", advanced=True
        )

    class Output(BlockSchema):
        output: str = SchemaField(description="The filled text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "values": {"name": "Zoë", "l": [1, "a"]},
            "format": "Hello {{ name }}! {{ l|join(', ') }} {{ gone.far }}",
        },
        {"values": {}, "format": ""},
        {"values": {"name": "<b>"}, "format": "{{ name }}", "escape_html": True},
        {"values": {"d": {"a": 1}}, "format": "{% for k, v in d.items() %}{{ k }}={{ v }}{% endfor %}"},
        {"values": {}, "format": "{{ range(4)|list|tojson }}"},
        {"values": {}, "format": "{{ 5|nope }}"},
        {"values": {}, "format": "{% if %}"},
        {
            "values": {},
            "format": "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
        },
        {"values": [1], "format": ""},
    ]
    test_output = [
        [("output", "Hello Zoë! 1, a ")],
        [("output", "")],
        [("output", "&lt;b&gt;")],
        [("output", "a=1")],
        [("output", "[0, 1, 2, 3]")],
        [("error", says("nope"))],
        [("error", says("line 1"))],
        [("error", says("steps"))],
        [("error", says("values"))],
    ]

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        """Inline only where the template is known to be simple; else it waits for another process."""
        template = constants.get("format")
        is_known = isinstance(template, str) and "format" not in linked
        return Execution.INLINE if is_known and is_simple(str(template)) else Execution.THREAD

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "output", render(input_data.format, input_data.values, escape_html=input_data.escape_html)
