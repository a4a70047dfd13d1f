"""Logs: one line of JSON each in production, readable ones in development; secrets never get out.

Three rules keep them in. Nobody logs what people send: not the body, headers or address of a request, not the
values of a run. What an exception says is told without the values in it (`said`). And what is left is searched
for what is named or looks like a secret (`scrub`).
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, TypeGuard, cast
from uuid import UUID

import structlog
from pydantic import ValidationError

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"(?i)pass(word|wd|phrase)|secret|token|api_?key|authorization|cookie|credential|private_?key|dsn|database_url"
)
_SECRET_TEXT = re.compile(
    r"by_[A-Za-z0-9_-]{20,}"
    r"|(?i:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|\b(?:sk|pk|ghp|gho|xox[abp]|AKIA)[-_A-Za-z0-9]{16,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r"|(?i:pass(?:word|wd)|secret|token|api[_-]?key)[\"']?\s*[=:]\s*[\"']?[^\s&,;\"'}]+"
)
_QUOTED = re.compile(r"(?<!\w)(['\"]).*?(?:\1(?!\w)|$)")
_DEEPEST = 6
_LONGEST_SAID = 300
_OF_CODE = (
    AssertionError,
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    RecursionError,
    TypeError,
)
"""Errors whose texts quote names of our code, and no values."""
_PLAIN = (int, float, date, Path, UUID, type(None))
OURS = "backend"
current_request: ContextVar[str] = ContextVar("current_request", default="")
"""The id of the request that is being answered; a variable of its own, since setting it must cost nothing."""


def configure(*, is_production: bool, level: str = "INFO") -> None:
    """Send our log and that of the libraries to the standard error, through the same scrubbing.

    `level` is ours. Libraries are heard from WARNING on: below that some of them tell all they send.
    """
    without_values: Any = _without_values
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _with_request,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Any] = [structlog.processors.ExceptionRenderer(_traceback), scrub]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            *after,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, without_values, *after],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(is_production)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("ERROR" if level == "ERROR" else "WARNING")
    logging.getLogger(OURS).setLevel(level)


def _renderer(is_production: bool) -> Any:
    if is_production:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _with_request(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    request_id = current_request.get()
    if request_id:
        event["request_id"] = request_id
    return event


# -- what errors say ---------------------------------------------------------------------------------------


def said(error: BaseException) -> str:
    """An exception in a line: its type and what it says, without the values that it may quote."""
    name = type(error).__name__
    text = _text_of(error)
    return f"{name}: {text}" if text else name


def _text_of(error: BaseException) -> str:
    origin = getattr(error, "orig", None)
    if isinstance(origin, BaseException):  # SQLAlchemy, which appends the statement and its parameters
        return said(origin.__cause__ or origin)
    if isinstance(error, ValidationError):
        return ", ".join(sorted({detail["type"] for detail in error.errors(include_input=False)}))
    if isinstance(error, KeyError):
        return HIDDEN
    text = str(error).partition("\n")[0]  # PostgreSQL's DETAIL, with the row in it, comes on the next line
    if not isinstance(error, _OF_CODE):
        text = _QUOTED.sub(HIDDEN, text)
    where = [getattr(error, name, None) for name in ("sqlstate", "constraint_name")]
    return " ".join([text[:_LONGEST_SAID], *(f"({one})" for one in where if one)])


def _traceback(exc_info: Any) -> str:
    """Frames and types of the whole chain; never a local variable."""
    return "\n".join(_lines_of(exc_info[1], 0))


def _lines_of(error: BaseException | None, depth: int) -> Iterator[str]:
    if error is None or depth == _DEEPEST:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines_of(before, depth + 1)
        yield "which led to:"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    yield said(error)
    if isinstance(error, BaseExceptionGroup):
        for one in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield "of which one is:"
            yield from _lines_of(one, depth + 1)


def _without_values(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """What a library says, in one line, nothing quoted: asyncio, for one, quotes whole exceptions."""
    event["event"] = _QUOTED.sub(HIDDEN, str(event.get("event", "")).partition("\n")[0])[:_LONGEST_SAID]
    return event


# -- what looks like a secret ------------------------------------------------------------------------------


def scrub(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: what is named like a secret, or looks like one, is hidden."""
    return {
        name: value if name.startswith("_") else HIDDEN if _SECRET_NAME.search(name) else _clean(value, 0)
        for name, value in event.items()
    }


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXT.sub(HIDDEN, value)
    if isinstance(value, _PLAIN):
        return value
    if depth == _DEEPEST:
        return HIDDEN
    if isinstance(value, BaseException):
        return _SECRET_TEXT.sub(HIDDEN, said(value))
    if _is_object(value):
        return {
            str(name): HIDDEN if _SECRET_NAME.search(str(name)) else _clean(one, depth + 1)
            for name, one in value.items()
        }
    if _is_list(value):
        return [_clean(one, depth + 1) for one in value]
    return _clean(value.value, depth + 1) if isinstance(value, Enum) else f"<{type(value).__name__}>"


def _is_object(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list | tuple | set | frozenset)
