"""What of a graph is nobody else's business: secrets, credentials, pinned outputs; taken out of it here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.data.autogpt.known_blocks import known_block
from backend.data.block import Block, BlockKind
from backend.data.graph import Graph, Node
from backend.data.graph_ids import GRAPH_PIN
from backend.data.json_types import as_object, is_list, is_object
from backend.data.model import JsonObject, is_credentials_name
from backend.data.pins import base_name

FindBlock = Callable[[str], Block | None]
SecretInputs = Mapping[str, frozenset[str]]
"""Graph id -> names of its inputs that nobody may see."""

_TELLING = re.compile(r"authorization|cookie|api[-_]?key|token|secret|passw", re.IGNORECASE)
_KEPT_OF_CREDENTIALS = ("provider", "type", "title")
_OWNER_PIN, _MASKS_PIN, _HEADERS_PIN, _INPUTS_PIN = "user_id", "nodes_input_masks", "headers", "inputs"


@dataclass(frozen=True, slots=True)
class Altered:
    """What is not as it was in a graph, and why; `pin` None: the node as a whole."""

    graph_id: str
    node_id: str
    pin: str | None
    why: str
    node_name: str = ""


def without_references(graph: Graph, find_block: FindBlock) -> tuple[Graph, list[Altered]]:
    """The graph without what means something in one installation only, or to one person.

    Pinned outputs go, and the owner's id; of credentials stays what a form needs to ask for one again.
    """
    return _each_node(graph, lambda node: _without_references(node, find_block(node.block_id)))


def without_secrets(
    graph: Graph, find_block: FindBlock, secret_inputs: SecretInputs
) -> tuple[Graph, list[Altered]]:
    """The graph without constants that are marked as secret, or are called like one in headers.

    Of blocks that are not known here nothing stays that is called like a secret.
    """

    def cleaned(node: Node) -> tuple[Node, list[tuple[str | None, str]]]:
        return _without_secrets(node, find_block(node.block_id), secret_inputs)

    return _each_node(graph, cleaned)


def secret_inputs_of(graph: Graph, find_block: FindBlock) -> frozenset[str]:
    """The inputs whose values nobody may see."""
    return frozenset(
        str(node.input_default.get("name", node.id))
        for node in graph.nodes
        if _is_secret_input(node, find_block(node.block_id))
    )


def _each_node(
    graph: Graph, clean: Callable[[Node], tuple[Node, list[tuple[str | None, str]]]]
) -> tuple[Graph, list[Altered]]:
    nodes: list[Node] = []
    altered: list[Altered] = []
    for node in graph.nodes:
        cleaned, said = clean(node)
        nodes.append(cleaned)
        altered += [Altered(graph.id, node.id, pin, why, node.label) for pin, why in said]
    return (graph.model_copy(update={"nodes": nodes}) if altered else graph), altered


def _without_references(node: Node, block: Block | None) -> tuple[Node, list[tuple[str | None, str]]]:
    said: list[tuple[str | None, str]] = []
    constants: JsonObject = {}
    for pin, value in node.input_default.items():
        if pin in (_OWNER_PIN, _MASKS_PIN) and (block is None or block.kind is BlockKind.AGENT):
            said.append((pin, "A graph runs as whoever starts it."))
            continue
        constants[pin] = _reduced(pin, value)
        if constants[pin] != value:
            said.append((pin, "Credentials do not travel with a graph. Choose one again."))
    if node.pinned is not None:
        said.append((None, "Pinned outputs do not travel with a graph."))
    if not said:
        return node, said
    return node.model_copy(update={"input_default": constants, "pinned": None}), said


def _reduced(name: str, value: Any) -> Any:
    """The value with all references to credentials in it cut down."""
    if is_list(value):
        return [_reduced("", one) for one in value]
    if not is_object(value):
        return value
    if is_credentials_name(name) and "provider" in value:
        return {key: value[key] for key in _KEPT_OF_CREDENTIALS if value.get(key) is not None}
    return {key: _reduced(key, one) for key, one in value.items()}


def _without_secrets(
    node: Node, block: Block | None, secret_inputs: SecretInputs
) -> tuple[Node, list[tuple[str | None, str]]]:
    hidden = set(_secret_pins(node, block, secret_inputs))
    constants: JsonObject = {}
    left_out: list[tuple[str | None, str]] = []
    for pin, value in node.input_default.items():
        if pin in hidden and value not in (None, ""):
            left_out.append((pin, "It is secret. Enter it again."))
            continue
        cleaned, names = _without_entries(pin, value, hidden, block)
        constants[pin] = cleaned
        left_out += [(f"{pin}.{name}", "It looks like a secret. Enter it again.") for name in names]
    if not left_out:
        return node, []
    return node.model_copy(update={"input_default": constants}), left_out


def _without_entries(pin: str, value: Any, hidden: set[str], block: Block | None) -> tuple[Any, list[str]]:
    """An object without its secret entries, and their names; anything else as it is."""
    entries = as_object(value)
    if entries is None:
        return value, []
    names: list[str] = []
    if pin == _HEADERS_PIN:
        names = [name for name in entries if _TELLING.search(name)]
    elif pin == _INPUTS_PIN and block is not None and block.kind is BlockKind.AGENT:
        names = [name for name in entries if name in hidden]
    return {name: one for name, one in entries.items() if name not in names}, names


def _secret_pins(node: Node, block: Block | None, secret_inputs: SecretInputs) -> Iterator[str]:
    """The names of constants, and of inputs of the graph that the node runs."""
    constants = node.input_default
    if block is None:
        yield from (pin for pin, value in constants.items() if _may_be_secret(node, pin, value))
        return
    pins = block.pins(constants).inputs
    yield from (name for name, pin in pins.items() if pin.schema.get("secret"))
    for pin in constants:
        base = base_name(pin)
        is_marked = base != pin and base in pins and pins[base].schema.get("secret")
        if is_marked or (base == _HEADERS_PIN and base != pin and _TELLING.search(pin)):
            yield pin
    if _is_secret_input(node, block):
        yield "value"
    if block.kind is BlockKind.AGENT:
        yield from secret_inputs.get(str(constants.get(GRAPH_PIN)), ())


def _may_be_secret(node: Node, pin: str, value: Any) -> bool:
    """Whether a constant of a block that is not here is called like a secret, and is not known to be none."""
    if not _TELLING.search(pin) or is_credentials_name(pin) or isinstance(value, bool):
        return False
    known = known_block(node.block_id)
    is_declared = known is not None and pin in known.inputs and pin not in known.secret
    return not is_declared and not (isinstance(value, int | float) and "token" in pin.lower())


def _is_secret_input(node: Node, block: Block | None) -> bool:
    is_input = block is not None and block.kind is BlockKind.INPUT
    return is_input and bool(node.input_default.get("secret"))
