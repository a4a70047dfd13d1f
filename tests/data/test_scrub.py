"""A secret is found in whatever way it is written, and what holds none stays the very same."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CustomCredentials,
    HostScopedCredentials,
    OAuth2Credentials,
    UserPasswordCredentials,
)
from backend.data.scrub import Scrubber
from backend.integrations.secret_values import scrubber_for

SECRETS = ["plain-secret", 'quo"te\\d and spaced', "é-ü-umlaut", "a/b+c=d&e?f", "line\nbreak secret"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_however_it_is_written(secret: str) -> None:
    raw = secret.encode()
    forms = [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        raw.hex(),
        repr(secret)[1:-1],
    ]
    scrubber = Scrubber([secret])
    for form in forms:
        said = scrubber.value({"a": [f"before {form} after", {form: 1}]})
        assert form.rstrip("=") not in json.dumps(said, ensure_ascii=False), form
        assert "before ***" in said["a"][0]
        assert form.encode().rstrip(b"=") not in scrubber.raw(b"x" + form.encode() + b"y")


@pytest.mark.parametrize("value", [None, 1, True, "text", [1, ["a", {}]], {"a": {"b": ["c"]}}])
def test_a_value_without_secrets_is_the_very_same(value: Any) -> None:
    assert Scrubber(SECRETS).value(value) is value


def test_what_is_too_short_to_be_told_from_other_text_stays() -> None:
    assert Scrubber(["", "ada", "true"]).text("ada said true") == "ada said true"


def of(**fields: Any) -> dict[str, Any]:
    return {"id": "x", "provider": "http", **fields}


@pytest.mark.parametrize(
    ("credentials", "hidden", "shown"),
    [
        (
            UserPasswordCredentials(**of(username="ada-lovelace", password="hunter22")),
            ["hunter22", base64.b64encode(b"ada-lovelace:hunter22").decode()],
            ["ada-lovelace"],
        ),
        (UserPasswordCredentials(**of(username="sk-user-is-key", password="")), ["sk-user-is-key"], []),
        (
            HostScopedCredentials(
                **of(
                    host="h",
                    headers={
                        "Authorization": SecretStr("Bearer token-123"),
                        "Accept": SecretStr("application/json"),
                        "Notion-Version": SecretStr("2022-06-28"),
                    },
                )
            ),
            ["token-123"],
            ["application/json", "2022-06-28", "Bearer"],
        ),
        (
            OAuth2Credentials(**of(access_token="access-1", refresh_token="refresh-1")),
            ["access-1", "refresh-1"],
            [],
        ),
        (CustomCredentials(**of(values={"token": SecretStr("custom-1")})), ["custom-1"], []),
        (APIKeyCredentials(**of(api_key=SecretStr(" key-with-blanks\n"))), ["key-with-blanks"], []),
        (
            CustomCredentials(**of(values={"token": SecretStr("custom-blank\t")})),
            ["custom-blank"],
            [],
        ),
    ],
)
def test_of_each_kind_what_is_secret_is_hidden_and_nothing_else(
    credentials: Credentials, hidden: list[str], shown: list[str]
) -> None:
    text = scrubber_for([credentials]).text(" | ".join(hidden + shown))
    assert [one for one in hidden if one in text] == []
    assert [one for one in shown if one not in text] == []
