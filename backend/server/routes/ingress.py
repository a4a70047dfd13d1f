"""The address of webhooks, for the contract: the gate answers it itself, with the same function."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from backend.server.deps import SiteDep
from backend.server.ingress import ROUTE, Place, receive_delivery
from backend.server.wire.deliveries_in import DeliveryTaken

router = APIRouter(tags=["webhooks"])
_ANY_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"*/*": {"schema": {}}}},
}


@router.post(
    ROUTE,
    status_code=202,
    response_model=DeliveryTaken,
    responses={200: {"model": DeliveryTaken}},
    openapi_extra=_ANY_BODY,
)
async def deliver_event(
    site: SiteDep,
    provider: str,
    webhook_id: str,
    request: Request,
    test: Annotated[bool, Query(description="Only who listens in the editor is started")] = False,
) -> Response:
    """Where a provider delivers an event, signed in its own way. 202 means that it is on disk, with its runs.

    200 for a repeat, an event that nobody listens for, or a handshake; a graph may answer with what it likes.
    """
    return await receive_delivery(site, Place(provider, webhook_id, test), request.scope, request.receive)
