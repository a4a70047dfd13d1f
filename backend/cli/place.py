"""Where a command works: in the installation on this machine (here.py), or at a server (there.py)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from backend.cli.order import Order
    from backend.data.block import Decision
    from backend.data.graph import Graph
    from backend.data.model import JsonObject
    from backend.data.run import RunEvent, RunStatus
    from backend.util.errors import Problem


class Opened(IntEnum):
    """How much of the installation a command needs."""

    DATABASE = 0
    """To look at what is stored."""
    READER = 1
    """To look at runs; what is queued stays with others."""
    WORKER = 2
    """To execute runs."""


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run as it stands. `result` is the object that `blockyard run --json` prints."""

    run_id: str
    status: RunStatus
    graph_id: str
    graph_version: int
    wake_at: datetime | None
    result: JsonObject

    @property
    def waits_for_person(self) -> bool:
        """Whether no clock will wake the run."""
        return self.status.value == "waiting" and self.wake_at is None


@dataclass(frozen=True, slots=True)
class Started:
    """A run that is accepted. `ms()`: from accepting it until its end is on disk; None: as is stored with it."""

    run_id: str
    ms: Callable[[], float | None]


class Place(Protocol):
    """What commands do. Both implementations answer alike; tests/cli/test_conformance.py compares them.

    Whatever names a run, graph or review that is not there raises NotFound.
    """

    async def blocks(self) -> list[JsonObject]:
        """Every block, as `blockyard blocks list --json` prints it."""
        ...

    async def problems_in(self, graph: Graph) -> list[Problem]:
        """What keeps a graph that is not stored from running."""
        ...

    async def list_graphs(self, limit: int) -> list[JsonObject]:
        """The newest first, as in the HTTP interface."""
        ...

    async def import_graph(self, raw: bytes) -> JsonObject:
        """Store a file's graphs under new ids; the report."""
        ...

    async def export_graph(self, graph_id: str, version: str | None) -> bytes:
        """`version` is a number or `draft`; the newest without it."""
        ...

    async def graph(self, graph_id: str, version: int) -> Graph:
        """A version, also of a graph that was deleted where that can be had."""
        ...

    async def start(self, order: Order, *, is_durable_first: bool) -> Started:
        """Store the order's graph if it has one, and start the run; on disk before anything is told if wanted."""
        ...

    async def see(self, run_id: str) -> RunSeen: ...

    async def list_runs(self, limit: int, status: RunStatus | None) -> list[JsonObject]:
        """The newest first, without those that other runs started; as in the HTTP interface."""
        ...

    async def events(self, run_id: str) -> list[RunEvent]:
        """All that is recorded."""
        ...

    def follow(self, run_id: str, *, after: int) -> AsyncGenerator[RunEvent]:
        """Events after number `after`, then live ones until the run is final."""
        ...

    async def to_rest(self, run_id: str) -> RunSeen:
        """The run when it is final, or when nothing but a person can make it go on."""
        ...

    async def root_of(self, run_id: str) -> str:
        """The run that somebody started, from one that may be within it."""
        ...

    async def reviews(self) -> list[JsonObject]:
        """What waits for an answer, oldest first: id, run_id, node_id, name, data, is_editable, created_at."""
        ...

    async def reviews_of(self, run_id: str) -> list[JsonObject]:
        """Those of a run and of all below it."""
        ...

    async def decide(self, review_id: str, decision: Decision) -> None: ...

    async def cancel(self, run_id: str) -> RunStatus: ...

    async def finish_others(self) -> None:
        """Stay until runs that this command has taken up from a killed one are over."""
        ...
