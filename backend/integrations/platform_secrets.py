"""The secrets of the settings as values that know their names.

A platform credential is made when its module is imported; the secret that it gives is that of the settings in force
when it is used, which tests, the command line and operators replace.
"""

from __future__ import annotations

from pydantic import SecretStr

from backend.data.credentials import Credentials
from backend.util.settings import Secrets


class NamedSecret(str):
    """The name of a field of `Secrets`; `in_force` puts its value there."""

    __slots__ = ()


class _Named:
    """Gives, for every secret, its name."""

    def __getattr__(self, name: str) -> NamedSecret:
        if name not in Secrets.model_fields:
            raise AttributeError(f"Secrets has no field {name!r}: add it in backend/util/settings.py.")
        return NamedSecret(name)


class _Settings:
    secrets = _Named()


settings = _Settings()
"""For `SecretStr(settings.secrets.example_api_key)` in a platform credential. Reads nothing."""


def in_force(credential: Credentials, secrets: Secrets) -> Credentials | None:
    """The credential with the secrets that are set now; None when one of them is not."""
    found: dict[str, SecretStr] = {}
    for name in type(credential).model_fields:
        value = getattr(credential, name)
        if isinstance(value, SecretStr):
            found[name] = _resolved(value, secrets)
    if not all(value.get_secret_value() for value in found.values()):
        return None
    return credential.model_copy(update=found)


def _resolved(value: SecretStr, secrets: Secrets) -> SecretStr:
    text = value.get_secret_value()
    return SecretStr(getattr(secrets, text)) if isinstance(text, NamedSecret) else value
