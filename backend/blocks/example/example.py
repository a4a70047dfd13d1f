"""The example of a standard block: it asks an API, item after item."""

from __future__ import annotations

from typing import Any

from backend.blocks.example._api import ExampleClient
from backend.blocks.example._auth import TEST_CREDENTIALS, TEST_CREDENTIALS_INPUT, ExampleCredentialsInput
from backend.data.block import AsyncBlockOutput, Block, BlockCategory
from backend.data.credentials import APIKeyCredentials
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField


def _test_greeting(text: str, credentials: APIKeyCredentials, key: str) -> JsonObject:
    return {"message": text.replace(",", " to you,")}


class ExampleBlock(Block):
    """Send greetings to the Example API."""

    id = "c6fed5c4-1978-46b7-a835-02425735fd39"
    categories = {BlockCategory.DEVELOPER_TOOLS}
    icon = "flask-conical"

    class Input(BlockSchema):
        name: str = SchemaField(description="Whom to greet", placeholder="Ada")
        greetings: list[str] = SchemaField(
            default=["Hello", "Hi", "Hey"], max_length=100, description="How, one after the other"
        )
        is_funny: bool = SchemaField(default=False, description="Whether to wink", advanced=True)
        credentials: ExampleCredentialsInput = CredentialsField(description="An API key of Example")

    class Output(BlockSchema):
        response: JsonObject = SchemaField(description="One for each greeting, as it arrives", each=True)
        all_responses: list[JsonObject] = SchemaField(
            description="All of them, in the order of the greetings"
        )
        greeting_count: int = SchemaField(description="How many greetings were sent")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"name": "Ada", "greetings": ["Hello", "Hi"], "credentials": TEST_CREDENTIALS_INPUT},
        {"name": "Ada", "greetings": [], "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [
            ("response", {"message": "Hello to you, Ada!"}),
            ("response", {"message": "Hi to you, Ada!"}),
            ("all_responses", [{"message": "Hello to you, Ada!"}, {"message": "Hi to you, Ada!"}]),
            ("greeting_count", 2),
        ],
        [("all_responses", []), ("greeting_count", 0)],
    ]
    test_mock = {"create_greeting": _test_greeting}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, idempotency_key: str, **kwargs: Any
    ) -> AsyncBlockOutput:
        responses: list[JsonObject] = []
        for place, greeting in enumerate(input_data.greetings):
            text = f"{greeting}, {input_data.name}{' ;-)' if input_data.is_funny else '!'}"
            # After a crash the same key brings the same resource back, so that nobody is greeted twice.
            response = await self.create_greeting(text, credentials, f"{idempotency_key}-{place}")
            responses.append(response)
            yield "response", response
        yield "all_responses", responses
        yield "greeting_count", len(responses)

    async def create_greeting(self, text: str, credentials: APIKeyCredentials, key: str) -> JsonObject:
        """What the Example API says to it."""
        resource = await ExampleClient(credentials).create_resource(text, "greeting", idempotency_key=key)
        return {"message": resource.get("message", "")}
