"""Between a credential and its row: which of its parts are sealed and which may be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr, TypeAdapter

from backend.data.credential_store import CredentialRow
from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CustomCredentials,
    HostScopedCredentials,
    OAuth2Credentials,
    UserPasswordCredentials,
)
from backend.data.model import JsonObject
from backend.util.crypto import Place

_ADAPTER: TypeAdapter[Credentials] = TypeAdapter(Credentials)


@dataclass(frozen=True, slots=True)
class Parts:
    """`secret` is sealed; `shown` are the values of the row's columns."""

    secret: JsonObject
    shown: JsonObject


def place_of(user_id: str, credential_id: str) -> Place:
    """Where the secret of a credential is stored."""
    return Place("credential", credential_id, user_id, "sealed")


def parts_of(credentials: Credentials) -> Parts:
    """The credential in its two parts. User names are sealed too: many services take a key as one."""
    return _PARTS[credentials.type](credentials)


def credentials_of(row: CredentialRow, secret: JsonObject) -> Credentials:
    """The credential of a row and its opened secret."""
    common = {"id": row.id, "provider": row.provider, "title": row.title, "type": row.kind}
    return _ADAPTER.validate_python({**common, **_shown_of(row), **secret})


def _shown_of(row: CredentialRow) -> JsonObject:
    if row.kind == "api_key":
        return {"expires_at": _seconds(row.expires_at)}
    if row.kind == "oauth2":
        return {
            "access_token_expires_at": _seconds(row.expires_at),
            "refresh_token_expires_at": _seconds(row.refresh_expires_at),
            "scopes": row.scopes,
            "username": row.username,
            "metadata": row.detail.get("metadata", {}),
        }
    if row.kind == "user_password":
        return {"details": row.detail.get("details", {})}
    return {"host": row.host} if row.kind == "host_scoped" else {}


def _api_key(given: APIKeyCredentials) -> Parts:
    return Parts({"api_key": _clear(given.api_key)}, {"expires_at": _moment(given.expires_at)})


def _oauth2(given: OAuth2Credentials) -> Parts:
    refresh = None if given.refresh_token is None else _clear(given.refresh_token)
    shown: JsonObject = {
        "expires_at": _moment(given.access_token_expires_at),
        "refresh_expires_at": _moment(given.refresh_token_expires_at),
        "scopes": given.scopes,
        "username": given.username,
        "detail": {"metadata": given.metadata, "is_refreshable": refresh is not None},
    }
    return Parts({"access_token": _clear(given.access_token), "refresh_token": refresh}, shown)


def _user_password(given: UserPasswordCredentials) -> Parts:
    secret = {"username": _clear(given.username), "password": _clear(given.password)}
    return Parts(secret, {"detail": {"details": given.details}})


def _host_scoped(given: HostScopedCredentials) -> Parts:
    headers = {name: _clear(value) for name, value in given.headers.items()}
    return Parts({"headers": headers}, {"host": given.host, "detail": {"headers": sorted(headers)}})


def _custom(given: CustomCredentials) -> Parts:
    values = {name: _clear(value) for name, value in given.values.items()}
    return Parts({"values": values}, {"detail": {"fields": sorted(values)}})


_PARTS: dict[str, Callable[[Any], Parts]] = {
    "api_key": _api_key,
    "oauth2": _oauth2,
    "user_password": _user_password,
    "host_scoped": _host_scoped,
    "custom": _custom,
}


def _clear(secret: SecretStr) -> str:
    return secret.get_secret_value()


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
