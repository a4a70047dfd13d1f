"""Runs a block from its own test data, without an engine; for the tests and for `blockyard blocks test`."""

from __future__ import annotations

import asyncio
import copy
import inspect
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast, get_origin

from pydantic import TypeAdapter, ValidationError

from backend.data.block import Block, BlockData, Decision, GraphResult, KeptScope, TestCase
from backend.data.convert import convert, describe
from backend.data.examples import file_value
from backend.data.file import FileContent, clean_name, media_type_of
from backend.data.json_types import is_list, is_object
from backend.data.model import BlockSchema, JsonObject, is_credentials_name
from backend.data.pins import fold
from backend.util.errors import BlockError, InvalidInput

IDS = {"user_id": "test-user", "graph_id": "test-graph", "run_id": "test-run", "node_id": "test-node"}
IDEMPOTENCY_KEY = "test-key"


def run_block_directly(block: Block, case: TestCase) -> list[BlockData]:
    """What the block yields for the case, in order; a failure is a last `("error", its text)`.

    The catalogue's instance is left alone: mocks are put on a copy of it. Not to be called within an event loop.
    """
    tested = mocked(block, case.mock)
    found: list[BlockData] = []
    try:
        checked = checked_input(tested, case.input)
        asyncio.run(_gather(tested, checked, keywords(tested, case), found))
    except Exception as error:  # a block may raise anything, and the case may expect it
        found.append(("error", str(error) or type(error).__name__))
    return found


def compare(expected: list[BlockData], actual: list[BlockData]) -> list[str]:
    """What is different, in words; empty when all is as expected.

    An expected value is the value itself, a type, or a predicate that says yes. Order and count are exact.
    """
    found = [
        f"{place}. expected {_wanted(want)} on {want[0]!r}, got {got[1]!r:.200} on {got[0]!r}"
        for place, (want, got) in enumerate(zip(expected, actual, strict=False), start=1)
        if want[0] != got[0] or not _matches(want[1], got[1])
    ]
    missing, surplus = expected[len(actual) :], actual[len(expected) :]
    found += [f"missing: {_wanted(want)} on {want[0]!r}" for want in missing]
    found += [f"too many: {got[1]!r:.200} on {got[0]!r}" for got in surplus]
    return found


def misfits(block: Block, constants: JsonObject, actual: list[BlockData]) -> list[str]:
    """Values that no pin of the block can carry, in words: not JSON, unknown pin, another type."""
    outputs = block.pins(constants).outputs
    found: list[str] = []
    for pin, value in actual:
        if pin not in outputs:
            found.append(f"{pin!r} is no output; there are {', '.join(outputs)}")
        elif not is_json(value):
            found.append(f"{pin!r} got {value!r:.200}, which is no JSON value")
        elif not _fits(block.Output, pin, value):
            found.append(f"{pin!r} got {value!r:.200}, and takes {describe(outputs[pin].schema)}")
    return found


def is_json(value: Any) -> bool:
    """Whether it is made of None, booleans, finite numbers, texts, lists and objects, and of no subclass."""
    if is_list(value):
        return type(value) is list and all(map(is_json, value))
    if is_object(value):
        return type(value) is dict and all(type(key) is str and is_json(one) for key, one in value.items())
    return type(value) in (str, int, bool, type(None)) or (type(value) is float and math.isfinite(value))


def checked_input(block: Block, given: JsonObject) -> BlockSchema:
    """The inputs as rule 9 makes them: folded, converted, validated.

    Raises:
        InvalidInput: one does not fit; the message names it.
    """
    pins = block.pins(given).inputs
    folded: JsonObject = {}
    for name, value in fold(given).items():
        try:
            folded[name] = convert(value, pins[name].schema) if name in pins and value is not None else value
        except ValueError as error:
            raise InvalidInput(f"{name}: {error}") from error
    try:
        return block.input_model(given).model_validate(folded)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise InvalidInput(places) from error


def mocked(block: Block, mock: Mapping[str, Any]) -> Block:
    """A copy of the block with its methods replaced; a plain function may stand for an async method."""
    tested = copy.copy(block)
    for name, replacement in mock.items():
        is_async = inspect.iscoroutinefunction(getattr(block, name))
        needs_wrap = is_async and not inspect.iscoroutinefunction(replacement)
        setattr(tested, name, _as_async(replacement) if needs_wrap else replacement)
    return tested


def keywords(block: Block, case: TestCase) -> dict[str, Any]:
    """What `run` asks for by keyword."""
    is_async = inspect.isasyncgenfunction(block.run)
    offered: dict[str, Any] = {
        **IDS,
        "idempotency_key": IDEMPOTENCY_KEY,
        "context": DirectContext(case.files) if is_async else DirectSyncContext(case.files),
    }
    wanted = block.wanted_keywords
    credentials = {name: case.credentials for name in wanted if is_credentials_name(name)}
    return {name: value for name, value in offered.items() if name in wanted} | credentials


class _Facts:
    """Which run it is: none. Everything that is only told to watchers is dropped."""

    user_id = IDS["user_id"]
    graph_id = IDS["graph_id"]
    run_id = IDS["run_id"]
    node_id = IDS["node_id"]
    firing = 0
    idempotency_key = IDEMPOTENCY_KEY
    attempt = 1
    is_safe_mode = True

    def progress(self, fraction: float, text: str = "") -> None: ...

    def log(self, text: str) -> None: ...

    def add_cost(self, usd_micros: int, what: str) -> None: ...
    def add_tokens(self, input_tokens: int, output_tokens: int) -> None: ...


class ExampleFiles:
    """The files of an example, and those that its block stores."""

    def __init__(self, files: Sequence[FileContent]) -> None:
        self._by_value = {file_value(content): content for content in files}

    def read(self, value: str) -> FileContent:
        """See `Context.read_file`."""
        found = self._by_value.get(value)
        if found is None:
            raise InvalidInput(f"There is no file {value[:100]!r}. Name it in test_files.")
        return found

    def save(self, name: str, data: bytes, media_type: str | None) -> str:
        """See `Context.save_file`."""
        cleaned = clean_name(name)
        content = FileContent(cleaned, media_type_of(media_type, cleaned), data)
        self._by_value[file_value(content)] = content
        return file_value(content)


_NOTHING = object()


class _Memory:
    """What one example has kept, and whether it has answered."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}
        self._is_answered = False

    def forget(self, key: str, scope: KeptScope) -> bool:
        return self.kept.pop((scope, key), _NOTHING) is not _NOTHING

    def respond(self) -> bool:
        is_first, self._is_answered = not self._is_answered, True
        return is_first


class DirectContext(_Facts):
    """A context where waits are over at once and people approve; graphs and tools have to be mocked."""

    def __init__(self, files: Sequence[FileContent] = ()) -> None:
        self.waited: list[datetime] = []
        self.files = ExampleFiles(files)
        self.memory = _Memory()

    async def step(self, key: str, fn: Callable[[], Awaitable[Any]]) -> Any:
        return await fn()

    async def wait_until(self, moment: datetime, key: str = "wait") -> None:
        self.waited.append(moment)

    async def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision:
        return Decision(is_approved=True, data=data)

    async def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult:
        raise _not_here("run_graph")

    async def call_tool(self, node_id: str, inputs: JsonObject, key: str) -> list[BlockData]:
        raise _not_here("call_tool")

    async def read_file(self, value: str) -> FileContent:
        return self.files.read(value)

    async def save_file(self, name: str, data: bytes, media_type: str | None = None, key: str = "") -> str:
        return self.files.save(name, data, media_type)

    async def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        return self.memory.respond()

    async def keep_value(self, key: str, value: Any, scope: KeptScope = "graph") -> None:
        self.memory.kept[scope, key] = value

    async def kept_value(self, key: str, scope: KeptScope = "graph", default: Any = None) -> Any:
        return self.memory.kept.get((scope, key), default)

    async def forget_value(self, key: str, scope: KeptScope = "graph") -> bool:
        return self.memory.forget(key, scope)


class DirectSyncContext(_Facts):
    """The same for blocks that run in threads."""

    def __init__(self, files: Sequence[FileContent] = ()) -> None:
        self.files = ExampleFiles(files)
        self.memory = _Memory()

    def step(self, key: str, fn: Callable[[], Any]) -> Any:
        return fn()

    def wait_until(self, moment: datetime, key: str = "wait") -> None: ...

    def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision:
        return Decision(is_approved=True, data=data)

    def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult:
        raise _not_here("run_graph")

    def call_tool(self, node_id: str, inputs: JsonObject, key: str) -> list[BlockData]:
        raise _not_here("call_tool")

    def read_file(self, value: str) -> FileContent:
        return self.files.read(value)

    def save_file(self, name: str, data: bytes, media_type: str | None = None, key: str = "") -> str:
        return self.files.save(name, data, media_type)

    def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        return self.memory.respond()

    def keep_value(self, key: str, value: Any, scope: KeptScope = "graph") -> None:
        self.memory.kept[scope, key] = value

    def kept_value(self, key: str, scope: KeptScope = "graph", default: Any = None) -> Any:
        return self.memory.kept.get((scope, key), default)

    def forget_value(self, key: str, scope: KeptScope = "graph") -> bool:
        return self.memory.forget(key, scope)


def _not_here(name: str) -> BlockError:
    return BlockError(f"context.{name} needs an engine. Put the call in a method and name that in test_mock.")


async def _gather(block: Block, checked: BlockSchema, given: dict[str, Any], found: list[BlockData]) -> None:
    """Append each yield to `found` as it comes, so that those before a failure are kept; `error` ends it."""
    async for pin, value in _yields(block, checked, given):
        found.append((pin, value))
        if pin == "error":
            return


async def _yields(block: Block, checked: BlockSchema, given: dict[str, Any]) -> AsyncIterator[BlockData]:
    made = block.run(checked, **given)
    if isinstance(made, AsyncIterator):
        async for pair in made:
            yield pair
    else:
        for pair in made:
            yield pair


def _as_async(replacement: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        return replacement(*args, **kwargs)

    return call


def _wanted(pair: BlockData) -> str:
    want = pair[1]
    return "a value that fits" if callable(want) and not isinstance(want, type) else f"{want!r:.200}"


def _matches(want: Any, got: Any) -> bool:
    kind = want if isinstance(want, type) else get_origin(want)
    if isinstance(kind, type):
        return isinstance(got, cast("type[Any]", kind))
    if callable(want):
        return bool(want(got))
    return isinstance(want, bool) == isinstance(got, bool) and bool(want == got)


def _fits(schema: type[BlockSchema], pin: str, value: Any) -> bool:
    adapter: TypeAdapter[Any] | None = schema.pin_adapter(pin) if pin in schema.model_fields else None
    if adapter is None:
        return True
    try:
        adapter.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True
