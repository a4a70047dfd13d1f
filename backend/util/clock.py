"""Time and ids, in one place so that tests can hand in their own."""

from __future__ import annotations

import hashlib
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
    return _dashed(f"{millis << 80 | random:032x}")


def id_beside(known_id: str, number: int, name: str) -> str:
    """A UUIDv7 with the time of `known_id`, the same whenever it is asked for with the same name.

    Those of one time sort by `number` (of 32 bits), so that what is made within a run stands beside it in
    lists by id.
    """
    millis = int(known_id.replace("-", "")[:12], 16)
    digest = int.from_bytes(hashlib.blake2b(f"{known_id}/{name}".encode(), digest_size=8).digest()) >> 22
    high, low = number >> 20 & 0xFFF, number & 0xFFFFF
    return _dashed(f"{millis << 80 | high << 64 | low << 42 | digest | _VERSION_AND_VARIANT:032x}")


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def first_id_at(moment: datetime) -> str:
    """The lowest id that `new_id` can give at this millisecond: ids from then on are not below it."""
    millis = max(int(moment.timestamp() * 1000), 0)
    digits = f"{millis:012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"


def time_of_id(text: str) -> datetime:
    """When `new_id` gave this id, to the millisecond.

    Raises:
        ValueError: `new_id` did not.
    """
    digits = text.replace("-", "")
    if len(digits) != 32 or digits[12] != "7":
        raise ValueError(f"{text!r} is no UUIDv7.")
    return datetime.fromtimestamp(int(digits[:12], 16) / 1000, UTC)
