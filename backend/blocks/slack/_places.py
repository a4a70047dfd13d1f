"""Channels and users as people call them: ids, `#names`, `@names`, e-mail addresses."""

from __future__ import annotations

import re

from backend.blocks.slack._api import SlackClient
from backend.data.json_parts import object_at, text_at
from backend.data.model import JsonObject
from backend.util.errors import InvalidInput, ProviderError, ProviderNotFound

CHANNEL_HELP = (
    "An id like C0123456789, a name like #general, or a user (id, @name, e-mail) for a direct message"
)
USER_HELP = "An id like U0123456789, a name like @ada, or an e-mail address"
_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{5,}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{5,}")
_MENTION = re.compile(r"<[@#]([A-Z0-9]+)(?:\|[^>]*)?>")
_SAME_NAME = 20


async def recipient(client: SlackClient, text: str) -> str:
    """What `channel` of a message to send may be: Slack itself knows ids and names of channels, and ids of users.

    Raises:
        InvalidInput: it is empty.
        ProviderError: a user by name or e-mail is not found.
    """
    place = _bare(text, "channel")
    return await user_id(client, place) if "@" in place else place


async def channel_id(client: SlackClient, text: str) -> str:
    """The id of the channel; of a user, that of the direct message with them.

    Raises:
        InvalidInput: it is empty.
        ProviderError: there is none, or the token may not look for it.
    """
    place = _bare(text, "channel")
    if _CHANNEL_ID.fullmatch(place):
        return place
    if _USER_ID.fullmatch(place) or "@" in place:
        opened = await direct_message(client, [await user_id(client, place)])
        return text_at(opened, "id")
    return await _channel_named(client, place.removeprefix("#").lower())


async def user_id(client: SlackClient, text: str) -> str:
    """The id of the user.

    Raises:
        InvalidInput: it is empty.
        ProviderError: there is none, or the token may not look for it.
    """
    person = _bare(text, "user")
    if _USER_ID.fullmatch(person):
        return person
    if "@" in person[1:]:
        return text_at(await user_by_email(client, person), "id")
    return await _user_named(client, person.removeprefix("@").lower())


async def user_by_email(client: SlackClient, email: str) -> JsonObject:
    """The user with this address.

    Source: https://docs.slack.dev/reference/methods/users.lookupByEmail.
    """
    body = await client.read("users.lookupByEmail", email=email.strip())
    return object_at(body, "user")


async def direct_message(client: SlackClient, users: list[str]) -> JsonObject:
    """The direct message with these users (ids), opened if there was none.

    Source: https://docs.slack.dev/reference/methods/conversations.open.
    """
    body = await client.write("conversations.open", users=",".join(users), return_im=True)
    opened = object_at(body, "channel")
    if not text_at(opened, "id"):
        raise ProviderError("Slack opened the direct message without naming it. Try again.")
    return opened


async def _channel_named(client: SlackClient, name: str) -> str:
    found = await client.find(
        "conversations.list",
        "channels",
        most=1,
        keep=lambda channel: name in (text_at(channel, "name"), text_at(channel, "name_normalized")),
        types="public_channel,private_channel",
        exclude_archived=True,
    )
    if not found.items:
        raise ProviderNotFound(
            f"There is no channel {name!r} for this token. Check its name; a private channel is only seen by an app "
            "that was invited. An id (in the channel's details, at the end) is found without a search."
        )
    return text_at(found.items[0], "id")


async def _user_named(client: SlackClient, name: str) -> str:
    """By the user name, which is unique; else by the display name, which need not be."""
    found = await client.find(
        "users.list",
        "members",
        most=_SAME_NAME,
        keep=lambda user: not user.get("deleted") and name in (text_at(user, "name"), _display_name(user)),
    )
    exact = [user for user in found.items if text_at(user, "name") == name]
    candidates = exact or found.items
    if len(candidates) > 1:
        raise InvalidInput(f"{len(candidates)} users are called {name!r}. Give the e-mail address or the id.")
    if not candidates:
        raise ProviderNotFound(
            f"There is no user {name!r}. Check the name, or give the e-mail address or the id."
        )
    return text_at(candidates[0], "id")


def _display_name(user: JsonObject) -> str:
    return text_at(user, "profile", "display_name").lower()


def _bare(text: str, what: str) -> str:
    """Without blanks, and without the brackets that mentions have in messages: `<@U0123>`, `<#C0123|general>`."""
    place = text.strip()
    if mention := _MENTION.fullmatch(place):
        return mention[1]
    if not place.strip("@#"):
        raise InvalidInput(f"The {what} is empty. Give an id, a name or an e-mail address.")
    return place
