"""How mail servers are reached: resolve a name once, check every answer, connect to what was checked, TLS for the name.

`mail_imap.py` and `mail_smtp.py` speak over the sockets that are opened here; nothing else opens one for mail.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Literal, ParamSpec, TypeVar

from pydantic import SecretStr

from backend.util.address_guard import AddressGuard
from backend.util.errors import AddressRefused, InvalidInput, ProviderError, ProviderUnavailable
from backend.util.http_connect import Resolve, resolve
from backend.util.settings import settings
from backend.util.url_target import host_and_port

CONNECT_TIMEOUT_S = 10.0
STEP_TIMEOUT_S = 30.0
"""How long a server may be silent within one exchange."""
_TLS_AT_ONCE = frozenset({465, 993})
_LONGEST_SAID = 300
_THREADS = 32

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class MailServer:
    """`security` is `tls` where TLS begins with the first byte, else STARTTLS has to come before the password."""

    host: str
    port: int
    security: Literal["tls", "starttls"]

    @classmethod
    def at(cls, host: str, port: int) -> MailServer:
        """The server as its port says (RFC 8314): 465 and 993 begin with TLS.

        Raises:
            InvalidInput: this is no host, or no port.
        """
        try:
            name, given_port = host_and_port(f"[{host}]" if ":" in host else host)
        except AddressRefused as error:
            raise InvalidInput(
                f"{host[:100]!r} is no mail server. Write it like mail.example.com."
            ) from error
        if given_port is not None or not 0 < port < 65_536:
            raise InvalidInput(
                f"The port of {host[:100]!r} is a number from 1 to 65535, in a field of its own."
            )
        return cls(name, port, "tls" if port in _TLS_AT_ONCE else "starttls")

    @property
    def address(self) -> str:
        """As messages and the operator's allow-list have it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MailLogin:
    """Who logs in. The password is in no representation of it."""

    username: str
    password: SecretStr

    def blotted(self, said: str) -> str:
        """A server's own words on one line, without the password in any spelling in which it is sent."""
        plain = _printable(said)
        for spelling in self._spellings():
            plain = plain.replace(spelling, "***")
        return plain[:_LONGEST_SAID]

    def _spellings(self) -> list[str]:
        """Longest first, so that none is left of which another is a part."""
        name, secret = self.username, self.password.get_secret_value()
        if not secret:
            return []
        sent = (secret, f"\0{name}\0{secret}", f"{name}\0{name}\0{secret}")
        encoded = [base64.b64encode(one.encode()).decode().rstrip("=") for one in sent]
        quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
        found = map(_printable, (secret, quoted, repr(secret.encode())[2:-1], *encoded))
        return sorted({one for one in found if one}, key=len, reverse=True)


def open_socket(server: MailServer, *, resolve: Resolve = resolve) -> socket.socket:
    """A connection to a checked address of the server, without TLS as yet. It blocks.

    Raises:
        AddressRefused: the name leads to an address that is not public, and the operator does not allow it.
        ProviderUnavailable: nobody answers there.
    """
    answers = _answers(server, resolve)
    _guard().check_answers(server.host, server.port, answers)
    until = time.monotonic() + CONNECT_TIMEOUT_S
    failure: OSError = TimeoutError()
    for position, address in enumerate(answers):
        share_s = max(0.1, (until - time.monotonic()) / (len(answers) - position))
        try:
            opened = socket.create_connection((address, server.port), share_s)
        except OSError as error:
            failure = error
            continue
        opened.settimeout(STEP_TIMEOUT_S)
        return opened
    raise unreachable(server, failure) from failure


def may_be_plain(server: MailServer) -> bool:
    """Whether the operator's allow-list names it: only there a password may go without TLS."""
    return (server.host, server.port) in _guard().allowed


def no_tls(server: MailServer) -> ProviderError:
    """It offers no STARTTLS, and the password stays here."""
    return ProviderError(
        f"The mail server {server.address} offers no encryption, so the password was not sent. Take the port that "
        "begins with TLS (993 to read, 465 to send). If a plain one is meant, the operator can add "
        f"{server.address} to ALLOWED_ADDRESSES."
    )


def unreachable(server: MailServer, error: BaseException) -> ProviderError:
    """The typed error of a connection that was not made, or was lost; its cause is looked through for TLS."""
    tls = _tls_error(error)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return ProviderError(
            f"The mail server {server.address} has no valid certificate for that name: {tls.verify_message}. Write "
            "the name that its certificate has, or let the operator of this installation trust its issuer."
        )
    if tls is not None:
        return ProviderUnavailable(
            f"TLS with the mail server {server.address} failed: {tls.reason or 'no TLS there'}. Check the port: "
            "993 and 465 begin with TLS, 143 and 587 with plain text."
        )
    return ProviderUnavailable(
        f"The mail server {server.address} cannot be reached: {_reason(error)}. Check its name and port in the "
        "connection, and whether this machine's network lets it out."
    )


async def in_mail_thread(
    work: Callable[[], R], *, timeout_s: float, stop: Callable[[], None] = lambda: None
) -> R:
    """What `work` gives, in a thread. After `timeout_s`, or when the caller is cancelled, `stop` ends it.

    Raises:
        TimeoutError: it took longer.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            return await loop.run_in_executor(_threads(), work)
    except (TimeoutError, asyncio.CancelledError):
        stop()
        raise


@cache
def _threads() -> ThreadPoolExecutor:
    """Of their own: a mail server that says nothing must not hold what others do in threads."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="mail")


def _printable(text: str) -> str:
    """On one line: what is invisible could stand between the letters of a password."""
    seen = (one if one.isprintable() else " " if one.isspace() else "" for one in text)
    return " ".join("".join(seen).split())


def _guard() -> AddressGuard:
    return AddressGuard.allowing(settings.allowed_addresses)


def _answers(server: MailServer, resolve: Resolve) -> list[str]:
    try:
        answers = resolve(server.host, server.port)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise ProviderUnavailable(
                f"The name server did not answer for {server.host}. Try again in a minute."
            ) from error
        answers = []
    if not answers:
        raise ProviderUnavailable(
            f"There is no mail server {server.host!r} (port {server.port}). Check its name in the connection: your "
            "provider's help pages have it under IMAP and SMTP."
        )
    return answers


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    for _ in range(5):
        if isinstance(error, ssl.SSLError):
            return error
        error = None if error is None else error.__cause__ or error.__context__
    return None


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    is_lost = isinstance(error, ConnectionError)  # reset or closed, as the two sides happen to meet
    if isinstance(error, OSError) and error.strerror and not is_lost:
        return error.strerror
    return "it closed the connection"
