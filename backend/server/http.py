"""Puts the HTTP application together: routes in FastAPI, the gate before them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from backend.server.deps import JsonRoute, guard
from backend.server.errors import MEDIA_TYPE, add_handlers
from backend.server.gate import Gate
from backend.server.routes import api_keys, auth, blocks, graphs, health, page, reviews, runs, setup, status
from backend.server.routes.status import own_version
from backend.server.site import make_site
from backend.server.state import App
from backend.server.wire.common import ProblemDetails

_REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: what is wrong, and the cure", "content": {MEDIA_TYPE: {}}},
}
_NOUNS = (health, setup, auth, api_keys, status, blocks, graphs, runs, reviews)


class Api(FastAPI):
    """FastAPI with our OpenAPI: every refusal is a ProblemDetails."""

    def openapi(self) -> dict[str, Any]:
        """The contract, made once."""
        if self.openapi_schema is None:
            document = get_openapi(title=self.title, version=self.version, routes=self.routes)
            _, extra = models_json_schema(
                [(model, "validation") for model in (ProblemDetails, *graphs.MODELS_IN_BODIES)],
                ref_template="#/components/schemas/{model}",
            )
            schemas = document["components"]["schemas"]
            for name, schema in extra["$defs"].items():
                schemas.setdefault(name, schema)
            _correct_refusals(document)
            self.openapi_schema = document
        return self.openapi_schema


def _correct_refusals(document: dict[str, Any]) -> None:
    """What FastAPI says of invalid requests is not what we answer."""
    problem = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"]["content"] = {MEDIA_TYPE: problem}
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def create_api() -> Api:
    """All routes. They need the gate before them: without it everybody is refused."""
    api = Api(
        title="Blockyard",
        version=own_version(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
        dependencies=[Depends(guard)],
    )
    for noun in _NOUNS:
        api.include_router(noun.router, responses=_REFUSALS)
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


def create_app(app: App, *, is_direct: bool = True) -> Gate:
    """The ASGI application of a process. `is_direct=False`: every route through FastAPI, for tests."""
    return Gate(make_site(app), create_api(), is_direct=is_direct)
