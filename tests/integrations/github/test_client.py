"""The client of GitHub's API against a local GitHub: refusals, limits, pages, and where the token goes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from backend.blocks.github._auth import account_of
from backend.data.credentials import APIKeyCredentials, OAuth2Credentials, UserPasswordCredentials
from backend.integrations.connections import connection_of
from backend.integrations.github.client import GithubClient
from backend.util.errors import (
    AddressRefused,
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.github_server import REPO, TOKEN, Github, github_server, refused
from tests.support.http_server import Answer, reachable

CREDENTIALS = APIKeyCredentials(id="c", provider="github", api_key=SecretStr(f" {TOKEN}\n"))


@pytest.fixture
def github() -> Iterator[Github]:
    with github_server() as server, reachable(origin_map=server.origin_map):
        yield server


@pytest.fixture
def client() -> GithubClient:
    return GithubClient(CREDENTIALS)


async def test_every_call_names_version_and_token(github: Github, client: GithubClient) -> None:
    await client.get("/user")
    (seen,) = github.server.seen
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["x-github-api-version"] == "2022-11-28"
    assert seen.headers["accept"] == "application/vnd.github+json"
    assert seen.headers["user-agent"]


async def test_a_token_of_oauth_does_as_well(github: Github) -> None:
    oauth = OAuth2Credentials(id="o", provider="github", access_token=SecretStr(TOKEN))
    assert (await GithubClient(oauth).get("/user"))["login"] == "octocat"


def test_no_credential_or_one_of_another_kind_is_refused_before_anything_is_sent() -> None:
    pair = UserPasswordCredentials(
        id="u", provider="github", username=SecretStr("octocat"), password=SecretStr("p")
    )
    for credentials in (None, pair):
        with pytest.raises(CredentialsError, match="personal access token"):
            GithubClient(credentials)


async def test_the_account_of_a_credential_is_shown(github: Github) -> None:
    connection = connection_of("GitHub")
    assert connection is not None
    assert connection.test is account_of
    account = await account_of(CREDENTIALS)
    assert (account.name, account.email, account.organization) == ("octocat", "octocat@github.com", "GitHub")
    assert account.avatar_url.startswith("https://avatars.githubusercontent.com/")
    github.tokens.clear()
    with pytest.raises(CredentialsError, match=r"Connect the account again.*Bad credentials"):
        await account_of(CREDENTIALS)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refused(401, "Bad credentials"), CredentialsError, ["Connect the account again", "Bad credentials"]),
        (
            refused(403, "Resource not accessible by personal access token"),
            ProviderForbidden,
            ["permissions"],
        ),
        (
            refused(403, "Forbidden", {"X-Accepted-GitHub-Permissions": "issues=write"}),
            ProviderForbidden,
            ["issues=write"],
        ),
        (
            refused(403, "Forbidden", {"X-Accepted-OAuth-Scopes": "repo", "X-OAuth-Scopes": "gist"}),
            ProviderForbidden,
            ["repo", "gist"],
        ),
        (
            refused(403, "SAML", {"X-GitHub-SSO": "required; url=https://github.com/orgs/o/sso?x=1"}),
            ProviderForbidden,
            ["single sign-on", "https://github.com/orgs/o/sso?x=1"],
        ),
        (refused(451, "Repository access blocked"), ProviderForbidden, ["blocked"]),
        (refused(404, "Not Found"), ProviderNotFound, ["private repository", "/user"]),
        (refused(410, "Issues are disabled"), ProviderNotFound, ["switched off"]),
        (refused(405, "Pull Request is not mergeable"), ProviderError, ["not mergeable"]),
        (refused(409, "a.md does not match"), ProviderError, ["changed meanwhile"]),
        (
            refused(
                422,
                "Validation Failed",
                errors=[{"resource": "Issue", "field": "title", "code": "missing_field"}],
            ),
            ProviderError,
            ["Validation Failed", "title is missing"],
        ),
        (
            refused(
                422, "Validation Failed", errors=[{"code": "custom", "message": "No commits between a and b"}]
            ),
            ProviderError,
            ["No commits between a and b"],
        ),
        (refused(422, "Unprocessable", errors=["Can not approve"]), ProviderError, ["Can not approve"]),
        (refused(422, "Unprocessable", errors="a text"), ProviderError, ["a text"]),
        (refused(422, "Unprocessable", errors=[None, 1, {"code": 5}]), ProviderError, ["Unprocessable"]),
        (Answer(400, b"\xff no JSON"), ProviderError, ["HTTP 400"]),
        (Answer(418, b"[" * 100_000), ProviderError, ["HTTP 418"]),
    ],
)
async def test_each_refusal_is_its_own_error_and_says_what_to_do(
    github: Github, client: GithubClient, answer: Answer, kind: type[ProviderError], words: list[str]
) -> None:
    github.next("GET", "/user", answer)
    with pytest.raises(ProviderError) as caught:
        await client.get("/user")
    assert type(caught.value) is kind
    assert caught.value.http_status == answer.status
    assert caught.value.retry_after_s is None
    assert [word for word in words if word not in str(caught.value)] == []
    assert TOKEN not in str(caught.value)


async def test_no_refusal_quotes_the_token(github: Github, client: GithubClient) -> None:
    github.next("GET", "/user", refused(422, f"{TOKEN} is wrong", errors=[f"not {TOKEN}"]))
    with pytest.raises(ProviderError) as caught:
        await client.get("/user")
    assert TOKEN not in str(caught.value)
    assert "*** is wrong" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "least_s", "most_s"),
    [
        (refused(403, "You have exceeded a secondary rate limit", {"Retry-After": "37"}), 37, 37),
        (refused(403, "You have exceeded a secondary rate limit."), 60, 60),
        (refused(429, "Too many", {"Retry-After": "90"}), 90, 90),
    ],
)
async def test_a_limit_says_how_long_to_wait(
    github: Github, client: GithubClient, answer: Answer, least_s: float, most_s: float
) -> None:
    github.next("POST", f"/repos/{REPO}/issues", answer)
    with pytest.raises(RateLimited) as caught:
        await client.send("POST", f"/repos/{REPO}/issues", {"title": "a"})
    assert caught.value.retry_after_s is not None
    assert least_s <= caught.value.retry_after_s <= most_s
    assert len(github.server.seen) == 1


async def test_the_end_of_the_hourly_limit_is_waited_for(github: Github, client: GithubClient) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 600)}
    github.next("GET", "/user", refused(403, "API rate limit exceeded for user ID 1.", headers))
    with pytest.raises(RateLimited) as caught:
        await client.get("/user")
    assert 595 <= (caught.value.retry_after_s or 0) <= 601


async def test_a_used_up_limit_is_no_reason_for_another_refusal(github: Github, client: GithubClient) -> None:
    headers = {"X-RateLimit-Remaining": "12", "X-RateLimit-Reset": str(int(time.time()) + 600)}
    github.next("GET", "/user", refused(403, "Must have admin rights to Repository.", headers))
    with pytest.raises(ProviderForbidden):
        await client.get("/user")


async def test_a_short_wait_is_waited_and_the_read_repeated(github: Github, client: GithubClient) -> None:
    github.next("GET", "/user", refused(429, "Too many", {"Retry-After": "1"}))
    begun = time.monotonic()
    assert (await client.get("/user"))["login"] == "octocat"
    assert time.monotonic() - begun >= 1


async def test_trouble_at_github_is_tried_again_for_reads_only(github: Github, client: GithubClient) -> None:
    github.next("GET", "/user", refused(502, "Server Error"))
    assert (await client.get("/user"))["login"] == "octocat"
    github.next("POST", f"/repos/{REPO}/issues", refused(502, "Server Error"))
    with pytest.raises(ProviderUnavailable, match="githubstatus"):
        await client.send("POST", f"/repos/{REPO}/issues", {"title": "a"})
    assert len(github.asked("POST", f"/repos/{REPO}/issues")) == 1
    assert github.issues == {}


async def test_pages_end_where_github_ends_or_where_enough_is_there(
    github: Github, client: GithubClient
) -> None:
    for number in range(205):
        github.add_issue(str(number))
    path = f"/repos/{REPO}/issues"
    assert len(await client.pages(path, limit=1000)) == 205
    assert [seen.query.get("page") for seen in github.server.seen] == [None, ["2"], ["3"]]
    github.server.seen.clear()
    assert len(await client.pages(path, {"state": "all"}, limit=5)) == 5
    assert [(seen.query["per_page"], seen.query["state"]) for seen in github.server.seen] == [
        (["5"], ["all"])
    ]


async def test_a_next_page_elsewhere_is_refused_and_the_token_stays(
    github: Github, client: GithubClient
) -> None:
    path = f"/repos/{REPO}/issues"
    for elsewhere in (
        "https://evil.example/",
        "http://api.github.com/",
        "https://api.github.com.evil.example/",
    ):
        link = {"Link": f'<{elsewhere}repos?page=2>; rel="next"'}
        github.next("GET", path, Answer.of_json([{"number": 1}], headers=link))
        with pytest.raises(AddressRefused, match="next page"):
            await client.pages(path, limit=100)


async def test_a_renamed_repository_is_followed(github: Github, client: GithubClient) -> None:
    github.next(
        "GET", "/repos/octocat/old", Answer.redirect(f"https://api.github.com/repos/{REPO}", status=301)
    )
    assert (await client.get("/repos/octocat/old"))["full_name"] == REPO


@pytest.mark.parametrize("answer", [Answer(body=b"<html>"), Answer.of_json([1]), Answer.of_json("a")])
async def test_an_answer_of_another_shape_is_an_error_of_the_provider(
    github: Github, client: GithubClient, answer: Answer
) -> None:
    github.next("GET", "/user", answer)
    with pytest.raises(ProviderError):
        await client.get("/user")
