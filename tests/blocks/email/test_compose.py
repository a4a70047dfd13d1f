"""What a stranger put into a subject, an address or a file name stays there, and costs the server no time."""

from __future__ import annotations

import asyncio
import email
import email.policy
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from backend.blocks.email._compose import Composed, Draft, composed
from backend.blocks.email.send_message import EmailSendMessageBlock
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.util.errors import InvalidInput
from tests.blocks.email.driving import output
from tests.support.mail_servers import MailServers

AT = datetime(2026, 6, 1, tzinfo=UTC)


def made(**given: Any) -> Composed:
    draft = Draft(**{"sender": "ada@example.com", "to": ["bob@example.com"], "text": "Hello", **given})
    return composed(draft, idempotency_key="run/node/0", sent_at=AT)


def parsed(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def word(text: str) -> str:
    return f"=?utf-8?q?{text}?="


def a_file(name: str, media_type: str = "text/csv") -> FileContent:
    return FileContent(name, media_type, b"a,b\n")


@pytest.mark.parametrize(
    "given",
    [
        {"subject": word("a=0d=0aBcc:_x@evil.example")},
        {"subject": word("a=0d=0a=0d=0a<h1>pay</h1>")},
        {"subject": word("a=0aBcc:_x@evil.example")},
        {"subject": word("a=0dBcc:_x@evil.example")},
        {"subject": word("a=0d=0a=20=0d=0a=20pay")},
        {"subject": word("a=00b")},
        {"subject": f"Größe {word('a=0d=0aBcc:_x@evil.example')}"},
        {"to": [f"{word('a=0d=0aBcc=3a_x=40evil.example')} <bob@example.com>"]},
        {"to": [f'"{word("a=0d=0aBcc:_x@evil.example")}" <bob@example.com>']},
        {"sender": f'"{word("a=0d=0aBcc:_x@evil.example")}" <ada@example.com>'},
        {"files": [a_file(f"{word('a=0d=0aX-Evil:_1')}.txt")]},
        {"files": [a_file("a\r\nX-Evil: 1.txt")]},
        {"files": [a_file("a.txt", "text/csv\r\nX-Evil: 1")]},
        {"files": [a_file("a.txt", f"text/{word('csv=0d=0aX-Evil:_1')}")]},
    ],
)
def test_no_text_breaks_out_of_its_header(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="plain text"):
        made(**given)


@pytest.mark.parametrize(
    "subject",
    [
        word("Gr=C3=B6=C3=9Fe"),
        "x" * 900,
        "a b " * 220,
        "Größe " * 100,
        "=?utf-8?q?broken",
        "(:; <b@c.example>",
    ],
)
def test_other_subjects_are_one_header(subject: str) -> None:
    found = parsed(made(subject=subject).data)
    assert [*found.keys()].count("Subject") == 1
    assert "Bcc" not in found
    assert found.get_content().strip() == "Hello"


@pytest.mark.parametrize(
    "given",
    [
        {"to": ["bob@example.com," * 10_000]},
        {"to": ["bob@example.com"] * 2_000},
        {"cc": ["bob@example.com," * 1_200]},
        {"reply_to": ["bob@example.com," * 1_200]},
        {"to": ["(" * 3_000]},
        {"to": ["(" * 19_000]},
        {"to": ['"' + "\\" * 19_000]},
        {"to": [f"{'(' * 3_000} <bob@example.com>"]},
    ],
)
def test_addresses_that_were_made_to_be_slow_are_refused_at_once(given: dict[str, Any]) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidInput):
        made(**given)
    assert time.perf_counter() - started < 1.0


def test_who_is_named_twice_is_written_once() -> None:
    message = made(to=["Bob <bob@example.com>", "Bob <bob@example.com>"], cc=["bob@example.com"])
    assert message.recipients == ["bob@example.com"]
    assert parsed(message.data)["To"] == "Bob <bob@example.com>"


async def test_others_come_to_their_turn_while_a_large_message_is_made(mail: MailServers) -> None:
    large = FileContent("large.bin", "application/octet-stream", b"\0" * 17 * 1_048_576)
    waits: list[float] = []

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.01)
            waits.append(time.perf_counter() - begun - 0.01)

    made_in: list[bool] = []

    class Sends(EmailSendMessageBlock):
        async def hand_over(self, *_: Any) -> list[str]:
            made_in.append(bool(waits))
            return []

    ticking = asyncio.create_task(tick())
    await output(
        mail, Sends(), to=["bob@example.com"], text="x", attachments=[file_value(large)], files=(large,)
    )
    ticking.cancel()
    assert made_in == [True]
    assert len(waits) > 5


def test_nul_and_half_a_surrogate_pair_do_not_reach_the_message() -> None:
    odd = "a\0b\ud800c"
    message = parsed(made(subject=odd, text=odd, html=odd, files=[a_file(f"{odd}.csv")]).data)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    [file] = message.iter_attachments()
    found = (message["Subject"], text.get_content().strip(), html.get_content().strip(), file.get_filename())
    assert found == ("ab\ufffdc", "ab\ufffdc", "ab\ufffdc", "ab\ufffdc.csv")
    assert "\0" not in message.as_string()
