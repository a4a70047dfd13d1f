"""The credentials of people, and the platform's own, which everybody may use while their secret is set."""

from __future__ import annotations

from typing import Any, Protocol

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import credential_store
from backend.data.away import is_away
from backend.data.credential_store import CredentialRow, no_such_credential
from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CredentialsMetaInput,
    OAuth2Credentials,
)
from backend.data.db import Database
from backend.data.sealed_credentials import credentials_of, parts_of, place_of
from backend.data.tiers import includes
from backend.data.vault import Vault
from backend.integrations.connections import connection_of
from backend.integrations.platform_secrets import in_force, settings
from backend.integrations.providers import ProviderName
from backend.util.clock import now
from backend.util.errors import CredentialsError
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

DEFAULT_CREDENTIALS: list[Credentials] = []
"""The platform's own. One is offered while the secret that it names is set; what it costs is in the cost table."""

example_credentials = APIKeyCredentials(
    id="a2b7f68f-aa6a-4995-99ec-b45b40d33498",
    provider="example-provider",
    api_key=SecretStr(settings.secrets.example_api_key),
    title="Use Credits for Example",
    expires_at=None,
)
DEFAULT_CREDENTIALS.append(example_credentials)


class Refresher(Protocol):
    async def fresh(self, user_id: str, credential: OAuth2Credentials) -> OAuth2Credentials:
        """The credential with a token that is good for a while yet.

        Raises:
            CredentialsError: its owner has to connect again.
        """
        ...


def platform_credentials(actual: Settings, provider: str | None = None) -> list[Credentials]:
    """The platform's own whose secret is set now, of one provider or all."""
    offered = [
        one for default in DEFAULT_CREDENTIALS if (one := in_force(default, actual.secrets)) is not None
    ]
    return [one for one in offered if provider is None or same_provider(one.provider, provider)]


def is_platform_credential(credential_id: str) -> bool:
    """Whether it is one of the platform's own, offered or not."""
    return any(default.id == credential_id for default in DEFAULT_CREDENTIALS)


class StoredCredentials:
    """Gives credentials to those who own them; what a worker takes as its source."""

    def __init__(
        self, database: Database, vault: Vault, settings: Settings, refresher: Refresher | None = None
    ) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self.refresher = refresher

    async def get(self, user_id: str, reference: CredentialsMetaInput[Any, Any]) -> Credentials:
        """The credential that a graph refers to, ready to be used.

        Raises:
            CredentialsError: there is none, it is of another provider or kind, has to be connected again, or its
                provider is above the installation's tier.
        """
        name = repr(reference.title or reference.id)
        if (default := self._default(reference.id)) is not None:
            _check_same(name, default.provider, default.type, reference)
            return default
        row = await self._find(user_id, reference.id)
        if row is None:
            raise CredentialsError(_absent(name, reference.id))
        _check_same(name, row.provider, row.kind, reference)
        return await self._ready(row)

    async def by_id(self, user_id: str, credential_id: str, *, provider: str | None = None) -> Credentials:
        """The credential of an id, the user's own or the platform's, ready to be used.

        `provider` is where it is going to be sent, if that is known: a graph may say any id, and call it anything.

        Raises:
            NotFound: there is none of this user's.
            CredentialsError: it has to be connected again, or is another provider's.
        """
        if (default := self._default(credential_id)) is not None:
            _check_provider(default.provider, provider)
            return default
        row = await self._find(user_id, credential_id)
        if row is None:
            raise no_such_credential(credential_id)
        _check_provider(row.provider, provider)
        return await self._ready(row)

    async def opened(self, row: CredentialRow) -> Credentials:
        """The credential of a row as it is stored, whatever state it is in."""
        secret = await self._vault.unseal(place_of(row.user_id, row.id), row.sealed)
        return credentials_of(row, secret)

    async def add(
        self, connection: AsyncConnection, user_id: str, credentials: Credentials, *, title: str = ""
    ) -> None:
        """Store a new one under the id that it has; without a title it is called after its provider."""
        parts = parts_of(credentials)
        await credential_store.insert_credential(
            connection,
            user_id,
            credentials.id,
            provider=ProviderName.parse(credentials.provider).value,
            kind=credentials.type,
            title=title or credentials.title or credentials.provider,
            sealed=await self._vault.seal(connection, place_of(user_id, credentials.id), parts.secret),
            shown=parts.shown,
        )

    async def replace(
        self,
        connection: AsyncConnection,
        user_id: str,
        credentials: Credentials,
        *,
        revision: int | None = None,
    ) -> bool:
        """Put another secret of the same kind in the place of the stored one, by its id.

        False when that is gone, or no longer at `revision`. What is shown of it changes too, its title does not.
        """
        parts = parts_of(credentials)
        sealed = await self._vault.seal(connection, place_of(user_id, credentials.id), parts.secret)
        return await credential_store.replace_secret(
            connection, user_id, credentials.id, sealed=sealed, shown=parts.shown, revision=revision
        )

    def _default(self, credential_id: str) -> Credentials | None:
        offered = platform_credentials(self._settings)
        found = next((one for one in offered if one.id == credential_id), None)
        if found is not None:
            self._check_tier(found.provider)
        return found

    async def _find(self, user_id: str, credential_id: str) -> CredentialRow | None:
        async with self._database.begin() as connection:
            return await credential_store.find_credential(connection, user_id, credential_id)

    async def _ready(self, row: CredentialRow) -> Credentials:
        self._check_tier(row.provider)
        _check_state(row)
        credentials = await self.opened(row)
        if isinstance(credentials, OAuth2Credentials) and self.refresher is not None:
            credentials = await self.refresher.fresh(row.user_id, credentials)
        await self._mark_used(row)
        return credentials

    async def _mark_used(self, row: CredentialRow) -> None:
        """Written at most once a minute; a run does not fail for it."""
        moment = now()
        if row.used_at is not None and (moment - row.used_at).total_seconds() < 60:
            return
        try:
            async with self._database.begin() as connection:
                await credential_store.mark_used(connection, row.user_id, row.id, moment)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("credentials.use_not_kept", credential_id=row.id, error=error)

    def _check_tier(self, provider: str) -> None:
        declared = connection_of(provider)
        if declared is not None and not includes(self._settings.tier, declared.tier):
            raise CredentialsError(
                f"{declared.label} needs the tier {declared.tier!r}, and this installation has "
                f"{self._settings.tier!r}. An operator sets BLOCKYARD_TIER."
            )


def same_provider(one: str, other: str) -> bool:
    """Whether both name the same provider, however they are spelled."""
    try:
        return ProviderName.parse(one) is ProviderName.parse(other)
    except ValueError:
        return one == other


def _check_same(name: str, provider: str, kind: str, reference: CredentialsMetaInput[Any, Any]) -> None:
    if not same_provider(provider, str(reference.provider)) or kind != reference.type:
        raise CredentialsError(
            f"The credential {name} is {kind} of {provider}, and the block wants {reference.type} of "
            f"{reference.provider}. Choose another one in the block."
        )


def _check_provider(provider: str, wanted: str | None) -> None:
    if wanted is not None and not same_provider(provider, wanted):
        raise CredentialsError(
            f"The credential is one of {provider}, and is not sent to {wanted}. Choose another one in the block."
        )


def _check_state(row: CredentialRow) -> None:
    if row.state == "reconnect":
        said = f" It said: {row.problem}" if row.problem else ""
        raise CredentialsError(
            f"The credential {row.title!r} has to be connected again: {row.provider} no longer takes it.{said}"
        )
    if row.kind != "oauth2" and row.expires_at is not None and row.expires_at <= now():
        raise CredentialsError(
            f"The credential {row.title!r} expired at {row.expires_at:%Y-%m-%d %H:%M} UTC. Replace its secret."
        )


def _absent(name: str, credential_id: str) -> str:
    if is_platform_credential(credential_id):
        return (
            f"The platform's own credential {name} is not set up here. Connect one of your own in the block."
        )
    return f"You have no credential {name}: it was deleted, or is somebody else's. Connect one in the block."
