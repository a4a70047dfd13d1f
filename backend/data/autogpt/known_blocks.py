"""What is known of the platform's blocks, whether they are here or not: names, pins, which credentials they need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

AGENT = "e189baac-8c20-45a1-94a7-55177ea42565"
"""The block that runs another graph."""


@dataclass(frozen=True, slots=True)
class KnownCredential:
    """A pin that needs a credential of one of the providers, of one of the types."""

    pin: str
    providers: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """A block of the platform. `models` has the names that its pin `model` takes."""

    id: str
    name: str
    category: str
    kind: str
    is_static: bool
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    secret: frozenset[str]
    credentials: tuple[KnownCredential, ...]
    models: frozenset[str]
    default_model: str | None


def known_block(block_id: str) -> KnownBlock | None:
    """The block of this id, None when nothing is known of it."""
    return _by_id().get(block_id)


def id_of(name: str) -> str:
    """The id of the block with this class name.

    Raises:
        KeyError: nothing is known of it.
    """
    return _ids()[name]


@cache
def _by_id() -> dict[str, KnownBlock]:
    said = orjson.loads(files("backend.data.autogpt").joinpath("known_blocks.json").read_bytes())
    models: list[frozenset[str]] = [frozenset(names) for names in said["models"]]
    return {fact["id"]: _block(fact, models) for fact in said["blocks"]}


@cache
def _ids() -> dict[str, str]:
    return {block.name: block.id for block in _by_id().values()}


def _block(fact: dict[str, Any], models: list[frozenset[str]]) -> KnownBlock:
    model = fact.get("model")
    return KnownBlock(
        id=fact["id"],
        name=fact["name"],
        category=fact["category"],
        kind=fact["kind"],
        is_static=fact.get("static_output", False),
        inputs=tuple(fact.get("inputs", ())),
        outputs=tuple(fact.get("outputs", ())),
        secret=frozenset(fact.get("secret", ())),
        credentials=tuple(_credential(one) for one in fact.get("credentials", ())),
        models=models[int(model["names"])] if model else frozenset[str](),
        default_model=model["default"] if model else None,
    )


def _credential(fact: dict[str, Any]) -> KnownCredential:
    return KnownCredential(fact["pin"], tuple(fact["providers"]), tuple(fact["types"]))
