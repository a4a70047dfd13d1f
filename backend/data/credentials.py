"""The five kinds of credentials, and the reference to one that a graph stores."""

from __future__ import annotations

import base64
import time
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, SecretStr

from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName

CredentialsType = Literal["api_key", "oauth2", "user_password", "host_scoped", "custom"]


class _Credentials(BaseModel):
    id: str
    provider: str
    title: str | None = None


class APIKeyCredentials(_Credentials):
    type: Literal["api_key"] = "api_key"
    api_key: SecretStr
    expires_at: int | None = Field(default=None, description="Unix time in seconds; None: never")

    def auth_header(self) -> str:
        """The value of an Authorization header."""
        return f"Bearer {self.api_key.get_secret_value()}"


class OAuth2Credentials(_Credentials):
    type: Literal["oauth2"] = "oauth2"
    access_token: SecretStr
    refresh_token: SecretStr | None = None
    access_token_expires_at: int | None = Field(default=None, description="Unix time in seconds")
    refresh_token_expires_at: int | None = None
    scopes: list[str] = []
    username: str | None = None
    metadata: dict[str, Any] = {}

    def auth_header(self) -> str:
        """The value of an Authorization header."""
        return f"Bearer {self.access_token.get_secret_value()}"

    def expires_within(self, seconds: float) -> bool:
        """Whether the access token ends in less than `seconds` from now; False when it never does."""
        return (
            self.access_token_expires_at is not None and self.access_token_expires_at - time.time() < seconds
        )


class UserPasswordCredentials(_Credentials):
    """`details` are fields that the provider declares beside the two, such as a server's name; they are no secrets."""

    type: Literal["user_password"] = "user_password"
    username: SecretStr
    password: SecretStr
    details: dict[str, str] = {}

    def auth_header(self) -> str:
        """The value of an Authorization header (RFC 7617)."""
        pair = f"{self.username.get_secret_value()}:{self.password.get_secret_value()}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"


class HostScopedCredentials(_Credentials):
    """Headers that are sent to one host and to no other."""

    type: Literal["host_scoped"] = "host_scoped"
    host: str
    headers: dict[str, SecretStr] = {}

    def headers_for(self, host: str) -> dict[str, str]:
        """The headers in clear, empty for any other host; `*.example.com` covers its sub-domains."""
        own, asked = self.host.lower(), host.lower()
        matches = asked == own or (own.startswith("*.") and asked.endswith(own[1:]))
        return {name: value.get_secret_value() for name, value in self.headers.items()} if matches else {}


class CustomCredentials(_Credentials):
    """The fields that a provider declares."""

    type: Literal["custom"] = "custom"
    values: dict[str, SecretStr] = {}


Credentials = Annotated[
    APIKeyCredentials
    | OAuth2Credentials
    | UserPasswordCredentials
    | HostScopedCredentials
    | CustomCredentials,
    Field(discriminator="type"),
]


def _known_provider(value: Any) -> Any:
    return ProviderName.parse(value) if isinstance(value, str) else value


ProviderT = TypeVar("ProviderT")
TypeT = TypeVar("TypeT")


class CredentialsMetaInput(BaseModel, Generic[ProviderT, TypeT]):
    """A reference to a stored credential: `CredentialsMetaInput[Literal[ProviderName.X], Literal["api_key"]]`."""

    id: str
    provider: Annotated[ProviderT, BeforeValidator(_known_provider)]
    type: TypeT
    title: str | None = None


def reference_to(credentials: Credentials) -> JsonObject:
    """The reference to a credential as a graph stores it."""
    return {name: getattr(credentials, name) for name in ("id", "provider", "type", "title")}
