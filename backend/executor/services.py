"""What runs need from the process they run in, as the run loop sees it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from backend.data.block import BlockData, Decision
from backend.data.credentials import Credentials, CredentialsMetaInput
from backend.data.file import FileContent
from backend.data.model import JsonObject
from backend.data.run import RunEvent, RunStatus
from backend.executor.billing import Billing
from backend.executor.context import ChildStart, Wait
from backend.executor.process_pool import ProcessPool
from backend.executor.streams import BlockThreads
from backend.util.settings import Settings

if TYPE_CHECKING:
    from backend.executor.records import Segment
    from backend.executor.run_loop import RunLoop
    from backend.executor.run_node import NodeRun


class CredentialsSource(Protocol):
    async def get(self, user_id: str, reference: CredentialsMetaInput[Any, Any]) -> Credentials:
        """The secret behind a reference, for its owner.

        Raises:
            CredentialsError: there is none of this user's; the message says what to do.
        """
        ...


class Blobs(Protocol):
    async def read(self, user_id: str, blob_id: str) -> bytes: ...


class Files(Protocol):
    async def read(self, user_id: str, file_id: str) -> FileContent:
        """A whole file.

        Raises:
            NotFound: there is none, or it is another user's.
            LimitReached: it is larger than files may be now.
        """
        ...

    async def save(self, user_id: str, run_id: str, file_id: str, content: FileContent) -> None:
        """Store a file that belongs to the run; when the id is there already, that one stays.

        Raises:
            TooLarge, Conflict: the file, or all of the user's, would be too large.
        """
        ...


class KeptValues(Protocol):
    async def keep(self, user_id: str, graph_id: str, key: str, value: Any) -> None:
        """Keep a value beyond the run; `graph_id` empty: for all graphs of the user.

        Raises:
            Conflict: the user keeps too much.
        """
        ...

    async def read(self, user_id: str, graph_id: str, key: str) -> tuple[bool, Any]:
        """Whether something is kept there, and what."""
        ...

    async def forget(self, user_id: str, graph_id: str, key: str) -> bool:
        """Keep it no longer; whether it was there."""
        ...


class Reviews(Protocol):
    async def answer(self, user_id: str, review_id: str) -> Decision | None:
        """What the person decided, None while open or not asked yet."""
        ...


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child run ended: with outputs, an error's text, or a wait that its parent shares."""

    outputs: list[BlockData] = field(default_factory=list[BlockData])
    error: str | None = None
    wait: Wait | None = None


class Children(Protocol):
    async def run(self, parent: NodeRun, start: ChildStart) -> ChildEnd:
        """Start a child run or go on with it, and wait for its end."""
        ...


class Tracer(Protocol):
    """Makes spans of what happens (tracing.py)."""

    def resumes(self, loop: RunLoop, segments: Sequence[Segment]) -> None: ...

    def run_began(self, loop: RunLoop) -> str:
        """What its journal keeps for whoever goes on with it."""
        ...

    def run_left(self, loop: RunLoop) -> None: ...

    async def firing(self, run: NodeRun) -> None:
        """Execute the firing."""
        ...


class Replayed(Protocol):
    """What a replay leaves to be done."""

    def start_interrupted(self) -> None:
        """Start again what was at work when the journal ends."""
        ...


@dataclass(slots=True)
class Services:
    """Handed to every run loop of the process."""

    settings: Settings
    spawn: Callable[[Coroutine[Any, Any, None]], Any]
    threads: BlockThreads
    processes: ProcessPool
    credentials: CredentialsSource
    blobs: Blobs
    files: Files
    kept: KeptValues
    reviews: Reviews
    children: Children
    billing: Billing
    tell: Callable[[RunEvent], None]
    forget: Callable[[RunLoop], None]
    answered: Callable[[RunLoop], None]
    tracer: Tracer | None = None
    """None, as it mostly is: nothing is traced."""

    def begin(self, loop: RunLoop) -> JsonObject:
        """What a run's journal says when it begins or goes on."""
        state: JsonObject = {"status": RunStatus.RUNNING.value}
        if self.tracer is not None:
            state["traceparent"] = self.tracer.run_began(loop)
        return state

    def execution_of(self, run: NodeRun) -> Coroutine[Any, Any, None]:
        """What is to be awaited for the firing to happen."""
        return run.execute() if self.tracer is None else self.tracer.firing(run)
