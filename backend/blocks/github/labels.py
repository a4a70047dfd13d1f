"""Labels of issues and pull requests."""

from __future__ import annotations

from typing import Any

from backend.blocks.github._api import GithubBlock, IssueInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, ISSUE, answering, given
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.integrations.github.addresses import quoted, thread_of
from backend.util.errors import ProviderNotFound

_LABELS = "/repos/octocat/hello/issues/1/labels"


class _Input(IssueInput):
    label: str = SchemaField(description="The label's name", placeholder="bug", min_length=1)


class _Output(BlockSchema):
    status: str = SchemaField(description="What was done, in a sentence")
    error: str = SchemaField(description="Why it failed")


class GithubAddLabelBlock(GithubBlock):
    """Give a label to an issue or a pull request. A label that the repository does not have is made."""

    id = "98bd6b77-9506-43d5-b669-6b9733c4b1f1"
    icon = "tag"

    class Input(_Input):
        pass

    class Output(_Output):
        pass

    test_input = [
        given(issue_url=ISSUE, label="good first"),
        given(issue_url=f"{GONE}/issues/1", label="bug"),
    ]
    test_output = [
        [("status", says("octocat/hello#1", "good first"))],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"POST {_LABELS}": [{"name": "good first"}]})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        thread = thread_of(input_data.issue_url)
        body = {"labels": [input_data.label]}
        await self.github(credentials).send("POST", f"{thread.issue_path}/labels", body)
        yield "status", f"{thread} has the label {input_data.label!r}."


class GithubRemoveLabelBlock(GithubBlock):
    """Take a label from an issue or a pull request. One that it does not have is no failure."""

    id = "78f050c5-3e3a-48c0-9e5b-ef1ceca5589c"
    icon = "tag-x"
    differences = ("A label that is not on the issue is no failure.",)

    class Input(_Input):
        pass

    class Output(_Output):
        pass

    test_input = [
        given(issue_url=ISSUE, label="a/b c"),
        given(issue_url=ISSUE, label="other"),
        given(issue_url=f"{GONE}/issues/1", label="bug"),
        given(issue_url=ISSUE, label=".."),
    ]
    test_output = [
        [("status", says("no longer", "a/b c"))],
        [("status", says("did not have", "other"))],
        [("error", says("not there"))],
        [("error", says("no name"))],
    ]
    test_mock = answering(
        {f"DELETE {_LABELS}/a%2Fb%20c": [], "GET /repos/octocat/hello/issues/1": {"number": 1}}
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        thread, github = thread_of(input_data.issue_url), self.github(credentials)
        try:
            await github.send("DELETE", f"{thread.issue_path}/labels/{quoted(input_data.label)}")
        except ProviderNotFound:
            await github.get(thread.issue_path)  # it is the label that is not there, and not the issue
            yield "status", f"{thread} did not have the label {input_data.label!r}."
            return
        yield "status", f"{thread} no longer has the label {input_data.label!r}."
