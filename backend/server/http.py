"""Puts the HTTP application together: routes in FastAPI, the gate before them."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.telemetry import TelemetryConfig

from backend.server.contract import REFUSALS, make_document, operation_id
from backend.server.deps import JsonRoute, guard
from backend.server.errors import add_handlers
from backend.server.gate import Gate
from backend.server.routes import (
    api_keys,
    audit,
    auth,
    blocks,
    budgets,
    connections,
    costs,
    credential_checks,
    credentials,
    deliveries,
    drafts,
    exchange,
    files,
    graph_check,
    graphs,
    health,
    ingress,
    metrics,
    oauth,
    page,
    polls,
    providers,
    retry,
    reviews,
    run_nodes,
    run_values,
    runs,
    schedules,
    setup,
    status,
    streams,
    templates,
    triggers,
    typical,
    users,
    versions,
    webhooks,
    wizard,
)
from backend.server.site import make_site
from backend.server.state import App
from backend.util.version import own_version

_NOUNS = (
    health,
    metrics,
    setup,
    auth,
    api_keys,
    users,
    audit,
    status,
    blocks,
    graph_check,
    graphs,
    drafts,
    versions,
    typical,
    triggers,
    webhooks,
    deliveries,
    ingress,
    exchange,
    templates,
    runs,
    run_nodes,
    run_values,
    retry,
    streams,
    reviews,
    files,
    costs,
    budgets,
    credential_checks,
    credentials,
    providers,
    connections,
    oauth,
    wizard,
    schedules,
    polls,
)


_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own would tell what people send; ours is util/telemetry.py."""


class Api(FastAPI):
    """FastAPI with our OpenAPI."""

    def openapi(self) -> dict[str, Any]:
        """The contract, made once."""
        if self.openapi_schema is None:
            models = [model for noun in _NOUNS for model in getattr(noun, "MODELS_IN_BODIES", ())]
            self.openapi_schema = make_document(self, models)
        return self.openapi_schema


@cache
def create_api(nouns: tuple[Any, ...] = _NOUNS) -> Api:
    """All routes. They need the gate before them: without it everybody is refused.

    They keep nothing of a process: what a request is about comes in its scope, so that one is enough.
    """
    api = Api(
        title="Blockyard",
        version=own_version(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        strict_content_type=False,
        telemetry=_NO_TELEMETRY,
        dependencies=[Depends(guard)],
    )
    for noun in nouns:
        api.include_router(noun.router, responses=REFUSALS)
    if nouns is _NOUNS:
        api.include_router(page.router)
        api.include_router(_contract(api))
    add_handlers(api)
    return api


def _contract(api: Api) -> APIRouter:
    router = APIRouter(route_class=JsonRoute, include_in_schema=False)

    @router.get("/api/openapi.json")
    async def read_openapi() -> Response:  # pyright: ignore[reportUnusedFunction]  # FastAPI uses it
        import orjson

        return Response(orjson.dumps(api.openapi()), media_type="application/json")

    return router


def create_small_app(app: App) -> Gate:
    """What a process answers that only works off the queue: health and figures."""
    return Gate(make_site(app), create_api((health, metrics)), is_direct=False)


def create_app(app: App, *, is_direct: bool = True) -> Gate:
    """The ASGI application of a process. `is_direct=False`: every route through FastAPI, for tests."""
    return Gate(make_site(app), create_api(), is_direct=is_direct)
