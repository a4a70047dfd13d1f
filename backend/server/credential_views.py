"""Credentials as people see them, and the test of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.data.credential_health import ends_at, state_of
from backend.data.credential_store import CredentialRow, record_test
from backend.data.credentials import Credentials, OAuth2Credentials
from backend.data.model import JsonObject
from backend.integrations import oauth
from backend.integrations.connecting import TEST_TIMEOUT_S, try_connection
from backend.integrations.connections import Account, connection_of
from backend.integrations.credentials_store import is_platform_credential
from backend.integrations.secret_values import scrubber_for
from backend.server.site import Site
from backend.util.clock import now
from backend.util.errors import BlockyardError, ProviderError

_ACCOUNT = ("name", "email", "avatar_url", "organization")


def view_of(row: CredentialRow) -> JsonObject:
    """A stored credential."""
    names: list[str] = row.detail.get("headers") or row.detail.get("fields") or []
    return {
        "id": row.id,
        "provider": row.provider,
        "kind": row.kind,
        "title": row.title,
        "is_platform": False,
        "state": state_of(row, now()),
        "problem": row.problem,
        "scopes": row.scopes,
        "username": row.username,
        "host": row.host,
        "details": row.detail.get("details", {}),
        "secret_names": names,
        "expires_at": ends_at(row),
        "account": account_view(row.account),
        "tested_at": row.tested_at,
        "used_at": row.used_at,
        "created_at": row.created_at,
    }


def platform_view(credentials: Credentials) -> JsonObject:
    """One of the platform's own."""
    empty = dict.fromkeys(("username", "host", "expires_at", "account", "tested_at", "used_at", "created_at"))
    return {
        "id": credentials.id,
        "provider": credentials.provider,
        "kind": credentials.type,
        "title": credentials.title or credentials.provider,
        "is_platform": True,
        "state": "ok",
        "problem": "",
        "scopes": [],
        "details": {},
        "secret_names": [],
        **empty,
    }


def account_view(stored: JsonObject | None) -> JsonObject | None:
    """What is known of an account, and no more than a card shows."""
    return None if stored is None else {name: str(stored.get(name) or "") for name in _ACCOUNT}


async def ask_provider(
    site: Site, user_id: str, credential_id: str, *, timeout_s: float = TEST_TIMEOUT_S
) -> dict[str, Any]:
    """Ask its provider who this is, and keep the answer. A no is an answer too, in the provider's own words.

    Raises:
        NotFound: there is none of this user's.
    """
    tried: dict[str, Any] = {"is_ok": True, "is_tested": True, "reason": "", "code": "", "account": None}
    scrubber = scrubber_for(())
    try:
        credentials = await site.app.credentials.by_id(user_id, credential_id)
        scrubber = scrubber_for([credentials])
        account = await _ask(site, credentials, timeout_s)
    except ProviderError as error:
        tried |= {"is_ok": False, "reason": scrubber.text(str(error)), "code": error.code}
    else:
        tried["account"] = None if account is None else scrubber.value(asdict(account))
        if account is None:
            said = f"{credentials.provider} has no test, so nobody was asked."
            tried |= {"is_tested": False, "reason": said}
    if tried["is_tested"] and not is_platform_credential(credential_id):
        problem = "" if tried["is_ok"] else tried["reason"]
        async with site.app.database.begin() as connection:
            await record_test(
                connection, user_id, credential_id, tested_at=now(), problem=problem, account=tried["account"]
            )
    return {**tried, "account": account_view(tried["account"])}


async def _ask(site: Site, credentials: Credentials, timeout_s: float) -> Account | None:
    declared = connection_of(credentials.provider)
    if declared is not None and declared.test is not None:
        return await try_connection(declared, credentials, timeout_s=timeout_s)
    if not isinstance(credentials, OAuth2Credentials):
        return None
    try:
        return await oauth.account_of(credentials, site.app.settings.secrets)
    except BlockyardError as error:
        raise ProviderError(str(error)) from None
