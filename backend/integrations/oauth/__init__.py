"""Logging in at providers: OAuth 2, a file for each. Those with an underscore are what they share."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from backend.data.credentials import OAuth2Credentials
from backend.integrations.connections import Account
from backend.integrations.oauth._answers import NoLongerGood
from backend.integrations.oauth._base import Client, OAuthHandler, Tokens
from backend.integrations.providers import ProviderName
from backend.util.errors import BlockyardError, Conflict, NotFound
from backend.util.settings import Secrets, settings

__all__ = [
    "Client",
    "NoLongerGood",
    "OAuthHandler",
    "Tokens",
    "account_of",
    "handler_of",
    "handlers",
    "is_set_up",
    "revoke",
]

_NO_PROVIDERS = frozenset({"login", "refresh"})


@cache
def handlers() -> dict[ProviderName, type[OAuthHandler]]:
    """All providers at which one can log in: those that have a file here."""
    found: dict[ProviderName, type[OAuthHandler]] = {}
    for info in iter_modules(__path__):
        if info.name.startswith("_") or info.name in _NO_PROVIDERS:
            continue
        for thing in vars(import_module(f"{__name__}.{info.name}")).values():
            if isinstance(thing, type) and issubclass(thing, OAuthHandler) and thing is not OAuthHandler:
                found[thing.PROVIDER] = thing
    return found


def is_set_up(provider: str, secrets: Secrets | None = None) -> bool:
    """Whether people can log in at it: a handler is there, and an operator has registered an application."""
    kind = _handler_class(provider)
    return kind is not None and _client_of(kind, secrets or settings.secrets) is not None


def handler_of(provider: str, secrets: Secrets | None = None) -> OAuthHandler:
    """The handler of a provider, however its name is spelled, with the application of the settings.

    Raises:
        NotFound: one cannot log in there.
        Conflict: an operator has to register an application first; names the two settings.
    """
    kind = _handler_class(provider)
    if kind is None:
        known = ", ".join(sorted(handlers()))
        raise NotFound(f"There is no login at {provider[:60]!r}. There is one at {known}.")
    client = _client_of(kind, secrets or settings.secrets)
    if client is None:
        one, other = kind.variables()
        raise Conflict(
            f"Logging in at {kind.LABEL} is not set up. An operator registers an application at "
            f"{kind.REGISTER_URL} and sets {one} and {other}; docs/oauth.md says how."
        )
    return kind(client)


async def account_of(credential: OAuth2Credentials, secrets: Secrets | None = None) -> Account:
    """Whose account it is, as the provider says.

    Raises:
        ProviderError: it does not say. NotFound, Conflict: nobody can ask it.
    """
    return await handler_of(credential.provider, secrets).account(credential)


async def revoke(credential: OAuth2Credentials, secrets: Secrets | None = None) -> str:
    """Take a grant back at its provider, as well as it goes: empty, or why it is still in force there."""
    try:
        await handler_of(credential.provider, secrets).revoke(credential)
    except BlockyardError as error:
        return str(error)
    return ""


def _handler_class(provider: str) -> type[OAuthHandler] | None:
    try:
        return handlers().get(ProviderName.parse(provider))
    except ValueError:
        return None


def _client_of(kind: type[OAuthHandler], secrets: Secrets) -> Client | None:
    one, other = (getattr(secrets, name.lower(), "") for name in kind.variables())
    return Client(one, other) if one and other else None
