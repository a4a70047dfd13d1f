"""The Block API: what a developer subclasses, and what a running block may ask of the platform."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Literal, Protocol
from uuid import NAMESPACE_URL, uuid5

from backend.data.file import FileContent
from backend.data.model import BlockSchema, JsonObject

BlockData = tuple[str, Any]
BlockOutput = Iterator[BlockData]
AsyncBlockOutput = AsyncIterator[BlockData]
KeptScope = Literal["graph", "user"]
"""For whom a value is kept: runs of one graph, or of all graphs of the user."""


class BlockCategory(StrEnum):
    INPUT = "input"
    OUTPUT = "output"
    BASIC = "basic"
    LOGIC = "logic"
    TEXT = "text"
    DATA = "data"
    AI = "ai"
    HTTP = "http"
    TIME = "time"
    SEARCH = "search"
    SOCIAL = "social"
    COMMUNICATION = "communication"
    PRODUCTIVITY = "productivity"
    DEVELOPER_TOOLS = "developer_tools"
    ISSUE_TRACKING = "issue_tracking"
    MULTIMEDIA = "multimedia"
    MARKETING = "marketing"
    AGENT = "agent"


class BlockKind(StrEnum):
    STANDARD = "standard"
    TRIGGER = "trigger"
    INPUT = "input"
    OUTPUT = "output"
    NOTE = "note"
    AGENT = "agent"
    REVIEW = "review"


class Execution(StrEnum):
    """Where `run` is executed; follows from how it is written."""

    INLINE = "inline"
    ASYNC = "async"
    THREAD = "thread"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class BlockManualWebhookConfig:
    """A trigger whose URL the person pastes into the provider's settings."""

    provider: str
    webhook_type: str
    event_filter_input: str = ""
    event_format: str = "{event}"


@dataclass(frozen=True, slots=True)
class BlockWebhookConfig(BlockManualWebhookConfig):
    """A trigger whose webhook is made through the provider's API, for the resource that the inputs name."""

    resource_format: str = ""


@dataclass(frozen=True, slots=True)
class BlockPollConfig:
    """A trigger that asks every `interval_s` seconds."""

    interval_s: float = 300.0


@dataclass(frozen=True, slots=True)
class PollRecord:
    """Something new at a service. The same `id` starts one run, however often it is seen."""

    id: str
    data: JsonObject


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll found, oldest first, and the cursor (JSON) that the next one is given."""

    records: list[PollRecord]
    cursor: Any = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer to a review."""

    is_approved: bool
    data: Any
    message: str = ""


@dataclass(frozen=True, slots=True)
class GraphResult:
    """A child run's end: its outputs in the order in which they came."""

    run_id: str
    outputs: list[BlockData]


class RunFacts(Protocol):
    """Which run, node and firing a block works for."""

    @property
    def user_id(self) -> str: ...
    @property
    def graph_id(self) -> str: ...
    @property
    def run_id(self) -> str: ...
    @property
    def node_id(self) -> str: ...
    @property
    def firing(self) -> int: ...
    @property
    def idempotency_key(self) -> str:
        """The same when this firing is repeated after a crash or by a retry."""
        ...

    @property
    def attempt(self) -> int:
        """From 1; more than 1 in a retry."""
        ...

    @property
    def is_safe_mode(self) -> bool:
        """False: whoever started the run wants no reviews."""
        ...

    def progress(self, fraction: float, text: str = "") -> None:
        """Tell watchers; not recorded."""
        ...

    def log(self, text: str) -> None:
        """Tell watchers; not recorded."""
        ...

    def add_cost(self, usd_micros: int, what: str) -> None:
        """Charge the run in millionths of a US dollar."""
        ...

    def add_tokens(self, input_tokens: int, output_tokens: int) -> None:
        """Say what a model has read and written; charged by the block's price of tokens, if it has one."""
        ...


class Context(RunFacts, Protocol):
    """What an async block may ask of the platform.

    Every result is recorded: when the block is run again after a crash or a wait, the recorded
    result comes back at once.
    """

    async def step(self, key: str, fn: Callable[[], Awaitable[Any]]) -> Any:
        """Run `fn` once for this firing, whatever happens; `key` names it within the firing."""
        ...

    async def wait_until(self, moment: datetime, key: str = "wait") -> None:
        """Give everything back and come here again at `moment`, by running the block anew."""
        ...

    async def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision:
        """Wait for a person, for as long as it takes."""
        ...

    async def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult:
        """Run another graph of the same user as a child of this firing.

        Raises:
            BlockError: the child failed; the message says where.
        """
        ...

    async def call_tool(self, node_id: str, inputs: JsonObject, key: str) -> list[BlockData]:
        """Fire a node that hangs on this block's `tools` pin; what it yields comes back."""
        ...

    async def read_file(self, value: str) -> FileContent:
        """The file that a value like `file:<id>` names.

        Raises:
            InvalidInput: the user has no such file; the message names the pin.
        """
        ...

    async def save_file(self, name: str, data: bytes, media_type: str | None = None, key: str = "") -> str:
        """Store a file that belongs to the run; the value that names it.

        Without a `key` the firing's files are told apart by their order. A repetition gets the file that
        was stored first, so what varies is to come from a `step`. `media_type` None: by the name.

        Raises:
            TooLarge, Conflict: the file, or all of the user's, would be too large.
        """
        ...

    async def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        """Answer whoever waits for the run, which goes on; False: they have had an answer already.

        Raises:
            TooLarge: the answer is longer than 1 MiB as JSON.
        """
        ...

    async def keep_value(self, key: str, value: Any, scope: KeptScope = "graph") -> None:
        """Keep a JSON value beyond the run, in place of what was kept under the key.

        Raises:
            Conflict: the user keeps too much.
        """
        ...

    async def kept_value(self, key: str, scope: KeptScope = "graph", default: Any = None) -> Any:
        """What is kept under the key, by whichever run; recorded, so that a repetition gets the same."""
        ...

    async def forget_value(self, key: str, scope: KeptScope = "graph") -> bool:
        """Keep it no longer; whether it was there, recorded too."""
        ...


class SyncContext(RunFacts, Protocol):
    """The same for a block whose `run` is executed in a thread."""

    def step(self, key: str, fn: Callable[[], Any]) -> Any: ...
    def wait_until(self, moment: datetime, key: str = "wait") -> None: ...
    def ask(self, name: str, data: Any, *, is_editable: bool = True, key: str = "ask") -> Decision: ...
    def run_graph(
        self, graph_id: str, version: int | None, inputs: JsonObject, key: str = "graph"
    ) -> GraphResult: ...
    def call_tool(self, node_id: str, inputs: JsonObject, key: str) -> list[BlockData]: ...
    def read_file(self, value: str) -> FileContent: ...
    def save_file(self, name: str, data: bytes, media_type: str | None = None, key: str = "") -> str: ...
    def respond(self, status: int, headers: Mapping[str, str], body: Any) -> bool: ...
    def keep_value(self, key: str, value: Any, scope: KeptScope = "graph") -> None: ...
    def kept_value(self, key: str, scope: KeptScope = "graph", default: Any = None) -> Any: ...
    def forget_value(self, key: str, scope: KeptScope = "graph") -> bool: ...


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin of a node as the planner and the form see it."""

    name: str
    schema: JsonObject
    is_required: bool = False
    is_hidden: bool = False
    is_each: bool = False


@dataclass(frozen=True, slots=True)
class NodePins:
    """The pins of one node, in the block's order."""

    inputs: Mapping[str, Pin]
    outputs: Mapping[str, Pin]


@dataclass(frozen=True, slots=True)
class TestCase:
    """One example of a block: inputs, the exact outputs in order, what is replaced meanwhile, files at hand."""

    __test__ = False

    input: JsonObject
    output: list[tuple[str, Any]]
    mock: Mapping[str, Any] = field(default_factory=dict[str, Any])
    credentials: Any = None
    files: tuple[FileContent, ...] = ()


class Block(ABC):
    """A unit of work with typed pins. Subclass it, give it an `id`, schemas, test data and `run`."""

    id: ClassVar[str] = ""
    description: ClassVar[str] = ""
    categories: ClassVar[set[BlockCategory]] = set()
    icon: ClassVar[str] = ""
    """The name of a Lucide icon, such as `list-plus`."""
    differences: ClassVar[tuple[str, ...]] = ()
    """What surprises whoever knows the block of this id from the AutoGPT platform; a sentence each.

    Shown on the block's page, and when a graph from there is imported.
    """
    kind: ClassVar[BlockKind] = BlockKind.STANDARD
    webhook_config: ClassVar[BlockManualWebhookConfig | None] = None
    poll_config: ClassVar[BlockPollConfig | None] = None

    pure: ClassVar[bool] = False
    """No I/O, quick (see `is_quick`), deterministic: run inline, journaled behind."""
    cpu_bound: ClassVar[bool] = False
    """Run in another process."""
    is_recorded: ClassVar[bool] = False
    """All that it does is in the journal of its run: it may begin before its start is on disk."""
    at_most_once: ClassVar[bool] = False
    """Fail an interrupted firing instead of repeating it."""
    static_output: ClassVar[bool] = False
    """Its links keep their last value."""
    collects: ClassVar[bool] = False
    """Fires once for each settled scope, with its items in order (rule 7)."""
    loop_pins: ClassVar[frozenset[str]] = frozenset()
    order: ClassVar[Literal["source", "arrival"]] = "source"

    Input: ClassVar[type[BlockSchema]] = BlockSchema
    Output: ClassVar[type[BlockSchema]] = BlockSchema

    test_input: ClassVar[JsonObject | list[JsonObject] | None] = None
    test_output: ClassVar[list[Any] | None] = None
    test_mock: ClassVar[Mapping[str, Any]] = {}
    test_credentials: ClassVar[Any] = None
    test_files: ClassVar[tuple[FileContent, ...]] = ()
    """Files that are there when the examples run; `examples.file_value` says how values name them."""
    has_own_id: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if inspect.isabstract(cls):
            return
        if "id" not in cls.__dict__ and not _inherits_id_legally(cls):
            cls.id = str(uuid5(NAMESPACE_URL, f"{cls.__module__}.{cls.__qualname__}"))
            cls.has_own_id = False
        if "description" not in cls.__dict__ and cls.__doc__:
            cls.description = inspect.cleandoc(cls.__doc__)
        if cls.webhook_config or cls.poll_config:
            cls.kind = BlockKind.TRIGGER

    @abstractmethod
    def run(self, input_data: Any, *args: Any, **kwargs: Any) -> BlockOutput | AsyncBlockOutput:
        """Yield `(pin, value)` as results come; may be an async generator.

        Asks by keyword for what it needs: `credentials`, `user_id`, `graph_id`, `run_id`, `node_id`,
        `idempotency_key`, `context`.
        """
        ...

    async def poll(self, input_data: Any, *, cursor: Any, **kwargs: Any) -> PollResult:
        """Ask the service for news, for a block with a `poll_config`; each record starts a run with its `payload`.

        `cursor` is what the last poll gave, None for the first one. Credentials come by keyword, as in `run`.
        """
        raise TypeError(f"{self.name} has a poll_config and no poll().")

    @cached_property
    def name(self) -> str:
        """The class name, by which a block is known in graphs' reports and docs."""
        return type(self).__name__

    @cached_property
    def title(self) -> str:
        """The name for people: `StepThroughItemsBlock` -> "Step Through Items"."""
        words = self.name.removesuffix("Block")
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", words)

    @cached_property
    def execution(self) -> Execution:
        """Follows from the flags and from how `run` is written."""
        if inspect.isasyncgenfunction(self.run):
            return Execution.ASYNC
        if self.pure:
            return Execution.INLINE
        return Execution.PROCESS if self.cpu_bound else Execution.THREAD

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        """The same for one node, where its constants and linked pins decide (a simple template is pure)."""
        return self.execution

    def is_quick(self, input_data: Any) -> bool:
        """Whether a pure block is done in a few milliseconds with these inputs; else it runs in a thread."""
        return True

    @cached_property
    def wanted_keywords(self) -> frozenset[str]:
        """Keyword arguments that `run` names, and so is given."""
        parameters = inspect.signature(self.run).parameters.values()
        return frozenset(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)

    def pins(self, constants: JsonObject) -> NodePins:
        """The pins of a node with these constants; blocks with pins of their own making override it."""
        return self._class_pins

    def input_model(self, constants: JsonObject) -> type[BlockSchema]:
        """The schema that checks a firing's inputs; overridden together with `pins`."""
        return self.Input

    @cached_property
    def _class_pins(self) -> NodePins:
        return NodePins(inputs=schema_pins(self.Input), outputs=schema_pins(self.Output))

    def test_cases(self) -> list[TestCase]:
        """The examples in the class; empty when there are none.

        `test_input` is one input or a list of them; with a list `test_output` is their outputs, one
        after the other, or a list of lists, one for each.
        """
        if self.test_input is None or self.test_output is None:
            return []
        inputs = self.test_input if isinstance(self.test_input, list) else [self.test_input]
        outputs = self.test_output
        is_nested = bool(outputs) and all(isinstance(output, list) for output in outputs)
        if len(inputs) > 1 and not (is_nested and len(outputs) == len(inputs)):
            raise ValueError(f"{self.name}: give test_output a list of outputs for each of its test inputs.")
        nested = outputs if is_nested else [outputs]
        return [
            TestCase(given, list(expected), self.test_mock, self.test_credentials, self.test_files)
            for given, expected in zip(inputs, nested, strict=True)
        ]


def schema_pins(schema: type[BlockSchema]) -> dict[str, Pin]:
    """The pins of a schema by name, in its order; credentials are no pins."""
    hidden, each, required = schema.hidden_pins(), schema.each_pins(), schema.required_pins()
    return {
        name: Pin(name, schema.pin_schema(name), name in required, name in hidden, name in each)
        for name in schema.model_fields
        if name not in schema.credentials_pins()
    }


def _inherits_id_legally(cls: type[Block]) -> bool:
    """Whether `id` was set by a base that is abstract (a family of blocks made in a loop)."""
    return any(
        "id" in base.__dict__ and inspect.isabstract(base) and base is not Block for base in cls.__mro__[1:]
    )
