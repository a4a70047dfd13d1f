"""Logs: one line of JSON each in production, readable ones in development; secrets never get out."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TypeGuard

import structlog

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"(?i)pass(word|wd|phrase)|secret|token|api_?key|authorization|cookie|credential|private_?key|dsn|database_url"
)
_SECRET_TEXT = re.compile(
    r"by_[A-Za-z0-9_-]{20,}"
    r"|(?i:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|\b(?:sk|pk|ghp|gho|xox[abp]|AKIA)[-_A-Za-z0-9]{16,}"
)
_DEEPEST = 6


def configure(*, is_production: bool, level: str = "INFO") -> None:
    """Send our log and that of the libraries to the standard error, through the same scrubbing."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(is_production)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "pgqueuer", "httpx", "httpcore", "asyncio", "uvicorn.error"):
        logging.getLogger(noisy).setLevel("WARNING")


def _renderer(is_production: bool) -> Any:
    if is_production:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def scrub(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: what is named like a secret, or looks like one, is hidden."""
    return {name: HIDDEN if _SECRET_NAME.search(name) else _clean(value, 0) for name, value in event.items()}


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXT.sub(HIDDEN, value)
    if depth == _DEEPEST:
        return HIDDEN
    if _is_object(value):
        return {
            name: HIDDEN if _SECRET_NAME.search(str(name)) else _clean(one, depth + 1)
            for name, one in value.items()
        }
    if _is_list(value):
        return [_clean(one, depth + 1) for one in value]
    return value


def _is_object(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list | tuple)
