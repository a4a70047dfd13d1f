"""Logging in at Discord."""

from __future__ import annotations

from typing import ClassVar

from backend.data.credentials import OAuth2Credentials
from backend.data.model import JsonObject
from backend.integrations.connections import Account
from backend.integrations.oauth._base import OAuthHandler, Tokens, text_in, tokens_in
from backend.integrations.providers import ProviderName
from backend.util.http_messages import Response

API = "https://discord.com/api"


class DiscordOAuth(OAuthHandler):
    """Tokens end after a week; a refresh gives another refresh token.

    Source: https://discord.com/developers/docs/topics/oauth2
    """

    PROVIDER: ClassVar[ProviderName] = ProviderName.DISCORD
    LABEL: ClassVar[str] = "Discord"
    AUTHORIZE_URL: ClassVar[str] = "https://discord.com/oauth2/authorize"
    TOKEN_URL: ClassVar[str] = f"{API}/oauth2/token"
    REVOKE_URL: ClassVar[str] = f"{API}/oauth2/token/revoke"
    REGISTER_URL: ClassVar[str] = "https://discord.com/developers/applications"
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ("identify", "email", "guilds")

    async def send_token_request(self, form: dict[str, str]) -> Response:
        """A form, with the client in HTTP Basic."""
        return await self._post(self.TOKEN_URL, form)

    def read_tokens(self, answer: JsonObject) -> Tokens:
        """With the scope `bot` or `webhook.incoming` the answer names a server or a channel."""
        return tokens_in(
            answer,
            label=self.LABEL,
            guild_id=text_in(answer, "guild", "id"),
            guild=text_in(answer, "guild", "name"),
            channel_id=text_in(answer, "webhook", "channel_id"),
        )

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """Either token takes the other one with it."""
        best = credential.refresh_token or credential.access_token
        token = best.get_secret_value()
        self.checked(await self._post(self.REVOKE_URL, {"token": token}), (token,))

    async def account(self, credential: OAuth2Credentials) -> Account:
        """Source: https://discord.com/developers/docs/resources/user#get-current-user."""
        user = await self.read_json(f"{API}/users/@me", credential)
        user_id, picture = text_in(user, "id"), text_in(user, "avatar")
        return Account(
            name=text_in(user, "global_name") or text_in(user, "username"),
            email=text_in(user, "email"),
            avatar_url=f"https://cdn.discordapp.com/avatars/{user_id}/{picture}.png" if picture else "",
            organization=text_in(credential.metadata, "guild"),
        )

    async def _post(self, url: str, form: dict[str, str]) -> Response:
        return await self.http().post(url, data=form, auth=(self.client.id, self.client.secret))
