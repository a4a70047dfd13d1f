"""How one connects to GitHub: with a personal access token, or through OAuth."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CredentialsMetaInput,
    OAuth2Credentials,
    reference_to,
)
from backend.integrations.connections import Account, Connection, Field, declare
from backend.integrations.github.client import GithubClient
from backend.integrations.providers import ProviderName

GithubCredentials = APIKeyCredentials | OAuth2Credentials
GithubCredentialsInput = CredentialsMetaInput[Literal[ProviderName.GITHUB], Literal["api_key", "oauth2"]]

TEST_CREDENTIALS = APIKeyCredentials(
    id="0f1f1a1e-7c36-4c55-9a62-6d6f6b6c1b53",
    provider="github",
    title="Example",
    api_key=SecretStr("example-token"),
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


async def account_of(credentials: Credentials) -> Account:
    """Whose token it is.

    Source: https://docs.github.com/en/rest/users/users#get-the-authenticated-user (2022-11-28).
    """
    user = await GithubClient(credentials).get("/user")
    return Account(
        name=_text(user.get("login")),
        email=_text(user.get("email")),
        avatar_url=_text(user.get("avatar_url")),
        organization=_text(user.get("company")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


declare(
    Connection(
        provider=ProviderName.GITHUB,
        label="GitHub",
        kinds=("api_key", "oauth2"),
        fields=(
            Field(
                "api_key",
                "Personal access token",
                "password",
                placeholder="github_pat_…",
                help="Made at github.com/settings/personal-access-tokens. Give it the repositories, with access to "
                "Contents, Issues, Pull requests, and Webhooks where graphs are to be started by events.",
            ),
        ),
        test=account_of,
        description="Issues, pull requests, files, releases and search, and graphs started by what happens there.",
        help_url="https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/"
        "managing-your-personal-access-tokens",
        scopes=("repo", "admin:repo_hook"),
    )
)
