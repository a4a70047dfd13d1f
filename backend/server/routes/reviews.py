"""Reviews: what runs ask of a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.data.block import Decision
from backend.data.review_store import Review, ReviewStatus, load_review
from backend.data.review_store import list_reviews as list_stored_reviews
from backend.executor.shown import beginning, looks_like_ours
from backend.server.deps import CallerDep, Cursor, JsonRoute, Limit, SiteDep
from backend.server.wire.common import Page
from backend.server.wire.runs import ReviewView
from backend.util.errors import BadInput, Problem

router = APIRouter(prefix="/api/reviews", tags=["runs"], route_class=JsonRoute)

_LONGEST_LISTED_BYTES = 8_192
_OPEN = [ReviewStatus.OPEN]


class Answer(BaseModel):
    """A person's decision."""

    model_config = ConfigDict(extra="forbid")

    approved: bool
    data: Any = Field(default=None, description="Edited data; None: as it was asked")
    message: str = Field(default="", max_length=10_000)


@router.get("", response_model=Page[ReviewView])
async def list_reviews(
    site: SiteDep,
    caller: CallerDep,
    status: Annotated[list[ReviewStatus], Query(max_length=4, description="Any of these")] = _OPEN,
    run_id: Annotated[str | None, Query(max_length=64)] = None,
    newest_first: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What waits for you, oldest first; with `status` also what is decided."""
    after = None if cursor is None else _place(cursor)
    async with site.app.database.begin() as connection:
        found = await list_stored_reviews(
            connection,
            caller.user_id,
            statuses=status,
            run_id=run_id,
            newest_first=newest_first,
            after=after,
            limit=limit,
            longest_bytes=_LONGEST_LISTED_BYTES,
        )
    return {
        "items": [_view(review, _LONGEST_LISTED_BYTES) for review in found],
        "next_cursor": _cursor(found[-1]) if len(found) == limit else None,
    }


def _cursor(review: Review) -> str:
    return f"{int(review.created_at.timestamp() * 1000)}.{review.id}"


def _place(cursor: str) -> tuple[datetime, str]:
    """When the last review of the page before was asked, and its id.

    Raises:
        BadInput: no page ended so.
    """
    millis, _, review_id = cursor.partition(".")
    if not (millis.isascii() and millis.isdecimal() and len(millis) <= 14 and review_id):
        problem = Problem(
            "This is no cursor of reviews.", "Send `next_cursor` of the page before.", path="cursor"
        )
        raise BadInput(str(problem), problems=(problem,))
    return datetime.fromtimestamp(int(millis) / 1000, UTC), review_id


@router.get("/{review_id}", response_model=ReviewView)
async def read_review(site: SiteDep, caller: CallerDep, review_id: str) -> dict[str, Any]:
    """One review, with all of its data."""
    async with site.app.database.begin() as connection:
        return _view(await load_review(connection, caller.user_id, review_id), None)


def _view(review: Review, longest_bytes: int | None) -> dict[str, Any]:
    return {
        "id": review.id,
        "run_id": review.run_id,
        "node_id": review.node_id,
        "firing": review.firing,
        "name": review.name,
        "data": _shown(review, review.data, review.data_bytes, longest_bytes),
        "is_editable": review.is_editable,
        "status": review.status,
        "decision": None
        if review.decision is None
        else _shown(review, review.decision, review.decision_bytes or 0, longest_bytes),
        "message": review.message,
        "created_at": review.created_at,
        "decided_at": review.decided_at,
    }


def _shown(review: Review, text: str, size_bytes: int, longest_bytes: int | None) -> Any:
    if longest_bytes is None:
        return orjson.loads(text)
    if size_bytes > longest_bytes:
        href = f"/api/reviews/{review.id}"
        return {"$preview": beginning(text), "size_bytes": size_bytes, "href": href}
    value = orjson.loads(text)
    return {"$value": value} if looks_like_ours(value) else value


@router.post("/{review_id}", status_code=204)
async def answer_review(site: SiteDep, caller: CallerDep, review_id: str, body: Answer) -> Response:
    """Approve or reject; the run goes on. 409 when somebody was faster."""
    decision = Decision(body.approved, body.data, body.message)
    await site.app.worker.decide(caller.user_id, review_id, decision)
    return Response(status_code=204)
