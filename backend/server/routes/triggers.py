"""The triggers of a graph: what starts it, which webhook a node has, and listening for a test event."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from backend.data.version_store import lock_graph
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.graph_triggers import schedules_told, triggers_told
from backend.server.listening import Listener
from backend.server.node_webhook import give_webhook
from backend.server.wire.webhooks import GraphTriggers, NodeWebhook, TestEvent, TriggerView

router = APIRouter(prefix="/api/graphs/{graph_id}/triggers", tags=["triggers"], route_class=JsonRoute)
LONGEST_LISTEN_S = 300
ForSeconds = Annotated[
    float, Query(gt=0, le=LONGEST_LISTEN_S, description="How long to wait for a test event")
]


@router.get("", response_model=GraphTriggers)
async def list_triggers(site: SiteDep, caller: CallerDep, graph_id: str) -> dict[str, Any]:
    """All that starts a graph, of its published version and of its draft."""
    app, user_id = site.app, caller.user_id
    async with app.database.begin() as connection:
        row = await lock_graph(connection, user_id, graph_id)
        return {
            "triggers": await triggers_told(
                connection, app.settings, user_id, graph_id, row["published_version"], app.catalogue.find
            ),
            "schedules": await schedules_told(connection, user_id, graph_id),
        }


@router.put("/{node_id}", response_model=TriggerView)
async def put_trigger(
    site: SiteDep, caller: CallerDep, graph_id: str, node_id: str, body: NodeWebhook | None = None
) -> dict[str, Any]:
    """Give a node of the draft its webhook before the graph is published, or another one of yours.

    The secret of a webhook that is made here is in this answer and nowhere else.
    """
    asked = body or NodeWebhook()
    return await give_webhook(site.app, caller.user_id, graph_id, node_id, asked.webhook_id)


@router.post(
    "/{node_id}/listen", response_model=TestEvent, responses={204: {"description": "None came in time"}}
)
async def listen_for_event(
    site: SiteDep, caller: CallerDep, graph_id: str, node_id: str, timeout_s: ForSeconds = LONGEST_LISTEN_S
) -> Any:
    """Wait for an event at the test address; it starts the draft, which is stored as a version for that."""
    listener = await Listener.begin(site.app, caller.user_id, graph_id, node_id, timeout_s)
    async with listener:
        found = await listener.wait()
    return Response(status_code=204) if found is None else found
