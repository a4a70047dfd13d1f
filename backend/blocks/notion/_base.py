"""What all blocks of Notion share."""

from __future__ import annotations

from backend.blocks.notion._api import NotionClient, NotionCredentials
from backend.blocks.notion._auth import TEST_CREDENTIALS
from backend.data.block import Block, BlockCategory


class NotionBlock(Block):
    """A block that makes calls for one credential. What it gets is recorded as steps."""

    categories = {BlockCategory.PRODUCTIVITY}
    test_credentials = TEST_CREDENTIALS

    def notion(self, credentials: NotionCredentials) -> NotionClient:
        """The workspace of the credential; examples replace it."""
        return NotionClient(credentials)
