"""Connecting a mailbox: which servers it has, and the test that logs in at both."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from backend.blocks.email._auth import CONNECTION, try_mailbox
from backend.blocks.email._mailbox import _has_file
from backend.blocks.email._servers import login_of, servers_of
from backend.data.credentials import APIKeyCredentials, UserPasswordCredentials
from backend.integrations.connecting import check_details, credentials_from, missing_keys, try_connection
from backend.integrations.connections import Account, Connection, Field
from backend.integrations.providers import ProviderName
from backend.util.errors import BadInput, CredentialsError, InvalidInput, ProviderError
from tests.support.mail_servers import ADA, MailServers


def account(username: str, **details: str) -> UserPasswordCredentials:
    return UserPasswordCredentials(
        id="c", provider="email", username=SecretStr(username), password=SecretStr("p"), details=details
    )


@pytest.mark.parametrize(
    ("username", "details", "imap", "smtp"),
    [
        ("ada@Gmail.com", {}, "imap.gmail.com:993", "smtp.gmail.com:465"),
        ("ada@hotmail.com", {}, "outlook.office365.com:993", "smtp-mail.outlook.com:587"),
        ("ada@icloud.com", {}, "imap.mail.me.com:993", "smtp.mail.me.com:587"),
        ("ada@web.de", {}, "imap.web.de:993", "smtp.web.de:587"),
        ("ada@proton.me", {}, "127.0.0.1:1143", "127.0.0.1:1025"),
        ("ada@größe.example", {}, "imap.xn--gre-6ka8i.example:993", "smtp.xn--gre-6ka8i.example:465"),
        ("ada@example.com", {"imap_port": "143"}, "imap.example.com:143", "smtp.example.com:465"),
        ("ada@web.de", {"smtp_host": "mail.example.com"}, "imap.web.de:993", "mail.example.com:465"),
        (
            "ada",
            {"imap_host": "a.example", "smtp_host": "b.example", "smtp_port": "587"},
            "a.example:993",
            "b.example:587",
        ),
    ],
)
def test_servers_are_those_of_the_fields_else_of_the_provider_else_the_usual_names(
    username: str, details: dict[str, str], imap: str, smtp: str
) -> None:
    servers = servers_of(account(username, **details))
    assert (servers.imap.address, servers.smtp.address) == (imap, smtp)


@pytest.mark.parametrize(
    ("username", "details"),
    [("ada", {}), ("ada@example.com", {"imap_port": "many"}), ("ada@example.com", {"smtp_host": "a b"})],
)
def test_fields_that_name_no_server_say_so(username: str, details: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        servers_of(account(username, **details))


def test_a_line_break_in_a_password_reaches_no_server() -> None:
    with pytest.raises(InvalidInput, match="line break"):
        login_of(
            UserPasswordCredentials(
                id="c", provider="email", username=SecretStr("a"), password=SecretStr("b\r\nc")
            )
        )


async def test_the_test_logs_in_at_both_and_tells_the_account(mail: MailServers) -> None:
    assert await try_mailbox(mail.credentials()) == Account(name=ADA, email=ADA, organization="localhost")
    assert mail.logins == [ADA]


async def test_a_wrong_password_is_told_without_being_repeated(mail: MailServers) -> None:
    with pytest.raises(CredentialsError) as caught:
        await try_connection(CONNECTION, mail.credentials("wrong-password-99"))
    assert "wrong-password-99" not in str(caught.value)


async def test_the_server_that_does_not_answer_is_named(mail: MailServers) -> None:
    wrong_port = mail.credentials(smtp_port=str(mail.imap_port))
    with pytest.raises(ProviderError, match=f"localhost:{mail.imap_port}"):
        await try_mailbox(wrong_port)


async def test_a_key_is_no_way_into_a_mailbox() -> None:
    with pytest.raises(CredentialsError, match="api_key"):
        await try_mailbox(APIKeyCredentials(id="c", provider="email", api_key=SecretStr("k")))


def test_the_form_makes_a_credential_whose_servers_are_no_secrets() -> None:
    assert missing_keys(CONNECTION) == []
    values = {"username": ADA, "password": "p-1234567", "imap_host": " mail.example.com ", "smtp_port": ""}
    made = credentials_from(CONNECTION, values, credential_id="c")
    assert isinstance(made, UserPasswordCredentials)
    assert made.details == {"imap_host": "mail.example.com"}


def test_details_that_the_form_does_not_ask_for_are_refused_by_name() -> None:
    assert check_details("EMAIL", {"imap_port": " 143 ", "imap_host": ""}) == {"imap_port": "143"}
    with pytest.raises(BadInput, match=r"imap_prot.*imap_port") as caught:
        check_details("email", {"imap_prot": "143"})
    assert caught.value.problems[0].path == "details.imap_prot"
    with pytest.raises(BadInput, match="none"):
        check_details("github", {"imap_port": "143"})


def test_a_secret_field_beside_user_name_and_password_is_not_declared() -> None:
    secret = Field("token", "Token", "password")
    with pytest.raises(ValueError, match="shown in the open"):
        Connection(ProviderName.EMAIL, "X", ("user_password",), (*CONNECTION.fields[:2], secret))


@pytest.mark.parametrize(
    ("structure", "has_file"),
    [
        ((b"TEXT", b"PLAIN", (b"CHARSET", b"UTF-8"), None, None, b"7BIT", 5, 1, None, None, None), False),
        (
            (
                [
                    (b"TEXT", b"PLAIN", None, None, None, b"7BIT", 5, 1),
                    (b"IMAGE", b"PNG", (b"NAME", b"a.png"), None, None, b"BASE64", 9),
                ],
                b"MIXED",
            ),
            True,
        ),
        (
            (
                b"APPLICATION",
                b"PDF",
                None,
                None,
                None,
                b"BASE64",
                9,
                None,
                (b"ATTACHMENT", (b"FILENAME", b"a.pdf")),
                None,
            ),
            True,
        ),
        (None, False),
    ],
)
def test_the_structure_tells_whether_there_are_files(structure: object, has_file: bool) -> None:
    """Source: https://www.rfc-editor.org/rfc/rfc3501 (7.4.2, examples of BODYSTRUCTURE)."""
    assert _has_file(structure) is has_file
