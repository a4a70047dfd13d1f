"""The Linear client against a local Linear: who may, errors, pages, what is sent again, what never gets into a message."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate

from backend.blocks.linear import _queries as queries
from backend.blocks.linear._api import PAGE_ITEMS, LinearClient, stable_id
from backend.blocks.linear._names import MOST_NAMES
from backend.util.clock import now
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.http_server import Answer
from tests.support.linear_schema import SCHEMA
from tests.support.linear_server import API_KEY, MOST_POINTS, TOKEN, LinearServer, points_of
from tests.support.linear_workspace import Json, refusal

KEY = "run/node/0"
AT_ONCE = {"Retry-After": "0"}
AWAY = Answer(503, headers=AT_ONCE)
_NAMES = [document.partition("{")[0].split("(")[0].strip() for document in queries.ALL]


async def refused(client: LinearClient, document: str = queries.VIEWER, **variables: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await client.query(document, **variables)
    return caught.value


# -- what is asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", queries.ALL, ids=_NAMES)
def test_every_document_is_one_that_the_schema_has(document: str) -> None:
    assert validate(SCHEMA, parse(document)) == []


@pytest.mark.parametrize("document", queries.ALL, ids=_NAMES)
def test_no_document_costs_more_than_linear_allows(document: str) -> None:
    name = document.split()[1].partition("(")[0]
    first = PAGE_ITEMS if "$after" in document else MOST_NAMES
    assert points_of(parse(document), name, {"first": first}) < MOST_POINTS


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("query Viewer { viewer { nickname } }", "nickname"),
        ("query Viewer { viewer(id: 1) { name } }", "argument 'id'"),
        ("query Viewer { viewers { name } }", "viewers"),
        ("query Viewer($id: Int!) { issue(id: $id) { id } }", "Int!"),
        ("query Viewer { viewer { name }", "Syntax Error"),
    ],
)
async def test_a_field_that_linear_does_not_have_is_refused_by_name(
    client: LinearClient, wrong: str, named: str
) -> None:
    error = await refused(client, wrong, id=1)
    assert (type(error), error.http_status) == (ProviderError, 400)
    assert named in str(error)


async def test_an_input_that_linear_does_not_have_is_refused(
    linear: LinearServer, client: LinearClient
) -> None:
    issue = linear.workspace.add_issue("a")
    with pytest.raises(ProviderError, match="colour"):
        await client.update_issue(issue["identifier"], {"colour": "red"})


async def test_a_query_that_costs_too_much_is_refused_as_by_linear(client: LinearClient) -> None:
    nested = "query Issues { issues(first: 250) { nodes { comments { nodes { body } } } } }"
    assert "too complex" in str(await refused(client, nested))


# -- who may -----------------------------------------------------------------------------------------------


async def test_a_personal_key_is_sent_as_it_is_and_a_token_after_bearer(linear: LinearServer) -> None:
    await LinearClient(linear.key()).read_viewer()
    await LinearClient(linear.token()).read_viewer()
    assert [seen.headers["authorization"] for _, _, seen in linear.seen] == [API_KEY, f"Bearer {TOKEN}"]


async def test_a_refused_key_says_to_connect_again_and_is_not_repeated(linear: LinearServer) -> None:
    error = await refused(LinearClient(linear.key("a-wrong-key-123")))
    assert isinstance(error, CredentialsError)
    assert "You need to authenticate" in str(error)
    assert "Connect Linear again" in str(error)
    assert len(linear.seen) == 1


async def test_a_key_that_linear_repeats_is_in_no_message(linear: LinearServer, client: LinearClient) -> None:
    linear.refuse("Viewer", refusal(f"bad {API_KEY}", said=f"bad {API_KEY}"))
    assert str(await refused(client)) == "Linear refused Viewer: bad ***. Check what was sent."


async def test_an_empty_key_is_refused_in_plain_words(linear: LinearServer) -> None:
    assert "***" not in str(await refused(LinearClient(linear.key(" "))))


async def test_without_the_scope_write_nothing_is_changed(linear: LinearServer, client: LinearClient) -> None:
    linear.headers[API_KEY] = {"read"}
    with pytest.raises(ProviderForbidden, match="write"):
        await client.create_issue({"title": "a", "teamId": linear.workspace.eng["id"]}, idempotency_key=KEY)
    assert linear.workspace.issues == []


# -- errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("kind", "code", "wanted"),
    [
        ("authentication error", "AUTHENTICATION_ERROR", CredentialsError),
        ("forbidden", "FORBIDDEN", ProviderForbidden),
        ("feature not accessible", "FEATURE_NOT_ACCESSIBLE", ProviderForbidden),
        ("usage limit exceeded", "USAGE_LIMIT_EXCEEDED", ProviderForbidden),
        ("ratelimited", "RATELIMITED", RateLimited),
        ("lock timeout", "LOCK_TIMEOUT", ProviderUnavailable),
        ("internal error", "INTERNAL_SERVER_ERROR", ProviderUnavailable),
        ("invalid input", "INPUT_ERROR", ProviderError),
        ("never heard of", "NEVER_HEARD_OF", ProviderError),
    ],
)
async def test_each_kind_of_refusal_becomes_its_error(
    linear: LinearServer, client: LinearClient, status: int, kind: str, code: str, wanted: type[ProviderError]
) -> None:
    linear.refuse("Viewer", refusal("technical", said="For people.", kind=kind, code=code), status=status)
    error = await refused(client)
    assert type(error) is wanted
    assert "For people." in str(error)
    assert "technical" not in str(error)


async def test_an_issue_that_is_not_there_is_not_found(linear: LinearServer, client: LinearClient) -> None:
    with pytest.raises(ProviderNotFound, match="Could not find referenced Issue"):
        await client.read_issue("ENG-9")


async def test_errors_beside_data_are_errors(linear: LinearServer, client: LinearClient) -> None:
    linear.refuse("Viewer", refusal("half of it", said="Half of it."), data={"viewer": {"name": "Ada"}})
    assert "Half of it." in str(await refused(client))


async def test_too_many_calls_say_how_long_to_wait(linear: LinearServer, client: LinearClient) -> None:
    linear.limit("Viewer", retry_after_s=7)
    error = await refused(client)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7.0
    assert "It asks to wait 7 s." in str(error)
    assert len(linear.seen) == 1


async def test_the_wait_is_until_the_budget_that_is_used_up_is_full(
    linear: LinearServer, client: LinearClient
) -> None:
    linear.limit("Viewer", reset_ms=int((now().timestamp() + 60) * 1000))
    error = await refused(client)
    assert error.retry_after_s is not None
    assert 50 < error.retry_after_s <= 60


async def test_a_limit_without_a_time_has_none(linear: LinearServer, client: LinearClient) -> None:
    linear.limit("Viewer")
    error = await refused(client)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s is None


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (Answer(500, b"<html>", AT_ONCE), ProviderUnavailable),
        (AWAY, ProviderUnavailable),
        (Answer(401, b"no"), CredentialsError),
        (Answer(403), ProviderForbidden),
        (Answer(404), ProviderNotFound),
        (Answer(429, headers=AT_ONCE), RateLimited),
        (Answer(200, b"<html>"), ProviderError),
        (Answer(200, b"[1]"), ProviderError),
        (Answer(200, b'{"data": null}'), ProviderError),
        (Answer(200, b'{"data": {}, "errors": [1]}'), ProviderError),
    ],
)
async def test_an_answer_that_is_none_of_linear_s_is_an_error(
    linear: LinearServer, client: LinearClient, answer: Answer, wanted: type[ProviderError]
) -> None:
    linear.answer("Viewer", *[answer] * 4)
    assert type(await refused(client)) is wanted


async def test_a_change_that_linear_does_not_carry_out_is_an_error(
    linear: LinearServer, client: LinearClient
) -> None:
    answer: Json = {"data": {"issueUpdate": {"success": False, "issue": None}}}
    linear.answer("UpdateIssue", Answer.of_json(answer))
    with pytest.raises(ProviderError, match="did not carry out issueUpdate"):
        await client.update_issue("ENG-1", {"title": "b"})


# -- what is sent again ------------------------------------------------------------------------------------


async def test_a_read_is_sent_again_when_linear_fails(linear: LinearServer, client: LinearClient) -> None:
    linear.answer("Viewer", Answer(500), Answer(hang_up=True))
    assert (await client.read_viewer())["viewer"]["name"] == "Ada Lovelace"
    assert len(linear.calls("Viewer")) == 3


async def test_a_change_is_not_sent_again(linear: LinearServer, client: LinearClient) -> None:
    linear.answer("UpdateIssue", Answer(500))
    with pytest.raises(ProviderUnavailable):
        await client.update_issue("ENG-1", {"title": "b"})
    assert len(linear.calls("UpdateIssue")) == 1


async def test_an_issue_whose_answer_was_lost_is_found_by_its_id(
    linear: LinearServer, client: LinearClient
) -> None:
    linear.lose("CreateIssue")
    fields = {"title": "a", "teamId": linear.workspace.eng["id"]}
    made = await client.create_issue(fields, idempotency_key=KEY)
    assert made["identifier"] == "ENG-1"
    assert len(linear.calls("CreateIssue")) == 1


async def test_the_same_key_makes_one_issue_and_another_key_another(
    linear: LinearServer, client: LinearClient
) -> None:
    fields = {"title": "a", "teamId": linear.workspace.eng["id"]}
    made = [await client.create_issue(fields, idempotency_key=key) for key in ("a", "a", "b")]
    assert [one["identifier"] for one in made] == ["ENG-1", "ENG-1", "ENG-2"]


async def test_the_same_key_writes_one_comment(linear: LinearServer, client: LinearClient) -> None:
    issue = linear.workspace.add_issue("a")
    fields = {"issueId": issue["id"], "body": "Yes"}
    first = await client.create_comment(fields, idempotency_key=KEY)
    assert await client.create_comment(fields, idempotency_key=KEY) == first
    assert len(linear.workspace.comments) == 1


async def test_a_refused_issue_that_was_never_made_stays_refused(
    linear: LinearServer, client: LinearClient
) -> None:
    with pytest.raises(ProviderError, match="title must not be empty"):
        await client.create_issue({"title": " ", "teamId": linear.workspace.eng["id"]}, idempotency_key=KEY)


async def test_a_lost_answer_stays_lost_when_linear_stays_away(
    linear: LinearServer, client: LinearClient
) -> None:
    linear.answer("CreateIssue", AWAY)
    linear.answer("Issue", *[AWAY] * 4)
    with pytest.raises(ProviderUnavailable, match="CreateIssue"):
        await client.create_issue({"title": "a", "teamId": "t"}, idempotency_key=KEY)


def test_an_id_of_ours_is_a_version_4_and_different_for_each_kind() -> None:
    made = {stable_id(kind, KEY) for kind in ("issue", "comment")}
    assert len(made) == 2
    assert all(one[14] == "4" and one[19] in "89ab" for one in made)


# -- pages -------------------------------------------------------------------------------------------------


async def test_a_list_goes_over_as_many_pages_as_its_limit_takes(
    linear: LinearServer, client: LinearClient
) -> None:
    for number in range(120):
        linear.workspace.add_issue(f"Issue {number}")
    for most, sizes in ((1, [1]), (50, [50]), (51, [50, 1]), (120, [50, 50, 20]), (500, [50, 50, 50])):
        linear.seen.clear()
        found = await client.find_issues("", {}, most=most)
        wanted = [f"Issue {number}" for number in range(119, -1, -1)][:most]
        assert [one["title"] for one in found.items] == wanted
        assert found.has_more is (most < 120)
        assert [variables["first"] for variables in linear.calls("Issues")] == sizes


@pytest.mark.parametrize("cursor", ["same", None])
async def test_pages_without_end_are_an_error(
    linear: LinearServer, client: LinearClient, cursor: str | None
) -> None:
    info = {"hasNextPage": True, "endCursor": cursor}
    endless = Answer.of_json({"data": {"issues": {"nodes": [{"id": "1"}], "pageInfo": info}}})
    linear.answer("Issues", *[endless] * 3)
    with pytest.raises(ProviderError, match="without end"):
        await client.find_issues("", {}, most=100)
