"""What blocks say of a user."""

from __future__ import annotations

from collections.abc import Iterator

from backend.data.block import BlockData
from backend.data.json_parts import object_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField


class UserOutput(BlockSchema):
    """A user."""

    user_id: str = SchemaField(description="The user's id")
    name: str = SchemaField(description="The user name; this and what follows is empty where Slack is silent")
    real_name: str = SchemaField(description="First and last name")
    email: str = SchemaField(description="The e-mail address; takes the scope users:read.email")
    time_zone: str = SchemaField(description="Like Europe/London")
    user: JsonObject = SchemaField(description="The user as Slack has it")
    error: str = SchemaField(description="Why it failed")


def pins_of(user: JsonObject) -> Iterator[BlockData]:
    """The outputs in order.

    Source: https://docs.slack.dev/reference/objects/user-object.
    """
    profile = object_at(user, "profile")
    yield "user_id", text_at(user, "id")
    yield "name", text_at(user, "name")
    yield "real_name", text_at(user, "real_name") or text_at(profile, "real_name")
    yield "email", text_at(profile, "email")
    yield "time_zone", text_at(user, "tz")
    yield "user", user
