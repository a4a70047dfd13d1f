"""A Bot API on this machine, for one bot: its webhook, and who it is.

Source: https://core.telegram.org/bots/api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

TOKEN = "123456:mock-telegram-bot-token"
ORIGIN = "https://api.telegram.org"


class TelegramBot:
    """What the server knows of the bot. `refusals`: method -> the status and description it answers."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.webhook: dict[str, Any] = {"url": ""}
        self.calls: list[str] = []
        self.refusals: dict[str, tuple[int, str]] = {}
        self.server: LocalServer | None = None

    def routes(self) -> Mapping[str, Any]:
        methods = ("getMe", "setWebhook", "deleteWebhook", "getWebhookInfo")
        return {f"/bot{self.token}/{method}": self._answering(method) for method in methods}

    def _answering(self, method: str) -> Any:
        def answer(seen: Seen) -> Answer:
            self.calls.append(method)
            if method in self.refusals:
                return _refused(*self.refusals[method])
            return Answer.of_json({"ok": True, "result": self._result(method, seen.json())})

        return answer

    def _result(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "getMe":
            return {"id": 123456, "is_bot": True, "first_name": "Test", "username": "test_bot"}
        if method == "getWebhookInfo":
            return {"url": self.webhook["url"], "has_custom_certificate": False, "pending_update_count": 0}
        self.webhook = {"url": "", **(parameters if method == "setWebhook" else {})}
        return True


def _refused(status: int, description: str) -> Answer:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if status == 429:
        body["parameters"] = {"retry_after": 7}
    return Answer.of_json(body, status=status)


@contextmanager
def telegram_bot() -> Iterator[TelegramBot]:
    """The bot is reached under Telegram's own address until the block is left."""
    bot = TelegramBot()
    with local_http_server(bot.routes()) as server, reachable(server, origin_map={ORIGIN: server.base_url}):
        bot.server = server
        yield bot
