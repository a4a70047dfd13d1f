"""Logging in at Google."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import ClassVar

from backend.data.credentials import OAuth2Credentials
from backend.data.model import JsonObject
from backend.integrations.connections import Account
from backend.integrations.oauth._base import OAuthHandler, Tokens, text_in, tokens_in
from backend.integrations.providers import ProviderName


class GoogleOAuth(OAuthHandler):
    """Google gives a refresh token only where one asks for it, and only at the consent of the person.

    So we ask for both each time; an answer without one leaves the old one in force.

    Source: https://developers.google.com/identity/protocols/oauth2/web-server
    """

    PROVIDER: ClassVar[ProviderName] = ProviderName.GOOGLE
    LABEL: ClassVar[str] = "Google"
    AUTHORIZE_URL: ClassVar[str] = "https://accounts.google.com/o/oauth2/v2/auth"
    TOKEN_URL: ClassVar[str] = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
    REGISTER_URL: ClassVar[str] = "https://console.cloud.google.com/auth/clients"
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ("openid", "email", "profile")
    REVOKE_URL: ClassVar[str] = "https://oauth2.googleapis.com/revoke"
    USER_URL: ClassVar[str] = "https://openidconnect.googleapis.com/v1/userinfo"

    def scopes_for(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Those by which the account is known are always among them."""
        return tuple(dict.fromkeys((*self.DEFAULT_SCOPES, *wanted)))

    def authorize_params(self, scopes: Sequence[str]) -> dict[str, str]:
        return {**super().authorize_params(scopes), "access_type": "offline", "prompt": "consent"}

    def read_tokens(self, answer: JsonObject) -> Tokens:
        return tokens_in(answer, label=self.LABEL, subject=_subject_of(text_in(answer, "id_token")))

    def is_same_account(self, old: OAuth2Credentials, tokens: Tokens) -> bool:
        subject = tokens.metadata.get("subject")
        return subject is not None and subject == old.metadata.get("subject")

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """The refresh token takes the access tokens with it."""
        best = credential.refresh_token or credential.access_token
        token = best.get_secret_value()
        response = await self.http().post(self.REVOKE_URL, data={"token": token})
        if (
            text_in(response.json() if response.status == 400 else {}, "error") != "invalid_token"
        ):  # gone already
            self.checked(response, (token,))

    async def account(self, credential: OAuth2Credentials) -> Account:
        """Source: https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation."""
        user = await self.read_json(self.USER_URL, credential)
        return Account(
            name=text_in(user, "name"),
            email=text_in(user, "email"),
            avatar_url=text_in(user, "picture"),
            organization=text_in(user, "hd"),
        )


def _subject_of(id_token: str) -> str:
    """Whose login it is. The token came over TLS from its issuer, so its signature need not be checked.

    Source: OpenID Connect Core 1.0, 3.1.3.7, item 6.
    """
    part = id_token.split(".")[1] if id_token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return ""
    return text_in(claims, "sub")
