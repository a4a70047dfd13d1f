"""Blocks that read from Slack, through the real client against a local Slack."""

from __future__ import annotations

import pytest

from backend.blocks.slack.find_user import SlackFindUserBlock
from backend.blocks.slack.list_channels import SlackListChannelsBlock
from backend.blocks.slack.list_users import SlackListUsersBlock
from backend.blocks.slack.read_history import SlackReadChannelHistoryBlock
from backend.blocks.slack.read_thread import SlackReadThreadBlock
from backend.blocks.slack.read_user import SlackReadUserBlock
from backend.blocks.slack.search_messages import SlackSearchMessagesBlock
from backend.util.errors import InvalidInput, ProviderForbidden, ProviderNotFound
from tests.blocks.slack.driving import output, outputs
from tests.support.slack_server import USER_TOKEN, SlackServer
from tests.support.slack_workspace import channel


async def test_a_history_comes_newest_first_one_by_one_and_as_a_whole(slack: SlackServer) -> None:
    slack.workspace.page_items = 2
    for number in range(5):
        slack.workspace.say("C0GENERAL", f"{number}")
    pairs = await outputs(slack, SlackReadChannelHistoryBlock(), channel="#general", limit=4)
    *each, (whole, messages), more = pairs
    assert [message["text"] for _, message in each] == ["4", "3", "2", "1"]
    assert (whole, messages) == ("messages", [message for _, message in each])
    assert more == ("has_more", True)


async def test_a_history_keeps_to_its_times(slack: SlackServer) -> None:
    first, second, third = (slack.workspace.say("C0GENERAL", name) for name in "abc")
    block = SlackReadChannelHistoryBlock()
    found = await output(slack, block, channel="C0GENERAL", oldest=first, latest=third)
    assert [one["ts"] for one in found["messages"]] == [second]
    found = await output(slack, block, channel="C0GENERAL", oldest=first, latest=third, inclusive=True)
    assert [one["ts"] for one in found["messages"]] == [third, second, first]
    found = await output(slack, block, channel="C0GENERAL", oldest="2024-01-01T00:00:00Z")
    assert (found["messages"], found["has_more"]) == ([], False)


async def test_a_history_of_a_person_is_that_of_the_direct_message(slack: SlackServer) -> None:
    found = await output(slack, SlackReadChannelHistoryBlock(), channel="@ada")
    assert found["messages"] == []
    assert slack.calls("conversations.history")[0]["channel"].startswith("D")


async def test_a_time_that_is_none_reads_nothing(slack: SlackServer) -> None:
    with pytest.raises(InvalidInput, match="'yesterday'"):
        await outputs(slack, SlackReadChannelHistoryBlock(), channel="#general", oldest="yesterday")
    assert slack.seen == []


async def test_a_thread_is_its_first_message_and_its_replies(slack: SlackServer) -> None:
    ts = slack.workspace.say("C0GENERAL", "Question")
    slack.workspace.say("C0GENERAL", "Something else")
    slack.workspace.say("C0GENERAL", "Answer", thread_ts=ts)
    found = await output(slack, SlackReadThreadBlock(), channel="#general", thread_ts=ts)
    assert [one["text"] for one in found["messages"]] == ["Question", "Answer"]
    assert found["has_more"] is False


async def test_a_thread_that_is_none_is_not_found(slack: SlackServer) -> None:
    with pytest.raises(ProviderNotFound, match="no such thread"):
        await outputs(slack, SlackReadThreadBlock(), channel="C0GENERAL", thread_ts="1.0")


async def test_channels_are_listed_by_kind(slack: SlackServer) -> None:
    slack.workspace.channels["C0SECRET0"] = channel("C0SECRET0", "secret", is_private=True)
    slack.workspace.channels["C0OLD0000"] = channel("C0OLD0000", "old", is_archived=True)
    block = SlackListChannelsBlock()
    found = await output(slack, block)
    assert [one["name"] for one in found["channels"]] == ["general", "random"]
    found = await output(slack, block, types=["public_channel", "private_channel"], exclude_archived=False)
    assert [one["name"] for one in found["channels"]] == ["general", "random", "secret", "old"]
    pairs = await outputs(slack, block, limit=1)
    assert [pin for pin, _ in pairs] == ["channel", "channels", "has_more"]
    assert pairs[-1] == ("has_more", True)


async def test_users_are_people_unless_more_are_wanted(slack: SlackServer) -> None:
    slack.workspace.page_items = 1
    block = SlackListUsersBlock()
    found = await output(slack, block)
    assert [one["name"] for one in found["users"]] == ["ada", "grace"]
    found = await output(slack, block, include_bots=True, include_deleted=True)
    assert [one["name"] for one in found["users"]] == ["ada", "grace", "blockyard", "charles"]
    found = await output(slack, block, limit=1)
    assert ([one["name"] for one in found["users"]], found["has_more"]) == (["ada"], True)


async def test_a_user_is_found_by_e_mail(slack: SlackServer) -> None:
    found = await output(slack, SlackFindUserBlock(), email=" grace@example.com ")
    assert (found["user_id"], found["name"], found["real_name"]) == ("U0GRACE00", "grace", "Grace Hopper")
    assert (found["email"], found["time_zone"]) == ("grace@example.com", "Europe/London")
    with pytest.raises(ProviderNotFound, match="e-mail"):
        await outputs(slack, SlackFindUserBlock(), email="nobody@example.com")


async def test_a_user_is_read_and_what_is_not_said_is_empty(slack: SlackServer) -> None:
    slack.workspace.users[0] = {"id": "U0ADA0000", "name": "ada", "real_name": None, "tz": None}
    found = await output(slack, SlackReadUserBlock(), user="U0ADA0000")
    assert (found["name"], found["real_name"], found["email"], found["time_zone"]) == ("ada", "", "", "")
    assert found["user"] == slack.workspace.users[0]
    with pytest.raises(ProviderNotFound):
        await outputs(slack, SlackReadUserBlock(), user="U0MISSING")


@pytest.mark.parametrize(("limit", "pages", "has_more"), [(2, 1, True), (5, 3, False), (4, 2, True)])
async def test_a_search_follows_its_pages(slack: SlackServer, limit: int, pages: int, has_more: bool) -> None:
    slack.workspace.page_items = 2
    for number in range(5):
        slack.workspace.say("C0GENERAL", f"deploy {number}")
    slack.workspace.say("C0GENERAL", "lunch")
    found = await output(slack, SlackSearchMessagesBlock(), token=USER_TOKEN, query="deploy", limit=limit)
    assert [one["text"] for one in found["matches"]] == [f"deploy {number}" for number in range(limit)]
    assert len(slack.calls("search.messages")) == pages
    assert found["has_more"] is has_more


async def test_a_bot_that_searches_is_told_which_token_it_takes(slack: SlackServer) -> None:
    with pytest.raises(ProviderForbidden, match="xoxp"):
        await outputs(slack, SlackSearchMessagesBlock(), query="deploy")
