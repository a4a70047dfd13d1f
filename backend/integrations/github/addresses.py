"""Which repository, issue or comment a person means: its web address, its API address, or `owner/name#1`.

Only what is matched here goes into a path of the API, so that no text of a person can lead it elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from backend.util.errors import InvalidInput

_OWNER = r"(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})"
_NAME = r"(?P<name>[A-Za-z0-9._-]{1,100}?)(?:\.git)?"
_SITE = (
    r"(?:(?:https?://)?(?:www\.)?github\.com/|https?://api\.github\.com/repos/"
    r"|(?:ssh://)?git@github\.com[:/])"
)
_SHORT = re.compile(rf"{_OWNER}/{_NAME}")
_ADDRESS = re.compile(rf"{_SITE}{_OWNER}/{_NAME}(?P<rest>[/?#].*)?", re.IGNORECASE)
_SHORT_THREAD = re.compile(rf"{_OWNER}/{_NAME}#(?P<number>[1-9][0-9]{{0,17}})")
_THREAD = re.compile(r"/(?:issues|pull|pulls)/(?P<number>[1-9][0-9]{0,17})(?:[/?#].*)?")
_COMMENT = re.compile(
    r"#issuecomment-(?P<id>[1-9][0-9]{0,17})$|/issues/comments/(?P<api_id>[1-9][0-9]{0,17})$"
)
_ORGANIZATION = re.compile(rf"(?:{_SITE})?(?:orgs/)?{_OWNER}/?", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository on github.com."""

    owner: str
    name: str

    @property
    def path(self) -> str:
        """Of the API."""
        return f"/repos/{self.owner}/{self.name}"

    @property
    def url(self) -> str:
        return f"https://github.com/{self.owner}/{self.name}"

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Thread:
    """An issue or a pull request: GitHub counts both in one row, and comments on both as on issues."""

    repository: Repository
    number: int

    @property
    def issue_path(self) -> str:
        return f"{self.repository.path}/issues/{self.number}"

    @property
    def pull_path(self) -> str:
        return f"{self.repository.path}/pulls/{self.number}"

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"


def repository_of(text: str) -> Repository:
    """`https://github.com/owner/name`, with whatever follows, or `owner/name`.

    Raises:
        InvalidInput: it names no repository on github.com.
    """
    match = _SHORT.fullmatch(text.strip()) or _ADDRESS.fullmatch(text.strip())
    if match is None or match["name"] in (".", ".."):
        raise InvalidInput(
            f"{text[:200]!r} is no repository on GitHub. Write owner/name, or its address like "
            "https://github.com/owner/name. GitHub Enterprise Server is not supported."
        )
    return Repository(match["owner"], match["name"])


def thread_of(text: str) -> Thread:
    """`https://github.com/owner/name/issues/1` (or `/pull/1`), or `owner/name#1`.

    Raises:
        InvalidInput: it names neither an issue nor a pull request.
    """
    short = _SHORT_THREAD.fullmatch(text.strip())
    if short is not None:
        return Thread(repository_of(f"{short['owner']}/{short['name']}"), int(short["number"]))
    match = _ADDRESS.fullmatch(text.strip())
    within = _THREAD.fullmatch(match["rest"] or "") if match else None
    if within is None:
        raise InvalidInput(
            f"{text[:200]!r} is neither an issue nor a pull request on GitHub. Write its address, like "
            "https://github.com/owner/name/issues/1, or owner/name#1."
        )
    return Thread(repository_of(text), int(within["number"]))


def comment_path_of(comment_url: str, issue_url: str, comment_id: str) -> str:
    """The API's path of a comment: by its own address, or by its id and the issue's address.

    Raises:
        InvalidInput: they do not say which comment.
    """
    if comment_url.strip():
        found = _COMMENT.search(comment_url.strip())
        if found is None:
            raise InvalidInput(
                f"{comment_url[:200]!r} is no comment. Copy its link: it ends in #issuecomment- and a number."
            )
        return f"{repository_of(comment_url).path}/issues/comments/{found['id'] or found['api_id']}"
    number = _NUMBER.fullmatch(comment_id.strip())
    if number is None or not issue_url.strip():
        raise InvalidInput("Say which comment: by comment_url, or by issue_url and comment_id (a number).")
    return f"{thread_of(issue_url).repository.path}/issues/comments/{number[0]}"


def organization_of(text: str) -> str:
    """`name`, or `https://github.com/name`.

    Raises:
        InvalidInput: it names no organization.
    """
    match = _ORGANIZATION.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"{text[:200]!r} is no organization on GitHub. Write its name, like octo-org.")
    return match["owner"]


def quoted(part: str) -> str:
    """One part of a path, whatever is in it: the name of a label, of a tag.

    Raises:
        InvalidInput: it is empty, or a dot or two, which paths read as places.
    """
    if part.strip() in ("", ".", ".."):
        raise InvalidInput(f"{part!r} is no name. Give the name as GitHub shows it.")
    return quote(part, safe="", errors="replace")


def quoted_path(path: str) -> str:
    """A file's path within a repository; empty for its root.

    Raises:
        InvalidInput: it leads out of the repository.
    """
    parts = [part for part in path.strip().split("/") if part]
    if any(part in (".", "..") for part in parts):
        raise InvalidInput(f"{path[:200]!r} holds '.' or '..'. Write the path from the repository's root.")
    return "/".join(quote(part, safe="", errors="replace") for part in parts)
