"""Logging in at GitHub, for OAuth apps and for GitHub Apps whose tokens end."""

from __future__ import annotations

from typing import ClassVar

from backend.data.credentials import OAuth2Credentials
from backend.integrations.connections import Account
from backend.integrations.oauth._base import OAuthHandler, text_in
from backend.integrations.providers import ProviderName

API = "https://api.github.com"
_VERSION = "2022-11-28"


class GitHubOAuth(OAuthHandler):
    """GitHub answers in a form's encoding unless JSON is asked for, and refuses with status 200.

    Tokens of an OAuth app have no end and no refresh token; those of a GitHub App may end after eight hours.

    Sources: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
    and https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
    """

    PROVIDER: ClassVar[ProviderName] = ProviderName.GITHUB
    LABEL: ClassVar[str] = "GitHub"
    AUTHORIZE_URL: ClassVar[str] = "https://github.com/login/oauth/authorize"
    TOKEN_URL: ClassVar[str] = "https://github.com/login/oauth/access_token"  # noqa: S105  # an address
    REGISTER_URL: ClassVar[str] = "https://github.com/settings/developers"
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ("repo", "read:user", "user:email")
    NO_LONGER_GOOD: ClassVar[frozenset[str]] = frozenset(
        {"invalid_grant", "bad_verification_code", "bad_refresh_token"}
    )

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """Delete the token. Source: https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token."""
        token = credential.access_token.get_secret_value()
        response = await self.http().request(
            "DELETE",
            f"{API}/applications/{self.client.id}/token",
            json={"access_token": token},
            auth=(self.client.id, self.client.secret),
            headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": _VERSION},
        )
        if response.status not in (404, 422):  # it is gone already
            self.checked(response, (token,))

    async def account(self, credential: OAuth2Credentials) -> Account:
        """Source: https://docs.github.com/en/rest/users/users#get-the-authenticated-user."""
        user = await self.read_json(f"{API}/user", credential, **{"X-GitHub-Api-Version": _VERSION})
        return Account(
            name=text_in(user, "login"),
            email=text_in(user, "email"),
            avatar_url=text_in(user, "avatar_url"),
            organization=text_in(user, "company"),
        )
