"""Logging in at Linear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from backend.data.credentials import OAuth2Credentials
from backend.integrations.connections import Account
from backend.integrations.oauth._base import OAuthHandler, text_in
from backend.integrations.providers import ProviderName
from backend.util.errors import ProviderError

API = "https://api.linear.app"
AS_APP = "actor:app"
"""Not a scope of Linear's: what is done, is done as the application and not as the person."""
_WHO = "query { viewer { name email avatarUrl } organization { name } }"


class LinearOAuth(OAuthHandler):
    """Scopes are separated by commas. Tokens end after a day; a refresh gives another refresh token.

    Sources: https://linear.app/developers/oauth-2-0-authentication
    and https://linear.app/developers/oauth-actor-authorization
    """

    PROVIDER: ClassVar[ProviderName] = ProviderName.LINEAR
    LABEL: ClassVar[str] = "Linear"
    AUTHORIZE_URL: ClassVar[str] = "https://linear.app/oauth/authorize"
    TOKEN_URL: ClassVar[str] = f"{API}/oauth/token"
    REVOKE_URL: ClassVar[str] = f"{API}/oauth/revoke"
    REGISTER_URL: ClassVar[str] = "https://linear.app/settings/api/applications/new"
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ("read", "write")
    SCOPE_SEPARATOR: ClassVar[str] = ","

    def scopes_for(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """`read` is always there."""
        scopes = super().scopes_for(wanted)
        return scopes if "read" in scopes else ("read", *scopes)

    def kept_scopes(self, known: Sequence[str], granted: Sequence[str] | None) -> list[str]:
        """As whom it acts stays with them, so that connecting again asks for the same."""
        kept = super().kept_scopes(known, granted)
        return [*kept, AS_APP] if AS_APP in known and AS_APP not in kept else kept

    def authorize_params(self, scopes: Sequence[str]) -> dict[str, str]:
        """The consent is asked for each time, since a person may have several workspaces."""
        asked = [scope for scope in scopes if scope != AS_APP]
        actor = "app" if AS_APP in scopes else "user"
        return {**super().authorize_params(asked), "actor": actor, "prompt": "consent"}

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """The refresh token takes the access token with it."""
        best, hint = credential.refresh_token, "refresh_token"
        if best is None:
            best, hint = credential.access_token, "access_token"
        token = best.get_secret_value()
        form = {"token": token, "token_type_hint": hint, **self.client.as_form}
        self.checked(await self.http().post(self.REVOKE_URL, data=form), (token,))

    async def account(self, credential: OAuth2Credentials) -> Account:
        """Source: https://linear.app/developers/graphql."""
        token = credential.access_token.get_secret_value()
        headers = {"Authorization": credential.auth_header()}
        response = await self.http().post(f"{API}/graphql", json={"query": _WHO}, headers=headers)
        answer = self.checked(response, (token,))
        data = answer.get("data")
        if not isinstance(data, dict):
            raise ProviderError("Linear did not say whose account it is. Try again later.")
        return Account(
            name=text_in(answer, "data", "viewer", "name"),
            email=text_in(answer, "data", "viewer", "email"),
            avatar_url=text_in(answer, "data", "viewer", "avatarUrl"),
            organization=text_in(answer, "data", "organization", "name"),
        )
