"""One session with an SMTP server: checked address, TLS before the password, typed refusals.

The protocol is aiosmtplib's (MIT).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiosmtplib
from aiosmtplib import SMTP

from backend.util.errors import (
    AddressRefused,
    CredentialsError,
    InvalidInput,
    ProviderError,
    ProviderForbidden,
    ProviderUnavailable,
)
from backend.util.http_transport import tls_context
from backend.util.mail_connect import (
    CONNECT_TIMEOUT_S,
    STEP_TIMEOUT_S,
    MailLogin,
    MailServer,
    in_mail_thread,
    may_be_plain,
    no_tls,
    open_socket,
    unreachable,
)
from backend.util.url_target import host_and_port

R = TypeVar("R")
SESSION_TIMEOUT_S = 300.0
_MOST_NAMED = 5

logging.getLogger("aiosmtplib").setLevel(logging.WARNING)


async def try_smtp(server: MailServer, login: MailLogin) -> None:
    """Log in, and send nothing.

    Raises:
        ProviderError: as `send_mail`, or it takes no login, so that the password would stay untried.
    """

    async def look(smtp: SMTP) -> None:
        if not smtp.supported_auth_methods and not may_be_plain(server):
            raise _no_login(server)

    await _logged_in(server, login, look)


async def send_mail(
    server: MailServer, login: MailLogin, *, sender: str, recipients: Sequence[str], message: bytes
) -> list[str]:
    """Hand a message over for these recipients (bare ASCII addresses); those that the server did not take.

    Raises:
        CredentialsError: the user name or the password was refused.
        ProviderForbidden: the account may not send as `sender`.
        ProviderUnavailable: it is not reached, or asks to come again.
        AddressRefused, ProviderError: any other refusal, in the server's own words; nobody gets the message.
    """

    async def send(smtp: SMTP) -> list[str]:
        refused, _ = await smtp.sendmail(sender, list(recipients), message)
        return list(refused)

    return await _logged_in(server, login, send)


async def _logged_in(server: MailServer, login: MailLogin, work: Callable[[SMTP], Awaitable[R]]) -> R:
    """What `work` gives. Its errors have no context: in a server's words the password may be echoed."""
    try:
        async with asyncio.timeout(SESSION_TIMEOUT_S):
            smtp = await _connected(server)
            try:
                await _authenticate(smtp, login)
                return await work(smtp)
            finally:
                await _leave(smtp)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        failure = _typed(error, server, login)
    raise failure


async def _connected(server: MailServer) -> SMTP:
    opened = await in_mail_thread(lambda: open_socket(server), timeout_s=CONNECT_TIMEOUT_S * 2)
    opened.setblocking(False)
    is_tls = server.security == "tls"
    smtp = SMTP(
        hostname=server.host,
        sock=opened,
        use_tls=is_tls,
        start_tls=False,
        tls_context=tls_context(),
        timeout=STEP_TIMEOUT_S,
        local_hostname=_own_name(opened),
    )
    try:
        await smtp.connect()
        await smtp.ehlo()
        if not is_tls:
            await _start_tls(smtp, server)
    except BaseException:
        smtp.close()
        opened.close()
        raise
    return smtp


async def _start_tls(smtp: SMTP, server: MailServer) -> None:
    if smtp.supports_extension("starttls"):
        await smtp.starttls(server_hostname=server.host)
        await smtp.ehlo()
    elif not may_be_plain(server):
        raise no_tls(server)


async def _authenticate(smtp: SMTP, login: MailLogin) -> None:
    """A server without AUTH is one that knows its own by their address; it may say no to what is sent."""
    if smtp.supported_auth_methods:
        await smtp.login(login.username, login.password.get_secret_value())


async def _leave(smtp: SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        await smtp.quit(timeout=2.0)
    smtp.close()


def _own_name(opened: socket.socket) -> str:
    """An address literal (RFC 5321, 4.1.3): the machine's name is nobody's business."""
    own = str(opened.getsockname()[0])
    return f"[IPv6:{own}]" if ":" in own else f"[{own}]"


def _no_login(server: MailServer) -> ProviderError:
    return ProviderError(
        f"The mail server {server.address} offers no login, so the password was not tried. Take the port for those who "
        "send with an account (465 or 587). If a server without logins is meant, the operator can add "
        f"{server.address} to ALLOWED_ADDRESSES."
    )


def _typed(error: Exception, server: MailServer, login: MailLogin) -> ProviderError:
    match error:
        case aiosmtplib.SMTPAuthenticationError() if error.code < 500:
            return _busy(server, _said(error, login))
        case aiosmtplib.SMTPAuthenticationError():
            return CredentialsError(
                f"The mail server {server.address} refused the user name or the password: {_said(error, login)}. "
                "Connect E-mail again. Gmail, iCloud, Yahoo and others want an app password instead of the usual one."
            )
        case aiosmtplib.SMTPRecipientsRefused():
            return _all_refused(error, server, login)
        case aiosmtplib.SMTPConnectResponseError():
            return _busy(server, _said(error, login))
        case aiosmtplib.SMTPResponseException():
            return _refused(error, server, login)
        case aiosmtplib.SMTPNotSupported():
            return ProviderError(
                f"The mail server {server.address} cannot do what is needed: {login.blotted(error.message)}."
            )
        case _:
            return unreachable(server, error)


def _refused(error: aiosmtplib.SMTPResponseException, server: MailServer, login: MailLogin) -> ProviderError:
    said = _said(error, login)
    if error.code < 500:
        return _busy(server, said)
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return ProviderForbidden(
            f"The mail server {server.address} does not let this account send as {error.sender!r}: {said}. Take the "
            "account's own address, or let its provider allow the other."
        )
    if error.code == 552:
        return ProviderError(f"The message is too large for {server.address}: {said}. Send less, or a link.")
    return ProviderError(f"The mail server {server.address} refused the message: {said}.")


def _all_refused(
    error: aiosmtplib.SMTPRecipientsRefused, server: MailServer, login: MailLogin
) -> ProviderError:
    ones = error.recipients
    named = "; ".join(f"{one.recipient}: {_said(one, login)}" for one in ones[:_MOST_NAMED])
    if all(one.code < 500 for one in ones):
        return _busy(server, named)
    return ProviderError(
        f"The mail server {server.address} takes none of the recipients: {named}. Check the addresses."
    )


def _busy(server: MailServer, said: str) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"The mail server {server.address} cannot take it now: {said}. Try again later."
    )


def _said(error: aiosmtplib.SMTPResponseException, login: MailLogin) -> str:
    return f"{error.code} {login.blotted(error.message)}".rstrip(" .")


def check_address(address: str) -> str:
    """A bare address as SMTP takes it: ASCII, its domain in IDNA where it is not.

    Raises:
        InvalidInput: it is no address.
    """
    given = address.strip()
    local, _, domain = given.rpartition("@")
    try:
        host, port = host_and_port(domain)
    except AddressRefused:
        host, port = "", None
    is_plain = given.isprintable() and local.isascii() and not set(given) & set(' <>,;:"')
    if not (is_plain and local and host) or port is not None or len(local) + len(host) > 253:
        raise InvalidInput(f"{address[:100]!r} is no e-mail address. Write it like ada@example.com.")
    return f"{local}@{host}"
