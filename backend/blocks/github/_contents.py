"""Files of a repository: how they are read, and how a change of one is made once.

Source: https://docs.github.com/en/rest/repos/contents (2022-11-28).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from backend.blocks.github._shapes import inner, text
from backend.data.json_types import as_object, is_list
from backend.data.model import JsonObject
from backend.integrations.github.addresses import Repository, quoted_path
from backend.integrations.github.client import RAW_TYPE, GithubClient, with_query
from backend.util.errors import BlockError, ProviderError, ProviderNotFound
from backend.util.off_loop import off_loop

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A path on a branch; an empty branch is the repository's default one."""

    repository: Repository
    path: str
    branch: str = ""

    @property
    def api_path(self) -> str:
        return f"{self.repository.path}/contents/{quoted_path(self.path)}".rstrip("/")

    @property
    def read_path(self) -> str:
        return with_query(self.api_path, {"ref": self.branch})

    def __str__(self) -> str:
        return f"{self.path!r} in {self.repository}" + (f" on {self.branch!r}" if self.branch else "")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is now; `sha` names its content, as a change of it has to."""

    sha: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit has changed. `commit_sha` is the last commit of the file when nothing had to be changed."""

    url: str
    commit_sha: str


async def read_file(github: GithubClient, place: Place) -> StoredFile:
    """Raises BlockError where a folder, a link or a submodule is, besides the client's errors."""
    found = await github.send("GET", place.read_path)
    entry = as_object(found)
    if is_list(found) or entry is None:
        raise BlockError(f"{place} is a folder. Use Github Read Folder, or name a file in it.")
    if entry.get("type") not in ("file", None):
        raise BlockError(f"{place} is no file but a {text(entry.get('type'))}. Name a file.")
    return StoredFile(text(entry.get("sha")), await _content(github, place, entry))


async def _content(github: GithubClient, place: Place, entry: JsonObject) -> bytes:
    """Files of more than 1 MB come without their content, and then once more, as they are."""
    if entry.get("encoding") == "none":
        return (await github.call("GET", place.read_path, accept=RAW_TYPE)).content
    encoded = text(entry.get("content"))
    try:
        return await off_loop(len(encoded), base64.b64decode, encoded)
    except (ValueError, binascii.Error) as error:
        raise ProviderError(f"GitHub sent {place} in a form that cannot be read. Try again later.") from error


async def write_file(
    github: GithubClient, place: Place, content: str, message: str, *, may_exist: bool, may_be_new: bool
) -> Change:
    """Commit `content`. What is there already just so is left alone: so a repetition changes nothing.

    Raises:
        BlockError: it exists or does not, and may not.
    """
    raw = content.encode(errors="replace")
    encoded = await off_loop(len(raw), lambda: base64.b64encode(raw).decode())
    for attempt in range(1, _ATTEMPTS + 1):
        known = await _known(github, place)
        if known is not None and known.content == raw:
            return await _last_change(github, place)
        if known is None and not may_be_new:
            raise BlockError(f"{place} is not there, so it cannot be updated. Use Github Create File.")
        if known is not None and not may_exist:
            raise BlockError(f"{place} is there already, with other content. Use Github Update File.")
        body = _body(place, message, known) | {"content": encoded}
        try:
            return _change(await github.change("PUT", place.api_path, body))
        except ProviderError as error:
            if error.http_status != 409 or attempt == _ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


async def delete_file(github: GithubClient, place: Place, message: str) -> str | None:
    """The commit that took it away; None: it was not there."""
    known = await _known(github, place)
    if known is None:
        await github.get(place.repository.path)  # it is the file that is not there, and not the repository
        return None
    raw = await github.change("DELETE", place.api_path, _body(place, message, known))
    return text(inner(raw.get("commit")).get("sha"))


async def _known(github: GithubClient, place: Place) -> StoredFile | None:
    try:
        return await read_file(github, place)
    except ProviderNotFound:
        return None


def _body(place: Place, message: str, known: StoredFile | None) -> JsonObject:
    body: dict[str, Any] = {"message": message}
    body |= {"branch": place.branch} if place.branch else {}
    body |= {"sha": known.sha} if known else {}
    return body


def _change(raw: JsonObject) -> Change:
    return Change(text(inner(raw.get("content")).get("html_url")), text(inner(raw.get("commit")).get("sha")))


async def _last_change(github: GithubClient, place: Place) -> Change:
    params: dict[str, str | int] = {"path": place.path.strip("/"), "sha": place.branch, "per_page": 1}
    commits = await github.page(f"{place.repository.path}/commits", params)
    entry = await github.get(place.read_path)
    return Change(text(entry.get("html_url")), text(commits[0].get("sha")) if commits else "")
