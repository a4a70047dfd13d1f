"""What every OAuth 2 handler does: send a person to the provider, and trade codes and refresh tokens for tokens.

Sources: RFC 6749 (the framework), RFC 7636 (PKCE), RFC 7009 (revocation).
"""

from __future__ import annotations

import base64
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from backend.data.credentials import OAuth2Credentials
from backend.data.model import JsonObject
from backend.integrations.connections import Account
from backend.integrations.oauth._answers import object_in, refusal_in
from backend.integrations.providers import ProviderName
from backend.util.errors import ProviderError
from backend.util.http_messages import Response
from backend.util.request import AsyncRequests

TIMEOUT_S = 15.0
"""For one call. Shorter than the lease of a refresh, so that whoever holds it has heard before it ends."""
_MAX_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Client:
    """The application that an operator has registered at the provider."""

    id: str
    secret: str = field(repr=False)

    @property
    def as_form(self) -> dict[str, str]:
        """The two as fields of a form (RFC 6749, 2.3.1)."""
        return {"client_id": self.id, "client_secret": self.secret}

    @property
    def as_basic(self) -> str:
        """The two as HTTP Basic writes them (RFC 7617)."""
        return base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave. None: it did not say, so what was known before holds."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_in_s: float | None = None
    """None: the access token does not end."""
    refresh_expires_in_s: float | None = None
    scopes: tuple[str, ...] | None = None
    metadata: JsonObject = field(default_factory=dict[str, Any])
    """What blocks may want to know of the grant, and everybody may see."""


class OAuthHandler(ABC):
    """How one provider is connected. Made for one call of ours; it keeps nothing."""

    PROVIDER: ClassVar[ProviderName]
    LABEL: ClassVar[str]
    AUTHORIZE_URL: ClassVar[str]
    TOKEN_URL: ClassVar[str]
    REGISTER_URL: ClassVar[str]
    """Where an operator registers the application."""
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ()
    """What is asked for where nobody says more."""
    SCOPE_SEPARATOR: ClassVar[str] = " "
    NO_LONGER_GOOD: ClassVar[frozenset[str]] = frozenset({"invalid_grant"})
    """The codes by which the provider says that a code or a refresh token is not good, or no longer."""

    def __init__(self, client: Client) -> None:
        self.client = client

    # -- what providers do differently ---------------------------------------------------------------------

    def scopes_for(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The scopes to ask for, each once.

        Raises:
            BadInput: these cannot be had together.
        """
        return tuple(dict.fromkeys(wanted or self.DEFAULT_SCOPES))

    def kept_scopes(self, known: Sequence[str], granted: Sequence[str] | None) -> list[str]:
        """What is stored as the scopes: those granted, if the provider says them, else those known so far."""
        return list(known if granted is None else granted)

    def authorize_params(self, scopes: Sequence[str]) -> dict[str, str]:
        """What is said beside the standard parameters; the scopes among it."""
        return {"scope": self.SCOPE_SEPARATOR.join(scopes)}

    def read_tokens(self, answer: JsonObject) -> Tokens:
        """The tokens in the provider's answer (RFC 6749, 5.1).

        Raises:
            ProviderError: there are none.
        """
        return tokens_in(answer, label=self.LABEL)

    def is_same_account(self, old: OAuth2Credentials, tokens: Tokens) -> bool:
        """Whether a refresh token of before may stay where a new login came without one."""
        return False

    async def revoke(self, credential: OAuth2Credentials) -> None:
        """Make the provider forget the grant.

        Raises:
            ProviderError: it did not.
        """
        raise ProviderError(f"{self.LABEL} has no way to take a grant back. Do it in your settings there.")

    @abstractmethod
    async def account(self, credential: OAuth2Credentials) -> Account:
        """Whose account it is.

        Raises:
            ProviderError: the provider did not say.
        """
        ...

    # -- what is the same ----------------------------------------------------------------------------------

    def authorize_url(self, *, redirect_uri: str, state: str, verifier: str, scopes: Sequence[str]) -> str:
        """Where the browser goes. `verifier` stays here; only its digest is in the address."""
        params = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **self.authorize_params(scopes),
        }
        return f"{self.AUTHORIZE_URL}?{urlencode(params)}"

    async def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Tokens:
        """Trade the code that the browser brought for tokens.

        Raises:
            NoLongerGood: the code is unknown, used or too old.
            ProviderError: the provider refused, or could not be reached.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return await self._ask_for_tokens(form, (code, verifier))

    async def refresh(self, refresh_token: str) -> Tokens:
        """Trade a refresh token for another access token.

        Raises:
            NoLongerGood: only a person can help: they must connect again.
            ProviderError: the provider refused, or could not be reached; later it may be another story.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._ask_for_tokens(form, (refresh_token,))

    async def send_token_request(self, form: dict[str, str]) -> Response:
        """Ask the token endpoint. As most providers have it: a form, with the client's id and secret in it."""
        return await self.http().post(
            self.TOKEN_URL, data={**form, **self.client.as_form}, headers={"Accept": "application/json"}
        )

    async def _ask_for_tokens(self, form: dict[str, str], secrets: tuple[str, ...]) -> Tokens:
        return self.read_tokens(self.checked(await self.send_token_request(form), secrets))

    def checked(self, response: Response, secrets: Sequence[str] = ()) -> JsonObject:
        """The JSON object of an answer; `secrets` are blotted out of what an error quotes of it.

        Raises:
            NoLongerGood, RateLimited, ProviderUnavailable, ProviderError: what the provider said, and the cure.
        """
        refusal = refusal_in(
            response,
            label=self.LABEL,
            variables=self.variables(),
            no_longer_good=self.NO_LONGER_GOOD,
            secrets=(*secrets, self.client.secret, self.client.as_basic),
        )
        if refusal is not None:
            raise refusal
        return object_in(response)

    def http(self) -> AsyncRequests:
        """The guarded client. A refused answer is returned, not raised: its body says why."""
        return AsyncRequests(raise_for_status=False, timeout_s=TIMEOUT_S, max_bytes=_MAX_BYTES)

    async def read_json(self, url: str, credential: OAuth2Credentials, **headers: str) -> JsonObject:
        """GET an address of the provider's API in the name of the credential."""
        said = {"Authorization": credential.auth_header(), "Accept": "application/json", **headers}
        token = credential.access_token.get_secret_value()
        return self.checked(await self.http().get(url, headers=said), (token,))

    @classmethod
    def variables(cls) -> tuple[str, str]:
        """The two settings that hold the application's id and secret."""
        name = cls.PROVIDER.value.upper().replace("-", "_")
        return f"{name}_CLIENT_ID", f"{name}_CLIENT_SECRET"


def challenge_of(verifier: str) -> str:
    """The code challenge of a verifier, by S256 (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def tokens_in(answer: JsonObject, *, label: str, **metadata: Any) -> Tokens:
    """The tokens of an answer in the standard's words; empty values of `metadata` are left out.

    Raises:
        ProviderError: there is no access token.
    """
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise ProviderError(
            f"{label} answered without an access token. Try again; if it stays, report it there."
        )
    refresh_token = answer.get("refresh_token")
    return Tokens(
        access_token=token,
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
        expires_in_s=_seconds(answer.get("expires_in")),
        refresh_expires_in_s=_seconds(answer.get("refresh_token_expires_in")),
        scopes=scopes_in(answer.get("scope")),
        metadata={name: value for name, value in metadata.items() if value not in (None, "", [])},
    )


def scopes_in(value: object) -> tuple[str, ...] | None:
    """The scopes of an answer, however it separates them; None when it does not say."""
    if isinstance(value, list):
        return tuple(str(one) for one in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # of JSON
    if not isinstance(value, str):
        return None
    return tuple(value.replace(",", " ").split())


def text_in(value: object, *path: str) -> str:
    """What stands at the end of a path through objects; empty when there is nothing, or no text."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]  # of JSON
    return value if isinstance(value, str) else ""


def _seconds(value: object) -> float | None:
    """A number of seconds, which some providers send as text; None without one that is above zero."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < 1e10 else None
