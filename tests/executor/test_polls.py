"""Polls: each record starts one run, whatever dies, fails, is edited or comes again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest

from backend.blocks.web.feed_trigger import FeedTriggerBlock
from backend.data import poll_store
from backend.data.block import Block, PollRecord, PollResult
from backend.data.db import Database
from backend.data.model import JsonObject
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.triggers import asking
from backend.executor.triggers.asking import interval_of
from backend.executor.triggers.polls import SIGNAL, Checked, Polls, back_off_s, go_live_polls, stop_polls
from backend.executor.worker import Worker
from backend.util.errors import Conflict, CredentialsError, NotFound
from backend.util.settings import Settings
from tests.support import durable
from tests.support.collector import thaw
from tests.support.engine import catalogue_with
from tests.support.feeds import Feed, feed_graph
from tests.support.http_server import Answer, LocalServer, local_http_server, reachable
from tests.support.polls import NewsBlock, listing, live, news_graph
from tests.support.workers import ended, fetch, until, value


@pytest.fixture
async def idle(database: Database, settings: Settings) -> AsyncIterator[Worker]:
    """A worker that takes nothing from the queue, so that runs stay as they are."""
    worker = Worker(database, settings, catalogue_with([*durable.BLOCKS, NewsBlock]).find)
    async with worker.at_work(takes_queued=False):
        yield worker
    thaw()


@pytest.fixture
def news() -> type[NewsBlock]:
    NewsBlock.answers, NewsBlock.cursors = [listing()], []
    return NewsBlock


@pytest.fixture
def feed() -> Feed:
    return Feed([("b", "Second"), ("a", "First")])


@pytest.fixture
async def server(feed: Feed) -> AsyncIterator[LocalServer]:
    with local_http_server({"/feed": feed}) as local, reachable(local):
        yield local


async def check(worker: Worker, poll_id: str) -> Checked:
    return await Polls(worker).check(LOCAL_USER_ID, poll_id)


async def started(database: Database) -> list[JsonObject]:
    """The payloads of all runs, in the order in which they were stored."""
    rows = await fetch(database, "SELECT inputs::text, options::text FROM run ORDER BY id")
    assert all("trigger_node" in orjson.loads(row["options"]) for row in rows)
    return [orjson.loads(row["inputs"])["payload"] for row in rows]


async def row_of(database: Database, poll_id: str) -> dict[str, Any]:
    rows = await fetch(database, "SELECT *, next_at - now() AS in_ FROM poll WHERE id = $1", poll_id)
    return dict(rows[0]) | {"next_in_s": rows[0]["in_"].total_seconds()}


# -- feeds ---------------------------------------------------------------------------------------------------


async def test_what_is_in_a_feed_at_first_starts_nothing_and_each_later_entry_one_run(
    idle: Worker, database: Database, server: LocalServer, feed: Feed
) -> None:
    poll_id = await live(idle, feed_graph(server.base_url + "/feed"))
    assert await check(idle, poll_id) == Checked(found=2, is_first=True)
    feed.add("c", "Third")
    feed.add("d", "Fourth")
    checked = await check(idle, poll_id)
    assert (checked.found, len(checked.run_ids), checked.is_first) == (4, 2, False)
    assert (await check(idle, poll_id)).run_ids == ()
    assert [(one["id"], one["title"]) for one in await started(database)] == [("c", "Third"), ("d", "Fourth")]


async def test_a_node_may_want_what_is_there_already_oldest_first(
    idle: Worker, database: Database, server: LocalServer
) -> None:
    poll_id = await live(idle, feed_graph(server.base_url + "/feed", emit_existing=True))
    assert len((await check(idle, poll_id)).run_ids) == 2
    assert (await check(idle, poll_id)).run_ids == ()
    assert [one["id"] for one in await started(database)] == ["a", "b"]


async def test_an_entry_that_is_edited_starts_no_second_run(
    idle: Worker, database: Database, server: LocalServer, feed: Feed
) -> None:
    poll_id = await live(idle, feed_graph(server.base_url + "/feed", emit_existing=True))
    await check(idle, poll_id)
    feed.entries[0] = ("b", "Second, corrected")
    checked = await check(idle, poll_id)
    assert (checked.found, checked.run_ids) == (2, ())


async def test_entries_without_id_and_link_are_known_by_what_they_say(
    idle: Worker, database: Database, server: LocalServer, feed: Feed
) -> None:
    feed.entries = [("", "One")]
    poll_id = await live(idle, feed_graph(server.base_url + "/feed"))
    await check(idle, poll_id)
    feed.add("", "Two")
    feed.add("", "Two")
    assert len((await check(idle, poll_id)).run_ids) == 1
    assert (await check(idle, poll_id)).run_ids == ()
    assert [one["title"] for one in await started(database)] == ["Two"]


async def test_a_feed_that_moves_keeps_the_ids_that_are_no_whole_addresses(
    idle: Worker, server: LocalServer, feed: Feed
) -> None:
    items = b"<item><guid>1</guid></item><item><link>/two</link></item>"
    body = b'<rss version="2.0"><channel><title>News</title>' + items + b"</channel></rss>"
    server.routes["/feed"] = Answer(200, body, {"Content-Type": "application/rss+xml"})
    poll_id = await live(idle, feed_graph(server.base_url + "/feed"))
    assert (await check(idle, poll_id)).found == 2
    server.routes["/elsewhere/feed"] = server.routes["/feed"]
    server.routes["/feed"] = Answer.redirect("/elsewhere/feed")
    assert await check(idle, poll_id) == Checked(found=2)


async def test_a_feed_is_asked_whether_it_has_changed_and_304_loses_nothing(
    idle: Worker, database: Database, server: LocalServer, feed: Feed
) -> None:
    feed.is_conditional = True
    poll_id = await live(idle, feed_graph(server.base_url + "/feed"))
    await check(idle, poll_id)
    assert await check(idle, poll_id) == Checked(found=0)
    assert "if-none-match" not in server.seen[0].headers
    assert server.seen[1].headers["if-none-match"] == feed.etag
    feed.add("c")
    assert len((await check(idle, poll_id)).run_ids) == 1
    assert (await check(idle, poll_id)).found == 0


async def test_an_entry_reaches_the_output_of_the_published_graph(
    database: Database, settings: Settings, server: LocalServer, feed: Feed
) -> None:
    worker = Worker(database, settings, catalogue_with([]).find)
    worker.beside.append(Polls(worker).run)
    async with worker.at_work():
        graph = feed_graph(server.base_url + "/feed", emit_existing=True)
        await live(worker, graph)
        worker.send(SIGNAL, "")
        await until(lambda: fetch(database, "SELECT id FROM run"), within_s=10)
        [first, _] = await fetch(database, "SELECT id FROM run ORDER BY id")
        view = await ended(worker, first["id"])
        assert view.summary is not None
        assert view.summary.outputs is not None
        assert view.summary.outputs["entry"][0]["title"] == "First"
    thaw()


# -- failures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(401), ["refused the credentials", "Connect"]),
        (Answer(404), ["nothing there"]),
        (Answer(500), ["trouble"]),
        (Answer(200, b"<!doctype html><title>x</title>"), ["no feed"]),
        (Answer(hang_up=True), ["127.0.0.1"]),
    ],
)
async def test_a_failure_is_shown_backs_off_and_is_cleared_by_success(
    idle: Worker, database: Database, server: LocalServer, feed: Feed, answer: Answer, words: list[str]
) -> None:
    poll_id = await live(idle, feed_graph(server.base_url + "/feed", interval_s=60))
    server.routes["/feed"] = answer
    for failures, next_in_s in [(1, 60), (2, 120), (3, 240)]:
        problem = (await check(idle, poll_id)).problem
        assert [word for word in words if word not in problem] == []
        row = await row_of(database, poll_id)
        assert (row["failures"], row["problem"]) == (failures, problem)
        assert next_in_s - 10 < row["next_in_s"] <= next_in_s
    server.routes["/feed"] = feed
    assert (await check(idle, poll_id)).problem == ""
    row = await row_of(database, poll_id)
    assert (row["failures"], row["problem"]) == (0, "")
    assert row["next_in_s"] <= 60


async def test_a_service_that_says_when_to_come_again_is_left_alone_until_then(
    idle: Worker, database: Database, server: LocalServer
) -> None:
    poll_id = await live(idle, feed_graph(server.base_url + "/feed", interval_s=60))
    server.routes["/feed"] = Answer(429, headers={"Retry-After": "5000"})
    assert "too many requests" in (await check(idle, poll_id)).problem
    assert 4900 < (await row_of(database, poll_id))["next_in_s"] <= 5000


@pytest.mark.parametrize(
    ("interval_s", "failures", "retry_after_s", "expected"),
    [
        (60, 0, None, 60),
        (60, 3, None, 480),
        (60, 6, None, 3600),
        (60, 10**9, None, 3600),
        (86_400, 5, None, 86_400),
        (60, 0, 90, 90),
        (60, 6, 90, 3600),
        (60, 0, 1e9, 86_400),
    ],
)
def test_back_off_doubles_up_to_an_hour_and_respects_the_service(
    interval_s: float, failures: int, retry_after_s: float | None, expected: float
) -> None:
    assert back_off_s(interval_s, failures, retry_after_s) == expected


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (CredentialsError("The token was refused. Reconnect the account."), "Reconnect"),
        (RuntimeError("a bug"), "RuntimeError: a bug"),
        ("no result", "no PollResult"),
        (PollResult([PollRecord("", {})]), "no id"),
        (PollResult([PollRecord("a", {"x": object()})]), "no JSON"),
    ],
)
async def test_what_a_block_does_wrong_is_said_and_starts_nothing(
    idle: Worker, database: Database, news: type[NewsBlock], answer: Any, words: str
) -> None:
    poll_id = await live(idle, news_graph())
    await check(idle, poll_id)
    news.answers = [answer]
    assert words in (await check(idle, poll_id)).problem
    assert await started(database) == []
    news.answers = [listing("a")]
    assert len((await check(idle, poll_id)).run_ids) == 1


async def test_a_service_that_does_not_answer_is_left_after_a_time(
    idle: Worker, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_WITHIN_S", 0.3)
    server.routes["/feed"] = Answer(delay_s=2.0)
    poll_id = await live(idle, feed_graph(server.base_url + "/feed"))
    assert "no answer within 0.3 s" in (await check(idle, poll_id)).problem


# -- each record once ----------------------------------------------------------------------------------------


async def test_more_records_than_a_poll_may_start_come_soon_and_each_once(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    await check(idle, poll_id)
    ids = [f"r{number:03d}" for number in range(250)]
    news.answers = [listing(*ids, cursor="after")]
    counts = [len((await check(idle, poll_id)).run_ids) for _ in range(4)]
    assert counts == [100, 100, 50, 0]
    assert news.cursors == [None, None, None, None, "after"]  # not moved on before all have started
    assert [one["is"] for one in await started(database)] == ids


async def test_many_who_ask_at_once_start_each_record_once(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    await check(idle, poll_id)
    for number in range(4):
        news.answers = [listing(*[f"r{k}" for k in range(3 * number + 3)])]
        found = await asyncio.gather(*(check(idle, poll_id) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(one, (Checked, Conflict)) for one in found)
    assert sorted(one["is"] for one in await started(database)) == sorted(f"r{k}" for k in range(12))


async def test_what_was_found_under_a_lease_that_has_ended_is_left_to_the_next(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    await check(idle, poll_id)
    news.answers = [listing("a")]
    async with database.raw() as connection:
        leased = await poll_store.lease_one(connection, LOCAL_USER_ID, poll_id, 60)
    assert leased is not None
    with pytest.raises(Conflict):
        await check(idle, poll_id)
    await value(database, "UPDATE poll SET leased_until = now() - interval '1 s' WHERE id = $1", poll_id)
    assert len((await check(idle, poll_id)).run_ids) == 1
    assert await Polls(idle)._ask(leased) is None
    assert len(await started(database)) == 1


@pytest.mark.parametrize("record_id", ["x" * 5000, "a\0b", "line\nbreak", "😀", " ", "\ud800"])
async def test_any_text_is_an_id(
    idle: Worker, database: Database, news: type[NewsBlock], record_id: str
) -> None:
    poll_id = await live(idle, news_graph())
    await check(idle, poll_id)
    news.answers = [PollResult([PollRecord(record_id, {"text": "a\0b"})])]
    assert len((await check(idle, poll_id)).run_ids) == 1
    assert (await check(idle, poll_id)).run_ids == ()


async def test_records_of_long_ago_are_forgotten_unless_the_service_lists_them_still(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    news.answers = [listing("kept", "gone")]
    await check(idle, poll_id)
    await value(database, "UPDATE poll_seen SET seen_at = now() - interval '91 days'")
    news.answers = [listing()]  # may only say that nothing has changed
    await check(idle, poll_id)
    assert await value(database, "SELECT count(*) FROM poll_seen") == 2
    news.answers = [listing("kept", "new")]
    assert len((await check(idle, poll_id)).run_ids) == 1
    rows = await fetch(database, "SELECT record_id FROM poll_seen ORDER BY 1")
    assert [row[0] for row in rows] == ["kept", "new"]


async def test_a_record_whose_run_is_kept_starts_no_other_when_it_was_forgotten(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    await check(idle, poll_id)
    news.answers = [listing("a")]
    await check(idle, poll_id)
    await value(database, "DELETE FROM poll_seen")
    checked = await check(idle, poll_id)
    assert (checked.run_ids, checked.problem) == ((), "")


# -- going live ----------------------------------------------------------------------------------------------


async def test_a_new_version_goes_on_from_the_cursor_while_the_node_asks_for_the_same(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    graph = news_graph()
    poll_id = await live(idle, graph)
    news.answers = [listing("a", cursor={"page": 1})]
    await check(idle, poll_id)
    graph.description = "another version"
    assert await live(idle, graph) == poll_id
    news.answers = [listing("b")]
    checked = await check(idle, poll_id)
    assert news.cursors[-1] == {"page": 1}
    assert len(checked.run_ids) == 1
    assert await value(database, "SELECT graph_version FROM run") == 2


async def test_a_node_that_asks_for_something_else_begins_anew(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    news.answers = [listing("a", cursor=5)]
    await check(idle, poll_id)
    assert await live(idle, news_graph(topic="other")) == poll_id
    news.answers = [listing("x", "y", cursor=6)]
    checked = await check(idle, poll_id)
    assert (checked.is_first, checked.run_ids, news.cursors[-1]) == (True, (), None)


async def test_what_was_asked_for_an_older_version_is_thrown_away(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    graph = news_graph()
    poll_id = await live(idle, graph)
    await check(idle, poll_id)
    news.answers = [listing("a")]
    async with database.raw() as connection:
        leased = await poll_store.lease_one(connection, LOCAL_USER_ID, poll_id, 60)
    assert leased is not None
    graph.description = "another version"
    await live(idle, graph)
    assert await Polls(idle)._ask(leased) is None
    assert len((await check(idle, poll_id)).run_ids) == 1
    assert await value(database, "SELECT graph_version FROM run") == 2


async def test_a_node_that_is_gone_or_disabled_is_not_polled_any_more(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    graph = news_graph()
    await live(idle, graph)
    graph.nodes[0].disabled = True
    async with database.begin() as connection:
        await go_live_polls(connection, LOCAL_USER_ID, graph, idle.programs._find_block)
    assert await value(database, "SELECT count(*) FROM poll") == 0


async def test_stopping_removes_the_polls_of_one_graph_of_one_user(
    idle: Worker, database: Database, news: type[NewsBlock]
) -> None:
    poll_id = await live(idle, news_graph())
    graph_id = await value(database, "SELECT graph_id FROM poll")
    news.answers = [listing("a")]
    await check(idle, poll_id)
    async with database.begin() as connection:
        assert await stop_polls(connection, "somebody else", graph_id) == 0
        assert await stop_polls(connection, LOCAL_USER_ID, graph_id) == 1
    assert await value(database, "SELECT count(*) FROM poll_seen") == 0
    with pytest.raises(NotFound):
        await check(idle, poll_id)


async def test_a_foreign_poll_cannot_be_checked(idle: Worker, news: type[NewsBlock]) -> None:
    poll_id = await live(idle, news_graph())
    with pytest.raises(NotFound):
        await Polls(idle).check("somebody else", poll_id)
    assert news.cursors == []


@pytest.mark.parametrize(
    ("block", "constants", "expected"),
    [
        (NewsBlock, {}, 120),
        (FeedTriggerBlock, {}, 300),
        (FeedTriggerBlock, {"interval_s": 3600}, 3600),
        (FeedTriggerBlock, {"interval_s": 1}, 30),
        (FeedTriggerBlock, {"interval_s": None}, 300),
    ],
)
def test_the_interval_is_the_nodes_else_the_blocks_and_half_a_minute_at_the_least(
    block: Callable[[], Block], constants: JsonObject, expected: float
) -> None:
    assert interval_of(block(), constants) == expected


async def test_a_process_that_ends_while_it_asks_lets_another_ask_at_once(
    database: Database, settings: Settings, server: LocalServer
) -> None:
    worker = Worker(database, settings, catalogue_with([]).find)
    worker.beside.append(Polls(worker).run)
    server.routes["/feed"] = Answer(delay_s=3.0)
    async with worker.at_work():
        poll_id = await live(worker, feed_graph(server.base_url + "/feed"))
        worker.send(SIGNAL, "")
        await until(lambda: fetch(database, "SELECT 1 FROM poll WHERE leased_until IS NOT NULL"), within_s=5)
    thaw()
    row = await row_of(database, poll_id)
    assert (row["leased_until"], row["failures"]) == (None, 0)
