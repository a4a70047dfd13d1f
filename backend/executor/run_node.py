"""One firing that is not run inline: inputs, credentials, the block, time-out, retry."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from structlog.contextvars import bind_contextvars

from backend.data.away import surely
from backend.data.block import BlockData, Execution
from backend.data.credential_fields import check_fits
from backend.data.credentials import Credentials
from backend.data.model import JsonObject
from backend.data.run import HttpExchange, RunError
from backend.executor import streams
from backend.executor.bound import BoundNode, pinned_values
from backend.executor.context import BlockContext, Suspend, ThreadContext
from backend.executor.plan import Firing
from backend.executor.program import ERROR_PIN
from backend.executor.run_log import RunLost
from backend.executor.values import Held, Stored, digest, from_json, hold, is_large, release
from backend.integrations.secret_values import scrubber_for
from backend.util.errors import (
    BlockError,
    BlockTimeout,
    BlockyardError,
    BudgetReached,
    Diverged,
    Interrupted,
    LimitReached,
    ProviderError,
)
from backend.util.http_record import Recorder, recorder
from backend.util.http_shown import Scrub, shown

if TYPE_CHECKING:
    from backend.data.scrub import Scrubber
    from backend.executor.purse import Hold
    from backend.executor.run_loop import RunLoop

_MOST_EXCHANGES = 10
_NEVER_RETRIED = frozenset({Diverged.code, Interrupted.code, LimitReached.code, BudgetReached.code})


@dataclass(slots=True)
class Memory:
    """What is recorded of a firing, so that a repetition repeats and pays nothing twice.

    `yields` has the pin and the digest of each value, `steps` the recorded results by key, `attempts` how
    many failed and were tried again, `paid_attempt` which attempt's call was charged (0: none).
    """

    yields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    steps: dict[str, Any] = field(default_factory=dict[str, Any])
    attempts: int = 0
    paid_attempt: int = 0
    is_interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a firing failed: the kind by its code, and a message for people."""

    code: str
    message: str
    retry_after_s: float | None = None
    exchange: JsonObject | None = None
    """What was sent to a service that refused, and its answer (util/http_shown.py)."""


class NodeRun:
    """A firing at work. The run loop is told what it yields and how it ends."""

    __slots__ = (
        "loop",
        "firing",
        "node",
        "memory",
        "attempt",
        "allowance",
        "failure",
        "is_alive",
        "task",
        "gate",
        "begun",
        "key",
        "hold",
        "given",
        "is_large",
        "reported_usd_micros",
        "scrubber",
        "recorder",
        "_position",
    )

    def __init__(self, loop: RunLoop, firing: Firing, node: BoundNode, memory: Memory) -> None:
        self.loop = loop
        self.firing = firing
        self.node = node
        self.memory = memory
        self.attempt = memory.attempts + 1
        self.allowance = loop.max_waiting_values
        self.failure: Failure | None = None
        """Of the last attempt that failed."""
        self.is_alive = True
        self.task: asyncio.Task[None] | None = None
        self.gate: asyncio.Event | None = None
        self.begun: Iterator[BlockData] | None = None
        """A pure block that was too long for the fast path: where it stands."""
        self.hold: Hold | None = None
        """The money it may spend; None when its block costs nothing."""
        self.is_large = False
        """Whether it got so much that nothing with it is done within the loop."""
        self.given: Any = None
        """What the block was given, checked."""
        self.reported_usd_micros = 0
        """What the block says that this attempt has cost."""
        self.scrubber: Scrubber | None = None
        """Takes the secrets that the block was given out of whatever it says; None: it was given none."""
        self.recorder: Recorder | None = None
        """What this attempt's block has sent; None: it has not begun."""
        self._position = 0
        self.key = (node.index, firing.n)

    async def execute(self) -> None:
        """Run to the end; the loop hears of it unless the run is over by then."""
        row = self.loop.row
        bind_contextvars(run_id=row.id, user_id=row.user_id, node_id=self.node.id)
        try:
            await self._until_done()
        except Suspend as suspend:
            self._settle(None, is_waiting=True)
            self.loop.on_suspended(self, suspend.wait)
        except RunLost:
            pass  # the loop was told by the journal
        except asyncio.CancelledError:
            self._settle("cancelled")
            if self.is_alive:
                self.loop.on_failed(self, Failure("cancelled", "The block cancelled itself."))

    async def _until_done(self) -> None:
        if not (self.node.block.pure or self.node.block.is_recorded):
            await self.loop.log.flushed()
        while True:
            try:
                if self.memory.is_interrupted and self.node.block.at_most_once:
                    self.loop.services.billing.forgo(self)
                    raise Interrupted(
                        "The worker ended while this ran. It may have done its work, so it is not repeated."
                    )
                await self._attempt()
            except (Exception, streams.Abandoned) as error:
                if isinstance(error, RunLost):
                    raise
                failure = self.failure = self._harmless(describe(error), error)
                self._settle(failure.code)
                if failure.code == BudgetReached.code:
                    self._when_alive(self.loop.services.billing.refuse, failure)
                    return
                pause_s = self._pause_s(failure)
                if pause_s is None:
                    self._when_alive(self.loop.on_failed, failure)
                    return
                self.loop.on_retried(self, failure, pause_s)
                await asyncio.sleep(pause_s)
                self.attempt += 1
                self.memory.attempts += 1
            else:
                self._settle(None)
                self._when_alive(self.loop.on_finished)
                return

    def _settle(self, code: str | None, *, is_waiting: bool = False) -> None:
        if self.is_alive and (self.hold is not None or self.reported_usd_micros):
            self.loop.services.billing.settle(self, code, is_waiting=is_waiting)

    def _when_alive(self, tell: Any, *arguments: Any) -> None:
        if self.is_alive:
            tell(self, *arguments)

    async def _attempt(self) -> None:
        timeout_s = self.node.node.policy.timeout_s
        timer = asyncio.timeout(timeout_s)
        try:
            async with timer:
                await self._consume(await self._stream())
        except TimeoutError as error:
            if timer.expired():
                raise BlockTimeout(f"It took longer than its limit of {timeout_s:g} s.") from error
            raise

    async def _consume(self, stream: AsyncIterator[BlockData]) -> None:
        async with aclosing(cast("Any", stream)) as items:
            async for pin, value in items:
                if pin == ERROR_PIN:
                    raise BlockError(value if isinstance(value, str) else str(value))
                self._emit(pin, value)
                while self.firing.pending >= self.allowance:
                    self.gate = asyncio.Event()
                    self.loop.pump()
                    await self.gate.wait()
                    self.gate = None
        if self._position < len(self.memory.yields):
            raise Diverged(
                f"Repeated after an interruption, it yielded {self._position} values; "
                f"{len(self.memory.yields)} had been recorded before."
            )

    def _harmless(self, failure: Failure, error: BaseException) -> Failure:
        scrub: Scrub = str if self.scrubber is None else self.scrubber.text
        return replace(failure, message=scrub(failure.message), exchange=self._exchange(error, scrub))

    def _exchange(self, error: BaseException, scrub: Scrub) -> JsonObject | None:
        """What was sent and came back, if a service's refusal is behind the error."""
        refusal = next((link for link in _chain(error) if isinstance(link, ProviderError)), None)
        behind = self.recorder and refusal and self.recorder.behind(refusal.http_status)
        return {**shown(behind, scrub)} if behind else None

    def scrubbed(self, value: Any) -> Any:
        """The value without the secrets that the block was given: services repeat what they are sent."""
        return value if self.scrubber is None else self.scrubber.value(value)

    def _emit(self, pin: str, value: Any) -> None:
        self.check_alive()
        value = self.scrubbed(value)
        self.node.check_output(pin, value)
        held = hold(value)
        if self.hold is not None:
            self.hold.count(pin, held)
        known = self.memory.yields
        said = (pin, digest(held))
        if self._position < len(known):
            if known[self._position] != said:
                raise Diverged(
                    f"Repeated after an interruption, its yield {self._position + 1} on {pin!r} differs from "
                    "the recorded one. Blocks that give other results each time need `context.step`."
                )
            self._position += 1
            return
        self._position += 1
        known.append(said)
        self.loop.on_yield(self, pin, held)

    def check_alive(self) -> None:
        """Raises CancelledError when nobody wants the results any more."""
        if not self.is_alive:
            raise asyncio.CancelledError

    # -- what the block gets ---------------------------------------------------------------------------

    async def _stream(self) -> AsyncIterator[BlockData]:
        if self.begun is not None:
            begun, self.begun = self.begun, None
            self._position = len(self.memory.yields)
            return streams.inline(begun)
        self._position = 0
        if self.node.pinned is not None:
            return streams.inline(pinned_values(self.node))
        data = self.given = await self._checked(*await self._inputs())
        money = self.hold = await self.loop.services.billing.reserve(self, data)
        stream = await self._start(data)
        if money is not None:
            money.start()
        return stream

    async def _checked(self, taken: dict[str, Held], overrides: dict[str, Any] | None) -> Any:
        """The inputs, checked; large ones in a thread."""
        self.is_large = any(map(is_large, taken.values()))
        if self.is_large:
            return await asyncio.to_thread(self.node.input_model, taken, overrides)
        return self.node.input_model(taken, overrides)

    async def _start(self, data: Any) -> AsyncIterator[BlockData]:
        block, execution = self.node.block, self.node.execution
        if execution is Execution.PROCESS:
            facts = self._facts()
            path = f"{type(block).__module__}:{type(block).__qualname__}"
            return self.loop.services.processes.run(path, data.model_dump(mode="json"), facts)
        keywords = await self._keywords(data)
        self.recorder = Recorder()
        recorder.set(self.recorder)
        if execution is Execution.ASYNC:
            return cast("AsyncIterator[BlockData]", block.run(data, **keywords))
        is_here = execution is Execution.INLINE and "context" not in block.wanted_keywords
        if is_here and not self.is_large and block.is_quick(data):
            return streams.inline(cast("Iterator[BlockData]", block.run(data, **keywords)))
        make = lambda: cast("Iterator[BlockData]", block.run(data, **keywords))  # noqa: E731
        return self.loop.services.threads.iterate(make)

    async def _inputs(self) -> tuple[dict[str, Held], dict[str, Any] | None]:
        """Taken values with the large ones fetched, and what replaces constants."""
        taken: dict[str, Held] = {}
        overrides = dict(self.loop.overrides.get(self.node.index, {}))
        edits = self.loop.edits.get(self.node.index, {})
        for pin, value in self.firing.inputs.items():
            if pin in edits:
                continue
            if isinstance(value, list):
                overrides[pin] = [release(await self.fetched(cast("Held", part.data))) for part in value]
            else:
                taken[pin] = await self.fetched(cast("Held", value.data))
        return taken, {**overrides, **edits}

    async def fetched(self, held: Held) -> Held:
        """The value itself, read if it is a large one."""
        if not isinstance(held, Stored):
            return held
        await self.loop.log.flushed()
        blobs, user_id = self.loop.services.blobs, self.loop.row.user_id
        return from_json(await surely("large value", lambda: blobs.read(user_id, held.blob_id)))

    async def _keywords(self, data: Any) -> dict[str, Any]:
        wanted = self.node.block.wanted_keywords
        keywords = self._facts()
        if "context" in wanted:
            context = BlockContext(self)
            is_async = self.node.execution is Execution.ASYNC
            keywords["context"] = context if is_async else ThreadContext(context, asyncio.get_running_loop())
        keywords.update(await self._credentials(data, wanted))
        return keywords

    async def _credentials(self, data: Any, wanted: Collection[str]) -> dict[str, Credentials]:
        found: dict[str, Credentials] = {}
        for pin in self.node.block.Input.credentials_pins():
            if pin in wanted and (reference := getattr(data, pin, None)) is not None:
                credentials = await self.loop.services.credentials.get(self.loop.row.user_id, reference)
                check_fits(self.node.block.Input, pin, data, credentials)
                found[pin] = credentials
        self.scrubber = scrubber_for(found.values()) if found else None
        return found

    def _facts(self) -> dict[str, Any]:
        return self.loop.facts(self.node, self.firing, self.node.block.wanted_keywords)

    def _pause_s(self, failure: Failure) -> float | None:
        """Seconds until the next attempt, None when there is none."""
        retry = self.node.node.policy.retry
        if self.attempt > retry.times or failure.code in _NEVER_RETRIED or not self.is_alive:
            return None
        if retry.kinds and failure.code not in retry.kinds:
            return None
        backoff_s = min(retry.backoff_s * 2.0 ** (self.attempt - 1), retry.max_backoff_s)
        jittered_s = backoff_s * random.uniform(0.5, 1.0)
        return max(jittered_s, failure.retry_after_s or 0.0)


def describe(error: BaseException) -> Failure:
    """The failure that an exception means: its kind is the first of ours in the chain of causes."""
    typed = next((link for link in _chain(error) if isinstance(link, BlockyardError)), None)
    code = typed.code if typed is not None else BlockError.code
    text = str(error)
    message = (
        text if isinstance(error, BlockyardError) and text else f"{type(error).__name__}: {text}".rstrip(": ")
    )
    return Failure(code, message, getattr(typed, "retry_after_s", None))


def exchange_in(failure: Failure) -> JsonObject:
    """What of it goes into the event."""
    return {} if failure.exchange is None else {"exchange": failure.exchange}


def exchange_of(data: JsonObject, others: Sequence[RunError]) -> HttpExchange | None:
    """For the run's own list of errors, from the event: only the first few keep it, since all are in one row."""
    found = data.get("exchange")
    return None if found is None or len(others) >= _MOST_EXCHANGES else HttpExchange.model_validate(found)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised from, then what was being handled (PEP 3134)."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
