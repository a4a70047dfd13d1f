"""Reviews: what runs ask of a person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.data.block import Decision
from backend.data.review_store import list_open_reviews
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.wire.common import Page
from backend.server.wire.runs import ReviewView

router = APIRouter(prefix="/api/reviews", tags=["runs"], route_class=JsonRoute)


class Answer(BaseModel):
    """A person's decision."""

    model_config = ConfigDict(extra="forbid")

    approved: bool
    data: Any = Field(default=None, description="Edited data; None: as it was asked")
    message: str = Field(default="", max_length=10_000)


@router.get("", response_model=Page[ReviewView])
async def list_reviews(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """What waits for you, oldest first, 100 at most; answer some to see more."""
    async with site.app.database.begin() as connection:
        items = await list_open_reviews(connection, caller.user_id, limit=100)
    return {"items": items}


@router.post("/{review_id}", status_code=204)
async def answer_review(site: SiteDep, caller: CallerDep, review_id: str, body: Answer) -> Response:
    """Approve or reject; the run goes on. 409 when somebody was faster."""
    decision = Decision(body.approved, body.data, body.message)
    await site.app.worker.decide(caller.user_id, review_id, decision)
    return Response(status_code=204)
