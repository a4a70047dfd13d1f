"""Which credentials want attention, and why: decided from their rows and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from backend.data.credential_store import CredentialRow

SOON = timedelta(days=7)
Reason = Literal["expired", "expires_soon", "reconnect", "failed_test"]


@dataclass(frozen=True, slots=True)
class Concern:
    reason: Reason
    message: str


def ends_at(row: CredentialRow) -> datetime | None:
    """When its owner has to do something; None: never. A token that is renewed ends with its refresh token."""
    is_renewed = row.kind == "oauth2" and row.detail.get("is_refreshable")
    return row.refresh_expires_at if is_renewed else row.expires_at


def state_of(row: CredentialRow, moment: datetime) -> Literal["ok", "reconnect", "expired"]:
    """Whether it can be used."""
    if row.state == "reconnect":
        return "reconnect"
    end = ends_at(row)
    return "expired" if end is not None and end <= moment else "ok"


def concern_of(row: CredentialRow, moment: datetime) -> Concern | None:
    """What is the matter with it; None when nothing is."""
    again = "Log in there again." if row.kind == "oauth2" else "Replace its secret."
    state, end = state_of(row, moment), ends_at(row)
    if state == "reconnect":
        return Concern("reconnect", f"{row.problem or f'{row.provider} no longer takes it.'} {again}")
    if state == "expired" and end is not None:
        return Concern("expired", f"It expired at {_written(end)}. {again}")
    if end is not None and end <= moment + SOON:
        return Concern("expires_soon", f"It expires at {_written(end)}. {again}")
    if row.problem:
        return Concern("failed_test", f"Its last test failed: {row.problem}")
    return None


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
