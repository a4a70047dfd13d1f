"""A form becomes a credential, and the service says whether it is a good one."""

from __future__ import annotations

import asyncio
import base64
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CredentialsType,
    CustomCredentials,
    HostScopedCredentials,
    OAuth2Credentials,
    UserPasswordCredentials,
)
from backend.integrations.connecting import (
    check_values,
    credentials_from,
    form_kind,
    secrets_of,
    try_connection,
    without_secrets,
)
from backend.integrations.connections import Account, Connection, Field
from backend.integrations.providers import ProviderName
from backend.util.errors import (
    BadInput,
    CredentialsError,
    InvalidInput,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
)

KEY = Field("api_key", "API key", "password", help="It is in your settings there.")
USER = (Field("username", "User name"), Field("password", "Password", "password"))
HOST = (
    Field("host", "Host", "url"),
    Field("header", "Header", required=False),
    Field("value", "Value", "password"),
)
CUSTOM = (
    Field("address", "Address", "url"),
    Field("team", "Team", required=False),
    Field("pin", "PIN", "password"),
    Field("is_sandbox", "Sandbox", "checkbox", required=True),
)


def connection(kind: CredentialsType, *fields: Field, test: Any = None) -> Connection:
    return Connection(ProviderName.HTTP, "Somebody", (kind,), fields, test)


def made(kind: CredentialsType, fields: tuple[Field, ...], values: dict[str, str | bool]) -> Any:
    return credentials_from(connection(kind, *fields), values, credential_id="c1")


def test_api_key() -> None:
    credentials = made("api_key", (KEY,), {"api_key": "  abc-123  \n"})
    assert isinstance(credentials, APIKeyCredentials)
    assert (credentials.id, credentials.provider, credentials.title) == ("c1", "http", "Somebody")
    assert credentials.auth_header() == "Bearer abc-123"


def test_user_and_password() -> None:
    credentials = made("user_password", USER, {"username": "ada", "password": "pässword"})
    assert isinstance(credentials, UserPasswordCredentials)
    assert credentials.auth_header() == "Basic " + base64.b64encode("ada:pässword".encode()).decode()


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("API.Example.com", "api.example.com"),
        ("https://api.example.com/v1/things", "api.example.com"),
        ("api.example.com:8443", "api.example.com:8443"),
        ("*.example.com", "*.example.com"),
        ("http://127.0.0.1:9000", "127.0.0.1:9000"),
    ],
)
def test_headers_for_one_host(given: str, host: str) -> None:
    plain = (Field("host", "Host"), *HOST[1:])
    credentials = made("host_scoped", plain, {"host": given, "value": "Bearer abc"})
    assert isinstance(credentials, HostScopedCredentials)
    assert credentials.host == host
    assert {name: value.get_secret_value() for name, value in credentials.headers.items()} == {
        "Authorization": "Bearer abc"
    }


def test_header_may_have_another_name() -> None:
    plain = (Field("host", "Host"), *HOST[1:])
    credentials = made("host_scoped", plain, {"host": "a.example", "header": "X-Key", "value": "abc"})
    assert credentials.headers_for("a.example") == {"X-Key": "abc"}


def test_fields_of_a_providers_own() -> None:
    given: dict[str, str | bool] = {"address": "https://a.example", "pin": "1234", "is_sandbox": True}
    credentials = made("custom", CUSTOM, given)
    assert isinstance(credentials, CustomCredentials)
    values = {key: value.get_secret_value() for key, value in credentials.values.items()}
    assert values == {"address": "https://a.example", "pin": "1234", "is_sandbox": "true"}


def test_checkbox_that_was_left_alone_is_false() -> None:
    credentials = made("custom", CUSTOM, {"address": "https://a.example", "pin": "1234"})
    assert credentials.values["is_sandbox"].get_secret_value() == "false"


def test_form_is_for_the_first_kind_that_is_no_login() -> None:
    both = Connection(ProviderName.GITHUB, "Both", ("oauth2", "api_key", "custom"), (KEY,))
    assert form_kind(both) == "api_key"
    assert form_kind(Connection(ProviderName.GITHUB, "Login only", ("oauth2",))) is None


def test_title_is_the_persons_own_or_the_label() -> None:
    one = connection("api_key", KEY)
    values: dict[str, str | bool] = {"api_key": "abc"}
    assert credentials_from(one, values, credential_id="c", title=" Work ").title == "Work"
    assert credentials_from(one, values, credential_id="c", title=" ").title == "Somebody"


def test_every_missing_field_is_named_with_its_help() -> None:
    with pytest.raises(BadInput) as refused:
        check_values(connection("custom", *CUSTOM, KEY), {"address": "  "})
    assert [problem.path for problem in refused.value.problems] == [
        "fields.address",
        "fields.pin",
        "fields.api_key",
    ]
    assert "API key is missing. It is in your settings there." in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "values", "said"),
    [
        ((KEY,), {"api_key": "abc", "apikey": "x"}, "no field 'apikey'. There are: api_key"),
        ((KEY,), {"api_key": True}, "API key: it is a text"),
        ((KEY,), {"api_key": "a" * 20_001}, "longer than 20,000"),
        (CUSTOM, {"address": "ftp://a.example", "pin": "1"}, "Address:"),
        (CUSTOM, {"address": "https://a.example", "pin": "1", "team": "a\nb"}, "Team: there is a line break"),
        (CUSTOM, {"address": "https://a.example", "pin": "1", "is_sandbox": "yes"}, "true or false"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    fields: tuple[Field, ...], values: dict[str, str | bool], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        check_values(connection("custom", *fields), values)


@pytest.mark.parametrize("key", ["abc\ndef", "abc\x00def", "schlüssel"])
def test_key_that_no_header_takes_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(BadInput, match="Copy it again") as refused:
        made("api_key", (KEY,), {"api_key": key})
    assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"host": "a b", "value": "x"}, "is no host"),
        ({"host": "a.example", "header": "X: Y", "value": "x"}, "no name of a header"),
    ],
)
def test_host_and_header_must_be_such(values: dict[str, str | bool], said: str) -> None:
    plain = (Field("host", "Host"), *HOST[1:])
    with pytest.raises(BadInput, match=said):
        made("host_scoped", plain, values)


def test_who_only_logs_in_has_no_form() -> None:
    with pytest.raises(BadInput, match="POST /api/oauth/github/login"):
        check_values(Connection(ProviderName.GITHUB, "GitHub", ("oauth2",)), {})


# -- the test of a connection ------------------------------------------------------------------------------

SECRET = "correct/horse battery"
CREDENTIALS = APIKeyCredentials(id="c", provider="http", api_key=SecretStr(SECRET))


def _saying(error: BaseException) -> Connection:
    async def test(credentials: Credentials) -> Account:
        raise error

    return connection("api_key", KEY, test=test)


async def test_account_comes_from_the_service() -> None:
    async def whose(credentials: Credentials) -> Account:
        return Account(name="Ada")

    assert await try_connection(connection("api_key", KEY, test=whose), CREDENTIALS) == Account(name="Ada")


async def test_without_a_test_nobody_is_asked() -> None:
    assert await try_connection(connection("api_key", KEY), CREDENTIALS) is None


@pytest.mark.parametrize("kind", [CredentialsError, ProviderError, RateLimited])
async def test_no_of_the_service_keeps_its_type_and_its_words(kind: type[ProviderError]) -> None:
    with pytest.raises(kind, match="This key was revoked"):
        await try_connection(_saying(kind("This key was revoked.", retry_after_s=3)), CREDENTIALS)


async def test_whatever_a_test_raises_is_a_no() -> None:
    for error in (KeyError("name"), InvalidInput("not this kind"), RecursionError(), ValueError("")):
        with pytest.raises(ProviderError) as refused:
            await try_connection(_saying(error), CREDENTIALS)
        assert str(refused.value)


async def test_time_out_is_a_no_that_says_how_long() -> None:
    async def sleepy(credentials: Credentials) -> Account:
        await asyncio.sleep(10)
        return Account()

    with pytest.raises(ProviderUnavailable, match=r"within 0.05 s"):
        await try_connection(connection("api_key", KEY, test=sleepy), CREDENTIALS, timeout_s=0.05)


async def test_cancelling_is_no_answer() -> None:
    with pytest.raises(asyncio.CancelledError):
        await try_connection(_saying(asyncio.CancelledError()), CREDENTIALS)


@pytest.mark.parametrize(
    "spelled",
    [SECRET, quote(SECRET, safe=""), SECRET.encode().hex(), base64.b64encode(SECRET.encode()).decode()],
)
@pytest.mark.parametrize("kind", [ProviderError, ValueError])
async def test_reason_never_holds_the_secret(spelled: str, kind: type[Exception]) -> None:
    with pytest.raises(ProviderError) as refused:
        await try_connection(_saying(kind(f"I do not know {spelled}, sorry")), CREDENTIALS)
    assert spelled not in str(refused.value)
    assert "I do not know ***, sorry" in str(refused.value)


def test_secrets_of_every_kind_are_known() -> None:
    hidden = SecretStr("hidden-value")
    common: dict[str, Any] = {"id": "c", "provider": "http"}
    every: list[Credentials] = [
        APIKeyCredentials(**common, api_key=hidden),
        UserPasswordCredentials(**common, username=SecretStr("other"), password=hidden),
        HostScopedCredentials(**common, host="a.example", headers={"X": hidden}),
        CustomCredentials(**common, values={"x": hidden}),
        OAuth2Credentials(**common, access_token=SecretStr("other"), refresh_token=hidden),
    ]
    for one in every:
        assert "hidden-value" in list(secrets_of(one))
        assert without_secrets("not hidden-value", one) == "not ***"
