"""A node bound to its block: constants, checks of inputs and outputs, all that a run never changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from backend.data import convert
from backend.data.block import Block, BlockData, BlockKind, Execution, NodePins
from backend.data.graph import Node
from backend.data.model import BlockSchema, JsonObject
from backend.data.pins import base_name, fold
from backend.executor.values import Encoded, Held
from backend.util.errors import InvalidInput, InvalidOutput

_PLAIN_TYPES: dict[Any, type] = {str: str, int: int, bool: bool, dict: dict, list: list}


@dataclass(slots=True, eq=False)
class BoundNode:
    """`index` is the node's position in its graph; the journal names nodes by it."""

    index: int
    node: Node
    block: Block
    pins: NodePins
    model: type[BlockSchema]
    execution: Execution
    constants: JsonObject
    is_folded: bool
    outputs: Mapping[str, Callable[[Any], None] | None]
    pinned: Mapping[str, list[Any]] | None
    run: Callable[..., Iterator[BlockData] | AsyncIterator[BlockData]]
    keywords: frozenset[str]
    """What `run` asks for by keyword."""
    is_inline: bool
    is_output: bool
    _scalars: JsonObject
    _encoded: tuple[tuple[str, bytes], ...]
    _validate: Callable[[Any], BaseModel]
    _converters: dict[str, convert.Converter] = field(default_factory=dict[str, convert.Converter])

    @property
    def id(self) -> str:
        return self.node.id

    @property
    def label(self) -> str:
        """What people call the node."""
        return self.node.metadata.customized_name or self.block.title

    def input_model(self, taken: Mapping[str, Held], overrides: JsonObject | None) -> Any:
        """Constants and taken values, folded, converted and validated: what `run` gets.

        Raises:
            InvalidInput: a value does not fit; the field is named.
        """
        values = dict(self._scalars)
        for name, raw in self._encoded:
            values[name] = orjson.loads(raw)
        if overrides:
            values.update(overrides)
        for name, held in taken.items():
            values[name] = orjson.loads(held.raw) if type(held) is Encoded else held
        if self.is_folded:
            values = _fold(values)
        try:
            return self._validate(values)
        except ValidationError as error:
            return self._validate_converted(values, error)

    def _validate_converted(self, values: JsonObject, error: ValidationError) -> Any:
        """Second try: convert what did not fit by the table of conversions."""
        for name in {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}:
            if name in values and name in self.pins.inputs:
                try:
                    values[name] = self._converter(name)(values[name])
                except ValueError as reason:
                    raise InvalidInput(f"Input {name!r}: {reason}") from error
        try:
            return self._validate(values)
        except ValidationError as still:
            raise InvalidInput(_first_problem(still)) from still

    def _converter(self, pin: str) -> convert.Converter:
        """The pin's own, made when it is first needed."""
        found = self._converters.get(pin)
        if found is None:
            found = self._converters[pin] = convert.converter(self.pins.inputs[pin].schema)
        return found

    def check_output(self, pin: str, value: Any) -> None:
        """Refuse what the pin cannot carry.

        Raises:
            InvalidOutput: the pin does not exist, or its type is another.
        """
        try:
            check = self.outputs[pin]
        except KeyError:
            known = ", ".join(map(repr, self.outputs)) or "none"
            raise InvalidOutput(
                f"{self.block.name} yielded on {pin!r}, which it does not have. It has: {known}."
            ) from None
        if check is not None:
            check(value)


def bind(
    index: int,
    node: Node,
    block: Block,
    pins: NodePins,
    linked: frozenset[str],
    pinned: Mapping[str, list[Any]] | None,
) -> BoundNode:
    """Prepare a node for running. Its constants were checked before."""
    constants = {
        name: value for name, value in node.input_default.items() if value is not None and name not in linked
    }
    model = block.input_model(node.input_default)
    execution = block.execution_for(constants, linked)
    # A linked pin's constant is what a state pin begins with; everywhere else the value that came replaces it.
    given = {name: value for name, value in node.input_default.items() if value is not None}
    scalars = {name: value for name, value in given.items() if not isinstance(value, (dict, list))}
    encoded = tuple((name, orjson.dumps(value)) for name, value in given.items() if name not in scalars)
    return BoundNode(
        index=index,
        node=node,
        block=block,
        pins=pins,
        model=model,
        execution=execution,
        constants=constants,
        is_folded=any(base_name(name) != name for name in (*constants, *linked)),
        outputs=_output_checks(block, pins),
        pinned=pinned,
        run=block.run,
        keywords=block.wanted_keywords,
        is_inline=execution is Execution.INLINE or pinned is not None,
        is_output=block.kind is BlockKind.OUTPUT,
        _scalars=scalars,
        _encoded=encoded,
        _validate=model.__pydantic_validator__.validate_python,
    )


def pinned_values(node: BoundNode) -> Iterator[BlockData]:
    """The outputs that are used instead of running the node."""
    for pin, values in (node.pinned or {}).items():
        for value in values:
            yield pin, value


def _output_checks(block: Block, pins: NodePins) -> dict[str, Callable[[Any], None] | None]:
    fields = block.Output.model_fields
    checks: dict[str, Callable[[Any], None] | None] = {
        name: _output_check(block, name) if name in fields else None for name in pins.outputs
    }
    checks.setdefault("error", None)
    return checks


def _output_check(block: Block, pin: str) -> Callable[[Any], None] | None:
    adapter = block.Output.pin_adapter(pin)
    if adapter is None:
        return None
    field = block.Output.model_fields[pin]
    plain = None if field.metadata else _PLAIN_TYPES.get(field.annotation)
    validate = adapter.validator.validate_python

    def check(value: Any) -> None:
        if type(value) is plain:
            return
        try:
            validate(value)
        except ValidationError as error:
            wanted = convert.describe(block.Output.pin_schema(pin))
            raise InvalidOutput(
                f"{block.name} yielded {type(value).__name__} on {pin!r}, which carries {wanted}: "
                f"{error.errors()[0]['msg']}."
            ) from error

    return check


def _fold(values: JsonObject) -> JsonObject:
    try:
        return fold(values)
    except ValueError as error:
        raise InvalidInput(str(error)) from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = ".".join(map(str, problem["loc"]))
    return f"Input {place!r}: {problem['msg']}."
