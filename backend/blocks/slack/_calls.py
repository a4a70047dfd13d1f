"""Where blocks get their client: one place, which examples replace."""

from __future__ import annotations

from backend.blocks.slack._api import SlackClient, SlackCredentials


class CallsSlack:
    """For blocks that call Slack. What they get is recorded as a step: a repetition neither acts nor asks again."""

    def slack(self, credentials: SlackCredentials) -> SlackClient:
        """The workspace of the credential."""
        return SlackClient(credentials)
