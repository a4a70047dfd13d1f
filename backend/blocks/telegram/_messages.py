"""What blocks that write messages share: the chat, the marks, the buttons, and long texts in pieces. Pure.

Source: https://core.telegram.org/bots/api#sendmessage, https://core.telegram.org/bots/api#inlinekeyboardbutton
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MOST_PIECES = 20
"""So many messages a minute are what Telegram takes for a group (https://core.telegram.org/bots/faq)."""
MOST_BUTTONS = 100
LONGEST_DATA_BYTES = 64
CHAT_HELP = "The chat's id, as an update tells it, or the @name of a public group or channel"
MESSAGE_HELP = "The message's id, a number that counts in its chat"

ParseMode = Literal["none", "HTML", "MarkdownV2"]

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_TAG_OR_LINE_END = re.compile(r"<(?P<closes>/)?[a-z][^<>]*>|\n", re.IGNORECASE)
_SUPERGROUP = "-100"


class ChatInput(BlockSchema):
    chat: str = SchemaField(description=CHAT_HELP, placeholder="-1001234567890")


class ButtonsInput(ChatInput):
    """A chat, and what stands under a message there."""

    buttons: list[JsonObject] = SchemaField(
        default_factory=list[JsonObject],
        description="Buttons under the message: `text`, and `url` to open or `callback_data` (64 bytes) that comes "
        "back in an update when it is pressed",
        examples=[
            [
                {"text": "Yes", "callback_data": "yes"},
                {"text": "Read more", "url": "https://example.com/"},
            ]
        ],
        max_length=MOST_BUTTONS,
    )
    buttons_per_row: int = SchemaField(
        default=1, description="How many stand side by side", ge=1, le=8, advanced=True
    )

    def keyboard(self) -> JsonObject | None:
        """`reply_markup`; None without buttons.

        Raises:
            InvalidInput: a button is none.
        """
        made = [_button(place, raw) for place, raw in enumerate(self.buttons, start=1)]
        starts = range(0, len(made), self.buttons_per_row)
        rows = [made[start : start + self.buttons_per_row] for start in starts]
        return {"inline_keyboard": rows} if rows else None


class SendInput(ButtonsInput):
    """Where and how something new is sent."""

    reply_to: str = SchemaField(default="", description=f"Reply to this message. {MESSAGE_HELP}")
    silent: bool = SchemaField(default=False, description="Without a sound", advanced=True)
    topic_id: str = SchemaField(
        default="", description="The topic of a group with topics: its `message_thread_id`", advanced=True
    )

    def place(self) -> JsonObject:
        """The parameters that say where.

        Raises:
            InvalidInput: one of them is no id.
        """
        return {
            "chat_id": chat_id(self.chat),
            "message_thread_id": whole("topic_id", self.topic_id) if self.topic_id.strip() else None,
            "disable_notification": self.silent or None,
        }

    def reply(self) -> JsonObject | None:
        """`reply_parameters`. Raises InvalidInput as `place`."""
        return {"message_id": whole("reply_to", self.reply_to)} if self.reply_to.strip() else None


def chat_id(chat: str) -> int | str:
    """As Telegram takes it.

    Raises:
        InvalidInput: it is neither a number nor a name with its @.
    """
    given = chat.strip()
    if _NUMBER.fullmatch(given):
        return int(given)
    if _NAME.fullmatch(given):
        return given
    raise InvalidInput(
        f"{given[:100]!r} is no chat. Give its id, a number, or the @name of a public group or channel. A person is "
        "reached by the id that their message to the bot came with."
    )


def whole(pin: str, text: str) -> int:
    """An id that came as text.

    Raises:
        InvalidInput: it is none.
    """
    given = text.strip()
    if not (_NUMBER.fullmatch(given) and int(given) > 0):
        raise InvalidInput(f"{pin}: {given[:100]!r} is no id. Give a number like 1365.")
    return int(given)


def marks(parse_mode: ParseMode) -> str | None:
    """`parse_mode`; None for a text that is taken as it is."""
    return None if parse_mode == "none" else parse_mode


def checked_caption(caption: str, parse_mode: ParseMode) -> str | None:
    """The caption; None for none.

    Raises:
        InvalidInput: it is too long. With marks, which do not count, that is Telegram's to say.
    """
    if parse_mode == "none" and len(caption) > LONGEST_CAPTION:
        raise InvalidInput(
            f"The caption has {len(caption):,} characters, and Telegram takes {LONGEST_CAPTION:,}. Shorten it, or "
            "send the text as a message of its own."
        )
    return caption if caption.strip() else None


def pieces(text: str, parse_mode: ParseMode, *, is_split: bool) -> list[str]:
    """The text in messages: one, or with `is_split` as many as it takes, ended at line ends.

    A piece has 4,096 UTF-16 units at most, marks included, so that it fits however Telegram counts.

    Raises:
        InvalidInput: there is nothing to say, or it does not fit.
    """
    if not text.strip():
        raise InvalidInput("The message is empty. Give `text`.")
    if not is_split:
        if parse_mode == "none" and len(text) > LONGEST_TEXT:
            raise InvalidInput(
                f"The message has {len(text):,} characters, and Telegram takes {LONGEST_TEXT:,}. Turn `split_long` on, "
                "or send it as a document."
            )
        return [text]
    found = [piece for piece in _cut(text, parse_mode) if piece.strip()]
    if len(found) > MOST_PIECES:
        raise InvalidInput(
            f"The message would be {len(found)} messages, and {MOST_PIECES} are sent at most. Send it as a document."
        )
    return found


def address_of(message: JsonObject) -> str:
    """Where a message is on t.me; empty in private chats and plain groups, whose messages have no address.

    Source: https://core.telegram.org/api/links#message-links
    """
    number, chat, name = (
        text_at(message, "message_id"),
        text_at(message, "chat", "id"),
        text_at(message, "chat", "username"),
    )
    if name and text_at(message, "chat", "type") != "private":
        return f"https://t.me/{name}/{number}"
    is_large = chat.startswith(_SUPERGROUP) and text_at(message, "chat", "type") in ("supergroup", "channel")
    return f"https://t.me/c/{chat.removeprefix(_SUPERGROUP)}/{number}" if is_large else ""


def _button(place: int, raw: JsonObject) -> JsonObject:
    button = {name: value for name, value in raw.items() if value not in (None, "")}
    kinds = button.keys() & {"url", "callback_data"}
    if not (text_at(button, "text").strip() and len(kinds) == 1 and len(button) == 2):
        raise InvalidInput(
            f"Button {place} is none: give `text` and either `url` or `callback_data`, and nothing else."
        )
    made = {name: str(value) for name, value in button.items()}
    if len(made.get("callback_data", "").encode(errors="replace")) > LONGEST_DATA_BYTES:
        raise InvalidInput(
            f"The callback_data of button {place} is longer than {LONGEST_DATA_BYTES} bytes. Give a short word."
        )
    return made


def _cut(text: str, parse_mode: ParseMode) -> Iterator[str]:
    rest = text
    while rest:
        window = _window(rest)
        if len(window) == len(rest):
            yield rest
            return
        end = _line_end(rest[: len(window) + 1], parse_mode)
        if end is None:
            end = _word_end(window, parse_mode)
        yield rest[:end]
        rest = rest[end:].removeprefix("\n")


def _window(text: str) -> str:
    """As much of the beginning as fits into a message."""
    units = text[:LONGEST_TEXT].encode("utf-16-le", "replace")
    halves = units[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    return text[: len(halves)]


def _line_end(text: str, parse_mode: ParseMode) -> int | None:
    """The last line end that is within no mark; None without one.

    Raises:
        InvalidInput: the marks are MarkdownV2, where nobody can tell.
    """
    if parse_mode == "none":
        return _found(text.rfind("\n"))
    if parse_mode == "MarkdownV2":
        raise InvalidInput(
            f"A text of MarkdownV2 with more than {LONGEST_TEXT:,} characters cannot be split. Use HTML or no marks."
        )
    depth, found = 0, -1
    for mark in _TAG_OR_LINE_END.finditer(text):
        if mark[0] != "\n":
            depth += -1 if mark["closes"] else 1
        elif depth == 0:
            found = mark.start()
    return _found(found)


def _word_end(window: str, parse_mode: ParseMode) -> int:
    """Where a line that is too long is cut: behind its last space, else anywhere.

    Raises:
        InvalidInput: there are marks, and the cut might be in one.
    """
    if parse_mode != "none":
        raise InvalidInput(
            f"There is no line end outside of the marks within {LONGEST_TEXT:,} characters, so the message cannot be "
            "split. Close the tags at the ends of lines."
        )
    return _found(window.rfind(" ") + 1) or len(window)


def _found(place: int) -> int | None:
    return place if place > 0 else None
