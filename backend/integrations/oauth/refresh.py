"""Keeps access tokens fresh: one refresh at a time for each credential, in all processes together.

Whoever finds a token near its end takes the lease in the credential's row, asks the provider, and puts the new
tokens in the place of the revision that it has read. No lock and no transaction is held meanwhile. The others look
at the row until it has another revision. The lease of a holder that dies ends by itself.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import token_lease_store
from backend.data.credential_store import CredentialRow, find_credential
from backend.data.credentials import OAuth2Credentials
from backend.data.db import Database
from backend.data.token_lease_store import Lease, find_lease, give_up, take_lease
from backend.integrations.credentials_store import StoredCredentials
from backend.integrations.oauth import NoLongerGood, handler_of
from backend.integrations.oauth._tokens import is_due, is_good, renewed
from backend.util.clock import new_id
from backend.util.errors import (
    BlockyardError,
    CredentialsError,
    ProviderError,
    ProviderUnavailable,
    Unavailable,
)
from backend.util.settings import Secrets

log = structlog.get_logger(__name__)

LEASE_S = 30.0
PAUSE_S = 10.0
"""How long nobody asks a provider that could not be asked."""
_LONGEST_PAUSE_S = 60.0
_PATIENCE_S = 20.0
"""How long one waits for somebody else's refresh with a token that is still good."""
_FIRST_LOOK_S, _SLOWEST_LOOK_S = 0.05, 0.4
_STORE_FOR_S = 10.0
"""How long new tokens are tried to be stored: a provider that rotates has forgotten the old ones."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A credential as it stands now, and who refreshes it."""

    row: CredentialRow
    credential: OAuth2Credentials
    lease: Lease | None


class Refresher:
    """Gives credentials whose token is good for a while yet. `lease_s` and `pause_s` are shorter in tests."""

    def __init__(
        self,
        database: Database,
        store: StoredCredentials,
        secrets: Secrets,
        *,
        lease_s: float = LEASE_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._database = database
        self._store = store
        self._secrets = secrets
        self._lease_s = lease_s
        self._pause_s = pause_s
        self._under_way: dict[tuple[str, str], asyncio.Task[OAuth2Credentials]] = {}

    async def fresh(self, user_id: str, credential: OAuth2Credentials) -> OAuth2Credentials:
        """The credential, with another token if its own ends soon. What cannot be refreshed now is given while good.

        Raises:
            CredentialsError: its owner has to connect again.
            ProviderError: its token has ended, and there is no other one just now.
        """
        if not is_due(credential, time.time()):
            return credential
        if credential.refresh_token is None:
            return _made_do(credential, _nothing_to_refresh_with(credential))
        return await self._once(user_id, credential.id)

    async def _once(self, user_id: str, credential_id: str) -> OAuth2Credentials:
        """All who ask in this process meanwhile share the answer; one of them may leave without ending it."""
        key = (user_id, credential_id)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.ensure_future(self._renew(user_id, credential_id))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._is_done(key, done))
        return await asyncio.shield(task)

    def _is_done(self, key: tuple[str, str], task: asyncio.Task[OAuth2Credentials]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()

    async def _renew(self, user_id: str, credential_id: str) -> OAuth2Credentials:
        """Refresh it, or wait for whoever does."""
        holder, pause_s, began = new_id(), _FIRST_LOOK_S, time.monotonic()
        while True:
            found = await self._look(user_id, credential_id)
            if not is_due(found.credential, time.time()):
                return found.credential
            if found.lease is None:
                answer = await self._try(found, holder)
                if answer is not None:
                    return answer
                continue
            if found.lease.is_pause:
                return _made_do(found.credential, _left_alone(found))
            if self._is_too_long(found.credential, time.monotonic() - began):
                return _made_do(found.credential, _too_slow(found))
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, _SLOWEST_LOOK_S)

    def _is_too_long(self, credential: OAuth2Credentials, waited_s: float) -> bool:
        """With a token that has ended one waits for two holders, the first of which may have died."""
        patience_s = _PATIENCE_S if is_good(credential, time.time()) else 2 * self._lease_s + 5
        return waited_s > patience_s

    async def _look(self, user_id: str, credential_id: str) -> _Found:
        """The credential as it is stored now.

        Raises:
            CredentialsError: it is gone, or has to be connected again.
        """
        async with self._database.begin() as connection:
            row = await find_credential(connection, user_id, credential_id)
            lease = await find_lease(connection, user_id, credential_id)
        if row is None:
            raise CredentialsError("The credential was deleted meanwhile. Choose another one in the block.")
        if row.state == "reconnect":
            raise CredentialsError(row.problem or "The credential has to be connected again.")
        credential = await self._store.opened(row)
        if not isinstance(credential, OAuth2Credentials):
            raise CredentialsError("The credential is of another kind now. Choose another one in the block.")
        return _Found(row, credential, lease)

    async def _try(self, found: _Found, holder: str) -> OAuth2Credentials | None:
        """Take the lease and refresh; None: somebody else was faster, so look again."""
        row = found.row
        async with self._database.begin() as connection:
            is_ours = await take_lease(
                connection,
                row.user_id,
                row.id,
                revision=row.revision,
                holder=holder,
                lease_s=self._lease_s,
            )
        return await self._refresh(found, holder) if is_ours else None

    async def _refresh(self, found: _Found, holder: str) -> OAuth2Credentials | None:
        old = found.credential
        if old.refresh_token is None:
            return _made_do(old, _nothing_to_refresh_with(old))
        try:
            handler = handler_of(old.provider, self._secrets)
            tokens = await handler.refresh(old.refresh_token.get_secret_value())
        except NoLongerGood as error:
            await self._refused(found, holder, error)
            return None
        except BlockyardError as error:
            await self._leave_alone(found, holder, error)
            return _made_do(old, error)
        new = renewed(old, tokens, handler.kept_scopes, time.time())
        is_stored = await self._keep(found, new)
        return new if is_stored else None

    async def _refused(self, found: _Found, holder: str, error: NoLongerGood) -> None:
        """Only if nobody has another token by now, its owner has to connect again."""
        row = found.row
        async with self._database.begin() as connection:
            is_marked = await give_up(
                connection,
                row.user_id,
                row.id,
                revision=row.revision,
                holder=holder,
                problem=str(error),
            )
        if is_marked:
            log.warning("oauth.reconnect", credential_id=row.id, provider=row.provider)
            raise error

    async def _leave_alone(self, found: _Found, holder: str, error: BlockyardError) -> None:
        asked_s = error.retry_after_s if isinstance(error, ProviderError) else None
        pause_s = min(asked_s or self._pause_s, _LONGEST_PAUSE_S)
        log.warning(
            "oauth.not_refreshed", credential_id=found.row.id, provider=found.row.provider, code=error.code
        )
        async with self._database.begin() as connection:
            await token_lease_store.pause(
                connection, found.row.user_id, found.row.id, holder=holder, pause_s=pause_s
            )

    async def _keep(self, found: _Found, new: OAuth2Credentials) -> bool:
        """Store the new tokens, though the database be away for a moment. False: another revision is there."""
        deadline = time.monotonic() + _STORE_FOR_S
        while True:
            try:
                async with self._database.begin() as connection:
                    return await self._replace(connection, found, new)
            except Unavailable:
                if time.monotonic() > deadline:
                    log.error("oauth.tokens_lost", credential_id=found.row.id, provider=found.row.provider)
                    raise
                await asyncio.sleep(0.25)

    async def _replace(self, connection: AsyncConnection, found: _Found, new: OAuth2Credentials) -> bool:
        return await self._store.replace(connection, found.row.user_id, new, revision=found.row.revision)


def _made_do(credential: OAuth2Credentials, error: BlockyardError) -> OAuth2Credentials:
    """The credential as it is, while its token is good; else the error."""
    if is_good(credential, time.time()):
        return credential
    raise error


def _nothing_to_refresh_with(credential: OAuth2Credentials) -> CredentialsError:
    return CredentialsError(
        f"The login at {credential.provider} has ended, and it came without a refresh token. Connect again."
    )


def _left_alone(found: _Found) -> ProviderUnavailable:
    wait_s = found.lease.ends_in_s if found.lease is not None else PAUSE_S
    return ProviderUnavailable(
        f"The token for {found.row.provider} has ended, and a moment ago there was no other one to be had. "
        f"Try again in {max(1, round(wait_s))} s.",
        retry_after_s=wait_s,
    )


def _too_slow(found: _Found) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"The token for {found.row.provider} has ended, and another process takes long to refresh it. Try again.",
        retry_after_s=PAUSE_S,
    )
