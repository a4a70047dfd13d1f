"""Credentials as they are sent and shown: secrets come in and never go out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from backend.data.credentials import CredentialsType
from backend.server.wire.connections import AccountView
from backend.util.errors import AddressRefused
from backend.util.url_target import host_and_port

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _in_header(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text.strip():
        raise ValueError("it is empty")
    if not text.isascii() or _CONTROL.search(text):
        raise ValueError("no header takes it: it has a line break or a letter that is not ASCII")
    return SecretStr(text.strip())


def _header_name(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError("this is no name of a header: letters, digits and dashes")
    return name


def _host(text: str) -> str:
    prefix = "*." if text.startswith("*.") else ""
    try:
        host, port = host_and_port(text.removeprefix("*."))
    except AddressRefused as error:
        raise ValueError(str(error)) from error
    named = f"[{host}]" if ":" in host else host
    return prefix + (named if port is None else f"{named}:{port}")


Text = Annotated[SecretStr, Field(max_length=20_000)]
HeaderText = Annotated[Text, AfterValidator(_in_header)]
Host = Annotated[str, Field(max_length=300), AfterValidator(_host)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Title = Annotated[str, Field(max_length=200)]
Details = Annotated[
    dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=1_000)]], Field(max_length=50)
]


class _NewCredential(BaseModel):
    model_config = ConfigDict(extra="forbid")

    provider: str = Field(max_length=60, description="As `GET /api/providers` says it", examples=["github"])
    title: Title = Field(default="", description="The provider's label without one", examples=["Work"])


class NewApiKeyCredential(_NewCredential):
    kind: Literal["api_key"]
    api_key: HeaderText = Field(examples=["paste-the-key-here"])
    expires_at: AwareDatetime | None = Field(default=None, description="None: never", examples=[None])


class NewUserPasswordCredential(_NewCredential):
    kind: Literal["user_password"]
    username: Text = Field(examples=["ada"])
    password: Text = Field(examples=["correct horse battery"])
    details: Details = Field(
        default={}, description="What else the provider's form asks for and is no secret", examples=[{}]
    )


class NewHostScopedCredential(_NewCredential):
    kind: Literal["host_scoped"]
    host: Host = Field(
        description="Of a host, perhaps with its port; `*.example.com` is all below it",
        examples=["api.example.com"],
    )
    headers: dict[HeaderName, HeaderText] = Field(
        min_length=1, max_length=50, examples=[{"Authorization": "Bearer paste-the-token-here"}]
    )


class NewCustomCredential(_NewCredential):
    kind: Literal["custom"]
    values: dict[Annotated[str, Field(max_length=100)], Text] = Field(
        min_length=1, max_length=100, examples=[{"account": "ada", "token": "paste-the-token-here"}]
    )


NewCredential = Annotated[
    NewApiKeyCredential | NewUserPasswordCredential | NewHostScopedCredential | NewCustomCredential,
    Field(discriminator="kind"),
]
"""Those of the kind `oauth2` come from a login: `POST /api/oauth/{provider}/login`."""


class CredentialChange(BaseModel):
    """Another title, or another secret in the place of the old one; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Title, Field(min_length=1)] | None = Field(default=None, examples=["Work"])
    api_key: HeaderText | None = Field(default=None, description="Of the kind `api_key`")
    expires_at: AwareDatetime | None = Field(default=None, description="Of the kind `api_key`")
    username: Text | None = Field(default=None, description="Of the kind `user_password`")
    password: Text | None = Field(default=None, description="Of the kind `user_password`")
    details: Details | None = Field(
        default=None, description="Of the kind `user_password`: all of them; others only with the password"
    )
    host: Host | None = Field(default=None, description="Of the kind `host_scoped`")
    headers: dict[HeaderName, HeaderText] | None = Field(
        default=None, min_length=1, max_length=50, description="Of the kind `host_scoped`: all of them"
    )
    values: dict[Annotated[str, Field(max_length=100)], Text] | None = Field(
        default=None, min_length=1, max_length=100, description="Of the kind `custom`: all of them"
    )


class CredentialView(BaseModel):
    """What may be shown of a credential."""

    id: str
    provider: str = Field(examples=["github"])
    kind: CredentialsType
    title: str = Field(examples=["Work"])
    is_platform: bool = Field(description="The platform's own: everybody may use it, and it costs")
    state: Literal["ok", "reconnect", "expired"]
    problem: str = Field(
        description="Why it has to be connected again, or what its last test said", examples=[""]
    )
    scopes: list[str] = Field(description="Of the kind `oauth2`", examples=[[]])
    username: str | None = Field(
        description="Of the kind `oauth2`: as its provider calls the account", examples=[None]
    )
    host: str | None = Field(description="Of the kind `host_scoped`", examples=[None])
    details: dict[str, str] = Field(
        description="Of the kind `user_password`: what else was filled in, such as a server's name",
        examples=[{}],
    )
    secret_names: list[str] = Field(
        description="Names of its headers or fields, never their values", examples=[[]]
    )
    expires_at: datetime | None = Field(description="None: never, or it is renewed by itself")
    account: AccountView | None
    tested_at: datetime | None
    used_at: datetime | None
    created_at: datetime | None


class GraphUseView(BaseModel):
    graph_id: str
    name: str
    is_in_draft: bool
    is_in_newest: bool
    is_in_published: bool


class WebhookUseView(BaseModel):
    webhook_id: str
    provider: str = Field(examples=["github"])
    resource: str = Field(examples=["ada/engine"])


class UsesView(BaseModel):
    """What names a credential."""

    graphs: list[GraphUseView]
    webhooks: list[WebhookUseView]


class CredentialDetails(CredentialView):
    used_by: UsesView


class CredentialList(BaseModel):
    items: list[CredentialView]


class CredentialTested(BaseModel):
    """What the provider said."""

    is_ok: bool = Field(examples=[True])
    is_tested: bool = Field(description="False: this provider has no test, so nobody was asked")
    reason: str = Field(description="Why not, in the provider's own words where it said some", examples=[""])
    code: str = Field(
        description="Of the refusal, as problem documents have it; empty when it is ok", examples=[""]
    )
    account: AccountView | None


class CredentialAccount(BaseModel):
    """Whose account it is."""

    account: AccountView | None = Field(description="None: the provider has not told")
    reason: str = Field(description="Why not, in the provider's own words where it said some", examples=[""])


class CredentialHealth(BaseModel):
    """A credential that wants attention."""

    credential: CredentialView
    reason: Literal["expired", "expires_soon", "reconnect", "failed_test"]
    message: str = Field(
        description="What happened and what to do",
        examples=["It expires at 2026-01-31 12:00 UTC. Replace its secret."],
    )


class HealthList(BaseModel):
    items: list[CredentialHealth]


class CredentialDeleted(BaseModel):
    is_revoked: bool | None = Field(description="Whether its provider took it back; None: nobody was asked")
    message: str = Field(
        description="What is left to be done, if anything",
        examples=["Deleted here, and taken back at its provider."],
    )
