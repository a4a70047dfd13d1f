"""Mail servers are reached at checked addresses, over TLS for their name, and their refusals are typed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.util import mail_connect, mail_imap
from backend.util.errors import (
    AddressRefused,
    CredentialsError,
    InvalidInput,
    ProviderError,
    ProviderForbidden,
    ProviderUnavailable,
)
from backend.util.mail_connect import MailServer, open_socket
from backend.util.mail_imap import ImapClient, with_imap
from backend.util.mail_smtp import check_address, send_mail, try_smtp
from tests.support.http_server import reachable
from tests.support.mail_servers import (
    ADA,
    HOST,
    PASSWORD,
    MailServers,
    Security,
    mail_servers,
    server_context,
    trust_test_certificates,
)


@pytest.fixture(autouse=True, scope="module")
def trusted() -> None:
    trust_test_certificates()


@pytest.fixture
def mail() -> Iterator[MailServers]:
    with mail_servers() as servers, reachable(*servers.addresses):
        yield servers


def inbox(client: ImapClient) -> int:
    return int(client.select("INBOX", is_readonly=True)[b"EXISTS"])


async def sent(mail: MailServers, *recipients: str) -> list[str]:
    return await send_mail(
        mail.smtp,
        mail.login(),
        sender=ADA,
        recipients=recipients or ["bob@example.com"],
        message=b"Subject: a\r\n\r\nb\r\n",
    )


# -- where one connects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "192.168.1.9"])
def test_a_name_that_leads_to_a_private_address_is_refused_before_anybody_connects(address: str) -> None:
    with reachable(), pytest.raises(AddressRefused, match="ALLOWED_ADDRESSES"):
        open_socket(MailServer.at("mail.example.com", 993), resolve=lambda *_: ["93.184.216.34", address])


async def test_a_local_server_that_the_operator_does_not_allow_is_not_reached() -> None:
    with mail_servers() as mail, reachable("localhost:1"):
        for call in (with_imap(mail.imap, mail.login(), inbox), try_smtp(mail.smtp, mail.login())):
            with pytest.raises(AddressRefused):
                await call
        assert mail.logins == []


async def test_nobody_listening_is_unavailable_and_names_host_port_and_cure(mail: MailServers) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        gone = MailServer.at(HOST, held.getsockname()[1])
        with reachable(gone.address):
            for call in (with_imap(gone, mail.login(), inbox), try_smtp(gone, mail.login())):
                with pytest.raises(ProviderUnavailable, match=f"{gone.address}.*Check its name and port"):
                    await call


def test_a_name_that_is_none_is_unavailable_with_a_cure() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(ProviderUnavailable, match=r"no mail server 'imap\.nowhere\.test'.*Check its name"):
        open_socket(MailServer.at("imap.nowhere.test", 993), resolve=unknown)


@pytest.mark.parametrize(
    ("port", "security"), [(993, "tls"), (465, "tls"), (143, "starttls"), (587, "starttls")]
)
def test_the_port_says_when_tls_begins(port: int, security: str) -> None:
    assert MailServer.at("IMAP.Example.com", port) == MailServer("imap.example.com", port, security)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("a b", 993),
        ("mail.example.com:993", 993),
        ("x\r\ny", 1),
        ("mail.example.com", 0),
        ("mail.example.com", 70_000),
    ],
)
def test_what_is_no_host_or_no_port_is_refused(host: str, port: int) -> None:
    with pytest.raises(InvalidInput):
        MailServer.at(host, port)


# -- TLS ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_login_and_delivery_go_over_tls(security: Security) -> None:
    with mail_servers(security) as mail, reachable(*mail.addresses):
        assert await with_imap(mail.imap, mail.login(), inbox) == 0
        assert await sent(mail) == []
        assert mail.is_over_tls == [True]
        assert mail.delivered[0].recipients == ["bob@example.com"]


async def test_a_server_without_tls_is_only_used_when_the_operator_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mail_servers("plain") as mail, reachable(*mail.addresses):
        assert await with_imap(mail.imap, mail.login(), inbox) == 0
        assert await sent(mail) == []
        mail.logins.clear()
        lead_to_this_machine(monkeypatch, "mail.example.com")
        imap, smtp = (MailServer.at("mail.example.com", one) for one in (mail.imap_port, mail.smtp_port))
        with reachable("localhost:1"):
            for call in (with_imap(imap, mail.login(), inbox), try_smtp(smtp, mail.login())):
                with pytest.raises(ProviderError, match="no encryption, so the password was not sent"):
                    await call
        assert mail.logins == []


async def test_a_server_that_takes_no_login_fails_the_test_unless_the_operator_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mail_servers(names=("mail.example.com",), offers_login=False) as mail:
        lead_to_this_machine(monkeypatch, "mail.example.com")
        server = MailServer("mail.example.com", mail.smtp_port, "starttls")
        with reachable("localhost:1"), pytest.raises(ProviderError, match="offers no login") as caught:
            await try_smtp(server, mail.login("never-tried-1"))
        assert "never-tried-1" not in str(caught.value)
        with reachable(server.address):
            await try_smtp(server, mail.login())
        assert mail.logins == []


async def test_a_certificate_of_another_name_is_refused_before_the_password() -> None:
    heard = bytearray()
    with tls_listener(server_context("other.example.com"), heard) as server, reachable(server.address):
        with mail_servers() as mail:
            for call in (with_imap(server, mail.login(), inbox), try_smtp(server, mail.login())):
                with pytest.raises(ProviderError, match="no valid certificate for that name") as caught:
                    await call
                assert not isinstance(caught.value, ProviderUnavailable)
    assert heard == b""


async def test_an_authority_that_nobody_trusts_is_refused() -> None:
    heard = bytearray()
    with (
        tls_listener(server_context(is_trusted=False), heard) as server,
        reachable(server.address),
        mail_servers() as mail,
    ):
        with pytest.raises(ProviderError, match="no valid certificate"):
            await with_imap(server, mail.login(), inbox)
    assert heard == b""


async def test_plain_text_where_tls_should_begin_says_to_check_the_port() -> None:
    with mail_servers("plain") as mail, reachable(*mail.addresses):
        wrong = MailServer(HOST, mail.imap_port, "tls")
        with pytest.raises(ProviderUnavailable, match="Check the port"):
            await with_imap(wrong, mail.login(), inbox)


# -- refusals ----------------------------------------------------------------------------------------------


async def test_a_wrong_password_is_a_credentials_error_without_the_password(mail: MailServers) -> None:
    wrong = mail.login("wrong-password-1234")
    for call in (with_imap(mail.imap, wrong, inbox), try_smtp(mail.smtp, wrong)):
        with pytest.raises(CredentialsError, match="app password") as caught:
            await call
        assert "wrong-password-1234" not in str(caught.value)
        assert "wrong-password-1234" not in repr(wrong)


async def test_a_password_beyond_ascii_is_sent_in_utf_8_and_refused_like_any_other(mail: MailServers) -> None:
    with pytest.raises(CredentialsError):
        await with_imap(mail.imap, mail.login("pässwort-größe"), inbox)


async def test_no_password_is_logged_at_any_level(
    mail: MailServers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await with_imap(mail.imap, mail.login(), inbox)
    await sent(mail)
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith(("pymap", "mail.log"))]
    assert PASSWORD not in "\n".join(ours)


async def test_recipients_that_are_not_taken_are_told_and_the_others_get_it(mail: MailServers) -> None:
    mail.refusals["no@example.com"] = "550 5.1.1 no such user"
    assert await sent(mail, "no@example.com", "bob@example.com") == ["no@example.com"]
    assert mail.delivered[0].recipients == ["bob@example.com"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 5.1.1 no such user", ProviderError), ("451 4.7.1 greylisted", ProviderUnavailable)],
)
async def test_nobody_taken_is_an_error_in_the_server_s_words(
    mail: MailServers, answer: str, kind: type[ProviderError]
) -> None:
    mail.refusals["bob@example.com"] = answer
    with pytest.raises(ProviderError, match=answer[4:]) as caught:
        await sent(mail)
    assert type(caught.value) is kind
    assert mail.delivered == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("552 5.3.4 too big", ProviderError),
        ("554 5.7.1 looks like spam", ProviderError),
        ("452 4.3.1 disk full", ProviderUnavailable),
    ],
)
async def test_a_message_that_is_not_taken_is_an_error(
    mail: MailServers, answer: str, kind: type[ProviderError]
) -> None:
    mail.refusals["DATA"] = answer
    with pytest.raises(ProviderError, match=answer[4:]) as caught:
        await sent(mail)
    assert type(caught.value) is kind


async def test_an_address_that_is_not_one_s_own_is_forbidden(mail: MailServers) -> None:
    mail.refusals[f"from {ADA}"] = "553 5.7.1 not yours"
    with pytest.raises(ProviderForbidden, match=r"not yours.*own address"):
        await sent(mail)


@pytest.mark.parametrize(
    "text", ["", "ada", "@example.com", "a b@example.com", "a@b>c", "größe@example.com", "a@ex\r\nample.com"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_address(text)


def test_a_domain_beyond_ascii_is_written_in_idna() -> None:
    assert check_address(" ada@größe.example ") == "ada@xn--gre-6ka8i.example"


# -- servers that behave badly -----------------------------------------------------------------------------


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with listener(lambda conn: time.sleep(5)) as server, reachable(server.address), mail_servers() as mail:
        started = time.monotonic()
        with pytest.raises(ProviderUnavailable, match="did not answer within"):
            await with_imap(server, mail.login(), inbox, timeout_s=0.5)
        assert time.monotonic() - started < 3


async def test_a_server_that_drips_is_given_up_and_its_thread_ends() -> None:
    def drip(conn: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for _ in range(600):
                conn.sendall(b"*")
                time.sleep(0.05)

    with listener(drip) as server, reachable(server.address), mail_servers() as mail:
        with pytest.raises(ProviderUnavailable, match="did not answer within"):
            await with_imap(server, mail.login(), inbox, timeout_s=0.5)
        await asyncio.sleep(0.3)
        assert busy_mail_threads() == 0


async def test_a_literal_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def bomb(conn: socket.socket) -> None:
        conn.sendall(b"* OK [CAPABILITY IMAP4REV1] hello {9999999999}\r\n")
        with contextlib.suppress(OSError):
            while True:
                conn.sendall(b"x" * 65_536)

    monkeypatch.setattr(mail_imap, "MOST_BYTES", 1_048_576)
    with listener(bomb) as server, reachable(server.address), mail_servers() as mail:
        with pytest.raises(ProviderError, match="sends too much"):
            await with_imap(server, mail.login(), inbox, timeout_s=10)


async def test_a_connection_that_is_lost_is_unavailable() -> None:
    with listener(lambda conn: conn.sendall(b"* OK hi\r\n")) as server, reachable(server.address):
        with mail_servers() as mail, pytest.raises(ProviderUnavailable, match="closed the connection"):
            await with_imap(server, mail.login(), inbox)


def lead_to_this_machine(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A public address in the eyes of the guard, whose packets come here."""
    look_up, connect = socket.getaddrinfo, socket.create_connection

    def found(host: str, *rest: Any, **named: Any) -> Any:
        return look_up("93.184.216.34" if host == name else host, *rest, **named)

    def opened(address: tuple[str, int], *rest: Any) -> socket.socket:
        return connect(("127.0.0.1", address[1]) if address[0] == "93.184.216.34" else address, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket, "create_connection", opened)


def busy_mail_threads() -> int:
    pool = mail_connect._threads()
    return pool._work_queue.qsize() + len(pool._threads) - pool._idle_semaphore._value


@contextlib.contextmanager
def listener(talk: Callable[[socket.socket], object]) -> Iterator[MailServer]:
    """Talks to each connection in a thread, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as opened:

        def one(conn: socket.socket) -> None:
            with conn, contextlib.suppress(OSError):
                talk(conn)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=one, args=(opened.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield MailServer(HOST, opened.getsockname()[1], "starttls")


@contextlib.contextmanager
def tls_listener(context: ssl.SSLContext, heard: bytearray) -> Iterator[MailServer]:
    """Begins with TLS, and keeps what comes after that."""

    def talk(conn: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(conn, server_side=True) as inner:
            heard.extend(inner.recv(100))

    with listener(talk) as server:
        yield MailServer(server.host, server.port, "tls")
