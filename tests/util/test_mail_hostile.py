"""A server that sends nonsense, floods or the password gets a typed error, and holds no thread."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from backend.blocks.email._mailbox import Criteria, Mailbox
from backend.util import mail_imap
from backend.util.errors import BlockyardError, CredentialsError, InvalidInput, ProviderError
from backend.util.mail_connect import MailLogin, MailServer, open_socket
from backend.util.mail_imap import ImapClient, with_imap
from backend.util.mail_smtp import try_smtp
from tests.support.http_server import reachable

SECRET = 'pä\\ss"wört  1234'
LOGIN = MailLogin("ada@example.com", SecretStr(SECRET))
PLAIN_LOGIN = MailLogin("ada@example.com", SecretStr('se\\cr"et-1234'))
STATE = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 9] x\r\n"
ANSWERS = {
    "CAPABILITY": b"* CAPABILITY IMAP4REV1\r\n",
    "SELECT": STATE,
    "EXAMINE": STATE,
    "SEARCH": b"* SEARCH 1\r\n",
    "FETCH": b"* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 5)\r\n",
}
Say = Callable[[bytes, bytes], bytes]


@contextlib.contextmanager
def serving(talk: Callable[[Any], None]) -> Iterator[MailServer]:
    """Gives each connection to `talk` as a file, in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as opened:

        def one(conn: socket.socket) -> None:
            with conn, contextlib.suppress(OSError, ValueError), conn.makefile("rwb", buffering=0) as wire:
                talk(wire)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=one, args=(opened.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        server = MailServer("localhost", opened.getsockname()[1], "starttls")
        with reachable(server.address):
            yield server


@contextlib.contextmanager
def imap(answers: dict[str, bytes], *, login: Say | None = None) -> Iterator[MailServer]:
    """Answers each command with these untagged lines; `login` gives the whole answer to a login."""
    said = {**ANSWERS, **answers}

    def talk(wire: Any) -> None:
        wire.write(b"* OK hi\r\n")
        while line := wire.readline():
            tag, *words = line.split()
            name = words[1 if words[0] == b"UID" else 0].decode().upper()
            if name == "AUTHENTICATE":
                wire.write(b"+ \r\n")
                line = wire.readline()
            if login is not None and name in ("LOGIN", "AUTHENTICATE"):
                answer = login(tag, line.strip())
                wire.write(answer)
                if answer.startswith(b"* BYE"):
                    return
            else:
                wire.write(said.get(name, b"") + tag + b" OK done\r\n")

    with serving(talk) as server:
        yield server


def searched(client: ImapClient) -> int:
    return len(Mailbox(client).search("INBOX", Criteria(), 10).messages)


async def failure(call: Any) -> BlockyardError:
    with pytest.raises(BlockyardError) as caught:
        await call
    return caught.value


async def test_a_server_that_answers_well_is_read() -> None:
    with imap({}) as server:
        assert await with_imap(server, PLAIN_LOGIN, searched) == 1


@pytest.mark.parametrize(
    "answers",
    [
        {"EXAMINE": b"* 1 EXISTS\r\n"},
        {"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY abc] x\r\n* OK [UIDNEXT 9] x\r\n"},
        {"SEARCH": b"* SEARCH abc\r\n"},
        {"SEARCH": b"* SEARCH \xff\r\n"},
        {"FETCH": b"* 1 FETCH " + b"(" * 5_000 + b"\r\n"},
        {"FETCH": b"* 1 FETCH (UID 1 FLAGS abc)\r\n"},
        {"FETCH": b"* 1 FETCH (UID 1 FLAGS 5)\r\n"},
        {"FETCH": b"* 1 FETCH (UID 1 RFC822.SIZE abc)\r\n"},
        {"FETCH": b"* 1 FETCH (UID 1 BODYSTRUCTURE 5)\r\n"},
        {"FETCH": b"* 1 FETCH (UID 1 BODYSTRUCTURE ())\r\n"},
        {"CAPABILITY": b"* CAPABILITY \xff\r\n"},
    ],
)
async def test_nonsense_is_the_provider_s_error(answers: dict[str, bytes]) -> None:
    with imap(answers) as server:
        found = await failure(with_imap(server, PLAIN_LOGIN, searched))
    assert isinstance(found, ProviderError)
    assert server.address in str(found)


async def test_what_the_caller_gave_wrong_stays_its_own_error() -> None:
    def work(client: ImapClient) -> None:
        Mailbox(client).open("a\r\nb")

    with imap({}) as server, pytest.raises(InvalidInput, match="folder"):
        await with_imap(server, PLAIN_LOGIN, work)


def echoes(login: MailLogin) -> list[bytes]:
    name, secret = login.username, login.password.get_secret_value()
    plain = base64.b64encode(f"\0{name}\0{secret}".encode())
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"').encode()
    alone = base64.b64encode(secret.encode())
    hidden = "\u200b".join(secret).encode()
    return [plain, plain.rstrip(b"="), quoted, alone, secret.encode(), hidden, b"it's " + secret.encode()]


def betrays(text: str, login: MailLogin) -> bool:
    sent = [one.decode().rstrip("=") for one in echoes(login)]
    secret = login.password.get_secret_value()
    escaped = repr(secret.encode())[2:-1]
    return any(one in text for one in (*sent, escaped, repr(secret.encode().decode("latin-1"))[1:-1]))


@pytest.mark.parametrize("login", [LOGIN, PLAIN_LOGIN], ids=["authenticate", "login"])
@pytest.mark.parametrize("kind", [b"NO", b"BAD", b"BYE"])
@pytest.mark.parametrize("place", range(7))
async def test_an_imap_server_that_says_the_password_back_is_not_quoted(
    place: int, kind: bytes, login: MailLogin
) -> None:
    def say(tag: bytes, line: bytes) -> bytes:
        return (
            (b"*" if kind == b"BYE" else tag) + b" " + kind + b" bad string " + echoes(login)[place] + b"\r\n"
        )

    with imap({}, login=say) as server:
        found = await failure(with_imap(server, login, searched))
    if kind != b"BYE":
        assert isinstance(found, CredentialsError)
        assert "bad string" in str(found)
    assert not betrays("".join(traceback.format_exception(found)), login)
    assert found.__cause__ is None
    assert found.__context__ is None


@pytest.mark.parametrize("place", range(7))
async def test_an_smtp_server_that_says_the_password_back_is_not_quoted(place: int) -> None:
    def talk(wire: Any) -> None:
        wire.write(b"220 hi\r\n")
        while line := wire.readline():
            if line.upper().startswith(b"EHLO"):
                wire.write(b"250-hi\r\n250 AUTH PLAIN\r\n")
            elif line.upper().startswith(b"AUTH"):
                wire.write(b"535 bad string " + echoes(PLAIN_LOGIN)[place] + b"\r\n")
            else:
                wire.write(b"250 ok\r\n")

    with serving(talk) as server:
        found = await failure(try_smtp(server, PLAIN_LOGIN))
    assert isinstance(found, CredentialsError)
    assert "bad string" in str(found)
    assert not betrays("".join(traceback.format_exception(found)), PLAIN_LOGIN)
    assert found.__context__ is None


async def test_lines_of_flags_without_end_are_not_parsed() -> None:
    line = b"* 1 FETCH (UID 1 FLAGS (" + b"a " * 1_500_000 + b"))\r\n"
    with imap({"FETCH": line * 10}) as server:
        started = time.monotonic()
        found = await failure(with_imap(server, PLAIN_LOGIN, searched))
    assert "sends too much" in str(found)
    assert time.monotonic() - started < 5


async def test_a_session_that_was_given_up_while_it_connects_does_not_log_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logins: list[bytes] = []

    def slowly(server: MailServer) -> socket.socket:
        found = open_socket(server)
        time.sleep(0.6)
        return found

    def say(tag: bytes, line: bytes) -> bytes:
        logins.append(line)
        return tag + b" OK\r\n"

    monkeypatch.setattr(mail_imap, "open_socket", slowly)
    with imap({}, login=say) as server:
        await failure(with_imap(server, PLAIN_LOGIN, searched, timeout_s=0.2))
        await asyncio.sleep(1.0)
    assert logins == []


async def test_a_session_that_was_given_up_asks_for_no_more_parts() -> None:
    session = mail_imap._Session(MailServer("localhost", 1, "tls"), PLAIN_LOGIN)
    session.stop()
    asked: list[Any] = []

    class Client:
        def fetch(self, *given: Any) -> dict[int, Any]:
            asked.append(given)
            return {}

    with pytest.raises(ImapClient.loss):
        ImapClient(Client(), session._stopped.is_set).fetch([1], ["FLAGS"])
    assert asked == []
