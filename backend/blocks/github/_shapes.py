"""What of GitHub's long answers goes on: short objects, the same wherever a thing is shown."""

from __future__ import annotations

from typing import Any

from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject


def text(value: Any) -> str:
    """A text that GitHub leaves null where there is none."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def inner(value: Any) -> JsonObject:
    """An object that may be null."""
    return as_object(value) or {}


def objects(value: Any) -> list[JsonObject]:
    return [inner(one) for one in as_list(value) or []]


def login(user: Any) -> str:
    """Empty for an account that is gone."""
    return text(inner(user).get("login"))


def label_names(raw: JsonObject) -> list[str]:
    """A label is an object, or in some answers only its name."""
    return [
        one if isinstance(one, str) else text(inner(one).get("name"))
        for one in as_list(raw.get("labels")) or []
    ]


def short_issue(raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/issues/issues (2022-11-28)."""
    return {
        "title": text(raw.get("title")),
        "url": text(raw.get("html_url")),
        "number": number(raw.get("number")),
        "state": text(raw.get("state")),
        "user": login(raw.get("user")),
        "labels": label_names(raw),
        "assignees": [login(one) for one in objects(raw.get("assignees"))],
        "comments": number(raw.get("comments")),
        "is_pull_request": "pull_request" in raw,
        "created_at": text(raw.get("created_at")),
        "updated_at": text(raw.get("updated_at")),
    }


def short_pull(raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/pulls/pulls (2022-11-28)."""
    return {
        "title": text(raw.get("title")),
        "url": text(raw.get("html_url")),
        "number": number(raw.get("number")),
        "state": text(raw.get("state")),
        "user": login(raw.get("user")),
        "head": text(inner(raw.get("head")).get("ref")),
        "base": text(inner(raw.get("base")).get("ref")),
        "is_draft": raw.get("draft") is True,
        "labels": label_names(raw),
        "created_at": text(raw.get("created_at")),
        "updated_at": text(raw.get("updated_at")),
    }


def short_comment(raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/issues/comments (2022-11-28)."""
    return {
        "id": number(raw.get("id")),
        "body": text(raw.get("body")),
        "user": login(raw.get("user")),
        "url": text(raw.get("html_url")),
        "created_at": text(raw.get("created_at")),
    }


def short_release(raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/releases/releases (2022-11-28)."""
    return {
        "id": number(raw.get("id")),
        "tag": text(raw.get("tag_name")),
        "name": text(raw.get("name")),
        "body": text(raw.get("body")),
        "url": text(raw.get("html_url")),
        "author": login(raw.get("author")),
        "is_draft": raw.get("draft") is True,
        "is_prerelease": raw.get("prerelease") is True,
        "published_at": text(raw.get("published_at")),
        "assets": [
            {
                "name": text(one.get("name")),
                "url": text(one.get("browser_download_url")),
                "size_bytes": number(one.get("size")),
            }
            for one in objects(raw.get("assets"))
        ],
    }


def short_repository(raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/repos/repos (2022-11-28)."""
    return {
        "full_name": text(raw.get("full_name")),
        "url": text(raw.get("html_url")),
        "description": text(raw.get("description")),
        "language": text(raw.get("language")),
        "stars": number(raw.get("stargazers_count")),
        "forks": number(raw.get("forks_count")),
        "open_issues": number(raw.get("open_issues_count")),
        "default_branch": text(raw.get("default_branch")),
        "topics": [text(one) for one in as_list(raw.get("topics")) or []],
        "is_private": raw.get("private") is True,
        "is_archived": raw.get("archived") is True,
        "updated_at": text(raw.get("updated_at")),
    }
