"""When a request is sent again and how long to wait before. Pure: the clock and the dice come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from backend.util.http_messages import Hop, Lost, Reply

MAX_RETRIES = 3
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})  # RFC 9110, 9.2.2; TRACE is not offered


def may_repeat(hop: Hop) -> bool:
    """Whether sending `hop` twice does no more than sending it once."""
    return hop.method in _IDEMPOTENT or "idempotency-key" in {*hop.headers, *hop.credentials}


def is_passing(outcome: Reply | Lost) -> bool:
    """Whether the outcome may be a different one a moment later."""
    return isinstance(outcome, Lost) or outcome.status == 429 or outcome.status >= 500


def wait_s(attempt: int, outcome: Reply | Lost, *, now: datetime, dice: Callable[[], float]) -> float:
    """Seconds before the next try, the first being `attempt` 0: what the server asks for, else a growing time.

    `dice` gives a number in [0, 1); half of the wait is left to chance, so that clients do not come back
    together.
    """
    asked = None if isinstance(outcome, Lost) else retry_after_s(outcome.headers, now=now)
    if asked is not None:
        return asked
    return min(FIRST_WAIT_S * float(1 << attempt), LONGEST_WAIT_S) * (0.5 + dice() / 2)


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for (RFC 9110, 10.2.3: a number or a date); None without a usable one."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
