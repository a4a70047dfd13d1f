"""Who may use which route. One table: a route that is not in it is refused to everybody.

A row says what a caller needs: `PUBLIC` nothing, `SIGNED_IN` any session or API key, `SESSION` a person
in a browser, a `Scope` a session whose role allows it or an API key that was given it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.util.errors import Forbidden


class Scope(StrEnum):
    """What an API key may be allowed to do."""

    GRAPHS_READ = "graphs:read"
    GRAPHS_WRITE = "graphs:write"
    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    REVIEWS_WRITE = "reviews:write"
    FILES_READ = "files:read"
    FILES_WRITE = "files:write"
    COSTS_READ = "costs:read"
    BUDGETS_WRITE = "budgets:write"
    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_WRITE = "credentials:write"
    TRIGGERS_READ = "triggers:read"
    TRIGGERS_WRITE = "triggers:write"
    """Webhooks, polls and schedules."""
    ADMIN = "admin"
    """Users, the audit log, figures of the whole installation: an owner's."""


class Need(StrEnum):
    """What a route asks for where no scope is meant."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    SESSION = "session"


PUBLIC, SIGNED_IN, SESSION = Need.PUBLIC, Need.SIGNED_IN, Need.SESSION

ACCESS: dict[tuple[str, str], Need | Scope] = {
    ("GET", "/{path:page}"): PUBLIC,
    ("GET", "/api/health/live"): PUBLIC,
    ("GET", "/api/health/ready"): PUBLIC,
    ("GET", "/api/setup"): PUBLIC,
    ("POST", "/api/setup"): PUBLIC,
    ("POST", "/api/auth/login"): PUBLIC,
    ("POST", "/api/integrations/{provider}/webhooks/{webhook_id}/ingress"): PUBLIC,
    ("POST", "/api/auth/logout"): SESSION,
    ("GET", "/api/auth/me"): SIGNED_IN,
    ("PATCH", "/api/auth/me"): SESSION,
    ("GET", "/api/auth/activity"): SIGNED_IN,
    ("POST", "/api/auth/password"): SESSION,
    ("GET", "/api/auth/sessions"): SESSION,
    ("DELETE", "/api/auth/sessions/{session_id}"): SESSION,
    ("GET", "/api/users"): Scope.ADMIN,
    ("POST", "/api/users"): Scope.ADMIN,
    ("GET", "/api/users/{user_id}"): Scope.ADMIN,
    ("PATCH", "/api/users/{user_id}"): Scope.ADMIN,
    ("POST", "/api/users/{user_id}/reset-password"): Scope.ADMIN,
    ("GET", "/api/audit"): Scope.ADMIN,
    ("GET", "/metrics"): Scope.ADMIN,
    ("GET", "/api/openapi.json"): SIGNED_IN,
    ("GET", "/api/status"): SIGNED_IN,
    ("GET", "/api/api-keys"): SESSION,
    ("POST", "/api/api-keys"): SESSION,
    ("DELETE", "/api/api-keys/{key_id}"): SESSION,
    ("GET", "/api/blocks"): SIGNED_IN,
    ("GET", "/api/blocks/load-errors"): SIGNED_IN,
    ("GET", "/api/blocks/{block_id}"): SIGNED_IN,
    ("POST", "/api/blocks/pins"): Scope.GRAPHS_READ,
    ("GET", "/api/graphs"): Scope.GRAPHS_READ,
    ("POST", "/api/graphs"): Scope.GRAPHS_WRITE,
    ("GET", "/api/graphs/{graph_id}"): Scope.GRAPHS_READ,
    ("PUT", "/api/graphs/{graph_id}"): Scope.GRAPHS_WRITE,
    ("PATCH", "/api/graphs/{graph_id}"): Scope.GRAPHS_WRITE,
    ("DELETE", "/api/graphs/{graph_id}"): Scope.GRAPHS_WRITE,
    ("POST", "/api/graphs/{graph_id}/copy"): Scope.GRAPHS_WRITE,
    ("POST", "/api/graphs/validate"): Scope.GRAPHS_READ,
    ("POST", "/api/graphs/{graph_id}/validate"): Scope.GRAPHS_READ,
    ("GET", "/api/graphs/{graph_id}/typical"): Scope.GRAPHS_READ,
    ("GET", "/api/graphs/{graph_id}/draft"): Scope.GRAPHS_READ,
    ("PUT", "/api/graphs/{graph_id}/draft"): Scope.GRAPHS_WRITE,
    ("GET", "/api/graphs/{graph_id}/versions"): Scope.GRAPHS_READ,
    ("POST", "/api/graphs/{graph_id}/versions"): Scope.GRAPHS_WRITE,
    ("PATCH", "/api/graphs/{graph_id}/versions/{version}"): Scope.GRAPHS_WRITE,
    ("POST", "/api/graphs/{graph_id}/versions/{version}/restore"): Scope.GRAPHS_WRITE,
    ("GET", "/api/graphs/{graph_id}/compare"): Scope.GRAPHS_READ,
    ("POST", "/api/graphs/{graph_id}/publish"): Scope.GRAPHS_WRITE,
    ("POST", "/api/graphs/{graph_id}/unpublish"): Scope.GRAPHS_WRITE,
    ("GET", "/api/graphs/{graph_id}/export"): Scope.GRAPHS_READ,
    ("POST", "/api/graphs/import"): Scope.GRAPHS_WRITE,
    ("GET", "/api/folders"): Scope.GRAPHS_READ,
    ("GET", "/api/graphs/{graph_id}/triggers"): Scope.TRIGGERS_READ,
    ("PUT", "/api/graphs/{graph_id}/triggers/{node_id}"): Scope.TRIGGERS_WRITE,
    ("POST", "/api/graphs/{graph_id}/triggers/{node_id}/listen"): Scope.TRIGGERS_WRITE,
    ("GET", "/api/integrations/{provider}/webhooks"): Scope.TRIGGERS_READ,
    ("POST", "/api/integrations/{provider}/webhooks"): Scope.TRIGGERS_WRITE,
    ("GET", "/api/integrations/{provider}/webhooks/{webhook_id}"): Scope.TRIGGERS_READ,
    ("PATCH", "/api/integrations/{provider}/webhooks/{webhook_id}"): Scope.TRIGGERS_WRITE,
    ("DELETE", "/api/integrations/{provider}/webhooks/{webhook_id}"): Scope.TRIGGERS_WRITE,
    ("POST", "/api/integrations/{provider}/webhooks/{webhook_id}/rotate-secret"): Scope.TRIGGERS_WRITE,
    ("POST", "/api/integrations/{provider}/webhooks/{webhook_id}/ping"): Scope.TRIGGERS_WRITE,
    ("GET", "/api/integrations/{provider}/webhooks/{webhook_id}/deliveries"): Scope.TRIGGERS_READ,
    (
        "GET",
        "/api/integrations/{provider}/webhooks/{webhook_id}/deliveries/{delivery_id}",
    ): Scope.TRIGGERS_READ,
    (
        "POST",
        "/api/integrations/{provider}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    ): Scope.TRIGGERS_WRITE,
    ("GET", "/api/templates"): SIGNED_IN,
    ("GET", "/api/templates/{name}"): SIGNED_IN,
    ("POST", "/api/templates/{name}"): Scope.GRAPHS_WRITE,
    ("POST", "/api/graphs/{graph_id}/runs"): Scope.RUNS_WRITE,
    ("GET", "/api/runs"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}"): Scope.RUNS_READ,
    ("PATCH", "/api/runs/{run_id}"): Scope.RUNS_WRITE,
    ("GET", "/api/runs/{run_id}/events"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}/nodes"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}/nodes/{node_id}/firings"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}/nodes/{node_id}/firings/{firing}"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}/nodes/{node_id}/outputs/{pin}"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}/values/{value_id}"): Scope.RUNS_READ,
    ("WEBSOCKET", "/api/ws"): Scope.RUNS_READ,
    ("GET", "/api/runs/{run_id}/stream"): Scope.RUNS_READ,
    ("GET", "/api/graphs/{graph_id}/stream"): Scope.RUNS_READ,
    ("POST", "/api/runs/{run_id}/retry"): Scope.RUNS_WRITE,
    ("POST", "/api/runs/{run_id}/cancel"): Scope.RUNS_WRITE,
    ("GET", "/api/reviews"): Scope.RUNS_READ,
    ("GET", "/api/reviews/{review_id}"): Scope.RUNS_READ,
    ("POST", "/api/reviews/{review_id}"): Scope.REVIEWS_WRITE,
    ("GET", "/api/files"): Scope.FILES_READ,
    ("POST", "/api/files"): Scope.FILES_WRITE,
    ("GET", "/api/files/{file_id}"): Scope.FILES_READ,
    ("DELETE", "/api/files/{file_id}"): Scope.FILES_WRITE,
    ("GET", "/api/files/{file_id}/content"): Scope.FILES_READ,
    ("GET", "/api/costs"): Scope.COSTS_READ,
    ("GET", "/api/runs/{run_id}/costs"): Scope.COSTS_READ,
    ("GET", "/api/budgets"): Scope.COSTS_READ,
    ("PUT", "/api/budgets"): Scope.BUDGETS_WRITE,
    ("GET", "/api/budgets/{budget_id}"): Scope.COSTS_READ,
    ("DELETE", "/api/budgets/{budget_id}"): Scope.BUDGETS_WRITE,
    ("GET", "/api/schedules"): Scope.TRIGGERS_READ,
    ("POST", "/api/schedules"): Scope.TRIGGERS_WRITE,
    ("POST", "/api/schedules/preview"): Scope.TRIGGERS_WRITE,
    ("GET", "/api/schedules/{schedule_id}"): Scope.TRIGGERS_READ,
    ("PATCH", "/api/schedules/{schedule_id}"): Scope.TRIGGERS_WRITE,
    ("DELETE", "/api/schedules/{schedule_id}"): Scope.TRIGGERS_WRITE,
    ("POST", "/api/schedules/{schedule_id}/run-now"): Scope.TRIGGERS_WRITE,
    ("GET", "/api/polls"): Scope.TRIGGERS_READ,
    ("GET", "/api/polls/{poll_id}"): Scope.TRIGGERS_READ,
    ("POST", "/api/polls/{poll_id}/check"): Scope.TRIGGERS_WRITE,
    ("POST", "/api/oauth/{provider}/login"): SESSION,
    ("GET", "/api/oauth/{provider}/callback"): SESSION,
    ("GET", "/api/credentials"): Scope.CREDENTIALS_READ,
    ("POST", "/api/credentials"): Scope.CREDENTIALS_WRITE,
    ("GET", "/api/credentials/health"): Scope.CREDENTIALS_READ,
    ("GET", "/api/credentials/{credential_id}"): Scope.CREDENTIALS_READ,
    ("PATCH", "/api/credentials/{credential_id}"): Scope.CREDENTIALS_WRITE,
    ("DELETE", "/api/credentials/{credential_id}"): Scope.CREDENTIALS_WRITE,
    ("POST", "/api/credentials/{credential_id}/test"): Scope.CREDENTIALS_WRITE,
    ("GET", "/api/credentials/{credential_id}/account"): Scope.CREDENTIALS_READ,
    ("GET", "/api/credentials/{credential_id}/avatar"): Scope.CREDENTIALS_READ,
    ("GET", "/api/providers"): SIGNED_IN,
    ("GET", "/api/providers/{provider}"): SIGNED_IN,
    ("GET", "/api/connections"): Scope.CREDENTIALS_READ,
    ("POST", "/api/connections/{provider}/connect"): Scope.CREDENTIALS_WRITE,
    ("POST", "/api/connections/{provider}/test"): Scope.CREDENTIALS_WRITE,
    ("PUT", "/api/connections/{provider}"): Scope.CREDENTIALS_WRITE,
    ("GET", "/api/wizard"): SIGNED_IN,
}

NO_PAGE = ("api", "mcp", "metrics")
"""First parts of the paths that are a program's; all others are the page's."""

_VIEWER = frozenset(
    {
        Scope.GRAPHS_READ,
        Scope.RUNS_READ,
        Scope.FILES_READ,
        Scope.COSTS_READ,
        Scope.CREDENTIALS_READ,
        Scope.TRIGGERS_READ,
    }
)
_ROLES: dict[str, frozenset[Scope]] = {
    "owner": frozenset(Scope),
    "editor": frozenset(Scope) - {Scope.ADMIN},
    "viewer": _VIEWER,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `token_hash` is that of their cookie or key, by which they are remembered."""

    user_id: str
    role: str
    scopes: frozenset[Scope]
    is_session: bool
    token_hash: str


def scopes_of(role: str, granted: list[str] | None = None) -> frozenset[Scope]:
    """What a role may do, and no more than was `granted` to its key; an unknown role may do nothing."""
    allowed = _ROLES.get(role, frozenset())
    return allowed if granted is None else allowed & {scope for scope in Scope if scope in granted}


def is_public(method: str, path: str) -> bool:
    """Whether the path is on the allow-list: the only ones that are answered without credentials."""
    method = "GET" if method == "HEAD" else method
    if method == "GET" and path[1:].partition("/")[0] not in NO_PAGE:
        path = "/{path:page}"
    return ACCESS.get((method, path)) is PUBLIC


def check_access(caller: Caller | None, method: str, route: str) -> None:
    """Let the caller through to this route, which is named as in `ACCESS`.

    Raises:
        Forbidden: says what is missing.
    """
    need = ACCESS.get(("GET" if method == "HEAD" else method, route))
    if need is PUBLIC:
        return
    if need is None or caller is None:
        raise Forbidden("Nobody may use this route: it has no row in the table of access.")
    if need is SESSION and not caller.is_session:
        raise Forbidden("An API key cannot do this. Log in, at the page or with POST /api/auth/login.")
    if isinstance(need, Scope) and need not in caller.scopes:
        cure = "Ask an owner for another role." if caller.is_session else "Make a key that has it."
        raise Forbidden(f"This needs the scope {need.value!r}. {cure}")
