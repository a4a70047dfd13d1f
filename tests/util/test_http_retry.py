"""How long a retry waits, decided without a clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.util.http_messages import Headers, Lost, Reply
from backend.util.http_retry import retry_after_s, wait_s

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30.0),
        ("Friday, 02-Jan-26 03:04:35 GMT", 30.0),
        ("Fri, 02 Jan 2026 04:04:35 +0100", 30.0),
        ("Fri, 02 Jan 2026 03:04:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Fri, 99 Jan 2026 03:04:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    assert retry_after_s(Headers([("Retry-After", value)]), now=NOW) == seconds


@pytest.mark.parametrize(
    ("attempt", "longest"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (60, 8.0)]
)
def test_wait_doubles_up_to_a_limit_and_half_of_it_is_chance(attempt: int, longest: float) -> None:
    lost = Lost("x")
    assert wait_s(attempt, lost, now=NOW, dice=lambda: 0.0) == longest / 2
    assert wait_s(attempt, lost, now=NOW, dice=lambda: 1.0) == longest


def test_wait_is_what_the_server_asks_for() -> None:
    reply = Reply(503, Headers([("retry-after", "7")]), b"")
    assert wait_s(0, reply, now=NOW, dice=lambda: 0.0) == 7.0
