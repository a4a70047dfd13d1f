"""The Slack client against a local Slack: errors, scopes, pages, waits, and what never gets into a message."""

from __future__ import annotations

import time

import pytest

from backend.blocks.slack import _api
from backend.blocks.slack._api import Found, SlackClient
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.http_server import Answer
from tests.support.slack_server import TOKEN, USER_TOKEN, SlackServer
from tests.support.slack_workspace import METHODS


def client(slack: SlackServer, token: str = TOKEN) -> SlackClient:
    return SlackClient(slack.credentials(token))


async def refusal(slack: SlackServer, method: str = "users.info") -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await client(slack).read(method, user="U0ADA0000")
    return caught.value


@pytest.mark.parametrize(
    "code", ["invalid_auth", "token_expired", "token_revoked", "account_inactive", "not_authed"]
)
async def test_a_token_that_is_no_longer_good_says_to_connect_again(slack: SlackServer, code: str) -> None:
    slack.revoked[TOKEN] = code
    error = await refusal(slack)
    assert isinstance(error, CredentialsError)
    assert code in str(error)
    assert "Connect Slack again" in str(error)
    assert TOKEN not in str(error)


@pytest.mark.parametrize("method", [name for name, (scope, _) in METHODS.items() if scope])
async def test_a_missing_scope_is_named_with_those_that_are_there(slack: SlackServer, method: str) -> None:
    needed = METHODS[method][0]
    slack.scopes[USER_TOKEN] = {"team:read"}
    with pytest.raises(ProviderForbidden) as caught:
        await client(slack, USER_TOKEN).write(method, channel="C0GENERAL")
    assert f"lacks the scope {needed}" in str(caught.value)
    assert "team:read" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("channel_not_found", ProviderNotFound, "/invite"),
        ("user_not_found", ProviderNotFound, "U or W"),
        ("users_not_found", ProviderNotFound, "e-mail"),
        ("message_not_found", ProviderNotFound, "`ts`"),
        ("not_in_channel", ProviderForbidden, "/invite"),
        ("is_archived", ProviderForbidden, "archived"),
        ("cant_update_message", ProviderForbidden, "sent itself"),
        ("not_allowed_token_type", ProviderForbidden, "xoxp"),
        ("restricted_action", ProviderForbidden, "settings"),
        ("msg_too_long", ProviderError, "40,000"),
        ("ratelimited", RateLimited, "too many calls"),
        ("rate_limited", RateLimited, "too many calls"),
        ("internal_error", ProviderUnavailable, "later"),
        ("never_heard_of", ProviderError, "never_heard_of"),
    ],
)
async def test_each_code_becomes_its_error_with_a_cure(
    slack: SlackServer, code: str, kind: type[ProviderError], words: str
) -> None:
    slack.refuse("users.info", code)
    error = await refusal(slack)
    assert type(error) is kind
    assert code in str(error)
    assert words in str(error)


async def test_what_is_wrong_with_blocks_is_said_in_slack_s_words(slack: SlackServer) -> None:
    detail = "[ERROR] unsupported type: button [json-pointer:/blocks/0/type]"
    slack.refuse("chat.postMessage", "invalid_blocks", response_metadata={"messages": [detail]})
    with pytest.raises(ProviderError, match="json-pointer:/blocks/0/type"):
        await client(slack).write("chat.postMessage", channel="C0GENERAL", blocks=[{"type": "button"}])


@pytest.mark.parametrize("place", ["error", "needed", "provided", "messages"])
async def test_a_token_that_slack_repeats_is_in_no_message(slack: SlackServer, place: str) -> None:
    said = {"error": "missing_scope", "needed": "chat:write", "provided": "users:read"}
    hostile = {"response_metadata": {"messages": [f"bad {TOKEN}"]}} if place == "messages" else {place: TOKEN}
    slack.answer("users.info", Answer.of_json({"ok": False, **said, **hostile}))
    assert TOKEN not in str(await refusal(slack))


async def test_a_code_that_is_no_code_is_not_repeated(slack: SlackServer) -> None:
    slack.answer("users.info", Answer.of_json({"ok": False, "error": "<script>alert(1)</script>"}))
    assert "script" not in str(await refusal(slack))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(500, b"<html>"), ProviderUnavailable),
        (Answer(503, b""), ProviderUnavailable),
        (Answer(401, b"no"), CredentialsError),
        (Answer(200, b"<html>"), ProviderError),
        (Answer(200, b"[1]"), ProviderError),
        (Answer(200, b'{"ok": "true"}'), ProviderError),
    ],
)
async def test_an_answer_that_is_none_of_slack_s_is_an_error(
    slack: SlackServer, answer: Answer, kind: type[ProviderError]
) -> None:
    slack.answer("users.info", *[answer] * 4)
    assert type(await refusal(slack)) is kind


# -- what is sent again ------------------------------------------------------------------------------------


async def test_a_read_is_repeated_when_slack_fails(slack: SlackServer) -> None:
    slack.answer("users.info", Answer(500), Answer(hang_up=True))
    body = await client(slack).read("users.info", user="U0ADA0000")
    assert body["user"]["name"] == "ada"
    assert len(slack.calls("users.info")) == 3


async def test_a_write_is_not_repeated_when_slack_fails(slack: SlackServer) -> None:
    slack.answer("chat.postMessage", Answer(500))
    with pytest.raises(ProviderUnavailable):
        await client(slack).write("chat.postMessage", channel="C0GENERAL", text="Hi")
    assert len(slack.calls("chat.postMessage")) == 1
    assert slack.workspace.messages == {}


@pytest.mark.parametrize(("verb", "method"), [("read", "users.info"), ("write", "chat.postMessage")])
async def test_too_many_calls_wait_as_long_as_slack_asks(slack: SlackServer, verb: str, method: str) -> None:
    slack.limit(method, retry_after_s=1, times=2)
    started = time.monotonic()
    call = getattr(client(slack), verb)
    body = await call(method, user="U0ADA0000", channel="C0GENERAL", text="Hi")
    assert body["ok"] is True
    assert time.monotonic() - started >= 2.0
    assert len(slack.calls(method)) == 3


@pytest.mark.parametrize("verb", ["read", "write"])
async def test_a_wait_that_is_too_long_is_an_error_that_says_how_long(slack: SlackServer, verb: str) -> None:
    slack.limit("users.info", retry_after_s=45, times=9)
    started = time.monotonic()
    with pytest.raises(RateLimited, match="wait 45 s") as caught:
        await getattr(client(slack), verb)("users.info", user="U0ADA0000")
    assert caught.value.retry_after_s == 45
    assert time.monotonic() - started < 5
    assert len(slack.calls("users.info")) == 1


async def test_waiting_for_a_turn_ends(slack: SlackServer) -> None:
    slack.limit("chat.postMessage", retry_after_s=0, times=99)
    with pytest.raises(RateLimited):
        await client(slack).write("chat.postMessage", channel="C0GENERAL", text="Hi")
    assert len(slack.calls("chat.postMessage")) == _api.MAX_WAITS + 1


# -- pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "asked", "has_more"),
    [(1, ["1"], True), (4, ["4", "4"], True), (7, ["7"] * 3, False), (200, ["200"] * 3, False)],
)
async def test_pages_are_followed_until_there_are_enough_or_no_more(
    slack: SlackServer, most: int, asked: list[str], has_more: bool
) -> None:
    slack.workspace.page_items = 3
    for number in range(7):
        slack.workspace.say("C0GENERAL", f"{number}")
    found = await client(slack).find("conversations.history", "messages", most=most, channel="C0GENERAL")
    assert [one["text"] for one in found.items] == [str(number) for number in range(6, 6 - min(most, 7), -1)]
    assert [call["limit"] for call in slack.calls("conversations.history")] == asked
    assert found.has_more is has_more


async def test_no_page_is_larger_than_slack_recommends(slack: SlackServer) -> None:
    await client(slack).find("users.list", "members", most=5000)
    assert [call["limit"] for call in slack.calls("users.list")] == ["200"]


async def test_empty_pages_are_passed_over(slack: SlackServer) -> None:
    empty = {"ok": True, "members": [], "response_metadata": {"next_cursor": "1"}}
    slack.answer("users.list", Answer.of_json(empty))
    found = await client(slack).find("users.list", "members", most=10)
    assert [one["name"] for one in found.items] == ["grace", "blockyard", "charles"]


async def test_a_cursor_that_comes_again_ends_the_reading(slack: SlackServer) -> None:
    page = {"ok": True, "members": [{"id": "U1"}], "response_metadata": {"next_cursor": "same"}}
    slack.answer("users.list", *[Answer.of_json(page)] * 50)
    with pytest.raises(ProviderError, match="without end"):
        await client(slack).find("users.list", "members", most=1000)
    assert len(slack.calls("users.list")) == 2


async def test_a_list_that_is_none_is_empty(slack: SlackServer) -> None:
    slack.answer("users.list", Answer.of_json({"ok": True, "members": None, "response_metadata": None}))
    assert await client(slack).find("users.list", "members", most=10) == Found([], has_more=False)


# -- where the token goes ----------------------------------------------------------------------------------


async def test_the_token_goes_into_the_header_and_nowhere_else(slack: SlackServer) -> None:
    await client(slack).write("chat.postMessage", channel="C0GENERAL", text="größe & more", blocks=[])
    await client(slack).read("users.info", user="U0ADA0000")
    for _, arguments, request in slack.seen:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in request.target
        assert TOKEN not in request.body.decode()
        assert "token" not in arguments
    assert slack.calls("chat.postMessage") == [{"channel": "C0GENERAL", "text": "größe & more"}]
