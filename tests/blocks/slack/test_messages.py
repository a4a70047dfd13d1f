"""Blocks that write to Slack, through the real client against a local Slack."""

from __future__ import annotations

import pytest

from backend.blocks.slack.add_reaction import SlackAddReactionBlock
from backend.blocks.slack.delete_message import SlackDeleteMessageBlock
from backend.blocks.slack.open_direct_message import SlackOpenDirectMessageBlock
from backend.blocks.slack.remove_reaction import SlackRemoveReactionBlock
from backend.blocks.slack.schedule_message import SlackScheduleMessageBlock
from backend.blocks.slack.send_ephemeral_message import SlackSendEphemeralMessageBlock
from backend.blocks.slack.send_message import SlackSendMessageBlock
from backend.blocks.slack.set_topic import SlackSetTopicBlock
from backend.blocks.slack.update_message import SlackUpdateMessageBlock
from backend.data.block import Block
from backend.util.errors import (
    InvalidInput,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.blocks.slack.driving import output, outputs
from tests.support.http_server import Answer
from tests.support.slack_server import SlackServer
from tests.support.slack_workspace import channel, user

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "größe *bold*"}}


# -- send --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["C0GENERAL", "#general", " general ", "<#C0GENERAL|general>"])
async def test_a_message_reaches_a_channel_by_id_and_by_name(slack: SlackServer, place: str) -> None:
    found = await output(slack, SlackSendMessageBlock(), channel=place, text="größe :tada: <b> & 100%")
    (message,) = slack.workspace.messages["C0GENERAL"]
    assert message["text"] == "größe :tada: <b> & 100%"
    assert (found["channel"], found["ts"], found["message"]) == ("C0GENERAL", message["ts"], message)


@pytest.mark.parametrize("person", ["U0ADA0000", "@ada", "@Ada", "ada@example.com", "<@U0ADA0000>"])
async def test_a_message_reaches_a_person(slack: SlackServer, person: str) -> None:
    found = await output(slack, SlackSendMessageBlock(), channel=person, text="Hi")
    assert found["channel"].startswith("D")
    assert slack.workspace.channels[found["channel"]]["user"] == "U0ADA0000"


async def test_a_reply_is_in_its_thread(slack: SlackServer) -> None:
    ts = slack.workspace.say("C0GENERAL", "Question")
    await output(
        slack,
        SlackSendMessageBlock(),
        channel="C0GENERAL",
        text="Answer",
        thread_ts=ts,
        reply_broadcast=True,
        unfurl_links=False,
    )
    (call,) = slack.calls("chat.postMessage")
    assert (call["thread_ts"], call["reply_broadcast"]) == (ts, "true")
    assert (call["unfurl_links"], call["unfurl_media"]) == ("false", "true")


async def test_blocks_arrive_as_they_are(slack: SlackServer) -> None:
    await output(slack, SlackSendMessageBlock(), channel="#general", blocks=[SECTION])
    (message,) = slack.workspace.messages["C0GENERAL"]
    assert message["blocks"] == [SECTION]
    assert "text" not in slack.calls("chat.postMessage")[0]


async def test_a_message_that_is_sent_again_after_a_crash_is_there_once(slack: SlackServer) -> None:
    block = SlackSendMessageBlock()
    first = await output(slack, block, channel="#general", text="Hi", key="run/node/0")
    again = await output(slack, block, channel="#general", text="Hi", key="run/node/0")
    other = await output(slack, block, channel="#general", text="Hi", key="run/node/1")
    assert first == again != other
    assert len(slack.workspace.messages["C0GENERAL"]) == 2


async def test_a_message_whose_answer_was_lost_is_there_once_after_another_attempt(
    slack: SlackServer,
) -> None:
    slack.lose("chat.postMessage")
    with pytest.raises(ProviderUnavailable):
        await outputs(slack, SlackSendMessageBlock(), channel="#general", text="Hi")
    found = await output(slack, SlackSendMessageBlock(), channel="#general", text="Hi")
    (message,) = slack.workspace.messages["C0GENERAL"]
    assert found["ts"] == message["ts"]


async def test_an_empty_message_is_refused_unsent(slack: SlackServer) -> None:
    with pytest.raises(InvalidInput, match="`text` or `blocks`"):
        await outputs(slack, SlackSendMessageBlock(), channel="#general", text=" \n")
    assert slack.seen == []


async def test_a_channel_without_the_app_says_how_to_invite_it(slack: SlackServer) -> None:
    slack.workspace.outside.add("C0GENERAL")
    with pytest.raises(ProviderForbidden, match="/invite"):
        await outputs(slack, SlackSendMessageBlock(), channel="#general", text="Hi")


async def test_too_many_messages_say_when_to_come_back(slack: SlackServer) -> None:
    slack.limit("chat.postMessage", retry_after_s=60)
    with pytest.raises(RateLimited) as caught:
        await outputs(slack, SlackSendMessageBlock(), channel="#general", text="Hi")
    assert caught.value.retry_after_s == 60


# -- whom a name means -------------------------------------------------------------------------------------


async def test_a_display_name_that_two_have_is_refused(slack: SlackServer) -> None:
    for number in range(2):
        slack.workspace.users.append(user(f"U0SAM000{number}", f"sam{number}", "Sam Smith", ""))
    with pytest.raises(InvalidInput, match="2 users are called 'sam'"):
        await outputs(slack, SlackSendMessageBlock(), channel="@Sam", text="Hi")
    assert slack.calls("chat.postMessage") == []


async def test_a_user_name_wins_over_the_display_name_of_another(slack: SlackServer) -> None:
    slack.workspace.users.append(user("U0OTHER00", "other", "ada Byron", ""))
    found = await output(slack, SlackOpenDirectMessageBlock(), users=["@ada"])
    assert found["conversation"]["user"] == "U0ADA0000"


async def test_who_has_left_is_not_found_by_name(slack: SlackServer) -> None:
    with pytest.raises(ProviderNotFound, match="no user 'charles'"):
        await outputs(slack, SlackOpenDirectMessageBlock(), users=["@charles"])


async def test_a_channel_on_a_later_page_is_found_by_name(slack: SlackServer) -> None:
    slack.workspace.page_items = 1
    for number in range(4):
        slack.workspace.channels[f"C0MORE00{number}"] = channel(f"C0MORE00{number}", f"more-{number}")
    await output(slack, SlackSetTopicBlock(), channel="#More-3", topic="Here")
    assert slack.workspace.channels["C0MORE003"]["topic"]["value"] == "Here"


async def test_a_channel_that_nobody_knows_is_named_in_the_error(slack: SlackServer) -> None:
    with pytest.raises(ProviderNotFound, match="'nowhere'"):
        await outputs(slack, SlackSetTopicBlock(), channel="#nowhere", topic="Here")


# -- change, delete, show, schedule ------------------------------------------------------------------------


async def test_a_message_of_its_own_is_changed_and_loses_its_old_blocks(slack: SlackServer) -> None:
    sent = await output(slack, SlackSendMessageBlock(), channel="#general", text="Old", blocks=[SECTION])
    found = await output(slack, SlackUpdateMessageBlock(), channel=sent["channel"], ts=sent["ts"], text="New")
    (message,) = slack.workspace.messages["C0GENERAL"]
    assert (message["text"], message["blocks"]) == ("New", [])
    assert found == {"ts": sent["ts"], "channel": "C0GENERAL", "text": "New"}


async def test_a_message_of_its_own_is_changed_to_other_blocks(slack: SlackServer) -> None:
    sent = await output(slack, SlackSendMessageBlock(), channel="#general", text="Old")
    await output(slack, SlackUpdateMessageBlock(), channel="#general", ts=sent["ts"], blocks=[SECTION])
    assert slack.workspace.messages["C0GENERAL"][0]["blocks"] == [SECTION]


@pytest.mark.parametrize("block", [SlackUpdateMessageBlock(), SlackDeleteMessageBlock()])
async def test_a_message_of_somebody_else_stays(slack: SlackServer, block: Block) -> None:
    ts = slack.workspace.say("C0GENERAL", "Mine")
    with pytest.raises(ProviderForbidden, match="sent itself"):
        await outputs(slack, block, channel="C0GENERAL", ts=ts, text="Yours")
    assert [one["text"] for one in slack.workspace.messages["C0GENERAL"]] == ["Mine"]


async def test_a_message_of_its_own_is_deleted(slack: SlackServer) -> None:
    sent = await output(slack, SlackSendMessageBlock(), channel="#general", text="Old")
    found = await output(slack, SlackDeleteMessageBlock(), channel="#general", ts=sent["ts"])
    assert found == {"ts": sent["ts"], "channel": "C0GENERAL"}
    assert slack.workspace.messages["C0GENERAL"] == []


async def test_a_message_is_shown_to_one_user(slack: SlackServer) -> None:
    block = SlackSendEphemeralMessageBlock()
    found = await output(slack, block, channel="#general", user="grace@example.com", text="Psst")
    assert slack.workspace.ephemeral == [{"channel": "C0GENERAL", "user": "U0GRACE00", "text": "Psst"}]
    assert found["message_ts"]
    assert slack.workspace.messages == {}


@pytest.mark.parametrize("post_at", ["1903849200", "2030-05-01T09:00:00+02:00", "2030-05-01T07:00:00Z"])
async def test_a_message_is_scheduled_for_a_moment(slack: SlackServer, post_at: str) -> None:
    found = await output(slack, SlackScheduleMessageBlock(), channel="#general", text="Hi", post_at=post_at)
    assert slack.workspace.scheduled == [{"channel": "C0GENERAL", "text": "Hi", "post_at": 1903849200}]
    assert found == {"scheduled_message_id": "Q00000001", "channel": "C0GENERAL", "post_at": 1903849200}


async def test_a_time_in_the_past_says_so(slack: SlackServer) -> None:
    with pytest.raises(Exception, match="in the past"):
        await outputs(slack, SlackScheduleMessageBlock(), channel="#general", text="Hi", post_at="1000000000")


@pytest.mark.parametrize(
    ("post_at", "words"), [("soon", "no time"), ("2030-05-01T09:00", "time zone"), (" ", "empty")]
)
async def test_a_time_that_is_none_is_refused_unsent(slack: SlackServer, post_at: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        await outputs(slack, SlackScheduleMessageBlock(), channel="#general", text="Hi", post_at=post_at)
    assert slack.seen == []


# -- reactions, direct messages, topics --------------------------------------------------------------------


async def test_a_reaction_comes_once_and_goes_once(slack: SlackServer) -> None:
    ts = slack.workspace.say("C0GENERAL", "Hello")
    given = {"channel": "#general", "ts": ts, "name": ":thumbsup:"}
    assert await output(slack, SlackAddReactionBlock(), **given) == {"is_new": True}
    assert await output(slack, SlackAddReactionBlock(), **given) == {"is_new": False}
    assert slack.workspace.messages["C0GENERAL"][0]["reactions"] == ["thumbsup"]
    assert await output(slack, SlackRemoveReactionBlock(), **given) == {"was_there": True}
    assert await output(slack, SlackRemoveReactionBlock(), **given) == {"was_there": False}
    assert slack.workspace.messages["C0GENERAL"][0]["reactions"] == []


async def test_a_reaction_to_nothing_is_an_error(slack: SlackServer) -> None:
    with pytest.raises(ProviderNotFound, match="no such message"):
        await outputs(slack, SlackAddReactionBlock(), channel="C0GENERAL", ts="1.0", name="eyes")


async def test_the_same_users_have_one_direct_message(slack: SlackServer) -> None:
    block = SlackOpenDirectMessageBlock()
    first = await output(slack, block, users=["@ada", "grace@example.com"])
    again = await output(slack, block, users=["U0ADA0000", "U0GRACE00"])
    assert first == again
    assert slack.calls("conversations.open")[0] == {"users": "U0ADA0000,U0GRACE00", "return_im": "true"}


async def test_a_direct_message_without_an_id_is_an_error(slack: SlackServer) -> None:
    slack.answer("conversations.open", Answer.of_json({"ok": True, "channel": {}}))
    with pytest.raises(Exception, match="without naming it"):
        await outputs(slack, SlackOpenDirectMessageBlock(), users=["U0ADA0000"])


@pytest.mark.parametrize("topic", ["On call: Ä", ""])
async def test_a_topic_is_set_and_cleared(slack: SlackServer, topic: str) -> None:
    found = await output(slack, SlackSetTopicBlock(), channel="C0RANDOM0", topic=topic)
    assert slack.workspace.channels["C0RANDOM0"]["topic"]["value"] == topic
    assert found == {"channel": "C0RANDOM0", "topic": topic}
