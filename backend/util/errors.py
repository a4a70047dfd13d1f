"""The tree of errors: each has a stable code, an HTTP status and a message with the cure.

    BlockyardError
    ├── BadInput                 400  what the caller sent cannot be used
    │   ├── GraphInvalid         422  a graph with problems: all of them at once
    │   ├── TooLarge             413
    │   └── RangeRefused         416  a part of a file that it does not have
    ├── Unauthorized             401
    ├── Forbidden                403
    ├── NotFound                 404  absent, or somebody else's: the same answer
    ├── Conflict                 409  somebody else was faster, or the state forbids it
    ├── PreconditionFailed       412  `If-Match` names another revision than the present one
    ├── PreconditionRequired     428  the route needs `If-Match`
    ├── TooMany                  429  a limit; `retry_after_s`
    ├── Unavailable              503  the database or a worker is away; try again
    ├── SetupProblem             500  this installation cannot start; says what to do
    ├── SealBroken               500  a stored secret does not open: moved, changed, or its key is gone
    └── BlockError               422  a block failed (raised by blocks, recorded by run_node)
        ├── InvalidInput              the values that reached a node do not fit
        ├── InvalidOutput             a block yielded what its pin cannot carry
        ├── BlockTimeout              longer than the node's `timeout_s`
        ├── Diverged                  a repeated firing did not repeat itself
        ├── Interrupted               at_most_once, and the worker died
        ├── LimitReached              a limit of the run
        │   └── BudgetReached         a limit of money; the run ends, whatever its nodes do about failures
        └── ProviderError             an outside service refused; `retry_after_s`
            ├── CredentialsError      401: connect again
            ├── ProviderForbidden     403
            ├── ProviderNotFound      404
            ├── RateLimited           429
            ├── AddressRefused        the address guard said no
            └── ProviderUnavailable   connection lost, time-out, 5xx

Branch on the type or on `code`, never on the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, where it is, and what to do about it."""

    message: str
    cure: str = ""
    node_id: str | None = None
    pin: str | None = None
    path: str | None = None

    def __str__(self) -> str:
        place = ".".join(part for part in (self.node_id, self.pin) if part) or self.path or ""
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} {self.cure}" if self.cure else text


class BlockyardError(Exception):
    """Base of every error that a person may see. `str(error)` is fit for them."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str = "", *, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class BadInput(BlockyardError):
    code, status = "bad_input", 400


class GraphInvalid(BadInput):
    code, status = "graph_invalid", 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
        super().__init__(f"The graph has {count}: " + "; ".join(map(str, problems)), problems=problems)


class TooLarge(BadInput):
    code, status = "too_large", 413


class RangeRefused(BadInput):
    """`size_bytes` is what there is."""

    code, status = "range_refused", 416

    def __init__(self, message: str, *, size_bytes: int) -> None:
        super().__init__(message)
        self.size_bytes = size_bytes


class Unauthorized(BlockyardError):
    code, status = "unauthorized", 401


class Forbidden(BlockyardError):
    code, status = "forbidden", 403


class NotFound(BlockyardError):
    code, status = "not_found", 404


class Conflict(BlockyardError):
    code, status = "conflict", 409


class PreconditionFailed(BlockyardError):
    code, status = "precondition_failed", 412


class PreconditionRequired(BlockyardError):
    code, status = "precondition_required", 428


class TooMany(BlockyardError):
    code, status = "too_many", 429

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(BlockyardError):
    code, status = "unavailable", 503


class SetupProblem(BlockyardError):
    code, status = "setup_problem", 500


class SealBroken(BlockyardError):
    code, status = "seal_broken", 500


class BlockError(BlockyardError):
    """A block failed. Blocks raise it (or any exception); only run_node catches it."""

    code, status = "block_failed", 422


class InvalidInput(BlockError):
    code = "invalid_input"


class InvalidOutput(BlockError):
    code = "invalid_output"


class BlockTimeout(BlockError):
    code = "timeout"


class Diverged(BlockError):
    code = "diverged"


class Interrupted(BlockError):
    code = "interrupted"


class LimitReached(BlockError):
    code = "limit_reached"


class BudgetReached(LimitReached):
    code = "budget_reached"


class ProviderError(BlockError):
    """An outside service refused. `http_status` is its answer, None without one."""

    code = "provider_error"

    def __init__(
        self, message: str, *, http_status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.retry_after_s = retry_after_s


class CredentialsError(ProviderError):
    code = "credentials_refused"


class ProviderForbidden(ProviderError):
    code = "provider_forbidden"


class ProviderNotFound(ProviderError):
    code = "provider_not_found"


class RateLimited(ProviderError):
    code = "rate_limited"


class AddressRefused(ProviderError):
    code = "address_refused"


class ProviderUnavailable(ProviderError):
    code = "provider_unavailable"
