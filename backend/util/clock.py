"""Time and ids, in one place so that tests can hand in their own."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
_RANDOM_BITS = ~(0xF << 76 | 0x3 << 62)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A UUIDv7 as text: unique, and later ids sort behind earlier ones (RFC 9562, 5.7)."""
    millis = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10)) & _RANDOM_BITS | _VERSION_AND_VARIANT
    digits = f"{millis << 80 | random:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
