"""Who one is and what one may do."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from backend.server.access import Scope


class SetupState(BaseModel):
    is_open: bool = Field(description="Whether this installation waits for its owner")


class UserView(BaseModel):
    id: str
    email: str
    name: str
    role: str


class Me(UserView):
    scopes: list[Scope]


class ApiKeyView(BaseModel):
    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewApiKey(ApiKeyView):
    key: str = Field(description="Shown this once")
