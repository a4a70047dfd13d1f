"""A server (`--server`), as a place for commands; they act as the owner of the API key."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson

from backend.cli.order import Order
from backend.cli.place import RunSeen, Started
from backend.client import AsyncClient
from backend.data.block import BlockKind, Decision
from backend.data.graph import Graph
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.data.run import EventKind, RunEvent, RunStatus
from backend.server.wire.catalogue import BlockView, PinView
from backend.server.wire.run_nodes import GivenValue
from backend.server.wire.runs import RunDetails
from backend.util.errors import GraphInvalid, NotFound, Problem

_MOST_REVIEWS = 1000
_OUTPUT_PIN = "output"
_PAGE = 200
_RESULT = (
    "run_id",
    "status",
    "outputs",
    "answer",
    "duration_ms",
    "cost",
    "leftovers",
    "never_fired",
    "errors",
)
_REVIEW = {"id", "run_id", "node_id", "name", "data", "is_editable", "created_at"}


class There:
    """See `Place`."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._roots: dict[str, str] = {}

    async def blocks(self) -> list[JsonObject]:
        return [_block_json(block) for block in (await self._client.list_blocks()).items]

    async def problems_in(self, graph: Graph) -> list[Problem]:
        found = await self._client.check_graph(graph)
        return [Problem(**problem.model_dump()) for problem in found.problems]

    async def list_graphs(self, limit: int) -> list[JsonObject]:
        return [
            row.model_dump(mode="json")
            async for row in self._client.each(self._client.list_graphs, most=limit)
        ]

    async def import_graph(self, raw: bytes) -> JsonObject:
        return (await self._client.import_graph(raw)).model_dump(mode="json")

    async def export_graph(self, graph_id: str, version: str | None) -> bytes:
        if version is None or version == "draft":
            return await self._client.export_graph(graph_id, "draft" if version else None)
        return await self._client.export_graph(graph_id, int(version))

    async def graph(self, graph_id: str, version: int) -> Graph:
        return await self._client.read_graph(graph_id, version)

    async def start(self, order: Order, *, is_durable_first: bool) -> Started:
        graph_id = order.graph_id
        if order.graph is not None:
            problems = await self.problems_in(order.graph)
            if problems:
                raise GraphInvalid(tuple(problems))
            graph_id = await self._stored(order.graph)
        accepted = await self._client.start_run(graph_id, order.inputs, options=order.options)
        return Started(accepted.run_id, lambda: None)

    async def _stored(self, graph: Graph) -> str:
        """Under the id that this file has there; one that was changed becomes the next version.

        Graphs that came with it get new ids with each version, so a file with such becomes another graph.
        """
        name = graph.id + (graph.digest() if graph.sub_graphs else "")
        key = hashlib.sha256(name.encode()).hexdigest()
        saved = await self._client.create_graph(graph, key=key)
        if graph.sub_graphs:
            return saved.id
        try:
            return (await self._client.save_graph(saved.id, graph)).id
        except NotFound:  # it was deleted there
            return (await self._client.create_graph(graph)).id

    async def see(self, run_id: str) -> RunSeen:
        details = await self._client.read_run(run_id)
        result = details.model_dump(mode="json", include=set(_RESULT))
        found = await self._all_outputs(details) if details.has_more_outputs else details.outputs
        outputs = {name: [await self._whole(value) for value in values] for name, values in found.items()}
        ordered = {name: result[name] for name in _RESULT} | {"outputs": outputs}
        return RunSeen(
            run_id, details.status, details.graph_id, details.graph_version, details.wake_at, ordered
        )

    async def _all_outputs(self, details: RunDetails) -> dict[str, list[Any]]:
        """Name -> values, of each output node in the order of its firings."""
        graph = await self._client.read_graph(details.graph_id, details.graph_version)
        kinds = {block.id: block.kind for block in (await self._client.list_blocks()).items}
        named: dict[str, list[Any]] = {}
        for node in graph.nodes:
            if kinds.get(node.block_id) == BlockKind.OUTPUT:
                given = sorted(
                    await self._given(details.run_id, node.id), key=lambda one: (one.firing, one.seq)
                )
                name = str(node.input_default.get("name", node.id))
                named.setdefault(name, []).extend(one.value for one in given)
        return {name: values for name, values in named.items() if values}

    async def _given(self, run_id: str, node_id: str) -> list[GivenValue]:
        given: list[GivenValue] = []
        after: int | None = 0
        while after is not None:
            page = await self._client.list_values(run_id, node_id, _OUTPUT_PIN, after=after, limit=_PAGE)
            given += page.items
            after = page.next_after
        return given

    async def _whole(self, value: Any) -> Any:
        """A value that may have come as a preview."""
        shown = as_object(value) or {}
        if "$value" in shown:
            return shown["$value"]
        if "$preview" in shown:
            return orjson.loads(await self._client.read_href(shown["href"]))
        return value

    async def list_runs(self, limit: int, status: RunStatus | None) -> list[JsonObject]:
        rows = self._client.each(self._client.list_runs, most=limit, status=status)
        return [row.model_dump(mode="json") async for row in rows]

    async def events(self, run_id: str) -> list[RunEvent]:
        events: list[RunEvent] = []
        while True:
            after = events[-1].seq or 0 if events else 0
            page = await self._client.read_events(run_id, after=after)
            events += page.items
            if page.is_end or not page.items:
                return events

    async def follow(self, run_id: str, *, after: int) -> AsyncGenerator[RunEvent]:
        async with aclosing(self._client.follow(run_id, after=after)) as events:
            async for event in events:
                yield event

    async def to_rest(self, run_id: str) -> RunSeen:
        after = 0
        while True:
            async with aclosing(self._client.follow(run_id, after=after)) as events:
                async for event in events:
                    after = event.seq or after
                    if event.kind == EventKind.STATE and event.data["status"] == RunStatus.WAITING:
                        break
            seen = await self.see(run_id)
            if seen.status.is_final or seen.waits_for_person:
                return seen

    async def root_of(self, run_id: str) -> str:
        if run_id not in self._roots:
            details: RunDetails = await self._client.read_run(run_id)
            self._roots[run_id] = details.root_run_id
        return self._roots[run_id]

    async def reviews(self) -> list[JsonObject]:
        found = self._client.each(self._client.list_reviews, most=_MOST_REVIEWS)
        return [
            {**review.model_dump(include=_REVIEW), "data": await self._whole(review.data)}
            async for review in found
        ]

    async def reviews_of(self, run_id: str) -> list[JsonObject]:
        return [one for one in await self.reviews() if await self.root_of(one["run_id"]) == run_id]

    async def decide(self, review_id: str, decision: Decision) -> None:
        await self._client.answer_review(
            review_id, approved=decision.is_approved, data=decision.data, message=decision.message
        )

    async def cancel(self, run_id: str) -> RunStatus:
        return (await self._client.cancel_run(run_id)).status

    async def finish_others(self) -> None:
        """What others have left is the server's business."""


def _block_json(block: BlockView) -> JsonObject:
    named = ("id", "name", "title", "description", "kind", "categories", "icon", "differences")
    pins = {
        "inputs": [_pin_json(pin) for pin in block.inputs],
        "outputs": [_pin_json(pin) for pin in block.outputs],
    }
    return {**{name: getattr(block, name) for name in named}, **pins}


def _pin_json(pin: PinView) -> JsonObject:
    return {"name": pin.name, "schema": pin.json_schema, "required": pin.is_required, "each": pin.is_each}
