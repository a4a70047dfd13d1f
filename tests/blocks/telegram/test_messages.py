"""Messages through the real client against a local Bot API: sent, in pieces, with buttons, changed, deleted, answered."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.telegram._messages import LONGEST_TEXT, pieces
from backend.blocks.telegram.callbacks import TelegramAnswerCallbackBlock
from backend.blocks.telegram.messages import (
    TelegramDeleteMessageBlock,
    TelegramEditMessageBlock,
    TelegramSendMessageBlock,
)
from backend.data.block import Block
from backend.util.errors import InvalidInput, ProviderError, ProviderForbidden, ProviderNotFound
from tests.blocks.telegram.conftest import Run
from tests.support.telegram_server import ADA, GROUP, NEWS, TelegramBot

SEND, EDIT, DELETE = TelegramSendMessageBlock(), TelegramEditMessageBlock(), TelegramDeleteMessageBlock()
YES = {"text": "Yes", "callback_data": "yes"}
NO = {"text": "No", "callback_data": "no"}
MORE = {"text": "More", "url": "https://example.com/"}


# -- send --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "found", "url"),
    [
        ("1111111", ADA, ""),
        (" -1001234567890 ", GROUP, "https://t.me/c/1234567890/1"),
        ("@engine_news", NEWS, "https://t.me/engine_news/1"),
    ],
)
async def test_a_message_reaches_a_person_a_group_and_a_channel(
    bot: TelegramBot, run: Run, chat: str, found: dict[str, Any], url: str
) -> None:
    told = dict(await run(SEND, chat=chat, text="größe *and* <b>_no_ marks"))
    [message] = bot.messages[found["id"]]
    assert message["text"] == "größe *and* <b>_no_ marks"
    assert told == {
        "message_id": "1",
        "chat_id": str(found["id"]),
        "url": url,
        "message": message,
        "message_ids": ["1"],
    }


async def test_what_is_not_wanted_is_not_sent(bot: TelegramBot, run: Run) -> None:
    await run(SEND, chat="1111111", text="Hello")
    assert bot.of("sendMessage") == [{"chat_id": 1111111, "text": "Hello"}]


async def test_a_reply_is_silent_marked_without_preview_and_in_its_topic(bot: TelegramBot, run: Run) -> None:
    asked = bot.say(GROUP, "Question")
    await run(
        SEND,
        chat=str(GROUP["id"]),
        text="<b>Answer</b>",
        parse_mode="HTML",
        reply_to=asked,
        silent=True,
        show_preview=False,
        topic_id="9",
    )
    message = bot.messages[GROUP["id"]][1]
    assert (message["text"], message["reply_to_message"]["text"]) == ("Answer", "Question")
    [call] = bot.of("sendMessage")
    assert (call["disable_notification"], call["message_thread_id"]) == (True, 9)
    assert call["link_preview_options"] == {"is_disabled": True}


async def test_buttons_stand_in_rows(bot: TelegramBot, run: Run) -> None:
    await run(
        SEND, chat="1111111", text="Which?", buttons=[YES, {**NO, "url": None}, MORE], buttons_per_row=2
    )
    [message] = bot.messages[ADA["id"]]
    assert message["reply_markup"] == {"inline_keyboard": [[YES, NO], [MORE]]}


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ({"text": "No"}, "Button 2"),
        ({"text": " ", "url": "https://example.com/"}, "Button 2"),
        ({**YES, "url": "https://example.com/"}, "Button 2"),
        ({**YES, "colour": "red"}, "nothing else"),
        ({"text": "Long", "callback_data": "ü" * 33}, "64 bytes"),
    ],
)
async def test_what_is_no_button_is_refused_unsent(
    bot: TelegramBot, run: Run, button: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        await run(SEND, chat="1111111", text="Which?", buttons=[YES, button])
    assert bot.calls == []


@pytest.mark.parametrize("chat", ["ada", "", "@a", "https://t.me/ada", "1.5", "9" * 30])
async def test_what_is_no_chat_is_refused_unsent(bot: TelegramBot, run: Run, chat: str) -> None:
    with pytest.raises(InvalidInput, match="is no chat"):
        await run(SEND, chat=chat, text="Hello")
    assert bot.calls == []


async def test_marks_that_do_not_close_are_explained(bot: TelegramBot, run: Run) -> None:
    with pytest.raises(ProviderError, match=r"parse entities.*&lt; for <"):
        await run(SEND, chat="1111111", text="<b>Hello", parse_mode="HTML")


async def test_a_person_who_has_blocked_the_bot_is_told_as_such(bot: TelegramBot, run: Run) -> None:
    bot.blocked.add("1111111")
    with pytest.raises(ProviderForbidden, match="blocked by the user"):
        await run(SEND, chat="1111111", text="Hello")


# -- long texts --------------------------------------------------------------------------------------------


async def test_a_long_text_is_refused_unless_it_may_be_split(bot: TelegramBot, run: Run) -> None:
    with pytest.raises(InvalidInput, match="`split_long`"):
        await run(SEND, chat="1111111", text="x" * (LONGEST_TEXT + 1))
    assert bot.calls == []


async def test_a_split_text_replies_with_its_first_and_has_buttons_under_its_last(
    bot: TelegramBot, run: Run
) -> None:
    asked = bot.say(ADA, "All lines, please")
    lines = [f"line {number} 😀" for number in range(1000)]
    told = dict(
        await run(
            SEND, chat="1111111", text="\n".join(lines), split_long=True, reply_to=str(asked), buttons=[YES]
        )
    )
    sent = bot.messages[ADA["id"]][1:]
    assert "\n".join(one["text"] for one in sent) == "\n".join(lines)
    assert ["reply_to_message" in one for one in sent] == [True] + [False] * (len(sent) - 1)
    assert ["reply_markup" in one for one in sent] == [False] * (len(sent) - 1) + [True]
    assert told["message_ids"] == [str(one["message_id"]) for one in sent]
    assert (told["message"], told["message_id"]) == (sent[-1], told["message_ids"][-1])


async def test_html_is_split_where_no_tag_is_open(bot: TelegramBot, run: Run) -> None:
    part = "<b>bold\nand still\nbold</b>\nplain\n"
    await run(SEND, chat="1111111", text=part * 300, parse_mode="HTML", split_long=True)
    sent = [one["text"] for one in bot.messages[ADA["id"]]]
    assert len(sent) > 2
    assert "\n".join(sent) == "bold\nand still\nbold\nplain\n" * 300


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("x" * LONGEST_TEXT, [4096]),
        ("x" * LONGEST_TEXT + "\n" + "y", [4096, 1]),
        ("x" * 9000, [4096, 4096, 808]),
        ("😀" * 2049, [2048, 1]),
        ("x" + "😀" * 2048, [2048, 1]),
        ("x" * 4000 + " " + "y" * 500, [4001, 500]),
        ("x" * 10 + "\n" * 10_000 + "y", [4096, 1817]),
    ],
)
def test_pieces_are_as_long_as_they_may_be(text: str, sizes: list[int]) -> None:
    assert [len(piece) for piece in pieces(text, "none", is_split=True)] == sizes


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("<b>" + "line\n" * 1000 + "</b>", "HTML", "Close the tags"),
        ("x" * 5000, "HTML", "Close the tags"),
        ("line\n" * 1000, "MarkdownV2", "Use HTML"),
        ("x" * 100_000, "none", "as a document"),
        (" \n ", "none", "empty"),
    ],
)
def test_a_text_that_cannot_be_split_says_so(text: str, mode: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        pieces(text, mode, is_split=True)


# -- change, delete, answer --------------------------------------------------------------------------------


async def test_a_message_gets_another_text_and_loses_its_buttons(bot: TelegramBot, run: Run) -> None:
    sent = dict(await run(SEND, chat="1111111", text="Which?", buttons=[YES]))
    told = dict(await run(EDIT, chat=sent["chat_id"], message_id=sent["message_id"], text="You said yes"))
    [message] = bot.messages[ADA["id"]]
    assert message["text"] == "You said yes"
    assert "reply_markup" not in message
    assert told == {"message_id": "1", "chat_id": "1111111", "is_changed": True, "message": message}


async def test_without_a_text_only_the_buttons_change(bot: TelegramBot, run: Run) -> None:
    await run(SEND, chat="1111111", text="Which?", buttons=[YES])
    await run(EDIT, chat="1111111", message_id=1, buttons=[NO])
    [message] = bot.messages[ADA["id"]]
    assert (message["text"], message["reply_markup"]) == ("Which?", {"inline_keyboard": [[NO]]})


async def test_a_change_that_is_made_again_changes_nothing_and_is_no_failure(
    bot: TelegramBot, run: Run
) -> None:
    await run(SEND, chat="1111111", text="Which?")
    await run(EDIT, chat="1111111", message_id="1", text="Done")
    told = dict(await run(EDIT, chat="1111111", message_id="1", text="Done"))
    assert (told["is_changed"], told["message"]) == (False, {})


async def test_a_caption_is_changed_by_its_own_method(bot: TelegramBot, run: Run) -> None:
    await run(SEND, chat="1111111", text="Which?")
    await run(EDIT, chat="1111111", message_id="1", text="Größe", is_caption=True)
    assert bot.of("editMessageCaption") == [{"chat_id": 1111111, "message_id": 1, "caption": "Größe"}]


@pytest.mark.parametrize(("block", "said"), [(EDIT, "can't be edited"), (DELETE, "can't be deleted")])
async def test_a_message_of_somebody_else_stays(bot: TelegramBot, run: Run, block: Block, said: str) -> None:
    number = bot.say(ADA, "Mine")
    with pytest.raises(ProviderForbidden, match=said):
        await run(block, chat="1111111", message_id=number, text="Yours")
    assert [one["text"] for one in bot.messages[ADA["id"]]] == ["Mine"]


async def test_a_message_is_deleted_and_then_not_there(bot: TelegramBot, run: Run) -> None:
    await run(SEND, chat="1111111", text="Which?")
    told = dict(await run(DELETE, chat="1111111", message_id="1"))
    assert told == {"message_id": "1", "chat_id": "1111111"}
    assert bot.messages[ADA["id"]] == []
    for block in (DELETE, EDIT):
        with pytest.raises(ProviderNotFound, match="not found"):
            await run(block, chat="1111111", message_id="1", text="Which?")


async def test_a_pressed_button_is_answered_once(bot: TelegramBot, run: Run) -> None:
    bot.pressed.add("4382bfdwdsb323b2d9")
    block = TelegramAnswerCallbackBlock()
    told = await run(block, callback_query_id="4382bfdwdsb323b2d9", text="Saved", show_alert=True, cache_s=5)
    assert told == [("callback_query_id", "4382bfdwdsb323b2d9")]
    assert bot.of("answerCallbackQuery") == [
        {"callback_query_id": "4382bfdwdsb323b2d9", "text": "Saved", "show_alert": True, "cache_time": 5}
    ]
    with pytest.raises(ProviderNotFound, match="only once"):
        await run(block, callback_query_id="4382bfdwdsb323b2d9")
