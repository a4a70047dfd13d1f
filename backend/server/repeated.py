"""Ids of what a POST makes, so that a request which is sent twice makes nothing twice."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from backend.util.clock import new_id


def id_for(user_id: str, route: str, key: str | None) -> str:
    """A fresh id; with an Idempotency-Key the one that each repetition of this user's request has."""
    return new_id() if key is None else str(uuid5(NAMESPACE_URL, f"blockyard:{user_id}:{route}:{key}"))
