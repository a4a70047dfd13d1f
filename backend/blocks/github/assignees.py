"""Whom an issue is assigned to."""

from __future__ import annotations

from typing import Any

from backend.blocks.github._api import GithubBlock, IssueInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, ISSUE, RAW_ISSUE, answering, given
from backend.blocks.github._shapes import login, objects
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import thread_of
from backend.util.errors import BlockError

_ASSIGNEES = "/repos/octocat/hello/issues/1/assignees"


class _Input(IssueInput):
    assignee: str = SchemaField(
        description="The person's login", placeholder="octocat", min_length=1, max_length=100
    )


class _Output(BlockSchema):
    status: str = SchemaField(description="What was done, in a sentence")
    error: str = SchemaField(description="Why it failed")


class GithubAssignIssueBlock(GithubBlock):
    """Assign an issue or a pull request to a person."""

    id = "90507c72-b0ff-413a-886a-23bbbd66f542"
    icon = "user-plus"
    differences = (
        "It fails when the person cannot be assigned, which GitHub itself passes over in silence.",
    )

    class Input(_Input):
        pass

    class Output(_Output):
        pass

    test_input = [
        given(issue_url=ISSUE, assignee="@Octocat"),
        given(issue_url=ISSUE, assignee="stranger"),
        given(issue_url=f"{GONE}/issues/1", assignee="octocat"),
    ]
    test_output = [
        [("status", says("octocat/hello#1", "Octocat"))],
        [("error", says("stranger", "access"))],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"POST {_ASSIGNEES}": (201, RAW_ISSUE)})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        thread, person = thread_of(input_data.issue_url), _login(input_data.assignee)
        path = f"{thread.issue_path}/assignees"
        raw = await self.github(credentials).change("POST", path, {"assignees": [person]})
        if person.lower() not in _assigned(raw):
            raise BlockError(
                f"{person!r} cannot be assigned to {thread}: only people with access to the repository can, "
                "and at most ten. Check the login."
            )
        yield "status", f"{thread} is assigned to {person}."


class GithubUnassignIssueBlock(GithubBlock):
    """Take a person off an issue or a pull request. One who was not on it is no failure."""

    id = "d154002a-38f4-46c2-962d-2488f2b05ece"
    icon = "user-minus"

    class Input(_Input):
        pass

    class Output(_Output):
        pass

    test_input = [
        given(issue_url=ISSUE, assignee="octocat"),
        given(issue_url=f"{GONE}/issues/1", assignee="octocat"),
    ]
    test_output = [[("status", says("no longer", "octocat"))], [("error", says("not there"))]]
    test_mock = answering({f"DELETE {_ASSIGNEES}": {**RAW_ISSUE, "assignees": []}})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        thread, person = thread_of(input_data.issue_url), _login(input_data.assignee)
        path = f"{thread.issue_path}/assignees"
        await self.github(credentials).send("DELETE", path, {"assignees": [person]})
        yield "status", f"{thread} is no longer assigned to {person}."


def _login(written: str) -> str:
    return written.strip().removeprefix("@")


def _assigned(raw: JsonObject) -> set[str]:
    """Logins in small letters: GitHub does not tell them apart by case."""
    return {login(one).lower() for one in objects(raw.get("assignees"))}
