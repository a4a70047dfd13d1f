"""One exchange from the first byte to the answer: redirects, retries and time, decided without any I/O.

`exchange` is a generator. It yields what is to be sent, is given what came of it, and returns
the response. Both faces of `request.py` drive this one generator, so that there is one policy.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.util.address_guard import AddressGuard
from backend.util.clock import now
from backend.util.errors import ProviderError, ProviderUnavailable
from backend.util.http_answer import error_for
from backend.util.http_messages import Hop, Lost, Reply, Response, Send
from backend.util.http_record import recorder
from backend.util.http_redirect import redirected
from backend.util.http_retry import is_passing, may_repeat, retry_after_s, wait_s
from backend.util.url_target import Target


@dataclass(frozen=True, slots=True)
class Chances:
    """Time and luck, so that a test can hand in its own. `monotonic` counts seconds."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = now
    dice: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Terms:
    """What one exchange must keep to.

    `origin_map` sends an origin to a local server (tests only). `max_redirects` 0 hands a redirect back as the
    answer. `note` ends the message of an error. `is_read` requests may be repeated whatever their method.
    """

    guard: AddressGuard
    timeout_s: float
    max_bytes: int
    max_retries: int
    max_redirects: int
    raise_for_status: bool
    trusted: frozenset[str] = frozenset()
    origin_map: Mapping[str, Target] = field(default_factory=dict[str, Target])
    note: str = ""
    is_read: bool = False
    chances: Chances = field(default_factory=Chances)


Steps = Generator[Send, Reply | Lost, Response]


def exchange(first: Hop, terms: Terms) -> Steps:
    """Send `first` and follow where it leads.

    Raises:
        AddressRefused: a redirect led to an address the guard refuses.
        ProviderError: the answer's own error (only with `raise_for_status`), or too many redirects.
        ProviderUnavailable: no answer came, in time and after the retries.
    """
    started = terms.chances.monotonic()
    attempts = _Attempts(terms, deadline=started + terms.timeout_s)
    hop = first
    for _ in range(terms.max_redirects + 1):
        reply = yield from attempts.send(hop)
        following = redirected(hop, reply, guard=terms.guard, trusted=terms.trusted)
        if following is None or terms.max_redirects == 0:
            return _answer(hop, first, reply, terms, elapsed_s=terms.chances.monotonic() - started)
        hop = following
    raise ProviderError(
        f"{first.target.shown} redirected more than {terms.max_redirects} times. Check the address: it may be a loop."
    )


class _Attempts:
    """Sends hops, and sends them again while retries and time are left: both are shared by the whole exchange."""

    def __init__(self, terms: Terms, *, deadline: float) -> None:
        self._terms = terms
        self._deadline = deadline
        self._retries = 0

    def send(self, hop: Hop) -> Generator[Send, Reply | Lost, Reply]:
        send = Send(hop, _wire(hop.target, self._terms.origin_map), self._deadline, self._terms.max_bytes)
        kept = recorder.get()
        record = None if kept is None else kept.sent(hop, self._terms.chances.monotonic())
        outcome = yield send
        while (pause_s := self._pause_s(hop, outcome)) is not None:
            self._retries += 1
            outcome = yield replace(send, pause_s=pause_s)
        if isinstance(outcome, Lost):
            raise ProviderUnavailable(f"{hop.target.shown} {outcome.reason}")
        if record is not None:
            record.answered(outcome, self._terms.chances.monotonic())
        return outcome

    def _pause_s(self, hop: Hop, outcome: Reply | Lost) -> float | None:
        """Seconds to wait before `hop` is sent again; None when it is not."""
        is_repeatable = self._terms.is_read or may_repeat(hop)
        if self._retries >= self._terms.max_retries or not (is_passing(outcome) and is_repeatable):
            return None
        chances = self._terms.chances
        pause_s = wait_s(self._retries, outcome, now=chances.now(), dice=chances.dice)
        return pause_s if chances.monotonic() + pause_s < self._deadline else None


def _wire(target: Target, origin_map: Mapping[str, Target]) -> Target:
    mapped = origin_map.get(target.origin)
    return target if mapped is None else Target(mapped.scheme, mapped.host, mapped.port, target.rest)


def _answer(hop: Hop, first: Hop, reply: Reply, terms: Terms, *, elapsed_s: float) -> Response:
    response = Response(reply.status, reply.headers, reply.content, hop.target.url, elapsed_s)
    if response.ok or not terms.raise_for_status:
        return response
    raise error_for(
        response,
        secrets=first.credentials.values(),
        retry_after_s=retry_after_s(reply.headers, now=terms.chances.now()),
        note=terms.note,
    )
