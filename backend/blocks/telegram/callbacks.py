"""Buttons that somebody has pressed."""

from __future__ import annotations

from typing import Any

from backend.blocks.telegram._auth import TEST_CREDENTIALS, TelegramCredentialsInput
from backend.blocks.telegram._calls import CallsTelegram
from backend.blocks.telegram._samples import given, sample_telegram
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import APIKeyCredentials
from backend.data.examples import says
from backend.data.model import BlockSchema, CredentialsField, SchemaField

LONGEST_ANSWER = 200


class TelegramAnswerCallbackBlock(CallsTelegram, Block):
    """Answer whoever has pressed a button with `callback_data`: until then their Telegram shows that it waits."""

    id = "aac7708e-886c-4d30-9b83-4ed05886480a"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "mouse-pointer-click"
    at_most_once = True  # Telegram takes one answer; a second one would fail with other words

    class Input(BlockSchema):
        callback_query_id: str = SchemaField(
            description="The `id` in the update of the pressed button", min_length=1
        )
        text: str = SchemaField(
            default="", description="What they are told; empty: nothing", max_length=LONGEST_ANSWER
        )
        show_alert: bool = SchemaField(
            default=False,
            description="Show it in a window that they close, not at the top of the chat",
            advanced=True,
        )
        cache_s: int = SchemaField(
            default=0,
            description="So many seconds their Telegram gives the same answer without asking",
            ge=0,
            advanced=True,
        )
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot whose button it is")

    class Output(BlockSchema):
        callback_query_id: str = SchemaField(description="The id of what was answered")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        given(callback_query_id="4382bfdwdsb323b2d9", text="Saved"),
        given(callback_query_id="1"),
        given(callback_query_id="4382bfdwdsb323b2d9", text="x" * 201),
    ]
    test_output = [
        [("callback_query_id", "4382bfdwdsb323b2d9")],
        [("error", says("query is too old", "at once"))],
        [("error", says("text", "200"))],
    ]
    test_mock = {"telegram": sample_telegram}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def answer() -> bool:
            await self.telegram(credentials).answer(
                query, input_data.text, show_alert=input_data.show_alert, cache_s=input_data.cache_s
            )
            return True

        query = input_data.callback_query_id.strip()
        await context.step("answer", answer)
        yield "callback_query_id", query
