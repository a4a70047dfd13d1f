"""What a running block may ask of the platform: recorded steps, waits, child runs, tools, costs."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import NAMESPACE_OID, uuid5

import orjson

from backend.data.away import surely
from backend.data.block import BlockData, Decision, GraphResult, KeptScope
from backend.data.file import FileContent, clean_name, file_id_in, media_type_of, reference_to
from backend.data.kept_value_store import ALL_GRAPHS
from backend.data.model import JsonObject
from backend.data.run import CallerAnswer
from backend.data.run_store import TAKE_REVIEW
from backend.executor.answers import RESPONSE, answer_caller
from backend.executor.files import pin_with
from backend.executor.values import from_wire, hold, release, to_wire
from backend.util.clock import id_beside, now
from backend.util.errors import BlockError, InvalidInput, NotFound

if TYPE_CHECKING:
    from backend.executor.run_node import NodeRun

Result = TypeVar("Result")


@dataclass(slots=True)
class Wait:
    """What a firing waits for. `until` is the moment to look again, None for a person without limit."""

    kind: str
    key: str
    until: datetime | None = None
    detail: JsonObject = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ChildStart:
    """What a firing wants to run below it; the same id whenever it is repeated. `version` None: the newest."""

    run_id: str
    graph_id: str
    version: int | None
    inputs: JsonObject


class Suspend(BaseException):
    """Unwinds a block that has to wait. The block is run anew afterwards, its recorded steps at hand."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(wait.kind)
        self.wait = wait


def firing_id(run_id: str, node_id: str, firing: int, purpose: str) -> str:
    """An id that is the same whenever this firing is repeated."""
    return str(uuid5(NAMESPACE_OID, f"{run_id}/{node_id}/{firing}/{purpose}"))


class BlockContext:
    """The `Context` of one firing (see backend.data.block)."""

    def __init__(self, node_run: NodeRun) -> None:
        self._run = node_run
        loop = node_run.loop
        self.user_id = loop.row.user_id
        self.graph_id = loop.row.graph_id
        self.run_id = loop.row.id
        self.node_id = node_run.node.id
        self.firing = node_run.firing.n
        self.is_safe_mode = loop.options.safe_mode
        self._saved_files = 0

    @cached_property
    def idempotency_key(self) -> str:
        return firing_id(self.run_id, self.node_id, self.firing, "key")

    @property
    def attempt(self) -> int:
        return self._run.attempt

    def progress(self, fraction: float, text: str = "") -> None:
        self._run.loop.tell(self._run, "progress", {"fraction": fraction, "text": self._run.scrubbed(text)})

    def log(self, text: str) -> None:
        self._run.loop.tell(self._run, "log", {"text": self._run.scrubbed(text)})

    def add_cost(self, usd_micros: int, what: str) -> None:
        self._run.check_alive()
        self._run.loop.services.billing.take_report(self._run, usd_micros, what)

    def add_tokens(self, input_tokens: int, output_tokens: int) -> None:
        self._run.check_alive()
        self._run.loop.services.billing.take_tokens(self._run, input_tokens, output_tokens)

    async def step(self, key: str, fn: Callable[[], Awaitable[Any]]) -> Any:
        steps = self._run.memory.steps
        if key not in steps:
            self._record(key, await fn())
            await self._run.loop.log.flushed()
        return release(from_wire(steps[key]))

    async def wait_until(self, moment: datetime, key: str = "wait") -> None:
        steps = self._run.memory.steps
        if key not in steps:
            self._record(key, moment.isoformat())
        until = datetime.fromisoformat(steps[key])
        if now() < until:
            raise Suspend(Wait("time", key, until))

    async def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision:
        steps = self._run.memory.steps
        if key not in steps:
            review_id = firing_id(self.run_id, self.node_id, self.firing, f"review/{key}")
            reviews = self._run.loop.services.reviews
            answer = await surely("review", lambda: reviews.answer(self.user_id, review_id))
            if answer is None:
                shown = self._run.scrubbed({"name": name, "data": data})
                detail = {"review_id": review_id, "is_editable": is_editable, **shown}
                raise Suspend(Wait("person", key, None, detail))
            self._run.loop.log.also(TAKE_REVIEW, review_id)
            self._record(
                key, {"approved": answer.is_approved, "data": answer.data, "message": answer.message}
            )
        recorded = release(from_wire(steps[key]))
        return Decision(recorded["approved"], recorded["data"], recorded["message"])

    async def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult:
        steps = self._run.memory.steps
        if key not in steps:
            child = f"{self.node_id}/{self.firing}/{key}/{self.attempt}"
            child_id = id_beside(
                self.run_id, self.firing, child
            )  # not random: it would be first in all lists
            self._run.loop.root.has_below = True
            start = ChildStart(child_id, graph_id, version, inputs)
            ended = await self._run.loop.services.children.run(self._run, start)
            if ended.wait is not None:
                raise Suspend(Wait("graph", key, ended.wait.until, {"child_run_id": child_id}))
            self._record(key, {"run_id": child_id, "error": ended.error, "outputs": ended.outputs})
        recorded = release(from_wire(steps[key]))
        if recorded["error"]:
            raise BlockError(recorded["error"])
        return GraphResult(recorded["run_id"], [(pin, value) for pin, value in recorded["outputs"]])

    async def call_tool(self, node_id: str, inputs: JsonObject, key: str) -> list[BlockData]:
        steps = self._run.memory.steps
        if key not in steps:
            outputs, error = await self._run.loop.calls.call(self._run, node_id, inputs, key)
            self._record(key, {"outputs": outputs, "error": error})
        recorded = release(from_wire(steps[key]))
        if recorded["error"]:
            raise BlockError(recorded["error"])
        return [(pin, value) for pin, value in recorded["outputs"]]

    async def read_file(self, value: str) -> FileContent:
        file_id = file_id_in(value)
        files = self._run.loop.services.files
        try:
            if file_id is None:
                raise NotFound(f"{value[:100]!r} names no file.")
            return await surely("file", lambda: files.read(self.user_id, file_id))
        except NotFound as error:
            pin = pin_with(self._run, value)
            place = f"Input {pin!r}: " if pin else ""
            raise InvalidInput(f"{place}{error} Upload it, and use its `file:` reference.") from error

    async def save_file(self, name: str, data: bytes, media_type: str | None = None, key: str = "") -> str:
        self._saved_files += 1
        key = key or f"file/{self._saved_files}"
        file_id = firing_id(self.run_id, self.node_id, self.firing, f"file/{key}")
        cleaned = clean_name(name)
        if self._run.scrubber is not None:
            data = await asyncio.to_thread(self._run.scrubber.raw, data)
        content = FileContent(cleaned, media_type_of(media_type, cleaned), data)
        files = self._run.loop.services.files

        async def store() -> str:
            self._run.check_alive()
            await surely("file", lambda: files.save(self.user_id, self.run_id, file_id, content))
            return reference_to(file_id)

        saved: str = await self.step(key, store)
        return saved

    async def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        steps = self._run.memory.steps
        if RESPONSE not in steps:
            self._run.check_alive()
            said = self._run.scrubbed({"headers": dict(headers), "body": body})
            self._record(RESPONSE, answer_caller(self._run.loop, CallerAnswer(status=status, **said)))
        return bool(steps[RESPONSE])

    async def keep_value(self, key: str, value: Any, scope: KeptScope = "graph") -> None:
        kept, graph_id = self._run.loop.services.kept, self._graph_of(scope)
        kept_value = self._run.scrubbed(value)
        await surely("value", lambda: kept.keep(self.user_id, graph_id, key, kept_value))

    async def kept_value(self, key: str, scope: KeptScope = "graph", default: Any = None) -> Any:
        kept, graph_id = self._run.loop.services.kept, self._graph_of(scope)

        async def read() -> Any:
            is_there, value = await surely("value", lambda: kept.read(self.user_id, graph_id, key))
            return value if is_there else default

        return await self.step(f"kept/{scope}/{key}", read)

    async def forget_value(self, key: str, scope: KeptScope = "graph") -> bool:
        kept, graph_id = self._run.loop.services.kept, self._graph_of(scope)

        async def forget() -> bool:
            return await surely("value", lambda: kept.forget(self.user_id, graph_id, key))

        return bool(await self.step(f"forget/{scope}/{key}", forget))

    def _graph_of(self, scope: KeptScope) -> str:
        return self.graph_id if scope == "graph" else ALL_GRAPHS

    def _record(self, key: str, result: Any) -> None:
        self._run.check_alive()
        wire = to_wire(hold(self._run.scrubbed(result)))
        self._run.loop.log.note("step", self._run.node.index, self.firing, {"key": key, "result": wire})
        self._run.memory.steps[key] = orjson.loads(orjson.dumps(wire))


class ThreadContext:
    """The same for a block that runs in a thread: each call is handed to the event loop."""

    def __init__(self, context: BlockContext, loop: asyncio.AbstractEventLoop) -> None:
        self._context = context
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def progress(self, fraction: float, text: str = "") -> None:
        self._loop.call_soon_threadsafe(self._context.progress, fraction, text)

    def log(self, text: str) -> None:
        self._loop.call_soon_threadsafe(self._context.log, text)

    def add_cost(self, usd_micros: int, what: str) -> None:
        async def charge() -> None:
            self._context.add_cost(usd_micros, what)

        self._wait_for(charge())

    def add_tokens(self, input_tokens: int, output_tokens: int) -> None:
        async def charge() -> None:
            self._context.add_tokens(input_tokens, output_tokens)

        self._wait_for(charge())

    def step(self, key: str, fn: Callable[[], Any]) -> Any:
        async def in_thread() -> Any:
            result = await asyncio.to_thread(fn)
            return await result if inspect.isawaitable(result) else result

        return self._wait_for(self._context.step(key, in_thread))

    def wait_until(self, moment: datetime, key: str = "wait") -> None:
        self._wait_for(self._context.wait_until(moment, key))

    def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision:
        return self._wait_for(self._context.ask(name, data, is_editable=is_editable, key=key))

    def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult:
        return self._wait_for(self._context.run_graph(graph_id, version, inputs, key))

    def call_tool(self, node_id: str, inputs: JsonObject, key: str) -> list[BlockData]:
        return self._wait_for(self._context.call_tool(node_id, inputs, key))

    def read_file(self, value: str) -> FileContent:
        return self._wait_for(self._context.read_file(value))

    def save_file(self, name: str, data: bytes, media_type: str | None = None, key: str = "") -> str:
        return self._wait_for(self._context.save_file(name, data, media_type, key))

    def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        return self._wait_for(self._context.respond(status, headers, body))

    def keep_value(self, key: str, value: Any, scope: KeptScope = "graph") -> None:
        self._wait_for(self._context.keep_value(key, value, scope))

    def kept_value(self, key: str, scope: KeptScope = "graph", default: Any = None) -> Any:
        return self._wait_for(self._context.kept_value(key, scope, default))

    def forget_value(self, key: str, scope: KeptScope = "graph") -> bool:
        return self._wait_for(self._context.forget_value(key, scope))

    def _wait_for(self, work: Coroutine[Any, Any, Result]) -> Result:
        async def unwound() -> Result | Suspend:
            try:
                return await work
            except Suspend as suspend:
                return suspend  # a bare BaseException would end the event loop's task machinery

        result = asyncio.run_coroutine_threadsafe(unwound(), self._loop).result()
        if isinstance(result, Suspend):
            raise result
        return result
