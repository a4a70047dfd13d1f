"""A refusal as it was raised, from what its problem document says: the other way round from server/errors.py."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from backend.util.errors import (
    BadInput,
    BlockyardError,
    Conflict,
    Forbidden,
    GraphInvalid,
    NotFound,
    Problem,
    ProviderError,
    RangeRefused,
    TooMany,
    Unauthorized,
    Unavailable,
)

_BY_STATUS: dict[int, type[BlockyardError]] = {
    400: BadInput,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: BadInput,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def error_of(
    code: str,
    status: int,
    detail: str,
    problems: tuple[Problem, ...] = (),
    retry_after_s: float | None = None,
) -> BlockyardError:
    """The error with this code; one that fits the status when the code is unknown here."""
    kind = _by_code().get(code) or _BY_STATUS.get(status, BlockyardError)
    if issubclass(kind, GraphInvalid):
        return kind(problems)
    if issubclass(kind, TooMany):
        return kind(detail, retry_after_s=1.0 if retry_after_s is None else retry_after_s)
    if issubclass(kind, ProviderError):
        return kind(detail, retry_after_s=retry_after_s)
    if issubclass(kind, RangeRefused):
        return kind(detail, size_bytes=0)
    return kind(detail, problems=problems)


@functools.cache
def _by_code() -> dict[str, type[BlockyardError]]:
    return {kind.code: kind for kind in _kinds(BlockyardError) if "code" in vars(kind)}


def _kinds(base: type[BlockyardError]) -> Iterator[type[BlockyardError]]:
    yield base
    for kind in base.__subclasses__():
        yield from _kinds(kind)
