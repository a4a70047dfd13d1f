"""Logging in at Notion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from backend.data.credentials import OAuth2Credentials
from backend.data.model import JsonObject
from backend.integrations.connections import Account
from backend.integrations.oauth._base import OAuthHandler, Tokens, text_in, tokens_in
from backend.integrations.providers import ProviderName
from backend.util.http_messages import Response

_VERSION = {"Notion-Version": "2025-09-03"}


class NotionOAuth(OAuthHandler):
    """Notion knows no scopes: the person chooses pages, and the integration says what may be done with them.

    Its answer says whose workspace it is. It says no end of the token, so nothing is refreshed ahead of time.

    Sources: https://developers.notion.com/docs/authorization
    and https://developers.notion.com/reference/create-a-token
    """

    PROVIDER: ClassVar[ProviderName] = ProviderName.NOTION
    LABEL: ClassVar[str] = "Notion"
    AUTHORIZE_URL: ClassVar[str] = "https://api.notion.com/v1/oauth/authorize"
    TOKEN_URL: ClassVar[str] = "https://api.notion.com/v1/oauth/token"  # noqa: S105  # an address
    REGISTER_URL: ClassVar[str] = "https://www.notion.so/profile/integrations"
    REVOKE_URL: ClassVar[str] = "https://api.notion.com/v1/oauth/revoke"
    USER_URL: ClassVar[str] = "https://api.notion.com/v1/users/me"

    def scopes_for(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """None, whatever is wanted."""
        return ()

    def authorize_params(self, scopes: Sequence[str]) -> dict[str, str]:
        return {"owner": "user"}

    async def send_token_request(self, form: dict[str, str]) -> Response:
        """JSON, with the client in HTTP Basic."""
        return await self._post(self.TOKEN_URL, form)

    def read_tokens(self, answer: JsonObject) -> Tokens:
        return tokens_in(
            answer,
            label=self.LABEL,
            workspace_id=text_in(answer, "workspace_id"),
            workspace_name=text_in(answer, "workspace_name"),
            workspace_icon=text_in(answer, "workspace_icon"),
            bot_id=text_in(answer, "bot_id"),
            owner_name=text_in(answer, "owner", "user", "name"),
            owner_email=text_in(answer, "owner", "user", "person", "email"),
            owner_avatar_url=text_in(answer, "owner", "user", "avatar_url"),
        )

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """Source: https://developers.notion.com/reference/revoke-token."""
        token = credential.access_token.get_secret_value()
        self.checked(await self._post(self.REVOKE_URL, {"token": token}), (token,))

    async def account(self, credential: OAuth2Credentials) -> Account:
        """Source: https://developers.notion.com/reference/get-self: the bot, and who made it."""
        bot = await self.read_json(self.USER_URL, credential, **_VERSION)
        known = credential.metadata
        icon = text_in(known, "workspace_icon")
        return Account(
            name=text_in(bot, "bot", "owner", "user", "name") or text_in(known, "owner_name"),
            email=text_in(bot, "bot", "owner", "user", "person", "email") or text_in(known, "owner_email"),
            avatar_url=text_in(known, "owner_avatar_url") or (icon if icon.startswith("https://") else ""),
            organization=text_in(bot, "bot", "workspace_name") or text_in(known, "workspace_name"),
        )

    async def _post(self, url: str, body: dict[str, str]) -> Response:
        auth = (self.client.id, self.client.secret)
        return await self.http().post(url, json=body, auth=auth, headers=_VERSION)
