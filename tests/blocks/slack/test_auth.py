"""Connecting Slack: whose token it is, and what is declared."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from backend.blocks.slack._auth import SCOPES, who_is
from backend.data.credentials import APIKeyCredentials, UserPasswordCredentials
from backend.integrations.connections import Account, connection_of
from backend.util.errors import CredentialsError
from tests.support.slack_server import TOKEN, SlackServer
from tests.support.slack_workspace import METHODS


def token(text: str) -> APIKeyCredentials:
    return APIKeyCredentials(id="c", provider="slack", api_key=SecretStr(text))


async def test_a_token_is_tried_by_asking_whose_it_is(slack: SlackServer) -> None:
    assert await who_is(token(TOKEN)) == Account(name="blockyard", organization="Local")
    assert await who_is(slack.credentials()) == Account(name="blockyard", organization="Local")


async def test_a_wrong_token_is_refused_in_slack_s_words_without_being_repeated(slack: SlackServer) -> None:
    with pytest.raises(CredentialsError, match="invalid_auth") as caught:
        await who_is(token("a-wrong-token-1234"))
    assert "a-wrong-token-1234" not in str(caught.value)


async def test_a_password_is_no_way_into_slack(slack: SlackServer) -> None:
    password = UserPasswordCredentials(
        id="c", provider="slack", username=SecretStr("ada"), password=SecretStr("lovelace")
    )
    with pytest.raises(CredentialsError, match="user_password"):
        await who_is(password)
    assert slack.seen == []


def test_slack_is_connected_by_oauth_or_by_a_token() -> None:
    connection = connection_of("slack")
    assert connection is not None
    assert connection.kinds == ("oauth2", "api_key")
    assert [(field.key, field.type) for field in connection.fields] == [("api_key", "password")]
    assert connection.test is who_is


def test_oauth_asks_for_every_scope_that_a_bot_s_methods_take() -> None:
    needed = {scope for scope, _ in METHODS.values() if scope} - {"search:read"}
    assert needed <= set(SCOPES)
