"""The trigger against a local IMAP server: nothing is lost and nothing comes twice, whatever the UIDs do."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.email import _news
from backend.blocks.email._news import unknown
from backend.data.block import PollResult
from tests.blocks.email.driving import message, polled, with_file
from tests.support.mail_servers import MailServers


def subjects(result: PollResult) -> list[str]:
    return [one.data["subject"] for one in result.records]


async def rebuild(mail: MailServers, *messages: bytes) -> None:
    """The folder is made anew, as when an account is moved: other UIDs, another UIDVALIDITY."""
    mail.delete_folder("News")
    mail.make_folder("News")
    for one in messages:
        mail.receive(one, "News")


async def test_what_is_there_starts_nothing_and_what_comes_later_does_once(mail: MailServers) -> None:
    mail.receive(message("old"))
    first = await polled(mail, None)
    assert first.records == []
    mail.receive(message("new 1"))
    mail.receive(message("new 2"))
    second = await polled(mail, first.cursor)
    assert subjects(second) == ["new 1", "new 2"]
    assert (await polled(mail, second.cursor)).records == []


async def test_an_empty_folder_is_a_start_too(mail: MailServers) -> None:
    first = await polled(mail, None)
    mail.receive(message("first of all"))
    assert subjects(await polled(mail, first.cursor)) == ["first of all"]


async def test_what_is_there_is_given_when_it_is_wanted(mail: MailServers) -> None:
    mail.receive(message("old"))
    first = await polled(mail, None, emit_existing=True)
    assert subjects(first) == ["old"]
    assert (await polled(mail, first.cursor, emit_existing=True)).records == []


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"from_contains": "eve"}, ["größe"]),
        ({"subject_contains": "größe"}, ["größe"]),
        ({"only_with_attachments": True}, ["file"]),
        ({"only_unseen": True}, ["größe", "file"]),
    ],
)
async def test_filters_choose_and_what_they_leave_out_does_not_come_later(
    mail: MailServers, inputs: dict[str, Any], expected: list[str]
) -> None:
    first = await polled(mail, None, **inputs)
    mail.receive(message("größe", sender="eve@example.com"))
    mail.receive(message("read"), flags=("\\Seen",))
    mail.receive(with_file("file", "a.csv", b"a"))
    second = await polled(mail, first.cursor, **inputs)
    assert subjects(second) == expected
    assert (await polled(mail, second.cursor, **inputs)).records == []


async def test_another_uidvalidity_loses_nothing_and_gives_nothing_twice(mail: MailServers) -> None:
    mail.make_folder("News")
    one, two, three = (message(f"letter {n}") for n in (1, 2, 3))
    mail.receive(one, "News")
    first = await polled(mail, None, folder="News")
    mail.receive(two, "News")
    second = await polled(mail, first.cursor, folder="News")
    assert subjects(second) == ["letter 2"]

    await rebuild(mail, two, three, one)
    third = await polled(mail, second.cursor, folder="News")
    assert third.cursor["uid_validity"] != second.cursor["uid_validity"]
    assert subjects(third) == ["letter 3"]

    mail.receive(message("letter 4"), "News")
    fourth = await polled(mail, third.cursor, folder="News")
    assert subjects(fourth) == ["letter 4"]
    assert (await polled(mail, fourth.cursor, folder="News")).records == []


async def test_a_record_has_the_same_id_under_another_uidvalidity(mail: MailServers) -> None:
    mail.make_folder("News")
    before = await polled(mail, None, folder="News", emit_existing=True)
    letter = message("letter")
    mail.receive(letter, "News")
    [seen] = (await polled(mail, before.cursor, folder="News")).records
    await rebuild(mail, message("another"), letter)
    again = await polled(mail, before.cursor, folder="News")
    assert seen.id in {one.id for one in again.records}


async def test_two_deliveries_of_one_message_are_two(mail: MailServers) -> None:
    first = await polled(mail, None)
    letter = message("letter")
    mail.receive(letter)
    mail.receive(letter.replace(b"ESMTP id ", b"ESMTP id other-"))
    ids = [one.id for one in (await polled(mail, first.cursor)).records]
    assert len(set(ids)) == 2


async def test_many_come_in_parts_and_all_of_them_once(
    mail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_news, "AT_ONCE", 3)
    mail.make_folder("News")
    cursor = (await polled(mail, None, folder="News")).cursor
    letters = [message(f"letter {n}") for n in range(8)]
    for one in letters[:5]:
        mail.receive(one, "News")
    result = await polled(mail, cursor, folder="News")
    assert subjects(result) == ["letter 0", "letter 1", "letter 2"]

    await rebuild(mail, *letters)
    found: list[str] = []
    for _ in range(4):
        result = await polled(mail, result.cursor, folder="News")
        found += subjects(result)
    assert found == ["letter 3", "letter 4", "letter 5", "letter 6", "letter 7"]


def test_where_not_all_are_remembered_what_stands_before_them_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_news, "REMEMBERED", 2)
    prints = [(1, "older"), (2, "a"), (3, "b"), (4, "new")]
    assert unknown(prints, ["a", "b"]) == [(4, "new")]
    assert unknown(prints, ["b"]) == [(1, "older"), (2, "a"), (4, "new")]


async def test_looking_marks_nothing_as_read(mail: MailServers) -> None:
    first = await polled(mail, None)
    mail.receive(message("new"))
    await polled(mail, first.cursor)
    assert subjects(await polled(mail, first.cursor, only_unseen=True)) == ["new"]
