"""One login at a provider, from the address that the browser is sent to until the credential is stored."""

from __future__ import annotations

import asyncio
import hashlib
import secrets as random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog

from backend.data import audit_store, oauth_login_store
from backend.data.credential_store import (
    CredentialRow,
    no_such_credential,
    read_credential,
    record_test,
    rename_credential,
)
from backend.data.credentials import OAuth2Credentials
from backend.data.db import Database
from backend.data.oauth_login_store import LoginRow, place_of
from backend.data.sealed_credentials import credentials_of
from backend.data.tiers import require
from backend.data.vault import Vault
from backend.integrations.connections import connection_of
from backend.integrations.credentials_store import StoredCredentials, same_provider
from backend.integrations.oauth import OAuthHandler, Tokens, handler_of
from backend.integrations.oauth._answers import blotted
from backend.integrations.oauth._tokens import credential_from, renewed
from backend.integrations.secret_values import scrubber_for
from backend.util.clock import new_id, now
from backend.util.errors import BadInput, BlockyardError, Problem, SealBroken
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

LIFETIME = timedelta(minutes=10)
_ACCOUNT_WITHIN_S = 10.0
_UNKNOWN = (
    "This login is not known here: it was used already, took longer than ten minutes, or was begun in another "
    "browser. Begin again."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants. Without scopes: those of before, of the provider's card, or its default ones."""

    scopes: Sequence[str] = ()
    title: str = ""
    credential_id: str | None = None
    """The credential that is to be connected again; None: a new one."""
    return_to: str = "/"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser it is, by the hash of its cookie, and where it is."""

    user_id: str
    session_hash: str
    address: str


@dataclass(frozen=True, slots=True)
class Connected:
    """What came of a login."""

    credential_id: str
    title: str
    label: str
    is_again: bool
    return_to: str


class LoginFailed(BadInput):
    """Says what happened. `return_to` is where the person came from, as far as that is known."""

    def __init__(self, message: str, *, return_to: str = "/", status: int = 400) -> None:
        super().__init__(message)
        self.return_to = return_to
        self.http_status = status


class Logins:
    """Begins and ends logins at providers."""

    def __init__(
        self, database: Database, vault: Vault, store: StoredCredentials, settings: Settings
    ) -> None:
        self._database = database
        self._vault = vault
        self._store = store
        self._settings = settings

    async def begin(self, visitor: Visitor, provider: str, redirect_uri: str, wish: Wish) -> str:
        """The address at the provider to which the browser goes.

        Raises:
            NotFound: one cannot log in there, or there is no such credential.
            Conflict: it is not set up.
            Forbidden: this installation's tier does not have it.
            BadInput: scopes, credential or path cannot be used.
        """
        handler = handler_of(provider, self._settings.secrets)
        declared = connection_of(provider)
        if declared is not None:
            require(self._settings.tier, declared.tier, declared.label)
        _check_path(wish.return_to)
        known: Sequence[str] = declared.scopes if declared is not None else ()
        user_id = visitor.user_id
        async with self._database.begin() as connection:
            if wish.credential_id is not None:
                row = await read_credential(connection, user_id, wish.credential_id)
                _check_is_login(row, handler)
                known = row.scopes or known
            scopes = handler.scopes_for(wish.scopes or known)
            state, verifier = random.token_urlsafe(32), random.token_urlsafe(48)
            login_id = _id_of(state)
            await oauth_login_store.begin_login(
                connection,
                user_id,
                login_id,
                session_hash=visitor.session_hash,
                provider=handler.PROVIDER.value,
                sealed=await self._vault.seal(
                    connection, place_of(user_id, login_id), {"verifier": verifier}
                ),
                scopes=scopes,
                title=wish.title,
                credential_id=wish.credential_id,
                redirect_uri=redirect_uri,
                return_to=wish.return_to,
                expires_at=now() + LIFETIME,
            )
        return handler.authorize_url(redirect_uri=redirect_uri, state=state, verifier=verifier, scopes=scopes)

    async def finish(
        self, visitor: Visitor, provider: str, *, state: str, code: str, error: str, description: str
    ) -> Connected:
        """What the browser came back with becomes a credential.

        Raises:
            LoginFailed: says why not, and where the person came from.
        """
        handler = handler_of(provider, self._settings.secrets)
        login = await self._take(visitor, handler, state)
        try:
            if error or not code:
                raise LoginFailed(_denied(handler.LABEL, error, description))
            return await self._connect(visitor, handler, login, code)
        except BlockyardError as failure:
            status = failure.http_status if isinstance(failure, LoginFailed) else failure.status
            log.info("oauth.login_failed", provider=login.provider, code=failure.code)
            raise LoginFailed(str(failure), return_to=login.return_to, status=status) from failure

    async def _take(self, visitor: Visitor, handler: OAuthHandler, state: str) -> LoginRow:
        async with self._database.begin() as connection:
            login = await oauth_login_store.take_login(
                connection,
                visitor.user_id,
                _id_of(state),
                session_hash=visitor.session_hash,
                provider=handler.PROVIDER.value,
            )
        if login is None or login.expires_at <= now():
            raise LoginFailed(_UNKNOWN)
        return login

    async def _connect(
        self, visitor: Visitor, handler: OAuthHandler, login: LoginRow, code: str
    ) -> Connected:
        opened = await self._vault.unseal(place_of(login.user_id, login.id), login.sealed)
        tokens = await handler.exchange(
            code=code, redirect_uri=login.redirect_uri, verifier=str(opened["verifier"])
        )
        if login.credential_id is None:
            credential = await self._add(visitor, handler, login, tokens)
        else:
            credential = await self._put(visitor, handler, login, tokens, login.credential_id)
        title = await self._tell_account(visitor.user_id, handler, credential, is_named=bool(login.title))
        return Connected(
            credential.id, title, handler.LABEL, login.credential_id is not None, login.return_to
        )

    async def _add(
        self, visitor: Visitor, handler: OAuthHandler, login: LoginRow, tokens: Tokens
    ) -> OAuth2Credentials:
        credential = credential_from(
            tokens,
            credential_id=new_id(),
            provider=handler.PROVIDER.value,
            title=login.title or handler.LABEL,
            scopes=handler.kept_scopes(login.scopes, tokens.scopes),
            now_s=time.time(),
        )
        async with self._database.begin() as connection:
            await self._store.add(connection, visitor.user_id, credential)
            await audit_store.record(
                connection,
                visitor.user_id,
                "credential.connect",
                target_kind="credential",
                target_id=credential.id,
                address=visitor.address,
                detail={"provider": credential.provider, "scopes": credential.scopes},
            )
        return credential

    async def _put(
        self, visitor: Visitor, handler: OAuthHandler, login: LoginRow, tokens: Tokens, credential_id: str
    ) -> OAuth2Credentials:
        """In the place of the one of before, whatever state that is in; its id stays, so graphs go on."""
        async with self._database.begin() as connection:
            row = await read_credential(connection, visitor.user_id, credential_id)
            old = await self._old(row)
            known = old.model_copy(update={"scopes": login.scopes, "metadata": {}})
            credential = renewed(known, tokens, handler.kept_scopes, time.time())
            if tokens.refresh_token is None and not handler.is_same_account(old, tokens):
                credential = credential.model_copy(
                    update={"refresh_token": None, "refresh_token_expires_at": None}
                )
            if not await self._store.replace(connection, visitor.user_id, credential):
                raise no_such_credential(credential_id)
            await audit_store.record(
                connection,
                visitor.user_id,
                "credential.reconnect",
                target_kind="credential",
                target_id=credential_id,
                address=visitor.address,
                detail={"provider": credential.provider, "scopes": credential.scopes},
            )
        return credential

    async def _old(self, row: CredentialRow) -> OAuth2Credentials:
        """The credential of before; one that no longer opens has no tokens."""
        try:
            old = await self._store.opened(row)
        except SealBroken:
            old = credentials_of(row, {"access_token": "", "refresh_token": None})
        assert isinstance(old, OAuth2Credentials), "the kind of a credential does not change"
        return old

    async def _tell_account(
        self, user_id: str, handler: OAuthHandler, credential: OAuth2Credentials, *, is_named: bool
    ) -> str:
        """Ask whose account it is, and keep that; the login stands, whatever comes of it. The title it has then."""
        title = credential.title or handler.LABEL
        try:
            async with asyncio.timeout(_ACCOUNT_WITHIN_S):
                told = await handler.account(credential)
        except (BlockyardError, TimeoutError) as error:
            code = error.code if isinstance(error, BlockyardError) else "timeout"
            log.warning("oauth.no_account", provider=credential.provider, code=code)
            return title
        account = told.without(scrubber_for([credential]))
        who = account.name or account.email or account.organization
        async with self._database.begin() as connection:
            await record_test(connection, user_id, credential.id, tested_at=now(), account=asdict(account))
            if who and not is_named and title == handler.LABEL:
                title = f"{handler.LABEL} ({who})"[:200]
                await rename_credential(connection, user_id, credential.id, title)
        return title


def _id_of(state: str) -> str:
    """Under which a login is stored: what is random and long, a plain hash keeps secret."""
    return hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()


def _check_is_login(row: CredentialRow, handler: OAuthHandler) -> None:
    if row.kind != "oauth2" or not same_provider(row.provider, handler.PROVIDER.value):
        problem = Problem(
            f"The credential {row.title!r} is {row.kind} of {row.provider}, and no login at {handler.LABEL}.",
            "Leave it out to make a new one.",
            path="credential_id",
        )
        raise BadInput(str(problem), problems=(problem,))


def _check_path(path: str) -> None:
    """Only a path of ours: browsers take two slashes, of either kind, for another server."""
    is_ours = (
        path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable() and "\\" not in path
    )
    if not is_ours:
        problem = Problem(
            "`return_to` is no path of this server.", "Begin it with one `/`.", path="return_to"
        )
        raise BadInput(str(problem), problems=(problem,))


def _denied(label: str, error: str, description: str) -> str:
    said = blotted(description or error, ())
    if error == "access_denied":
        return f"{label} was not connected: you or {label} said no. Begin again if that was a mistake. It said: {said!r}."
    return f"{label} did not let you in. Begin again." + (f" It said: {said!r}." if said else "")
