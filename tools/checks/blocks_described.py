"""A block says what it does, what each pin means, and brings an example that is run as its test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backend.blocks import catalogue
from backend.data.block import Block, BlockKind
from backend.data.model import BlockSchema
from tools.checks import Finding
from tools.checks.sources import place_of


def check() -> list[Finding]:
    return findings_for(type(block) for block in catalogue())


def findings_for(blocks: Iterable[type[Block]]) -> list[Finding]:
    return [Finding(*place_of(block), *problem) for block in blocks for problem in _problems(block)]


def _problems(block: type[Block]) -> Iterator[tuple[str, str]]:
    name = block.__name__
    if not block.description.strip():
        yield (
            f"{name} has no description.",
            "Give the class a docstring: one sentence for the person who composes.",
        )
    for side, schema in (("input", block.Input), ("output", block.Output)):
        for pin in _undescribed(schema):
            yield f"{name}: the {side} {pin!r} has no description.", "SchemaField(description=...)."
    if block.kind is not BlockKind.NOTE and (block.test_input is None or block.test_output is None):
        yield f"{name} has no test data.", "Give it test_input and test_output; its tests are made of them."


def _undescribed(schema: type[BlockSchema]) -> list[str]:
    """Pins that people see and that say nothing; credentials are described by their provider."""
    unseen = {*schema.hidden_pins(), *schema.credentials_pins()}
    return [
        name
        for name, field in schema.model_fields.items()
        if name not in unseen and not (field.description or "").strip()
    ]
