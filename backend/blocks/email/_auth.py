"""How a mailbox is connected: address and password, and the servers where they are not found from the address."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from pydantic import SecretStr

from backend.blocks.email._servers import address_of, login_of, servers_of
from backend.data.credentials import Credentials, CredentialsMetaInput, UserPasswordCredentials, reference_to
from backend.data.model import CredentialsField
from backend.integrations.connections import Account, Connection, Field, declare
from backend.integrations.providers import ProviderName
from backend.util.errors import CredentialsError
from backend.util.mail_imap import ImapClient, with_imap
from backend.util.mail_smtp import try_smtp

EmailCredentialsInput = CredentialsMetaInput[Literal[ProviderName.EMAIL], Literal["user_password"]]

TEST_CREDENTIALS = UserPasswordCredentials(
    id="6a0c3f0e-8a7e-4a55-9f43-5f1f2b1c7d02",
    provider=ProviderName.EMAIL.value,
    title="Example mailbox",
    username=SecretStr("ada@example.com"),
    password=SecretStr("example-app-password"),
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)
_TEST_TIMEOUT_S = 18.0
"""Less than a test of a connection has, so that the message names the server that is silent."""


def EmailCredentialsField() -> Any:  # noqa: N802  # as CredentialsField is called
    """The field in which a block asks for a mailbox."""
    return CredentialsField(description="The mailbox: its address and password")


async def try_mailbox(credentials: Credentials) -> Account:
    """Log in where it is read and where it sends.

    Raises:
        ProviderError: one of the two says no, or is not reached; the message names it.
        InvalidInput: the connection's fields name no server.
    """
    if not isinstance(credentials, UserPasswordCredentials):
        raise CredentialsError(
            f"E-mail takes a user name and a password, and this credential is of the kind {credentials.type!r}. "
            "Connect E-mail again."
        )
    servers, login = servers_of(credentials), login_of(credentials)
    reading = with_imap(servers.imap, login, _is_open, timeout_s=_TEST_TIMEOUT_S)
    results = await asyncio.gather(reading, try_smtp(servers.smtp, login), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return Account(
        name=login.username,
        email=address_of(credentials),
        organization=servers.imap.host,
    )


def _is_open(client: ImapClient) -> bool:
    return b"UIDVALIDITY" in client.select("INBOX", is_readonly=True)


CONNECTION = declare(
    Connection(
        provider=ProviderName.EMAIL,
        label="E-mail",
        kinds=("user_password",),
        fields=(
            Field(
                "username",
                "E-mail address",
                placeholder="ada@example.com",
                help="Or the user name, if it is another",
            ),
            Field(
                "password",
                "Password",
                "password",
                help=(
                    "Gmail, iCloud, Yahoo, AOL, Fastmail and Zoho want an app password, made in the account's security "
                    "settings, not the usual one. GMX and web.de: switch IMAP on first. Microsoft 365 at work takes no passwords of programs."
                ),
            ),
            Field(
                "imap_host",
                "IMAP server",
                required=False,
                placeholder="imap.example.com",
                help="Where it is read. Empty: found from the address",
            ),
            Field("imap_port", "IMAP port", required=False, placeholder="993"),
            Field(
                "smtp_host",
                "SMTP server",
                required=False,
                placeholder="smtp.example.com",
                help="Where it sends. Empty: found from the address",
            ),
            Field(
                "smtp_port",
                "SMTP port",
                required=False,
                placeholder="465",
                help="465 and 993 begin with TLS; all others have to offer STARTTLS",
            ),
        ),
        test=try_mailbox,
        description="Send e-mail, search, read and move it, and start runs by what arrives, with any provider of IMAP and SMTP.",
        help_url="https://support.google.com/accounts/answer/185833",
    )
)
