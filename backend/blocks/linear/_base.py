"""What the blocks that call Linear share."""

from __future__ import annotations

from typing import Literal

from backend.blocks.linear._api import LinearClient, LinearCredentials
from backend.blocks.linear._auth import TEST_CREDENTIALS
from backend.data.block import Block, BlockCategory

Priority = Literal["none", "urgent", "high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = ("none", "urgent", "high", "medium", "low")
"""In the order of Linear's numbers, from 0 on. Source: `priority` of IssueCreateInput in Linear's schema."""
MAX_ITEMS = 1000
"""That a list gives at most: twenty pages."""
ISSUE_HELP = "The issue: its identifier, such as LIN-123, its address or its id"


class LinearBlock(Block):
    """A block that makes calls for one credential."""

    categories = {BlockCategory.ISSUE_TRACKING, BlockCategory.PRODUCTIVITY}
    test_credentials = TEST_CREDENTIALS

    def linear(self, credentials: LinearCredentials) -> LinearClient:
        return LinearClient(credentials)
