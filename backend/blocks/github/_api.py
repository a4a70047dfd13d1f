"""The client of GitHub's blocks, and the base of the blocks that use it.

The client itself stands beside the webhooks, which need it too: `backend/integrations/github/`.
"""

from __future__ import annotations

from backend.blocks.github._auth import TEST_CREDENTIALS, GithubCredentials, GithubCredentialsInput
from backend.data.block import Block, BlockCategory
from backend.data.model import BlockSchema, CredentialsField, SchemaField
from backend.integrations.github.client import GithubClient

__all__ = ["GithubBlock", "GithubClient", "GithubInput", "IssueInput", "PullInput", "RepositoryInput"]

MAX_ITEMS = 1000
"""That a list gives at most; it is also where GitHub ends a search."""


class GithubBlock(Block):
    """A block that makes calls for one credential."""

    categories = {BlockCategory.DEVELOPER_TOOLS}
    test_credentials = TEST_CREDENTIALS

    def github(self, credentials: GithubCredentials) -> GithubClient:
        return GithubClient(credentials)


class GithubInput(BlockSchema):
    credentials: GithubCredentialsInput = CredentialsField(
        {"repo"}, description="A token or an account of GitHub that may do this"
    )


class RepositoryInput(GithubInput):
    repo_url: str = SchemaField(
        description="The repository: its address, or owner/name",
        placeholder="https://github.com/owner/repository",
    )


class IssueInput(GithubInput):
    issue_url: str = SchemaField(
        description="The issue or the pull request: its address, or owner/name#1",
        placeholder="https://github.com/owner/repository/issues/1",
    )


class PullInput(GithubInput):
    pr_url: str = SchemaField(
        description="The pull request: its address, or owner/name#1",
        placeholder="https://github.com/owner/repository/pull/1",
    )
