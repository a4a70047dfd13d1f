"""What the trigger nodes of a graph want: whose webhook, for which resource, which of its events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from backend.data.block import Block, BlockManualWebhookConfig, BlockWebhookConfig
from backend.data.graph import Graph, Node
from backend.data.model import JsonObject
from backend.executor.program import FindBlock
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._base import WebhookManager
from backend.integrations.webhooks._events import wanted_events
from backend.util.errors import BadInput, Problem


@dataclass(frozen=True, slots=True)
class Wish:
    """What a node listens to. `events` empty: all of them; `resource` is empty where a person pastes the address."""

    node_id: str
    block_id: str
    provider: str
    webhook_type: str
    is_automatic: bool
    resource: str
    credential_id: str | None
    events: tuple[str, ...]
    answer_within_s: float | None


class _Refused(Exception):  # it never leaves this file
    """A node that cannot have its webhook."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def wishes_of(
    graph: Graph, find_block: FindBlock, answering: Collection[str] = ()
) -> tuple[list[Wish], list[Problem]]:
    """What the enabled trigger nodes want, and what is wrong with the others.

    `answering` are the nodes that may answer the sender (answering.py).
    """
    wishes: list[Wish] = []
    problems: list[Problem] = []
    for node, block in trigger_nodes(graph, find_block):
        if node.disabled:
            continue
        try:
            wishes.append(_wish(graph, node, block, answering))
        except _Refused as refused:
            problems.append(refused.problem)
    return wishes, problems


def trigger_nodes(graph: Graph, find_block: FindBlock) -> Iterator[tuple[Node, Block]]:
    """The nodes that a webhook may start, also those that are disabled."""
    for node in graph.nodes:
        block = find_block(node.block_id)
        if block is not None and block.webhook_config is not None:
            yield node, block


def wish_of(graph: Graph, node_id: str, find_block: FindBlock, answering: Collection[str]) -> Wish:
    """What one node wants.

    Raises:
        BadInput: it is no trigger with a webhook, or something is wrong with it.
    """
    for node, block in trigger_nodes(graph, find_block):
        if node.id == node_id:
            try:
                return _wish(graph, node, block, answering)
            except _Refused as refused:
                raise BadInput(str(refused.problem), problems=(refused.problem,)) from refused
    problem = Problem(
        f"The node {node_id!r} of the draft is no trigger that a webhook starts.",
        "Choose one of GET /api/graphs/{graph_id}/triggers.",
        node_id,
    )
    raise BadInput(str(problem), problems=(problem,))


def _wish(graph: Graph, node: Node, block: Block, answering: Collection[str]) -> Wish:
    config = cast("BlockManualWebhookConfig", block.webhook_config)
    manager = _manager(node, config)
    is_automatic = isinstance(config, BlockWebhookConfig)
    constants = {**_defaults(block), **node.input_default}
    return Wish(
        node_id=node.id,
        block_id=node.block_id,
        provider=manager.PROVIDER_NAME.value,
        webhook_type=str(config.webhook_type),
        is_automatic=is_automatic,
        resource=_resource(node, config, constants) if isinstance(config, BlockWebhookConfig) else "",
        credential_id=_credential_id(node, block, constants) if is_automatic else None,
        events=_events(node, block, config, constants, manager),
        answer_within_s=manager.ANSWER_WITHIN_S if _reaches(graph, node, answering) else None,
    )


def _manager(node: Node, config: BlockManualWebhookConfig) -> WebhookManager:
    manager = manager_of(config.provider)
    if manager is None:
        raise _Refused(
            Problem(
                f"Webhooks of {config.provider!r} are not known here.",
                f"Write their manager in backend/integrations/webhooks/, or disable {node.label!r}.",
                node.id,
            )
        )
    if isinstance(config, BlockWebhookConfig) and not isinstance(manager, AutoWebhookManagerBase):
        raise _Refused(
            Problem(
                f"Webhooks of {config.provider!r} are not made through its API.",
                "Give the block a BlockManualWebhookConfig.",
                node.id,
            )
        )
    return manager


def _resource(node: Node, config: BlockWebhookConfig, constants: JsonObject) -> str:
    """The resource that the constants name."""
    for _, field, _, _ in Formatter().parse(config.resource_format):
        value = constants.get(field) if field else "there is no field"
        if value is None or not str(value).strip():
            raise _Refused(
                Problem(
                    f"{node.label!r} does not say for which {field!r} it wants events.",
                    "Fill it in: a trigger takes no value from a link.",
                    node.id,
                    field,
                )
            )
    return config.resource_format.format(**constants)


def _credential_id(node: Node, block: Block, constants: JsonObject) -> str | None:
    pins = block.Input.credentials_pins()
    for pin in pins:
        reference = constants.get(pin)
        if isinstance(reference, dict) and cast("JsonObject", reference).get("id"):
            return str(cast("JsonObject", reference)["id"])
    if pins:
        raise _Refused(
            Problem(
                f"{node.label!r} has no credential, with which its webhook would be made.",
                "Choose one.",
                node.id,
                pins[0],
            )
        )
    return None


def _events(
    node: Node, block: Block, config: BlockManualWebhookConfig, constants: JsonObject, manager: WebhookManager
) -> tuple[str, ...]:
    pin = config.event_filter_input
    try:
        chosen = {**constants, pin: _filter(block, pin, constants.get(pin))} if pin else constants
        return tuple(wanted_events(config, chosen, manager))
    except BadInput as error:
        raise _Refused(Problem(str(error), "", node.id, pin or None)) from error


def _filter(block: Block, pin: str, value: Any) -> Any:
    """The filter with what its model fills in.

    Raises:
        BadInput: it does not fit the pin.
    """
    adapter = block.Input.pin_adapter(pin)
    if adapter is None or value is None:
        return value
    try:
        filled = adapter.validate_python(value)
    except ValidationError as error:
        raise BadInput(f"{pin}: {error.errors()[0]['msg']}.") from error
    return filled.model_dump(by_alias=True) if isinstance(filled, BaseModel) else filled


def _defaults(block: Block) -> JsonObject:
    fields = block.Input.model_fields.items()
    return {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in fields
        if not field.is_required()
    }


def _reaches(graph: Graph, start: Node, ends: Collection[str]) -> bool:
    """Whether what the trigger sets off may come to one of these nodes."""
    behind: defaultdict[str, set[str]] = defaultdict(set)
    for link in graph.links:
        behind[link.source_id].add(link.sink_id)
    seen, todo = {start.id}, [start.id]
    while todo:
        fresh = behind[todo.pop()] - seen
        seen |= fresh
        todo.extend(fresh)
    return not seen.isdisjoint(ends)
