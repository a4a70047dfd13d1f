"""An input that is one of several texts."""

from __future__ import annotations

from typing import Any

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block, BlockOutput, NodePins, Pin
from backend.data.convert import convert
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.pins import fold
from backend.util.errors import BlockError

_MANY = [f"option {n}" for n in range(1_000)]
_SHOWN_OPTIONS = 8


class AgentDropdownInputBlock(GivesItsValue, Block):
    """An input of the graph: one of several texts. Without options any text will do."""

    id = "655d6fdf-a334-421c-b733-520549c07cd1"
    icon = "list-collapse"
    differences = ("A value that is none of the options is refused when the run starts.",)

    class Input(InputFields):
        value: str | None = SchemaField(default=None, description="The choice of the run, else this one")
        options: list[str] = SchemaField(default=[], description="What there is to choose from")
        placeholder_values: list[str] = SchemaField(
            default=[], description="The former name of the options", hidden=True
        )

    class Output(BlockSchema):
        result: str = SchemaField(description="The choice, for as long as the run lasts")

    test_input = [
        {"name": "size", "options": ["small", "large"], "value": "large"},
        {"name": "former name", "placeholder_values": ["größe 😀", "b"], "value": "größe 😀"},
        {"name": "both names", "options": ["a"], "placeholder_values": ["b"], "value": "a"},
        {"name": "any text", "value": "größe 😀"},
        {"name": "any text", "value": ""},
        {"name": "nothing", "options": ["small"], "value": None},
        {"name": "year", "options": [2025, 2026], "value": 2026},
        {"name": "one by one", "options_$_0": "a", "options_$_1": "b", "value": "b"},
        {"name": "many", "options": _MANY, "value": _MANY[-1]},
        {"name": "size", "options": ["small", "large"], "value": "huge"},
        {"name": "size", "options": ["small", "large"], "value": "Large"},
        {"name": "size", "options": ["small"], "value": ""},
        {"name": "size", "options": ["small", None], "value": "small"},
        {"options": ["small"], "value": "small"},
    ]
    test_output = [
        [("result", "large")],
        [("result", "größe 😀")],
        [("result", "a")],
        [("result", "größe 😀")],
        [("result", "")],
        [],
        [("result", "2026")],
        [("result", "b")],
        [("result", _MANY[-1])],
        [("error", says("huge", "'small', 'large'"))],
        [("error", says("Large", "'small', 'large'"))],
        [("error", says("'small'"))],
        [("error", says("options"))],
        [("error", says("name"))],
    ]

    def pins(self, constants: JsonObject) -> NodePins:
        """The options are the only values that `value` takes."""
        options = _options_in(constants)
        if not options:
            return self._class_pins
        own = self._class_pins.inputs
        said = {name: one for name, one in own["value"].schema.items() if name != "anyOf"}
        value = Pin("value", {**said, "type": "string", "enum": options})
        return NodePins(inputs={**own, "value": value}, outputs=self._class_pins.outputs)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        options = input_data.options or input_data.placeholder_values
        if options and input_data.value is not None and input_data.value not in options:
            raise BlockError(f"There is no option {input_data.value[:60]!r}. {_cure(options)}")
        yield from super().run(input_data)


def _options_in(constants: JsonObject) -> list[str]:
    """The options among a node's constants; none where they cannot be read, which the checks of constants tell."""
    try:
        folded = fold({name: one for name, one in constants.items() if one is not None})
        given: Any = folded.get("options") or folded.get("placeholder_values") or []
        options = convert(given, {"type": "array", "items": {"type": "string"}})
    except ValueError:
        return []
    return list(dict.fromkeys(options))


def _cure(options: list[str]) -> str:
    shown = ", ".join(map(repr, options[:_SHOWN_OPTIONS]))
    unseen = len(options) - _SHOWN_OPTIONS
    return f"Choose one of: {shown}{f' and {unseen:,} more' if unseen > 0 else ''}."
