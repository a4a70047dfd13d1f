"""Where blocks get their client: one place, which examples replace."""

from __future__ import annotations

from backend.blocks.telegram._api import TelegramClient
from backend.data.credentials import APIKeyCredentials


class CallsTelegram:
    """For blocks that call Telegram. What they get is recorded as a step: a repetition neither acts nor asks again."""

    def telegram(self, credentials: APIKeyCredentials) -> TelegramClient:
        """The bot of the credential."""
        return TelegramClient(credentials)
