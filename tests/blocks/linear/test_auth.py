"""Connecting Linear: whose key it is, and what is declared."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from backend.blocks.linear._auth import who_is
from backend.data.credentials import UserPasswordCredentials
from backend.integrations.connections import Account, connection_of
from backend.integrations.oauth.linear import LinearOAuth
from backend.util.errors import CredentialsError
from tests.support.linear_server import LinearServer

ADA = Account("Ada Lovelace", "ada@example.com", "https://example.com/ada.png", "Acme")


async def test_a_key_is_tried_by_asking_whose_it_is(linear: LinearServer) -> None:
    assert await who_is(linear.key()) == ADA
    assert await who_is(linear.token()) == ADA


async def test_a_wrong_key_is_refused_in_linear_s_words(linear: LinearServer) -> None:
    with pytest.raises(CredentialsError, match="You need to authenticate") as caught:
        await who_is(linear.key("a-wrong-key-1234"))
    assert "a-wrong-key-1234" not in str(caught.value)


async def test_a_password_is_no_way_into_linear(linear: LinearServer) -> None:
    password = UserPasswordCredentials(
        id="c", provider="linear", username=SecretStr("ada"), password=SecretStr("lovelace")
    )
    with pytest.raises(CredentialsError, match="user_password"):
        await who_is(password)
    assert linear.seen == []


def test_linear_is_connected_by_oauth_or_by_a_key() -> None:
    connection = connection_of("linear")
    assert connection is not None
    assert connection.kinds == ("oauth2", "api_key")
    assert [(field.key, field.type) for field in connection.fields] == [("api_key", "password")]
    assert connection.test is who_is
    assert connection.scopes == LinearOAuth.DEFAULT_SCOPES
