"""What is counted and said of each request: its route, never its address, headers or body."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

import structlog
from starlette.types import Scope

from backend.util.clock import new_id
from backend.util.log import current_request

if TYPE_CHECKING:
    from backend.server.site import Site

log = structlog.get_logger(__name__)

SLOW_S = 1.0
_ASKED_ALL_THE_TIME = frozenset({"/api/blocks/load-errors"})
"""Routes that the page of a development server asks twice a second."""
CLIENT_GONE = 499
"""As others write it: the caller did not wait for the answer."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_process = new_id()[-12:]
_numbers = count(1)


def begin(scope: Scope) -> str:
    """The id of a new request, from now on in every line of the log that is about it.

    It is ours: what a caller calls it could be a secret of theirs.
    """
    request_id = f"{_process}-{next(_numbers)}"
    current_request.set(request_id)
    scope["status"] = 0
    return request_id


def route_of(scope: Scope) -> str:
    """The template of the route that the request met, `none` when it met none."""
    return getattr(scope.get("route"), "path", None) or scope.get("route_path") or "none"


def answered(site: Site, scope: Scope, began: float) -> None:
    """Count a request that is over; say it when it failed or was slow."""
    seconds = time.perf_counter() - began
    status = scope["status"] or CLIENT_GONE
    method = scope["method"] if scope["method"] in _METHODS else "other"
    site.metrics.answered(method, route_of(scope), status, seconds)
    problem = scope.get("problem")
    if problem is not None:
        site.metrics.problems[problem] += 1
    is_slow = seconds > SLOW_S and not route_of(scope).endswith("/stream")
    is_developed = site.app.settings.environment == "development"
    is_told = site.is_wordy and not (is_developed and route_of(scope) in _ASKED_ALL_THE_TIME)
    if status >= 400 or is_slow or is_told:
        caller = scope.get("caller")
        log.info(
            "http.request",
            method=method,
            route=route_of(scope),
            status=status,
            ms=round(seconds * 1000, 1),
            code=problem,
            user_id=None if caller is None else caller.user_id,
        )
