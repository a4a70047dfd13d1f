"""The credential of one host: what it adds to a request, and to which address it may go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import SecretStr

from backend.data.credentials import CredentialsMetaInput, HostScopedCredentials
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.util.errors import BlockError
from backend.util.url_target import covers, parse_target

HttpCredentialsInput = CredentialsMetaInput[Literal[ProviderName.HTTP], Literal["host_scoped"]]

TEST_CREDENTIALS = HostScopedCredentials(
    id="5b0a4f0e-6c1d-4a53-8f0c-1d6d7a3f6c55",
    provider="http",
    title="Example",
    host="api.example.com",
    headers={"Authorization": SecretStr("Bearer example"), "X-Team": SecretStr("blue")},
)
TEST_CREDENTIALS_INPUT: JsonObject = {
    "id": TEST_CREDENTIALS.id,
    "provider": TEST_CREDENTIALS.provider,
    "type": TEST_CREDENTIALS.type,
    "title": TEST_CREDENTIALS.title,
}


def with_credentials(
    headers: Mapping[str, str], credentials: HostScopedCredentials, url: str
) -> dict[str, str]:
    """The headers with those of the credential; where both have one, the request's own stays.

    Raises:
        BlockError: the credential is for another host or port, so nothing may be sent.
    """
    target = parse_target(url)
    if not covers(credentials.host, target):
        raise BlockError(
            f"The credential {credentials.title or credentials.id!r} is for {credentials.host}, and the request "
            f"goes to {target.authority}. Choose the credential of that host, or correct the URL."
        )
    own = {name.lower() for name in headers}
    added = {name: value.get_secret_value() for name, value in credentials.headers.items()}
    return {**{name: value for name, value in added.items() if name.lower() not in own}, **headers}
