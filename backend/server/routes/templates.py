"""Templates: graphs that come with Blockyard, to start from."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from backend.data.graph_templates import Template, find_template, templates
from backend.server.deps import CallerDep, JsonRoute, KeyDep, SiteDep
from backend.server.graph_parts import make_graph
from backend.server.new_graph import under_new_ids
from backend.server.wire.common import Page
from backend.server.wire.graphs import GraphSaved, TemplateRequest, TemplateRow, TemplateView

router = APIRouter(prefix="/api/templates", tags=["graphs"], route_class=JsonRoute)


@router.get("", response_model=Page[TemplateRow])
async def list_templates(caller: CallerDep) -> dict[str, Any]:
    """All templates, by title."""
    return {"items": [_row(template) for template in templates().values()]}


@router.get("/{name}", response_model=TemplateView)
async def read_template(caller: CallerDep, name: str) -> dict[str, Any]:
    """A template and the graph in it."""
    template = find_template(name)
    return {**_row(template), "graph": template.graph}


@router.post("/{name}", status_code=201, response_model=GraphSaved)
async def use_template(
    site: SiteDep,
    caller: CallerDep,
    name: str,
    key: KeyDep,
    request: Request,
    body: TemplateRequest | None = None,
) -> dict[str, Any]:
    """Make a graph of a template."""
    template, asked = find_template(name), body or TemplateRequest()
    graph = template.graph.model_copy(update={"name": asked.name or template.graph.name})
    graph = under_new_ids(graph, caller.user_id, key and f"template:{name}:{key}")
    return await make_graph(
        site, caller, request, graph, how="graph.create", folder=asked.folder, tags=list(template.tags)
    )


def _row(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "title": template.graph.name,
        "description": template.graph.description,
        "tags": list(template.tags),
        "nodes": len(template.graph.nodes),
    }
