"""What runs need from the process they run in, as the run loop sees it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from backend.data.block import BlockData, Decision
from backend.data.credentials import Credentials, CredentialsMetaInput
from backend.data.run import RunEvent
from backend.executor.context import ChildStart, Wait
from backend.executor.process_pool import ProcessPool
from backend.executor.streams import BlockThreads
from backend.util.settings import Settings

if TYPE_CHECKING:
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


@dataclass(slots=True)
class Services:
    """Handed to every run loop of the process."""

    settings: Settings
    spawn: Callable[[Coroutine[Any, Any, None]], Any]
    threads: BlockThreads
    processes: ProcessPool
    credentials: CredentialsSource
    blobs: Blobs
    reviews: Reviews
    children: Children
    tell: Callable[[RunEvent], None]
    forget: Callable[[RunLoop], None]
