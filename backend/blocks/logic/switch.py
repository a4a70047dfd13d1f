"""Let a value through one of many ways."""

from __future__ import annotations

import re
from typing import Any

from backend.blocks.logic._matching import matches
from backend.data.block import Block, BlockCategory, BlockOutput, NodePins, Pin
from backend.data.examples import says
from backend.data.json_types import as_list, as_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.pins import fold
from backend.data.quick import is_small
from backend.util.errors import BlockError

MAX_CASES = 100
_RESERVED = frozenset({"default", "error", "tools"})
_SEPARATOR = re.compile(r"_([$#@])_")


class SwitchByValueBlock(Block):
    """Give a value on at the output of the case that it matches, else at `default`.

    Each case is an output of its name. The first case that matches counts; types need not be the same.
    A case called `default`, `error` or `tools` has the output `case default` and so on, and `_#_`, `_$_` and
    `_@_` in its name are written `-#-`, `-$-` and `-@-`.
    """

    id = "c5cbf932-5752-4705-bd2d-536f6980054a"
    categories = {BlockCategory.LOGIC}
    icon = "route"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(description="What is compared with the cases")
        cases: JsonObject = SchemaField(
            description=(
                "For each output the value that goes there, a list of such values, or null for its own name. "
                f"Write them here: outputs cannot come by a link. At most {MAX_CASES}"
            ),
            placeholder='{"Europe": ["DE", "FR"], "Asia": "JP"}',
        )
        data: Any = SchemaField(default=None, description="What to give on; none: the value")

    class Output(BlockSchema):
        default: Any = SchemaField(description="When no case matches")
        error: str = SchemaField(description="Why it failed")

    _cases = {"Europe": ["DE", "FR"], "Asia": "JP", "US": None, "größe 😀": 7, "": ""}
    test_input = [
        {"value": "FR", "cases": {"Europe": ["DE", "FR"], "Asia": "JP"}},
        {"value": "JP", "cases": _cases, "data": {"order": 7}},
        {"value": "US", "cases": _cases},
        {"value": "7", "cases": _cases},
        {"value": "", "cases": _cases},
        {"value": "fr", "cases": _cases},
        {"value": 1, "cases": {"first": [1], "second": 1}},
        {"value": [1], "cases": {"a list": [[1]]}},
        {"value": "x", "cases": {"a_#_b_$_0": "x"}},
        {"value": "error", "cases": {"error": None}},
        {"value": "x", "cases": {}},
        {"value": "x", "cases_#_from": "x"},
        {"value": "x" * 100_000, "cases": _cases},
        {"value": 1, "cases": {str(n): n for n in range(MAX_CASES + 1)}},
        {"value": 1, "cases": "Europe"},
        {"value": 1},
    ]
    test_output = [
        [("Europe", "FR")],
        [("Asia", {"order": 7})],
        [("US", "US")],
        [("größe 😀", "7")],
        [("case without a name", "")],
        [("default", "fr")],
        [("first", 1)],
        [("a list", [1])],
        [("a-#-b-$-0", "x")],
        [("case error", "error")],
        [("default", "x")],
        [("from", "x")],
        [("default", "x" * 100_000)],
        [("error", says("101 cases"))],
        [("error", says("cases"))],
        [("error", says("cases"))],
    ]

    def pins(self, constants: JsonObject) -> NodePins:
        """An output for each case, then the usual ones."""
        own = self._class_pins
        cases = {
            pin_of(case): Pin(pin_of(case), {"description": f"When the value matches {case!r}"})
            for case in list(_constant_cases(constants))[:MAX_CASES]
        }
        return NodePins(inputs=own.inputs, outputs={**cases, **own.outputs})

    def is_quick(self, input_data: Input) -> bool:
        return is_small(input_data.value, input_data.cases)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        value, cases = input_data.value, input_data.cases
        if len(cases) > MAX_CASES:
            raise BlockError(f"There are {len(cases):,} cases, and {MAX_CASES} are the most. Use two blocks.")
        found = next((case for case, wanted in cases.items() if _is_case(value, case, wanted)), None)
        pin = "default" if found is None else pin_of(found)
        yield pin, value if input_data.data is None else input_data.data


def pin_of(case: str) -> str:
    """The output of a case: its name, with what means something else in the names of pins replaced."""
    if not case:
        return "case without a name"
    return f"case {case}" if case in _RESERVED else _SEPARATOR.sub(r"-\1-", case)


def _is_case(value: Any, case: str, wanted: Any) -> bool:
    if wanted is None:
        return matches(value, case)
    choices = as_list(wanted)
    return any(matches(value, one) for one in ([wanted] if choices is None else choices))


def _constant_cases(constants: JsonObject) -> JsonObject:
    """The cases that the node has; none where they make no object, which is found when it is saved."""
    given = {
        name: value for name, value in constants.items() if name.startswith("cases") and value is not None
    }
    try:
        return as_object(fold(given).get("cases")) or {}
    except ValueError:
        return {}
