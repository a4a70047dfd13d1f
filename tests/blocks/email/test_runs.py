"""The long runs of base64 in a message are not parsed, and what comes out is as if they were."""

from __future__ import annotations

import base64
import binascii
import email
import os
import random
from email.message import EmailMessage

import pytest

from backend.blocks.email._mime import content_of
from backend.blocks.email._runs import decoded_body, thin

MARK = b"mark4711x"
DATA = os.urandom(300_000)
RUN = base64.encodebytes(DATA)


def attached(data: bytes) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Größe"
    made.set_content("See the file.")
    made.add_attachment(data, maintype="a", subtype="b", filename="größe.bin")
    return made


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 100, 65_536, 98_304, 98_305, 1_000_001])
def test_a_file_is_byte_for_byte_what_was_sent(end: bytes, size: int) -> None:
    data = os.urandom(size)
    found = content_of(attached(data).as_bytes().replace(b"\n", end))
    assert found.text == "See the file.\n"[: len(found.text)]
    assert [(one.name, one.data) for one in found.attachments] == [("größe.bin", data)]


def test_what_is_parsed_is_short_and_whole_again_it_is_the_same() -> None:
    raw = attached(os.urandom(5_000_000)).as_bytes()
    made = thin(raw, MARK)
    assert len(made.data) < 100_000
    assert made.whole(made.data) == raw


@pytest.mark.parametrize("seed", range(20))
def test_whatever_there_is_between_runs_nothing_is_lost(seed: int) -> None:
    pick = random.Random(seed)
    between = [
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b"--b\n",
        b"A: b\n",
        b" ",
        b"=",
        b"-",
        b"",
        b"A" * 70_000,
        b"\n" * 70_000,
    ]
    raw = b"".join(pick.choice([RUN, RUN[: pick.randrange(90_000)], *between]) for _ in range(40))
    made = thin(raw, MARK)
    assert made.whole(made.data) == raw
    kept = made.data.replace(MARK, b"")
    assert kept.count(b"--b\n") == raw.count(b"--b\n")
    assert kept.count(b": ") == raw.count(b": ")


def test_the_empty_line_that_ends_headers_stays_where_it_is() -> None:
    raw = b"Subject: x\r\nX-Key: " + b"A" * 40_000 + b"\r\n\r\n" + RUN
    assert thin(raw, MARK).data.count(b"\r\n\r\n") == 1
    assert content_of(raw).text.startswith(RUN[:60].decode())


def test_a_text_that_looks_like_a_file_is_read_as_it_is() -> None:
    found = content_of(b"Subject: key\n\n" + b"Begin:\n" + RUN + b"\nEnd.\n")
    assert found.text == "Begin:\n" + RUN.decode() + "\nEnd.\n"


def test_a_message_within_the_message_is_a_file_with_its_files() -> None:
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.set_content("See below.")
    outer.add_attachment(attached(DATA))
    [inner] = content_of(outer.as_bytes()).attachments
    parsed = email.message_from_bytes(inner.data)
    assert parsed.get_payload(1).get_payload(decode=True) == DATA  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "raw",
    [
        RUN,
        RUN.replace(b"\n", b""),
        RUN.replace(b"\n", b"-\n"),
        RUN.rstrip(b"=\n"),
        RUN + b"=\n" + RUN,
        b"QUJ",
        b"Q",
        b"=",
        b"",
    ],
)
def test_base64_is_decoded_in_pieces_as_the_library_does_it_at_once(raw: bytes) -> None:
    letters = raw.split(b"=")[0]
    usable = len(letters.translate(None, b"\n-"))
    at_once = binascii.a2b_base64(letters[:-1] if usable % 4 == 1 else letters + b"==")
    assert decoded_body(raw, "base64") == at_once
