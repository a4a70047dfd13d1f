"""One session with an IMAP server, from a thread: checked address, TLS before the password, bounded in bytes and time.

The protocol is IMAPClient's (BSD), see page 27 of the decisions.
"""

from __future__ import annotations

import codecs
import contextlib
import imaplib
import logging
import re
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import imapclient  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]  # it has none
import imapclient.exceptions  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
import imapclient.response_parser  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]

from backend.util.errors import (
    BlockyardError,
    CredentialsError,
    ProviderError,
    ProviderNotFound,
    ProviderUnavailable,
)
from backend.util.http_transport import tls_context
from backend.util.mail_connect import (
    STEP_TIMEOUT_S,
    MailLogin,
    MailServer,
    in_mail_thread,
    may_be_plain,
    no_tls,
    open_socket,
    unreachable,
)

T = TypeVar("T")

_IMAPClient: Any = imapclient.IMAPClient
LoginError: Any = imapclient.exceptions.LoginError
parse_message_list: Any = imapclient.response_parser.parse_message_list

MOST_BYTES = 96 * 1_048_576
"""What a server may send in one session."""
_MOST_LINE_BYTES = 8 * 1_048_576
"""For all lines of a session, without literals: what is in them is parsed slowly, and nobody can stop that.

imaplib takes 1 MB for each, which the answer to a search of a large mailbox passes.
"""
_NONSENSE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the libraries and their callers raise over an answer that is not as the protocol has it."""
_AS_PYTHON_WRITES = re.compile(r"""\[?\bb(?P<quote>['"])(?P<inner>.*)(?P=quote)\]?\Z""", re.DOTALL)
_BUSY = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""RFC 5530: the server has trouble, and the password is not the reason."""

for _name in ("imapclient.imapclient", "imapclient.imaplib"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below that it logs what is sent and read


class _Wire(imaplib.IMAP4):
    """imaplib over a socket that is open already."""

    def __init__(self, opened: socket.socket, server: MailServer) -> None:
        self._opened = opened
        self._left_bytes = MOST_BYTES
        self._left_line_bytes = _MOST_LINE_BYTES
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._opened

    def read(self, size: int) -> bytes:
        if size > self._left_bytes:
            raise self.abort(_TOO_MUCH)
        return self._counted(super().read(size))

    def readline(self) -> bytes:
        reader: Any = self.file
        line: bytes = reader.readline(self._left_line_bytes + 1)
        self._left_line_bytes -= len(line)
        if self._left_line_bytes < 0:
            raise self.abort(_TOO_LONG)
        return self._counted(line)

    def _counted(self, data: bytes) -> bytes:
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            raise self.abort(_TOO_MUCH)
        return data


_TOO_MUCH = f"it sends more than {MOST_BYTES // 1_048_576} MiB"
_TOO_LONG = f"it sends more than {_MOST_LINE_BYTES // 1_048_576} MiB of lists and flags"


_STOPPED = "nobody waits for it any more"


class _Client(_IMAPClient):  # type: ignore[misc]  # the library has no types
    """IMAPClient over a socket that was opened and checked here."""

    def __init__(self, opened: socket.socket, server: MailServer) -> None:
        self._opened = opened
        self._server = server
        is_tls = server.security == "tls"
        super().__init__(server.host, server.port, ssl=is_tls, timeout=STEP_TIMEOUT_S)  # pyright: ignore[reportUnknownMemberType]

    def _create_IMAP4(self) -> _Wire:  # noqa: N802  # IMAPClient's name
        if self._server.security == "tls":
            self._opened = tls_context().wrap_socket(self._opened, server_hostname=self._server.host)
        return _Wire(self._opened, self._server)

    def search_raw(self, arguments: Sequence[bytes]) -> Any:
        """IMAPClient's own `search` leaves brackets unquoted."""
        return self._raw_command_untagged(b"SEARCH", list(arguments))


class ImapClient:
    """What may be done in a session. Refusals are imaplib's; `with_imap` makes typed ones of them."""

    refusal: ClassVar[type[Exception]] = imaplib.IMAP4.error
    """What a server's no is, before it is typed."""
    loss: ClassVar[type[Exception]] = imaplib.IMAP4.abort
    """The kind of it after which the connection is gone."""

    def __init__(self, client: Any, is_stopped: Callable[[], bool] = lambda: False) -> None:
        self._client = client
        self._is_stopped = is_stopped

    def select(self, folder: str, *, is_readonly: bool) -> dict[bytes, Any]:
        """Open a folder: its `UIDVALIDITY`, `UIDNEXT` and `EXISTS`."""
        answer: dict[bytes, Any] = self._client.select_folder(folder, readonly=is_readonly)
        return answer

    def find(self, criteria: Sequence[bytes]) -> list[int]:
        """UIDs of the open folder, in the server's order.

        `criteria` are as they go over the wire; a value that is not ASCII is an item of its own, and is sent as
        a literal of UTF-8.
        """
        is_ascii = all(one.isascii() for one in criteria)
        charset = [] if is_ascii else [b"CHARSET", b"UTF-8"]
        found: Any = parse_message_list(self._client.search_raw([*charset, *criteria]))
        return [int(uid) for uid in found]

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """What is asked of each message; those that are gone are not among them."""
        if self._is_stopped():
            raise imaplib.IMAP4.abort(_STOPPED)
        answer: dict[int, dict[bytes, Any]] = self._client.fetch(list(uids), list(items))
        return answer

    def set_flags(self, uids: Sequence[int], flags: Sequence[str], *, is_on: bool) -> None:
        change = self._client.add_flags if is_on else self._client.remove_flags
        change(list(uids), list(flags))

    def move(self, uids: Sequence[int], folder: str) -> None:
        """RFC 6851; where the server has none of it, copied and then deleted, by their UIDs alone (RFC 4315).

        Raises:
            ProviderError: the server can do neither.
        """
        if self._client.has_capability("MOVE"):
            self._client.move(list(uids), folder)
        elif self._client.has_capability("UIDPLUS"):
            self._client.copy(list(uids), folder)
            self._client.delete_messages(list(uids))
            self._client.uid_expunge(list(uids))
        else:
            raise ProviderError("The mail server cannot move messages (neither MOVE nor UIDPLUS).")

    def folders(self) -> list[str]:
        """All that there are to open."""
        return [str(name) for flags, _, name in self._client.list_folders() if b"\\Noselect" not in flags]


class _Session:
    """A login and what is done with it; `stop` may be called from another thread."""

    def __init__(self, server: MailServer, login: MailLogin) -> None:
        self._server = server
        self._login = login
        self._socket: socket.socket | None = None
        self._stopped = threading.Event()

    def run(self, work: Callable[[ImapClient], T]) -> T:
        """What `work` gives. Its errors have no context: in a server's words the password may be echoed."""
        try:
            return self._done(work)
        except (BlockyardError, imaplib.IMAP4.error, OSError) as error:
            failure = self._typed(error)
        except _NONSENSE:
            failure = self._nonsense()
        finally:
            self.stop()
        failure.__cause__ = failure.__context__ = None
        raise failure

    def _done(self, work: Callable[[ImapClient], T]) -> T:
        client = self._connected()
        try:
            self._authenticate(client)
            return work(ImapClient(client, self._stopped.is_set))
        finally:
            self._leave(client)

    def _typed(self, error: Exception) -> BlockyardError:
        match error:
            case BlockyardError():
                return error
            case LoginError():
                return self._not_let_in(str(error))
            case imaplib.IMAP4.abort():
                return self._lost(error)
            case imaplib.IMAP4.error():
                return self._refused(error)
            case _:
                return unreachable(self._server, error)

    def _nonsense(self) -> ProviderError:
        return ProviderError(
            f"The mail server {self._server.address} sends what is no IMAP. Check its name and port; if other mail "
            "programs can read there, tell the server's operator."
        )

    def stop(self) -> None:
        """Close the connection under whoever reads from it."""
        self._stopped.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()

    def _connected(self) -> Any:
        self._socket = open_socket(self._server)
        if self._stopped.is_set():
            raise imaplib.IMAP4.abort(_STOPPED)
        client: Any = _Client(self._socket, self._server)
        self._socket = client.socket()
        if self._server.security == "starttls":
            if client.has_capability("STARTTLS"):
                client.starttls(tls_context())
                self._socket = client.socket()
            elif not may_be_plain(self._server):
                raise no_tls(self._server)
        return client

    def _authenticate(self, client: Any) -> None:
        """LOGIN takes ASCII only, so that other passwords go by AUTHENTICATE PLAIN (RFC 4616), which is UTF-8."""
        name, password = self._login.username, self._login.password.get_secret_value()
        is_ascii = (name + password).isascii()
        if client.has_capability("LOGINDISABLED") or not is_ascii:
            client.plain_login(name, password)
        else:
            client.login(name, password)

    def _not_let_in(self, text: str) -> ProviderError:
        said = self._login.blotted(_words(text))
        if any(code in text.upper() for code in _BUSY):
            return ProviderUnavailable(
                f"The mail server {self._server.address} takes no logins now: {said}. Try again later."
            )
        return CredentialsError(
            f"The mail server {self._server.address} refused the user name or the password: {said}. Connect E-mail "
            "again. Gmail, iCloud, Yahoo and others want an app password instead of the usual one, and IMAP switched on."
        )

    def _refused(self, error: Exception) -> ProviderError:
        text = str(error)
        said = self._login.blotted(_words(text))
        kind = ProviderNotFound if "[NONEXISTENT]" in text.upper() else ProviderError
        return kind(f"The mail server {self._server.address} says: {said}")

    def _lost(self, error: Exception) -> ProviderError:
        for limit in (_TOO_MUCH, _TOO_LONG):
            if limit in str(error):
                return ProviderError(
                    f"The mail server {self._server.address} sends too much: {limit}. Ask for fewer messages."
                )
        return unreachable(self._server, error)

    def _leave(self, client: Any) -> None:
        with contextlib.suppress(Exception):  # what was asked for is here, or its error is on the way
            client.socket().settimeout(2.0)
            client.logout()


def _words(text: str) -> str:
    """`b'[AUTHENTICATIONFAILED] no'` and `LOGIN command error: BAD [b'no']` as the server has written them."""
    found = _AS_PYTHON_WRITES.search(text)
    if found is None:
        return text
    try:
        raw, _ = codecs.escape_decode(found["inner"].encode())
    except ValueError:
        return text
    return text[: found.start()] + raw.decode("utf-8", "replace")


async def with_imap(
    server: MailServer, login: MailLogin, work: Callable[[ImapClient], T], *, timeout_s: float = 120.0
) -> T:
    """What `work` gives, which is called in a thread with a client that is logged in.

    Raises:
        CredentialsError: the user name or the password was refused.
        AddressRefused, ProviderUnavailable, ProviderNotFound, ProviderError: it is not reached, or says no.
    """
    session = _Session(server, login)
    try:
        return await in_mail_thread(lambda: session.run(work), timeout_s=timeout_s, stop=session.stop)
    except TimeoutError as error:
        raise ProviderUnavailable(
            f"The mail server {server.address} did not answer within {timeout_s:g} s. Try again, or ask for less."
        ) from error
