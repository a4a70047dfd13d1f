"""The blocks for mail, through the real clients against local servers."""

from __future__ import annotations

import email
import email.policy
import time
from email.message import EmailMessage
from typing import Any

import pytest

from backend.blocks.email._mime import content_of
from backend.blocks.email.flag_message import EmailFlagMessageBlock
from backend.blocks.email.get_attachments import EmailGetAttachmentsBlock
from backend.blocks.email.move_message import EmailMoveMessageBlock
from backend.blocks.email.read_message import EmailReadMessageBlock
from backend.blocks.email.search_messages import EmailSearchMessagesBlock
from backend.blocks.email.send_message import EmailSendMessageBlock
from backend.blocks.testing import DirectContext
from backend.data.block import Block
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.util.errors import (
    BlockError,
    CredentialsError,
    InvalidInput,
    ProviderError,
    ProviderNotFound,
    ProviderUnavailable,
)
from tests.blocks.email.driving import message, output, outputs, with_file
from tests.support.mail_servers import MailServers

INVOICE = FileContent("größe.csv", "text/csv", b"a,b\r\n1,2\r\n")


def parsed(data: bytes) -> EmailMessage:
    made = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


async def uids(mail: MailServers, **inputs: Any) -> list[int]:
    found = await output(mail, EmailSearchMessagesBlock(), **inputs)
    return [one["uid"] for one in found["messages"]]


# -- send --------------------------------------------------------------------------------------------------


async def test_a_message_arrives_with_texts_names_and_files_and_the_blind_copy_is_in_no_header(
    mail: MailServers,
) -> None:
    sent = await output(
        mail,
        EmailSendMessageBlock(),
        to=["Gräfin Ada <ada@example.com>, bob@example.com"],
        cc=["carol@example.com"],
        bcc=["secret@example.com"],
        reply_to=["answers@example.com"],
        from_name='Bureau "Größe"',
        subject="Größe & mehr 😀" * 10,
        text="Hallo, größe!\n" + "x" * 2000,
        html="<p>größe</p>",
        attachments=[file_value(INVOICE)],
        files=(INVOICE,),
    )
    [took] = mail.delivered
    assert took.sender == "ada@example.com"
    assert sent["recipients"] == took.recipients
    assert took.recipients == [
        "ada@example.com",
        "bob@example.com",
        "carol@example.com",
        "secret@example.com",
    ]
    assert b"secret@example.com" not in took.data
    assert max(map(len, took.data.split(b"\r\n"))) <= 998
    got = parsed(took.data)
    assert got["Subject"] == "Größe & mehr 😀" * 10
    assert got["From"] == "Bureau Größe <ada@example.com>"
    assert got["To"] == "Gräfin Ada <ada@example.com>, bob@example.com"
    assert (got["Reply-To"], got["Message-ID"]) == ("answers@example.com", sent["message_id"])
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().startswith("Hallo, größe!\r\nxxx")
    assert html.get_content().strip() == "<p>größe</p>"
    [file] = got.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("größe.csv", "text/csv")
    assert file.get_payload(decode=True) == INVOICE.data


async def test_an_answer_names_its_thread_however_long_its_ids_are(mail: MailServers) -> None:
    long_id = f"<{'x' * 200}@example.com>"
    sent = await output(
        mail,
        EmailSendMessageBlock(),
        to=["bob@example.com"],
        text="Yes",
        in_reply_to=long_id,
        references=["<first@example.com>", long_id],
    )
    got = parsed(mail.delivered[0].data)
    assert got["In-Reply-To"] == long_id
    assert got["References"].split() == ["<first@example.com>", long_id]
    assert long_id.encode() in mail.delivered[0].data
    assert sent["thread_id"] == "<first@example.com>"


async def test_a_repetition_sends_the_same_id_and_another_firing_another(mail: MailServers) -> None:
    ids = [
        (await output(mail, EmailSendMessageBlock(), to=["b@example.com"], text="Hi", key=key))["message_id"]
        for key in ("run/node/0", "run/node/0", "run/node/1")
    ]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    "inputs",
    [
        {"to": ["bob@example.com"], "text": "x", "in_reply_to": "<a@b>\r\nBcc: <eve@example.com>"},
        {"to": ["bob@example.com\r\nRCPT TO:<eve@example.com>"], "text": "x"},
        {"to": ["bob@example.com"], "text": "x", "from_address": "a@b.example, c@d.example"},
        {"to": [f"p{number}@example.com" for number in range(101)], "text": "x"},
    ],
)
async def test_what_would_say_more_than_it_should_is_not_sent(
    mail: MailServers, inputs: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        await output(mail, EmailSendMessageBlock(), **inputs)
    assert mail.delivered == []


async def test_line_breaks_in_subject_and_name_add_no_header(mail: MailServers) -> None:
    await output(
        mail,
        EmailSendMessageBlock(),
        to=["bob@example.com"],
        text="x",
        subject="a\r\nBcc: eve@example.com",
        from_name="b\r\nX-Evil: 1",
    )
    got = parsed(mail.delivered[0].data)
    assert got["Bcc"] is None
    assert got["X-Evil"] is None
    assert got["Subject"] == "a Bcc: eve@example.com"


async def test_more_than_servers_take_is_refused_here(mail: MailServers) -> None:
    large = FileContent("large.bin", "application/octet-stream", bytes(20 * 1_048_576))
    with pytest.raises(InvalidInput, match="25 MiB"):
        await output(
            mail,
            EmailSendMessageBlock(),
            to=["b@example.com"],
            attachments=[file_value(large)],
            files=(large,),
        )


# -- search ------------------------------------------------------------------------------------------------


async def test_a_search_gives_the_newest_first_and_says_whether_there_are_more(mail: MailServers) -> None:
    for number in range(5):
        mail.receive(message(f"Letter {number}"))
    pairs = await outputs(mail, EmailSearchMessagesBlock(), limit=2)
    assert [pin for pin, _ in pairs] == ["message", "uid", "message", "uid", "messages", "has_more"]
    found = dict(pairs)
    assert [one["subject"] for one in found["messages"]] == ["Letter 4", "Letter 3"]
    assert found["has_more"] is True
    assert found["messages"][0]["from_name"] == "Bob"
    assert found["messages"][0]["date"] == "2026-06-01T10:00:00+00:00"
    assert found["messages"][0]["is_seen"] is False


@pytest.mark.parametrize(
    ("inputs", "subjects"),
    [
        ({"from_contains": "eve@"}, ["größe (1) {5}"]),
        ({"subject_contains": "größe (1)"}, ["größe (1) {5}"]),
        ({"subject_contains": "(1) {5}"}, ["größe (1) {5}"]),
        ({"subject_contains": 'with "quotes" \\ and'}, ['with "quotes" \\ and more']),
        ({"subject_contains": "x) OR ALL ("}, []),
        ({"text_contains": "needle"}, ['with "quotes" \\ and more']),
        ({"only_unseen": True}, ["with a file", "größe (1) {5}"]),
        ({"only_with_attachments": True}, ["with a file"]),
        ({"to_contains": "nobody"}, []),
        ({"since": "2100-01-01"}, []),
        (
            {"before": "2100-01-01", "since": "2000-01-01T10:00:00"},
            ["with a file", 'with "quotes" \\ and more', "größe (1) {5}"],
        ),
    ],
)
async def test_each_filter_finds_what_it_names_and_nothing_else(
    mail: MailServers, inputs: dict[str, Any], subjects: list[str]
) -> None:
    mail.receive(message("größe (1) {5}", sender="Eve <eve@example.com>"))
    mail.receive(message('with "quotes" \\ and more', text="a needle in it"), flags=("\\Seen",))
    mail.receive(with_file("with a file", "a.csv", b"a"))
    found = await output(mail, EmailSearchMessagesBlock(), **inputs)
    assert [one["subject"] for one in found["messages"]] == subjects


async def test_a_folder_that_is_not_there_is_not_found_and_the_others_are_named(mail: MailServers) -> None:
    mail.make_folder("Größe")
    with pytest.raises(ProviderNotFound, match="INBOX, Größe"):
        await output(mail, EmailSearchMessagesBlock(), folder="Nowhere")
    assert await uids(mail, folder="Größe") == []


@pytest.mark.parametrize("block", [EmailSearchMessagesBlock(), EmailReadMessageBlock()])
async def test_a_line_break_in_a_folder_or_a_filter_reaches_no_server(
    mail: MailServers, block: Block
) -> None:
    with pytest.raises(InvalidInput, match="line break"):
        await output(mail, block, folder="INBOX\r\nA1 DELETE INBOX", uid=1)


# -- read --------------------------------------------------------------------------------------------------


async def test_reading_gives_texts_thread_and_files_and_marks_nothing(mail: MailServers) -> None:
    mail.receive(with_file("Invoice", "größe.csv", b"a,b"))
    [uid] = await uids(mail)
    read = await output(mail, EmailReadMessageBlock(), uid=uid)
    assert read["text"].strip() == "See the file."
    assert read["html"].strip() == "<p>See the file.</p>"
    assert read["references"] == [read["message_id"]] == [read["thread_id"]]
    assert read["attachments"] == [
        {"name": "größe.csv", "media_type": "text/csv", "size_bytes": 3, "is_inline": False}
    ]
    assert await uids(mail, only_unseen=True) == [uid]
    marked = await output(mail, EmailReadMessageBlock(), uid=uid, mark_seen=True)
    assert marked["message"]["is_seen"] is True
    assert await uids(mail, only_unseen=True) == []


@pytest.mark.parametrize(("letters", "is_complete"), [(2_000_000, True), (2_000_001, False)])
async def test_a_text_that_is_cut_is_told_to_be(mail: MailServers, letters: int, is_complete: bool) -> None:
    lines = "x" * 499 + "\n"
    text = lines * (letters // 500) + "y" * (letters % 500)
    mail.receive(b"Subject: long\r\nContent-Type: text/plain\r\n\r\n" + text.encode())
    read = await output(mail, EmailReadMessageBlock(), uid=(await uids(mail))[0])
    assert read["is_complete"] is is_complete
    assert read["text"] == text[:2_000_000]


async def test_a_message_that_is_gone_is_not_found(mail: MailServers) -> None:
    for block in (EmailReadMessageBlock(), EmailGetAttachmentsBlock()):
        with pytest.raises(ProviderNotFound, match="UID 4711"):
            await output(mail, block, uid=4711)


async def test_a_hostile_message_is_read_as_far_as_it_goes(mail: MailServers) -> None:
    mail.receive(
        b"From: =?bogus?q?x?= <a@b.example>, \xff\xfe\r\nSubject: =?utf-8?b?!!!?= \x00 =?utf-8?q?=FF?=\r\nDate: never\r\n"
        b"Message-ID: none\r\nContent-Type: text/plain; charset=punycode\r\n\r\nbody \xff\x00 end\r\n"
    )
    [uid] = await uids(mail)
    read = await output(mail, EmailReadMessageBlock(), uid=uid)
    assert read["from_email"] == "a@b.example"
    assert (read["message"]["date"], read["message_id"]) == ("", "")
    assert read["text"].startswith("body")
    assert "\0" not in str(read)


NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(5_000))


@pytest.mark.parametrize(
    "raw",
    [
        NESTED.encode(),
        b"Content-Type: multipart/mixed" + b";a" * 3_000_000 + b"\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5_000,
    ],
)
def test_messages_that_are_made_to_be_slow_are_refused_in_time(raw: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(BlockError, match="cannot be read"):
        content_of(b"Subject: slow\r\n" + raw)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "utf-7"])
def test_a_text_in_a_charset_that_is_none_is_read_in_time(charset: str) -> None:
    started = time.monotonic()
    head = f"Content-Type: text/plain; charset={charset}; name*0*={charset}'x'%61\r\n\r\n"
    content_of(head.encode() + b"a-" * 500_000)
    assert time.monotonic() - started < 2


# -- files, move, flags ------------------------------------------------------------------------------------


async def test_attachments_become_files_of_the_platform(mail: MailServers) -> None:
    mail.receive(with_file("Invoice", "größe.csv", b"a,b\n"))
    [uid] = await uids(mail)
    context = DirectContext()
    got = await output(mail, EmailGetAttachmentsBlock(), uid=uid, name_contains="GRÖSSE", context=context)
    assert got["names"] == ["größe.csv"]
    kept = await context.read_file(got["files"][0])
    assert (kept.name, kept.media_type, kept.data) == ("größe.csv", "text/csv", b"a,b\n")
    assert (await output(mail, EmailGetAttachmentsBlock(), uid=uid, name_contains=".pdf"))["files"] == []


async def test_a_message_is_moved_and_only_to_where_there_is_a_folder(mail: MailServers) -> None:
    mail.receive(message("One"))
    mail.make_folder("Größe/2026")
    [uid] = await uids(mail)
    with pytest.raises(ProviderNotFound, match="Größe/2026"):
        await output(mail, EmailMoveMessageBlock(), uid=uid, target="Nowhere")
    assert (await output(mail, EmailMoveMessageBlock(), uid=uid, target="Größe/2026")) == {
        "folder": "Größe/2026"
    }
    assert await uids(mail) == []
    assert len(await uids(mail, folder="Größe/2026")) == 1


async def test_flags_are_set_and_taken_away(mail: MailServers) -> None:
    mail.receive(message("One"), flags=("\\Seen",))
    [uid] = await uids(mail)
    flagged = await output(mail, EmailFlagMessageBlock(), uid=uid, seen=False, flagged=True)
    assert flagged["flags"] == ["\\Flagged"]
    found = await output(mail, EmailSearchMessagesBlock())
    assert found["messages"][0]["is_flagged"] is True
    assert found["messages"][0]["is_seen"] is False


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "inputs"),
    [
        (EmailSearchMessagesBlock(), {}),
        (EmailReadMessageBlock(), {"uid": 1}),
        (EmailSendMessageBlock(), {"to": ["b@example.com"], "text": "x"}),
    ],
)
async def test_a_wrong_password_says_to_connect_again(
    mail: MailServers, block: Block, inputs: dict[str, Any]
) -> None:
    with pytest.raises(CredentialsError, match="Connect E-mail again"):
        await output(mail, block, password="wrong-password", **inputs)


async def test_a_server_that_is_busy_is_unavailable_and_one_that_refuses_is_not(mail: MailServers) -> None:
    mail.refusals["DATA"] = "451 4.3.0 come again"
    with pytest.raises(ProviderUnavailable, match="come again"):
        await output(mail, EmailSendMessageBlock(), to=["b@example.com"], text="x")
    mail.refusals["DATA"] = "554 5.7.1 spam"
    with pytest.raises(ProviderError, match="spam"):
        await output(mail, EmailSendMessageBlock(), to=["b@example.com"], text="x")
