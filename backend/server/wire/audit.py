"""Who did what."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from backend.data.model import JsonObject


class AuditEntryView(BaseModel):
    """A line of the audit log."""

    id: str
    at: datetime
    user_id: str | None = Field(description="None: nobody was logged in, or it was done at the command line")
    user_email: str | None
    action: str = Field(description="Noun and verb", examples=["user.create"])
    target_kind: str = Field(examples=["user"])
    target_id: str
    address: str = Field(description="Where the request came from; empty at the command line")
    detail: JsonObject = Field(description="What belongs to the action")
