"""What a person fills in to connect a provider, and how it is tried. Each provider declares its own in `_auth.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Literal

from backend.data.credentials import Credentials, CredentialsType
from backend.data.scrub import Scrubber
from backend.data.tiers import Tier
from backend.integrations.providers import ProviderName

_LONGEST_TOLD = 2_000


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the form. A `password` is a secret; it is never shown again."""

    key: str
    label: str
    type: Literal["text", "password", "url", "checkbox"] = "text"
    placeholder: str = ""
    required: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, as the provider tells; what it does not tell is empty.

    A provider may tell anything: what is not printable, which partly cannot be stored, is left out.
    """

    name: str = ""
    email: str = ""
    avatar_url: str = ""
    organization: str = ""

    def __post_init__(self) -> None:
        for one in fields(self):
            told = "".join(filter(str.isprintable, getattr(self, one.name)))
            object.__setattr__(self, one.name, told[:_LONGEST_TOLD])

    def without(self, scrubber: Scrubber) -> Account:
        """The account with a mask for each secret that the provider repeats in it."""
        return Account(*(scrubber.text(getattr(self, one.name)) for one in fields(self)))


Test = Callable[[Credentials], Awaitable[Account]]
"""Ask the service who this is. Raises ProviderError with the provider's own message when it says no."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How one connects to a provider. `fields` are those of the first kind that is not `oauth2`.

    Their keys: `api_key`; `username` and `password`, and beside them whatever else the provider declares that is no
    secret (`details`, shown in the open); `host`, `header` and `value`; or, of the custom kind, whatever the provider
    declares.
    """

    provider: ProviderName
    label: str
    kinds: tuple[CredentialsType, ...]
    fields: tuple[Field, ...] = ()
    test: Test | None = None
    tier: Tier = "free"
    description: str = ""
    help_url: str = ""
    scopes: tuple[str, ...] = ()
    """What OAuth asks for unless a block wants more."""

    def __post_init__(self) -> None:
        if next((kind for kind in self.kinds if kind != "oauth2"), None) != "user_password":
            return
        for field in self.fields:
            if field.type == "password" and field.key not in ("username", "password"):
                raise ValueError(
                    f"{self.label}: {field.key} would be shown in the open. Use the kind custom."
                )


_connections: dict[ProviderName, Connection] = {}


def declare(connection: Connection) -> Connection:
    """Let a provider be connected; a second word of the same replaces the first."""
    _connections[connection.provider] = connection
    return connection


def connection_of(provider: str) -> Connection | None:
    """How to connect to it, however its name is spelled. Blocks declare: load the catalogue before."""
    try:
        return _connections.get(ProviderName.parse(provider))
    except ValueError:
        return None


def connections() -> list[Connection]:
    """All that are declared, by label."""
    return sorted(_connections.values(), key=lambda one: one.label.lower())
