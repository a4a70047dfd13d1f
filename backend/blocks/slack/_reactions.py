"""Adding and removing of reactions."""

from __future__ import annotations

from backend.blocks.slack._api import SlackClient
from backend.blocks.slack._places import channel_id
from backend.util.errors import InvalidInput


async def react(client: SlackClient, method: str, channel: str, ts: str, name: str, *, same: str) -> bool:
    """Whether it changed anything; `same` is the code by which Slack says that it did not.

    Source: https://docs.slack.dev/reference/methods/reactions.add and reactions.remove.
    """
    emoji = name.strip().strip(":")
    if not emoji:
        raise InvalidInput("The emoji's name is empty. Give it without colons, like thumbsup.")
    place = await channel_id(client, channel)
    body = await client.write(method, accept=(same,), channel=place, timestamp=ts.strip(), name=emoji)
    return body.get("ok") is True
