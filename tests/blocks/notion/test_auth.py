"""Connecting Notion: whose token it is, and what is declared."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from backend.blocks.notion._auth import who_is
from backend.data.credentials import OAuth2Credentials, UserPasswordCredentials
from backend.integrations.connections import Account, connection_of
from backend.util.errors import CredentialsError
from tests.support.notion_server import TOKEN, NotionServer


async def test_a_token_is_tried_by_asking_whose_it_is(notion: NotionServer) -> None:
    ada = Account(name="Ada Lovelace", email="ada@example.com", organization="Local")
    assert await who_is(notion.credentials()) == ada
    oauth = OAuth2Credentials(id="c", provider="notion", access_token=SecretStr(TOKEN), scopes=[])
    assert await who_is(oauth) == ada


async def test_a_wrong_token_is_refused_in_notion_s_words(notion: NotionServer) -> None:
    with pytest.raises(CredentialsError, match="API token is invalid"):
        await who_is(notion.credentials("a-wrong-token-1234"))


async def test_a_password_is_no_way_into_notion(notion: NotionServer) -> None:
    password = UserPasswordCredentials(
        id="c", provider="notion", username=SecretStr("ada"), password=SecretStr("lovelace")
    )
    with pytest.raises(CredentialsError, match="user_password"):
        await who_is(password)
    assert notion.local.seen == []


def test_notion_is_connected_by_oauth_or_by_an_integration_s_token() -> None:
    connection = connection_of("notion")
    assert connection is not None
    assert connection.kinds == ("oauth2", "api_key")
    assert [(field.key, field.type) for field in connection.fields] == [("api_key", "password")]
    assert connection.test is who_is
