"""Which repository, issue or comment is meant, and that nothing else gets into a path of the API."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from backend.integrations.github.addresses import (
    comment_path_of,
    organization_of,
    quoted,
    quoted_path,
    repository_of,
    thread_of,
)
from backend.util.errors import InvalidInput
from backend.util.url_target import parse_target


@pytest.mark.parametrize(
    "written",
    [
        "octo-cat/hello.py",
        " octo-cat/hello.py \n",
        "https://github.com/octo-cat/hello.py",
        "https://github.com/octo-cat/hello.py/",
        "https://github.com/octo-cat/hello.py.git",
        "http://www.github.com/octo-cat/hello.py/tree/main/src?tab=readme#top",
        "github.com/octo-cat/hello.py",
        "HTTPS://GitHub.com/octo-cat/hello.py",
        "git@github.com:octo-cat/hello.py.git",
        "ssh://git@github.com/octo-cat/hello.py.git",
        "https://api.github.com/repos/octo-cat/hello.py",
        "https://api.github.com/repos/octo-cat/hello.py/issues",
    ],
)
def test_a_repository_is_known_however_it_is_written(written: str) -> None:
    assert repository_of(written).path == "/repos/octo-cat/hello.py"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "octocat",
        "octocat/",
        "/octocat/hello",
        "octocat/hello/issues",
        "octocat/..",
        "octocat/.",
        "../hello",
        "octocat/he llo",
        "octocat/hello?x",
        "octocat%2fhello/x",
        "https://gitlab.com/octocat/hello",
        "https://github.com.evil.example/octocat/hello",
        "https://evil.example/github.com/octocat/hello",
        "https://evil.example@github.com/octocat/hello",
        "https://github.com@evil.example/octocat/hello",
        "https://api.github.com/user",
        "octocat/hel\nlo",
        "octocat/größe",
        "a" * 101 + "/b",
        "a/" + "b" * 101,
    ],
)
def test_what_is_no_repository_on_github_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(InvalidInput, match="owner/name"):
        repository_of(written)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_leads_to_another_place_of_the_api(first: str, second: str) -> None:
    try:
        path = repository_of(f"{first}/{second}").path
    except InvalidInput:
        return
    assert parse_target(f"https://api.github.com{path}/issues").rest == f"{path}/issues"
    assert path.count("/") == 3


@pytest.mark.parametrize(
    "written",
    [
        "a/b#17",
        "https://github.com/a/b/issues/17",
        "https://github.com/a/b/pull/17",
        "https://github.com/a/b/pull/17/files#diff-1",
        "https://github.com/a/b/issues/17#issuecomment-9",
        "https://api.github.com/repos/a/b/pulls/17",
        "https://api.github.com/repos/a/b/issues/17",
    ],
)
def test_an_issue_is_known_however_it_is_written(written: str) -> None:
    thread = thread_of(written)
    assert (thread.issue_path, thread.pull_path) == ("/repos/a/b/issues/17", "/repos/a/b/pulls/17")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a/b",
        "a/b#0",
        "a/b#x",
        "a/b#1#2",
        f"a/b#{'9' * 30}",
        "https://github.com/a/b",
        "https://github.com/a/b/issues",
        "https://github.com/a/b/issues/0",
        "https://github.com/a/b/issues/1x",
        "https://github.com/a/../issues/1",
        "https://github.com/a/b/commit/1",
        "https://evil.example/a/b/issues/1",
    ],
)
def test_what_is_no_issue_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        thread_of(written)


def test_a_comment_is_known_by_its_address_or_by_its_issue_and_id() -> None:
    path = "/repos/a/b/issues/comments/9"
    assert comment_path_of("https://github.com/a/b/issues/1#issuecomment-9", "", "") == path
    assert comment_path_of("https://api.github.com/repos/a/b/issues/comments/9", "", "") == path
    assert comment_path_of("", "a/b#1", " 9 ") == path
    for wrong in (
        ("https://github.com/a/b/issues/1", "", ""),
        ("", "a/b#1", "../9"),
        ("", "", "9"),
        ("", "", ""),
    ):
        with pytest.raises(InvalidInput):
            comment_path_of(*wrong)


def test_an_organization_is_known_by_its_name_or_address() -> None:
    assert organization_of("octo-org") == organization_of("https://github.com/orgs/octo-org/") == "octo-org"
    for wrong in ("", "a/b", "a.b", ".."):
        with pytest.raises(InvalidInput):
            organization_of(wrong)


def test_names_stay_one_part_of_the_path() -> None:
    assert quoted("a/b?c#d é%") == "a%2Fb%3Fc%23d%20%C3%A9%25"
    assert quoted_path("/a b//c#/d.md") == "a%20b/c%23/d.md"
    for wrong in ("", " ", ".", ".."):
        with pytest.raises(InvalidInput):
            quoted(wrong)
    for wrong in ("..", "a/../b", "./a"):
        with pytest.raises(InvalidInput):
            quoted_path(wrong)
