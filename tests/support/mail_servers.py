"""A real IMAP server (pymap, in memory) and a real SMTP server (aiosmtpd) on 127.0.0.1, with or without TLS.

with mail_servers() as mail:                 # STARTTLS at both
with mail_servers(security="tls") as mail:   # TLS from the first byte
with mail_servers(security="plain") as mail: # none
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from argparse import Namespace
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from proxyprotocol.reader import ProxyProtocolReader
from pydantic import SecretStr
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

from backend.data.credentials import UserPasswordCredentials
from backend.util.http_transport import tls_context
from backend.util.mail_connect import MailLogin, MailServer

ADA, PASSWORD = "ada@example.com", "correct-horse-battery"
HOST = "localhost"
Security = Literal["starttls", "tls", "plain"]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the SMTP server took."""

    sender: str
    recipients: list[str]
    data: bytes


@dataclass
class MailServers:
    """`refusals` are answers by recipient (`550 no such user`), by `from <sender>`, or by `DATA`."""

    security: Security
    names: tuple[str, ...] = ()
    offers_login: bool = True
    delivered: list[Delivered] = field(default_factory=list[Delivered])
    refusals: dict[str, str] = field(default_factory=dict[str, str])
    logins: list[str] = field(default_factory=list[str])
    is_over_tls: list[bool] = field(default_factory=list[bool])
    imap_port: int = 0
    smtp_port: int = 0
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    sets: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def imap(self) -> MailServer:
        return MailServer(HOST, self.imap_port, "tls" if self.security == "tls" else "starttls")

    @property
    def smtp(self) -> MailServer:
        return MailServer(HOST, self.smtp_port, "tls" if self.security == "tls" else "starttls")

    @property
    def addresses(self) -> tuple[str, str]:
        """For the operator's allow-list."""
        return self.imap.address, self.smtp.address

    def login(self, password: str = PASSWORD) -> MailLogin:
        return MailLogin(ADA, SecretStr(password))

    def credentials(self, password: str = PASSWORD, **details: str) -> UserPasswordCredentials:
        servers = {
            "imap_host": HOST,
            "imap_port": str(self.imap_port),
            "smtp_host": HOST,
            "smtp_port": str(self.smtp_port),
        }
        return UserPasswordCredentials(
            id="mail",
            provider="email",
            username=SecretStr(ADA),
            password=SecretStr(password),
            details={**servers, **details},
        )

    # -- the mailbox, from behind --------------------------------------------------------------------------

    def receive(
        self,
        raw: bytes,
        folder: str = "INBOX",
        *,
        flags: tuple[str, ...] = (),
        at: dt.datetime | None = None,
    ) -> None:
        """A message arrives."""
        when = at or dt.datetime.now(dt.UTC)

        async def append() -> None:
            box = await self._set.get_mailbox(folder)
            await box.append(AppendMessage(raw, when, frozenset(Flag(one.encode()) for one in flags)))

        self.do(append())

    def make_folder(self, name: str) -> None:
        self.do(self._set.add_mailbox(name))

    def delete_folder(self, name: str) -> None:
        self.do(self._set.delete_mailbox(name))

    @property
    def _set(self) -> MailboxSet:
        if ADA not in self.sets:
            self.sets[ADA] = (MailboxSet(), FilterSet())
        box: MailboxSet = self.sets[ADA][0]
        return box

    def do(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


@contextmanager
def mail_servers(
    security: Security = "starttls", *, names: tuple[str, ...] = (), offers_login: bool = True
) -> Iterator[MailServers]:
    """Both servers, with one account, on an event loop of their own.

    `names` are those of the certificate, usually this machine's. Without `offers_login` the one that sends knows no AUTH.
    """
    mail = MailServers(security, names, offers_login)
    thread = threading.Thread(target=mail.loop.run_forever, daemon=True)
    thread.start()
    servers = mail.do(_started(mail))
    try:
        yield mail
    finally:
        mail.do(_stopped(servers))
        mail.loop.call_soon_threadsafe(mail.loop.stop)
        thread.join(10)
        mail.loop.close()


async def _started(mail: MailServers) -> list[asyncio.Server]:
    implicit = server_context(*mail.names) if mail.security == "tls" else None
    imap = await asyncio.start_server(await _imap(mail), "127.0.0.1", 0, ssl=implicit)
    smtp = await mail.loop.create_server(lambda: _smtp(mail), "127.0.0.1", 0, ssl=implicit)
    mail.imap_port, mail.smtp_port = (one.sockets[0].getsockname()[1] for one in (imap, smtp))
    return [imap, smtp]


async def _stopped(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    talks = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


async def _imap(mail: MailServers) -> Any:
    is_starttls = mail.security == "starttls"
    config = Config(
        Namespace(cert=None, key=None, passlib_cfg=None, proxy_protocol=None),
        host="127.0.0.1",
        port=0,
        demo_data=False,
        demo_user=ADA,
        demo_password=PASSWORD,
        tls_enabled=is_starttls,
        secure_auth=is_starttls,
        ssl_context=server_context(*mail.names),
        invalid_user_sleep=0.0,
        reject_dnsbl=False,
    )
    mail.sets = config.set_cache
    login = Login(config)
    await DictBackend._add_demo_user(config, login)
    config.apply_context()
    return ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(login, config))


def _smtp(mail: MailServers) -> SMTP:
    """One connection; mail is taken from who has logged in."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        mail.logins.append(given.login.decode())
        is_right = given.login.decode() == ADA and given.password.decode() == PASSWORD
        return AuthResult(success=is_right, handled=False)

    is_starttls = mail.security == "starttls"
    return SMTP(
        _Handler(mail),
        hostname="127.0.0.1",
        auth_required=mail.offers_login,
        auth_exclude_mechanism=() if mail.offers_login else ("LOGIN", "PLAIN"),
        auth_require_tls=is_starttls,
        authenticator=authenticate,
        tls_context=server_context(*mail.names) if is_starttls else None,
        require_starttls=is_starttls,
    )


class _Handler:
    def __init__(self, mail: MailServers) -> None:
        self._mail = mail

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if f"from {address}" in self._mail.refusals:
            return self._mail.refusals[f"from {address}"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._mail.refusals:
            return self._mail.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self._mail.refusals:
            return self._mail.refusals["DATA"]
        content = envelope.original_content or b""
        self._mail.delivered.append(Delivered(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        self._mail.is_over_tls.append(self._mail.security == "tls" or session.ssl is not None)
        return "250 taken"


# -- certificates ------------------------------------------------------------------------------------------


def trust_test_certificates() -> None:
    """Let the process believe the authority that is made here; it lives as long as the process."""
    _, authority = _authority("Test authority")
    tls_context().load_verify_locations(cadata=authority.public_bytes(serialization.Encoding.PEM).decode())


@cache
def _authority(called: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(called)
    made = _builder(name, name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    made = made.add_extension(usage, critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return key, made.add_extension(identifier, critical=False).sign(key, hashes.SHA256())


@cache
def server_context(*names: str, is_trusted: bool = True) -> ssl.SSLContext:
    """A server's, with a certificate for these names; without any, for localhost and 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority_key, authority = _authority("Test authority" if is_trusted else "Stranger")
    own: list[x509.GeneralName] = [x509.DNSName(one) for one in names or (HOST,)]
    if not names:
        own.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = _builder(_name("Test server"), authority.subject, key).add_extension(
        x509.SubjectAlternativeName(own), critical=False
    )
    # Python 3.13 wants to be told whose key has signed (RFC 5280, 4.2.1.1).
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = made.add_extension(signer, critical=False).sign(authority_key, hashes.SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain, secret = Path(folder, "chain.pem"), Path(folder, "key.pem")
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context.load_cert_chain(chain, secret)
    return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    today = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=2))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
