"""Credentials: what people let their graphs act with. Secrets come in here and never go out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store, credential_store
from backend.data.credential_store import CredentialRow
from backend.data.credential_use_store import CredentialUses, uses_of
from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CustomCredentials,
    HostScopedCredentials,
    OAuth2Credentials,
    UserPasswordCredentials,
)
from backend.data.model import JsonObject
from backend.data.sealed_credentials import credentials_of
from backend.data.tiers import require
from backend.data.user_store import lock_user
from backend.executor.triggers.keeper import try_again
from backend.integrations import oauth
from backend.integrations.connecting import check_details
from backend.integrations.connections import connection_of
from backend.integrations.credentials_store import is_platform_credential, platform_credentials
from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName
from backend.server.credential_views import ask_provider, platform_view, view_of
from backend.server.deps import CallerDep, JsonRoute, KeyDep, SiteDep
from backend.server.logins import address_of
from backend.server.repeated import id_for
from backend.server.site import Site
from backend.server.wire.credentials import (
    CredentialChange,
    CredentialDeleted,
    CredentialDetails,
    CredentialList,
    NewApiKeyCredential,
    NewCredential,
    NewCustomCredential,
    NewHostScopedCredential,
    NewUserPasswordCredential,
)
from backend.util.errors import BadInput, Conflict, Forbidden, Problem, SealBroken

router = APIRouter(prefix="/api/credentials", tags=["integrations"], route_class=JsonRoute)

MOST_CREDENTIALS = 1_000
_SAVED_TEST_TIMEOUT_S = 10.0
_BLANK: dict[str, JsonObject] = {
    "api_key": {"api_key": ""},
    "user_password": {"username": "", "password": ""},
    "host_scoped": {"headers": {}},
    "custom": {"values": {}},
}
"""What is secret of each kind that can be replaced."""
_SHOWN = {"api_key": {"expires_at"}, "user_password": {"details"}, "host_scoped": {"host"}}


@router.get("", response_model=CredentialList)
async def list_credentials(
    site: SiteDep,
    caller: CallerDep,
    provider: Annotated[str | None, Query(max_length=60, description="Only those of this provider")] = None,
) -> dict[str, Any]:
    """All of yours, and those of the platform that are set up; one list."""
    name = None if provider is None else _provider(provider, "provider")
    async with site.app.database.begin() as connection:
        rows = await credential_store.list_credentials(connection, caller.user_id, provider=name)
    own = [view_of(row) for row in rows]
    return {"items": own + [platform_view(one) for one in platform_credentials(site.app.settings, name)]}


@router.post("", status_code=201, response_model=CredentialDetails)
async def make_credential(
    site: SiteDep,
    caller: CallerDep,
    key: KeyDep,
    request: Request,
    body: Annotated[NewCredential, Body()],
) -> dict[str, Any]:
    """Store a secret, and ask its provider whose account it is. That fails without harm: `problem` says why."""
    provider = _provider(body.provider, "provider")
    _check_provider(site, provider, body.kind)
    credential_id = id_for(caller.user_id, "POST /api/credentials", key)
    made = _made(body, credential_id, provider)
    async with site.app.database.begin() as connection:
        await lock_user(connection, caller.user_id)
        found = await credential_store.list_credentials(connection, caller.user_id)
        is_new = all(row.id != credential_id for row in found)
        if is_new and len(found) >= MOST_CREDENTIALS:
            raise Conflict(f"You have {MOST_CREDENTIALS:,} credentials, the most there may be. Delete some.")
        if is_new:
            await site.app.credentials.add(connection, caller.user_id, made)
            await _record(connection, caller.user_id, request, "create", made.id, provider, body.kind)
    if is_new:
        await ask_provider(site, caller.user_id, credential_id, timeout_s=_SAVED_TEST_TIMEOUT_S)
    return await _details(site, caller.user_id, credential_id)


@router.get("/{credential_id}", response_model=CredentialDetails)
async def read_credential(site: SiteDep, caller: CallerDep, credential_id: str) -> dict[str, Any]:
    """What may be shown of it, and what uses it."""
    return await _details(site, caller.user_id, credential_id)


@router.patch("/{credential_id}", response_model=CredentialDetails)
async def change_credential(
    site: SiteDep, caller: CallerDep, request: Request, credential_id: str, body: CredentialChange
) -> dict[str, Any]:
    """Give it another title, or put another secret in its place: graphs go on with the new one."""
    _refuse_platform(credential_id)
    given = {
        name for name in body.model_fields_set if getattr(body, name) is not None or name == "expires_at"
    }
    async with site.app.database.begin() as connection:
        row = await credential_store.read_credential(connection, caller.user_id, credential_id)
        replaced = given - {"title"}
        if replaced:
            changed = await _changed(site, row, body, replaced)
            is_done = await site.app.credentials.replace(
                connection, caller.user_id, changed, revision=row.revision
            )
            if not is_done:
                raise Conflict("Somebody else has changed it at the same moment. Look at it, and try again.")
            await _record(connection, caller.user_id, request, "replace", row.id, row.provider, row.kind)
        if "title" in given and body.title is not None:
            await credential_store.rename_credential(connection, caller.user_id, credential_id, body.title)
            await _record(connection, caller.user_id, request, "rename", row.id, row.provider, row.kind)
    if replaced:
        await try_again(site.app.worker, caller.user_id, credential_id)
        await ask_provider(site, caller.user_id, credential_id, timeout_s=_SAVED_TEST_TIMEOUT_S)
    return await _details(site, caller.user_id, credential_id)


@router.delete("/{credential_id}", response_model=CredentialDeleted)
async def delete_credential(
    site: SiteDep,
    caller: CallerDep,
    request: Request,
    credential_id: str,
    confirm: Annotated[bool, Query(description="Delete it though something uses it")] = False,
) -> dict[str, Any]:
    """Delete it, and take a login back at its provider. 409 with what uses it, unless that is confirmed."""
    _refuse_platform(credential_id)
    async with site.app.database.begin() as connection:
        row = await credential_store.read_credential(connection, caller.user_id, credential_id)
        uses = await uses_of(connection, caller.user_id, credential_id)
        if uses and not confirm:
            raise _in_use(row, uses)
        await credential_store.delete_credential(connection, caller.user_id, credential_id)
        await _record(connection, caller.user_id, request, "delete", row.id, row.provider, row.kind)
    return await _revoked(site, row)


# -- making ------------------------------------------------------------------------------------------------


def _made(body: NewCredential, credential_id: str, provider: str) -> Credentials:
    title = body.title.strip() or LABELS[ProviderName(provider)]
    match body:
        case NewApiKeyCredential():
            return APIKeyCredentials(
                id=credential_id,
                provider=provider,
                title=title,
                api_key=body.api_key,
                expires_at=_seconds(body.expires_at),
            )
        case NewUserPasswordCredential():
            return UserPasswordCredentials(
                id=credential_id,
                provider=provider,
                title=title,
                username=body.username,
                password=body.password,
                details=check_details(provider, body.details),
            )
        case NewHostScopedCredential():
            return HostScopedCredentials(
                id=credential_id, provider=provider, title=title, host=body.host, headers=body.headers
            )
        case NewCustomCredential():
            return CustomCredentials(id=credential_id, provider=provider, title=title, values=body.values)


async def _changed(site: Site, row: CredentialRow, body: CredentialChange, given: set[str]) -> Credentials:
    """The stored credential with what was given in place of its own.

    Raises:
        BadInput: it has no such parts, or another host and not its headers. SealBroken: it does not open, and not all of its secret was given.
    """
    secret = set(_BLANK.get(row.kind, ()))
    wrong = sorted(given - secret - _SHOWN.get(row.kind, set()))
    if wrong:
        has = ", ".join(sorted(secret | _SHOWN.get(row.kind, set())))
        cure = f"It has: {has}." if has else f"Log in again: POST /api/oauth/{row.provider}/login."
        problems = tuple(
            Problem(f"A credential of the kind {row.kind!r} has no such part.", cure, path=name)
            for name in wrong
        )
        raise BadInput("; ".join(map(str, problems)), problems=problems)
    details = None if body.details is None else check_details(row.provider, body.details)
    if "host" in given and "headers" not in given and body.host != row.host:
        raise _stays_here("headers")
    is_moved = details is not None and details != row.detail.get("details", {})
    if "password" not in given and (is_moved or "username" in given):  # a user's name may say the server
        raise _stays_here("password")
    is_whole = secret <= given
    old = credentials_of(row, _BLANK[row.kind]) if is_whole else await site.app.credentials.opened(row)
    update: dict[str, Any] = {name: getattr(body, name) for name in given}
    if "expires_at" in update:
        update["expires_at"] = _seconds(body.expires_at)
    if details is not None:
        update["details"] = details
    return old.model_copy(update=update)


def _stays_here(secret: str) -> BadInput:
    problem = Problem(
        "A secret is sent to no other host than the one that it was stored for.",
        f"Give `{secret}` too, for the new one.",
        path=secret,
    )
    return BadInput(str(problem), problems=(problem,))


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


# -- checking ----------------------------------------------------------------------------------------------


def _provider(name: str, path: str) -> str:
    try:
        return ProviderName.parse(name).value
    except ValueError as error:
        problem = Problem(str(error), "`GET /api/providers` lists them.", path=path)
        raise BadInput(str(problem), problems=(problem,)) from error


def _check_provider(site: Site, provider: str, kind: str) -> None:
    """Look whether this installation has the provider, and whether it takes this kind.

    Raises:
        Forbidden: it is above the tier. BadInput: it takes other kinds.
    """
    declared = connection_of(provider)
    if declared is None:
        return
    require(site.app.settings.tier, declared.tier, declared.label)
    if declared.kinds and kind not in declared.kinds:
        cure = f"It takes: {', '.join(declared.kinds)}."
        problem = Problem(f"{declared.label} takes no credential of the kind {kind!r}.", cure, path="kind")
        raise BadInput(str(problem), problems=(problem,))


def _refuse_platform(credential_id: str) -> None:
    if is_platform_credential(credential_id):
        raise Forbidden(
            "This credential is the platform's own. An operator takes it away by emptying its setting."
        )


def _in_use(row: CredentialRow, uses: CredentialUses) -> Conflict:
    problems = [
        Problem(f"The graph {use.name!r} ({use.graph_id}) uses it{_where(use.is_in_published)}.")
        for use in uses.graphs
    ]
    problems += [
        Problem(f"A webhook at {use.provider} for {use.resource!r} ({use.webhook_id}) was made with it.")
        for use in uses.webhooks
    ]
    return Conflict(
        f"The credential {row.title!r} is in use: {'; '.join(map(str, problems[:20]))} They fail without it. "
        "Repeat the request with ?confirm=true to delete it nevertheless.",
        problems=tuple(problems),
    )


def _where(is_published: bool) -> str:
    return ", in its published version" if is_published else ""


# -- answers -----------------------------------------------------------------------------------------------


async def _details(site: Site, user_id: str, credential_id: str) -> dict[str, Any]:
    offered = platform_credentials(site.app.settings)
    default = next((one for one in offered if one.id == credential_id), None)
    async with site.app.database.begin() as connection:
        uses = await uses_of(connection, user_id, credential_id)
        if default is not None:
            return {**platform_view(default), "used_by": asdict(uses)}
        row = await credential_store.read_credential(connection, user_id, credential_id)
    return {**view_of(row), "used_by": asdict(uses)}


async def _revoked(site: Site, row: CredentialRow) -> dict[str, Any]:
    """Take a login back at its provider, as well as it goes: what is deleted stays deleted."""
    if row.kind != "oauth2":
        message = "Deleted here. If nobody else uses the secret, take it back at its provider too."
        return {"is_revoked": None, "message": message}
    try:
        credentials = await site.app.credentials.opened(row)
    except SealBroken as error:
        return {"is_revoked": False, "message": f"Deleted here, and not taken back at its provider: {error}"}
    assert isinstance(credentials, OAuth2Credentials)
    problem = await oauth.revoke(credentials, site.app.settings.secrets)
    if problem:
        return {"is_revoked": False, "message": f"Deleted here. Its provider did not take it back: {problem}"}
    return {"is_revoked": True, "message": "Deleted here, and taken back at its provider."}


async def _record(
    connection: AsyncConnection,
    user_id: str,
    request: Request,
    action: str,
    credential_id: str,
    provider: str,
    kind: str,
) -> None:
    await audit_store.record(
        connection,
        user_id,
        f"credential.{action}",
        target_kind="credential",
        target_id=credential_id,
        address=address_of(request),
        detail={"provider": provider, "kind": kind},
    )
