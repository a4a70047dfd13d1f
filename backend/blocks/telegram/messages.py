"""Messages of a bot: send, change and delete them."""

from __future__ import annotations

from typing import Any

from backend.blocks.telegram._api import TelegramClient
from backend.blocks.telegram._auth import TEST_CREDENTIALS, TelegramCredentialsInput
from backend.blocks.telegram._calls import CallsTelegram
from backend.blocks.telegram._messages import (
    MESSAGE_HELP,
    ButtonsInput,
    ChatInput,
    ParseMode,
    SendInput,
    address_of,
    chat_id,
    checked_caption,
    marks,
    pieces,
    whole,
)
from backend.blocks.telegram._samples import GONE, GROUP, given, message, sample_telegram
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import APIKeyCredentials
from backend.data.examples import says
from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField

_MARKS_HELP = "How the text is marked: not at all, by Telegram's HTML, or by its MarkdownV2"
_YES: JsonObject = {"text": "Yes", "callback_data": "yes"}
_MORE: JsonObject = {"text": "More", "url": "https://example.com/"}
_KEYBOARD: JsonObject = {"inline_keyboard": [[_YES, _MORE]]}
_REPLY: JsonObject = message(
    chat=GROUP, text="<b>größe</b>", reply_markup=_KEYBOARD, reply_to_message={"message_id": 3, "chat": GROUP}
)


class TelegramSendMessageBlock(CallsTelegram, Block):
    """Send a message to a person, a group or a channel, with buttons if wanted.

    A person has to write to the bot before it may write to them. Interrupted by a crash it fails, since Telegram
    cannot tell a repetition from a second message.
    """

    id = "3217c537-cb8b-42b2-8174-76899e8d1d1f"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "send"
    at_most_once = True

    class Input(SendInput):
        text: str = SchemaField(
            description="The message, 4,096 characters at most unless it is split", format="long-text"
        )
        parse_mode: ParseMode = SchemaField(default="none", description=_MARKS_HELP)
        split_long: bool = SchemaField(
            default=False,
            description="Send a long text as several messages, cut at line ends; the first replies, the last has the "
            "buttons. Not with MarkdownV2",
            advanced=True,
        )
        show_preview: bool = SchemaField(
            default=True, description="Show a preview of the first page that is linked", advanced=True
        )
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that writes")

    class Output(BlockSchema):
        message_id: str = SchemaField(description="The message's id; of several the last one's")
        chat_id: str = SchemaField(description="The id of its chat")
        url: str = SchemaField(description="Its address; empty in private chats and plain groups")
        message: JsonObject = SchemaField(description="The message as Telegram has it; of several the last")
        message_ids: list[str] = SchemaField(description="The ids of all messages that were sent, in order")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        given(chat="1111111", text="Hello *you*"),
        given(
            chat="-1001234567890",
            text="<b>größe</b>",
            parse_mode="HTML",
            reply_to="3",
            buttons=[_YES, _MORE],
            buttons_per_row=2,
        ),
        given(chat="1111111", text="line\n" * 1000, split_long=True),
        given(chat="1111111", text="line\n" * 1000),
        given(chat="1111111", text=" "),
        given(chat="ada", text="Hello"),
        given(chat=GONE, text="Hello"),
        given(chat="1111111", text="Hello", buttons=[{"text": "No"}]),
    ]
    test_output = [
        [
            ("message_id", "7"),
            ("chat_id", "1111111"),
            ("url", ""),
            ("message", message(text="Hello *you*")),
            ("message_ids", ["7"]),
        ],
        [
            ("message_id", "7"),
            ("chat_id", "-1001234567890"),
            ("url", "https://t.me/c/1234567890/7"),
            ("message", _REPLY),
            ("message_ids", ["7"]),
        ],
        [
            ("message_id", "7"),
            ("chat_id", "1111111"),
            ("url", ""),
            ("message", dict),
            ("message_ids", ["7", "7"]),
        ],
        [("error", says("5,000", "`split_long`"))],
        [("error", says("empty"))],
        [("error", says("'ada'", "@name"))],
        [("error", says("chat not found", "write to the bot"))],
        [("error", says("Button 1", "callback_data"))],
    ]
    test_mock = {"telegram": sample_telegram}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        client = self.telegram(credentials)
        messages = [
            await _sent(client, context, place, parameters)
            for place, parameters in enumerate(_parameters(input_data), start=1)
        ]
        last = messages[-1]
        yield "message_id", text_at(last, "message_id")
        yield "chat_id", text_at(last, "chat", "id")
        yield "url", address_of(last)
        yield "message", last
        yield "message_ids", [text_at(one, "message_id") for one in messages]


class TelegramEditMessageBlock(CallsTelegram, Block):
    """Change a message that the bot has sent: its text, its caption, or only its buttons.

    Buttons that are not given anew are taken away.
    """

    id = "93a12580-d401-491c-8c52-249163906cec"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "pencil"

    class Input(ButtonsInput):
        message_id: str = SchemaField(description=MESSAGE_HELP, min_length=1)
        text: str = SchemaField(
            default="",
            description="What it says from now on; empty: only its buttons change",
            format="long-text",
        )
        parse_mode: ParseMode = SchemaField(default="none", description=_MARKS_HELP)
        is_caption: bool = SchemaField(
            default=False,
            description="The message is a photo or a file, and the text is its caption",
            advanced=True,
        )
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that has sent it")

    class Output(BlockSchema):
        message_id: str = SchemaField(description="The message's id")
        chat_id: str = SchemaField(description="The chat, as it was given")
        is_changed: bool = SchemaField(description="False: it was so already")
        message: JsonObject = SchemaField(
            description="The message as it is now; empty when it was so already"
        )
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        given(chat="1111111", message_id="7", text="Done"),
        given(chat="1111111", message_id="7", text="As it is"),
        given(chat="1111111", message_id="7", buttons=[_YES]),
        given(chat=GONE, message_id="7", text="Done"),
        given(chat="1111111", message_id="the last", text="Done"),
    ]
    test_output = [
        [
            ("message_id", "7"),
            ("chat_id", "1111111"),
            ("is_changed", True),
            ("message", message(text="Done")),
        ],
        [("message_id", "7"), ("chat_id", "1111111"), ("is_changed", False), ("message", {})],
        [
            ("message_id", "7"),
            ("chat_id", "1111111"),
            ("is_changed", True),
            ("message", message(text="As it was")),
        ],
        [("error", says("chat not found"))],
        [("error", says("message_id", "'the last'"))],
    ]
    test_mock = {"telegram": sample_telegram}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def edit() -> JsonObject:
            is_changed, edited = await self.telegram(credentials).edit(method, **parameters)
            return {"is_changed": is_changed, "message": edited}

        method, content = _edit(input_data)
        parameters = {
            "chat_id": chat_id(input_data.chat),
            "message_id": whole("message_id", input_data.message_id),
            **content,
            "reply_markup": input_data.keyboard(),
        }
        done: JsonObject = await context.step("edit", edit)
        yield "message_id", str(parameters["message_id"])
        yield "chat_id", str(parameters["chat_id"])
        yield "is_changed", done["is_changed"]
        yield "message", done["message"]


class TelegramDeleteMessageBlock(CallsTelegram, Block):
    """Delete a message of the last 48 hours: the bot's own, or as an administrator of the group anybody's."""

    id = "2e164684-6f3d-4605-bc24-4e04ab8126ac"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "message-square-x"

    class Input(ChatInput):
        message_id: str = SchemaField(description=MESSAGE_HELP, min_length=1)
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that may delete it")

    class Output(BlockSchema):
        message_id: str = SchemaField(description="The id of the message that is gone")
        chat_id: str = SchemaField(description="The chat, as it was given")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        given(chat="1111111", message_id="7"),
        given(chat="@engines", message_id="8"),
        given(chat="1111111", message_id="-7"),
    ]
    test_output = [
        [("message_id", "7"), ("chat_id", "1111111")],
        [("error", says("message to delete not found"))],
        [("error", says("message_id", "'-7'"))],
    ]
    test_mock = {"telegram": sample_telegram}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def delete() -> bool:
            await self.telegram(credentials).delete(chat, number)
            return True

        chat, number = chat_id(input_data.chat), whole("message_id", input_data.message_id)
        await context.step("delete", delete)
        yield "message_id", str(number)
        yield "chat_id", str(chat)


def _parameters(given: TelegramSendMessageBlock.Input) -> list[JsonObject]:
    """Of each message, in order."""
    texts = pieces(given.text, given.parse_mode, is_split=given.split_long)
    made: list[JsonObject] = [
        {
            **given.place(),
            "text": text,
            "parse_mode": marks(given.parse_mode),
            "link_preview_options": None if given.show_preview else {"is_disabled": True},
        }
        for text in texts
    ]
    made[0]["reply_parameters"] = given.reply()
    made[-1]["reply_markup"] = given.keyboard()
    return made


async def _sent(client: TelegramClient, context: Context, place: int, parameters: JsonObject) -> JsonObject:
    async def send() -> JsonObject:
        return await client.send("sendMessage", **parameters)

    found: JsonObject = await context.step(f"send-{place}", send)
    return found


def _edit(given: TelegramEditMessageBlock.Input) -> tuple[str, JsonObject]:
    """The method, and what it changes beside the buttons.

    Source: https://core.telegram.org/bots/api#editmessagetext, #editmessagecaption, #editmessagereplymarkup
    """
    if not given.text.strip():
        return "editMessageReplyMarkup", {}
    if given.is_caption:
        caption = checked_caption(given.text, given.parse_mode)
        return "editMessageCaption", {"caption": caption, "parse_mode": marks(given.parse_mode)}
    [text] = pieces(given.text, given.parse_mode, is_split=False)
    return "editMessageText", {"text": text, "parse_mode": marks(given.parse_mode)}
