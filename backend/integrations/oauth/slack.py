"""Logging in at Slack: a bot's token, or a person's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from backend.data.credentials import OAuth2Credentials
from backend.data.model import JsonObject
from backend.integrations.connections import Account
from backend.integrations.oauth._base import OAuthHandler, Tokens, text_in, tokens_in
from backend.integrations.providers import ProviderName
from backend.util.errors import BadInput, Problem
from backend.util.http_messages import Response

API = "https://slack.com/api"
OF_A_PERSON = "user:"
"""Before a scope: it is asked for the person's own token and not for the bot's."""


class SlackOAuth(OAuthHandler):
    """Slack refuses with status 200 and `ok: false`. With token rotation, tokens end after twelve hours.

    Scopes are a bot's. Those of a person are written `user:search:read`, and make a credential of their own:
    one login gives either, since each has its own end and its own refresh token.

    Sources: https://docs.slack.dev/authentication/installing-with-oauth,
    https://docs.slack.dev/reference/methods/oauth.v2.access
    and https://docs.slack.dev/authentication/using-token-rotation
    """

    PROVIDER: ClassVar[ProviderName] = ProviderName.SLACK
    LABEL: ClassVar[str] = "Slack"
    AUTHORIZE_URL: ClassVar[str] = "https://slack.com/oauth/v2/authorize"
    TOKEN_URL: ClassVar[str] = f"{API}/oauth.v2.access"
    REGISTER_URL: ClassVar[str] = "https://api.slack.com/apps"
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = (
        "chat:write",
        "channels:read",
        "channels:history",
        "users:read",
        "users:read.email",
        "reactions:write",
        "files:write",
    )
    SCOPE_SEPARATOR: ClassVar[str] = ","
    NO_LONGER_GOOD: ClassVar[frozenset[str]] = frozenset(
        {
            "invalid_grant",
            "invalid_code",
            "code_already_used",
            "code_expired",
            "invalid_refresh_token",
            "token_expired",
            "token_revoked",
            "account_inactive",
        }
    )

    def scopes_for(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Either a bot's or a person's."""
        scopes = super().scopes_for(wanted)
        if len({scope.startswith(OF_A_PERSON) for scope in scopes}) > 1:
            problem = Problem(
                "Scopes of the bot and of a person (`user:…`) give two different tokens.",
                "Connect twice: once with each.",
                path="scopes",
            )
            raise BadInput(str(problem), problems=(problem,))
        return scopes

    def authorize_params(self, scopes: Sequence[str]) -> dict[str, str]:
        bots = [scope for scope in scopes if not scope.startswith(OF_A_PERSON)]
        persons = [scope.removeprefix(OF_A_PERSON) for scope in scopes if scope.startswith(OF_A_PERSON)]
        both = {"scope": bots, "user_scope": persons}
        return {name: self.SCOPE_SEPARATOR.join(some) for name, some in both.items() if some}

    async def send_token_request(self, form: dict[str, str]) -> Response:
        """Slack would rather have the client's secret in HTTP Basic than in the form."""
        return await self.http().post(self.TOKEN_URL, data=form, auth=(self.client.id, self.client.secret))

    def read_tokens(self, answer: JsonObject) -> Tokens:
        """The bot's token, or else the one beside `authed_user`; a refreshed one stands at the top for both."""
        person = _object(answer.get("authed_user"))
        is_bots = bool(text_in(answer, "access_token"))
        known: dict[str, Any] = {
            "team_id": text_in(answer, "team", "id"),
            "team": text_in(answer, "team", "name"),
            "app_id": text_in(answer, "app_id"),
            "bot_user_id": text_in(answer, "bot_user_id"),
            "authed_user_id": text_in(person, "id"),
        }
        if is_bots:
            return tokens_in(answer, label=self.LABEL, **known)
        scope = ",".join(f"{OF_A_PERSON}{one}" for one in text_in(person, "scope").split(",") if one)
        return tokens_in({**person, "scope": scope or None}, label=self.LABEL, **known)

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """Source: https://docs.slack.dev/reference/methods/auth.revoke."""
        await self._call("auth.revoke", credential)

    async def account(self, credential: OAuth2Credentials) -> Account:
        """Source: https://docs.slack.dev/reference/methods/auth.test, …/users.info (needs `users:read`)."""
        who = await self._call("auth.test", credential)
        profile: JsonObject = {}
        if "users:read" in [scope.removeprefix(OF_A_PERSON) for scope in credential.scopes]:
            found = await self._call("users.info", credential, user=text_in(who, "user_id"))
            profile = _object(_object(found.get("user")).get("profile"))
        return Account(
            name=text_in(who, "user"),
            email=text_in(profile, "email"),
            avatar_url=text_in(profile, "image_192"),
            organization=text_in(who, "team"),
        )

    async def _call(self, method: str, credential: OAuth2Credentials, **form: str) -> JsonObject:
        headers = {"Authorization": credential.auth_header()}
        response = await self.http().post(f"{API}/{method}", data=form, headers=headers)
        return self.checked(response, (credential.access_token.get_secret_value(),))


def _object(value: Any) -> JsonObject:
    return cast("JsonObject", value) if isinstance(value, dict) else {}
