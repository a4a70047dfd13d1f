"""What of a block its picture shows, by the rules by which the builder shows a block that was just placed.

The rules are those of frontend/src/lib/graph/view.ts and pins.ts; there they also know links and constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from backend.data.block import Block, BlockKind, Pin
from backend.data.credential_fields import rule_of
from backend.data.json_types import alternatives, as_list, definitions
from backend.data.model import JsonObject
from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName
from backend.server.provider_views import providers_of

PinKind = Literal["text", "number", "bool", "object", "list", "file", "any", "error"]
MOST_ROWS = 5
ERROR_PIN = "error"
_FORM_WORDS = frozenset({"title", "description", "advanced", "secret"})
_MOST_NAMED = 2
_KINDS: dict[object, PinKind] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "bool",
    "array": "list",
    "object": "object",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A pin as it stands on the block."""

    label: str
    kind: PinKind
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """The rows of a side, and how many pins of it only the panel shows."""

    rows: tuple[Row, ...]
    more: int

    @property
    def height(self) -> int:
        """In rows."""
        return len(self.rows) + (self.more > 0)


@dataclass(frozen=True, slots=True)
class Field:
    """Where a connection is chosen."""

    words: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Face:
    """A block as it is drawn."""

    kind: BlockKind
    title: str
    about: str
    """The description's first paragraph, in one line."""
    sub: str
    icon: str
    provider: ProviderName | None
    inputs: Side
    outputs: Side
    fields: tuple[Field, ...]


def face_of(block: Block) -> Face:
    """What the picture of the block shows."""
    pins = block.pins({})
    inputs = [pin for pin in pins.inputs.values() if not pin.is_hidden]
    outputs = [pin for pin in pins.outputs.values() if not pin.is_hidden]
    return Face(
        kind=block.kind,
        title=block.title,
        about=" ".join(block.description.partition("\n\n")[0].split()),
        sub=next((category.replace("_", " ") for category in sorted(block.categories)), ""),
        icon=block.icon,
        provider=min(providers_of(block), default=None),
        inputs=_inputs(inputs),
        outputs=_outputs(outputs),
        fields=tuple(_fields(block)),
    )


def kind_of(schema: JsonObject) -> PinKind:
    """The kind of a pin's schema; of several types the one all share, else any."""
    found: set[PinKind] = {
        _plain_kind(one) for one in alternatives(schema, definitions(schema)) if one.get("type") != "null"
    }
    return found.pop() if len(found) == 1 else "any"


def _plain_kind(schema: JsonObject) -> PinKind:
    if schema.get("format") == "file":
        return "file"
    if "type" in schema:
        return _KINDS.get(schema["type"], "any")
    choices = as_list(schema.get("enum"))
    return "text" if choices and all(isinstance(one, str) for one in choices) else "any"


def _inputs(pins: list[Pin]) -> Side:
    candidates = [pin for pin in pins if pin.is_required or not _is_quiet(pin)]
    chosen = {pin.name for pin in sorted(candidates, key=lambda pin: not pin.is_required)[:MOST_ROWS]}
    return _side(pins, [pin for pin in candidates if pin.name in chosen])


def _is_quiet(pin: Pin) -> bool:
    """What is rarely linked: advanced inputs, and what a form is made of."""
    return pin.schema.get("advanced") is True or pin.name in _FORM_WORDS


def _outputs(pins: list[Pin]) -> Side:
    """The error pin has a row only where there is room."""
    counted = pins if len(pins) <= MOST_ROWS else [pin for pin in pins if pin.name != ERROR_PIN]
    return _side(counted, counted[:MOST_ROWS])


def _side(pins: Iterable[Pin], shown: list[Pin]) -> Side:
    return Side(tuple(map(_row, shown)), sum(1 for _ in pins) - len(shown))


def _row(pin: Pin) -> Row:
    kind: PinKind = "error" if pin.name == ERROR_PIN else kind_of(pin.schema)
    return Row(pin.name.replace("_", " "), kind, pin.is_required)


def _fields(block: Block) -> Iterator[Field]:
    for pin in block.Input.credentials_pins():
        rule = rule_of(block.Input, pin)
        labels = sorted({LABELS[ProviderName.parse(provider)] for provider in rule.providers})
        whose = " or ".join(labels) if 0 < len(labels) <= _MOST_NAMED else "Service"
        yield Field(f"{whose} connection", rule.is_required)
