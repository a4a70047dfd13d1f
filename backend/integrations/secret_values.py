"""What of a credential must not be seen again in what its block gives out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CustomCredentials,
    HostScopedCredentials,
    UserPasswordCredentials,
)
from backend.data.scrub import Scrubber
from backend.integrations.connections import connection_of

_PLAIN_HEADERS = frozenset({"accept", "accept-language", "content-type", "user-agent"})
_LONG_WORD = 8


def scrubber_for(credentials: Iterable[Credentials]) -> Scrubber:
    """Takes the secrets of these credentials out of whatever it is given."""
    return Scrubber(form for one in credentials for secret in _secrets(one) for form in _as_sent(secret))


def _as_sent(secret: str) -> tuple[str, str]:
    """As it is stored, and as a client sends it that takes the blanks at its ends away."""
    return secret, secret.strip()


def _secrets(credentials: Credentials) -> Iterator[str]:
    """Names of accounts, plain headers and fields that a form shows are no secrets: outputs may hold them."""
    match credentials:
        case APIKeyCredentials():
            yield credentials.api_key.get_secret_value()
        case UserPasswordCredentials():
            password = credentials.password.get_secret_value()
            yield credentials.auth_header().removeprefix("Basic ")
            yield password or credentials.username.get_secret_value()
        case HostScopedCredentials():
            for name, header in credentials.headers.items():
                if name.lower() not in _PLAIN_HEADERS and not name.lower().endswith("-version"):
                    text = header.get_secret_value()
                    yield text
                    yield from (word for word in text.split() if len(word) >= _LONG_WORD)
        case CustomCredentials():
            shown = _shown_fields(credentials.provider)
            for name, value in credentials.values.items():
                if name not in shown:
                    yield value.get_secret_value()
        case _:
            yield credentials.access_token.get_secret_value()
            if credentials.refresh_token is not None:
                yield credentials.refresh_token.get_secret_value()


def _shown_fields(provider: str) -> set[str]:
    declared = connection_of(provider)
    return set() if declared is None else {one.key for one in declared.fields if one.type != "password"}
