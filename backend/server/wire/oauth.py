"""A login at a provider, as it is asked for."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.server.wire.people import Name

ScopeName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!#-\[\]-~]+$")]
"""RFC 6749, 3.3."""


class OAuthLogin(BaseModel):
    """What is to be connected, and where the browser goes then."""

    model_config = ConfigDict(extra="forbid")

    scopes: list[ScopeName] = Field(
        default=[],
        max_length=100,
        description="What the provider is asked for. Empty: as before, else what its blocks usually need",
        examples=[["repo", "read:user"]],
    )
    title: Name = Field(default="", description="Empty: the provider and the account", examples=["Work"])
    credential_id: str | None = Field(
        default=None,
        max_length=200,
        description="Connect this one again; it keeps its id, so graphs go on. None: a new one",
        examples=[None],
    )
    return_to: str = Field(
        default="/",
        min_length=1,
        max_length=1000,
        description="A path of this server, to which the page at the end leads",
        examples=["/settings"],
    )


class OAuthAddress(BaseModel):
    """Where to send the browser, within ten minutes."""

    url: str = Field(
        description="At the provider", examples=["https://github.com/login/oauth/authorize?state=…"]
    )
