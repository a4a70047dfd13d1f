"""From the names that people write to the ids that Linear takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.blocks.linear import _queries as queries
from backend.blocks.linear._api import LinearClient
from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.util.errors import InvalidInput, ProviderNotFound

MOST_NAMES = 250
"""As many as a page of Linear's may have."""
_NAMED = 20
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]*-[1-9][0-9]*", re.IGNORECASE)
_ADDRESS = re.compile(r"https://linear\.app/[^/]+/issue/([^/?#]+)")


def issue_id_of(written: str) -> str:
    """The identifier (LIN-123) or id in what was written, which may be the issue's address.

    Raises:
        InvalidInput: it names no issue.
    """
    text = written.strip()
    address = _ADDRESS.match(text)
    found = address[1] if address else text
    if _IDENTIFIER.fullmatch(found):
        return found.upper()
    if _UUID.fullmatch(found):
        return found.lower()
    raise InvalidInput(
        f"{written[:100]!r} is no issue of Linear. Give its identifier, such as LIN-123, or its address."
    )


async def team_id_of(linear: LinearClient, written: str) -> str:
    """By key (ENG), name or id; a key goes before a name.

    Raises:
        ProviderNotFound: there is no such team; the message names those that there are.
        InvalidInput: several have that name, or nothing is written.
    """
    if _UUID.fullmatch(written.strip()):
        return written.strip().lower()
    text = _given(written, "team", "its key, such as ENG, or its name")
    named: JsonObject = {"or": [_same("key", text), _same("name", text)]}
    teams = await linear.find(queries.TEAMS, "teams", named, most=10)
    by_key = [one for one in teams if text_at(one, "key").lower() == text.lower()]
    if not teams:
        known = await linear.find(queries.TEAMS, "teams", {}, most=MOST_NAMES)
        raise _missing("team", text, [f"{text_at(one, 'key')} ({text_at(one, 'name')})" for one in known])
    return _only(by_key or teams, "team", text, "Give its key.")


async def user_id_of(linear: LinearClient, written: str) -> str:
    """By e-mail, name, display name, id, or `me`.

    Raises:
        ProviderNotFound: there is no such active user.
        InvalidInput: several have that name, or nothing is written.
    """
    if _UUID.fullmatch(written.strip()):
        return written.strip().lower()
    text = _given(written, "person", "the e-mail address or the name").removeprefix("@")
    is_me = text.lower() == "me"
    named = [_same(key, text) for key in ("email", "name", "displayName")]
    who: JsonObject = {"isMe": {"eq": True}} if is_me else {"active": {"eq": True}, "or": named}
    found = await linear.find(queries.USERS, "users", who, most=2)
    if not found:
        raise ProviderNotFound(
            f"Linear has no active user {text!r}. Give the e-mail address or the name as Linear shows it."
        )
    return _only(found, "user", text, "Give the e-mail address.")


async def state_id_of(linear: LinearClient, written: str, team_id: str) -> str:
    """By name or id, among the states of the team.

    Raises:
        ProviderNotFound: the team has no such state; the message names those that it has.
    """
    if _UUID.fullmatch(written.strip()):
        return written.strip().lower()
    text = _given(written, "state", "its name, such as In Progress")
    states = await _states(linear, {"team": {"id": {"eq": team_id}}})
    found = [one for one in states if text_at(one, "name").lower() == text.lower()]
    if not found:
        raise _missing("state", text, [text_at(one, "name") for one in states])
    return text_at(found[0], "id")


async def check_state_name(linear: LinearClient, name: str) -> None:
    """A filter by a name that no team has would find nothing and say nothing.

    Raises:
        ProviderNotFound: no team has such a state; the message names those that there are.
    """
    if not await linear.find(queries.WORKFLOW_STATES, "workflowStates", _same("name", name), most=1):
        raise _missing("state", name, [text_at(one, "name") for one in await _states(linear, {})])


async def label_ids_of(linear: LinearClient, written: Sequence[str], team_id: str) -> list[str]:
    """By name or id: the team's own labels before those of the workspace, in the order in which they are written.

    Raises:
        ProviderNotFound: some are not there; the message names all of these.
    """
    names = [name for one in written if (name := one.strip()) and not _UUID.fullmatch(name)]
    known = await _labels(linear, names, team_id) if names else {}
    missing = [name for name in names if name.lower() not in known]
    if missing:
        there = ", ".join(map(repr, missing))
        raise ProviderNotFound(f"The team has no label {there} in Linear. Make it there, or check its name.")
    return list(dict.fromkeys(known.get(one.strip().lower(), one.strip()) for one in written if one.strip()))


async def project_id_of(linear: LinearClient, written: str) -> str:
    """By name or id.

    Raises:
        ProviderNotFound: there is no such project.
        InvalidInput: several have that name.
    """
    if _UUID.fullmatch(written.strip()):
        return written.strip().lower()
    text = _given(written, "project", "its name")
    found = await linear.find(queries.PROJECTS, "projects", _same("name", text), most=2)
    if not found:
        raise ProviderNotFound(f"Linear has no project {text!r}. Give its name as Linear shows it.")
    return _only(found, "project", text, "Give its id.")


async def _states(linear: LinearClient, state_filter: JsonObject) -> list[JsonObject]:
    return await linear.find(queries.WORKFLOW_STATES, "workflowStates", state_filter, most=MOST_NAMES)


async def _labels(linear: LinearClient, names: list[str], team_id: str) -> dict[str, str]:
    """Ids by name in small letters."""
    label_filter: JsonObject = {
        "and": [
            {"or": [_same("name", name) for name in names]},
            {"or": [{"team": {"null": True}}, {"team": {"id": {"eq": team_id}}}]},
        ],
        "isGroup": {"eq": False},
    }
    found = await linear.find(queries.ISSUE_LABELS, "issueLabels", label_filter, most=MOST_NAMES)
    own_last = sorted(found, key=lambda one: bool(text_at(one, "team", "id")))
    return {text_at(one, "name").lower(): text_at(one, "id") for one in own_last}


def _same(key: str, text: str) -> JsonObject:
    return {key: {"eqIgnoreCase": text}}


def _given(written: str, what: str, how: str) -> str:
    text = written.strip()
    if not text:
        raise InvalidInput(f"The {what} is empty. Give {how}.")
    return text


def _only(found: list[JsonObject], what: str, text: str, cure: str) -> str:
    if len(found) > 1:
        raise InvalidInput(f"Linear has more than one {what} {text!r}. {cure}")
    return text_at(found[0], "id")


def _missing(what: str, text: str, known: list[str]) -> ProviderNotFound:
    names = list(dict.fromkeys(known))
    shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    there = f" There are: {shown}." if shown else ""
    return ProviderNotFound(f"Linear has no {what} {text!r} that this account sees.{there}")
