"""What whoever makes a provider chooses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from tools.provider.names import Refused

Auth = Literal["api_key", "oauth2", "user_password"]
KINDS: tuple[Auth, ...] = get_args(Auth)
CLASSES: dict[Auth, str] = {
    "api_key": "APIKeyCredentials",
    "oauth2": "OAuth2Credentials",
    "user_password": "UserPasswordCredentials",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """`auth`: the kinds of credentials, the first one's are the examples'; empty: nobody connects.

    `has_platform`: the platform may have a credential of its own, which costs whoever uses it.
    """

    auth: tuple[Auth, ...] = ("api_key",)
    has_webhook: bool = False
    has_platform: bool = True
    label: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The endings of its settings: `api_key` of `acme_api_key`."""
        own = {"api_key": ("api_key",), "user_password": ("username", "password")}
        platform = next((own[kind] for kind in self.auth if kind in own), ()) if self.has_platform else ()
        login = ("client_id", "client_secret") if "oauth2" in self.auth else ()
        return platform + login

    @property
    def platform_kind(self) -> Auth | None:
        """The kind of the platform's own credential; None: it has none."""
        if not self.has_platform:
            return None
        return next((kind for kind in self.auth if kind != "oauth2"), None)


def parse_auth(text: str) -> tuple[Auth, ...]:
    """`oauth2,api_key`; `none` is no kind at all.

    Raises:
        Refused: a word is no kind.
    """
    words = [word for word in text.replace(" ", "").split(",") if word]
    if not words or words == ["none"]:
        return ()
    if unknown := [word for word in words if word not in KINDS]:
        raise Refused(
            f"{unknown[0]!r} is no kind of credentials. AUTH is one of {', '.join(KINDS)}, or none."
        )
    return kinds_in(words)


def kinds_in(words: Iterable[str]) -> tuple[Auth, ...]:
    """Those of the words that are kinds, each once."""
    return tuple(kind for word in dict.fromkeys(words) for kind in KINDS if kind == word)
