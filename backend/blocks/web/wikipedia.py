"""What Wikipedia says of a topic, in short."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from backend.data.block import AsyncBlockOutput, Block, BlockCategory
from backend.data.examples import says
from backend.data.json_types import as_object
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError, ProviderNotFound
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, Headers, Response
from backend.util.version import own_version

MAX_ANSWER_BYTES = 262_144
"""A summary has some kilobytes."""
LONGEST_TITLE_BYTES = 255
"""https://en.wikipedia.org/wiki/Wikipedia:Page_name, "Technical restrictions and limitations"."""


def _example_service(url: str) -> Response:
    pages = {
        "Ada_Lovelace": b'{"type": "standard", "extract": "Ada Lovelace was a mathematician."}',
        "Z%C3%BCrich_%F0%9F%98%80": '{"type": "standard", "extract": "Zürich 😀"}'.encode(),
        "AC%2FDC": b'{"type": "standard", "extract": "AC/DC are a band."}',
        "Blank": b'{"type": "no-extract", "extract": ""}',
        "List": b"[]",
    }
    name = url.rpartition("/")[2]
    if name not in pages:
        raise ProviderNotFound("nothing there", http_status=404)
    return Response(200, Headers(), pages[name], url, 0.1)


class GetWikipediaSummaryBlock(Block):
    """Get the summary of a topic from Wikipedia, in the language of your choice."""

    id = "f5b0f5d0-1862-4d61-94be-3ad0fa772760"
    categories = {BlockCategory.SEARCH}
    icon = "book-open-text"
    differences = ("The language can be chosen; there it is always English.",)

    class Input(BlockSchema):
        topic: str = SchemaField(description="The title of the page", placeholder="Ada Lovelace")
        language: str = SchemaField(
            default="en",
            description="The code of a Wikipedia, as its address begins",
            pattern=r"^[a-z]{2,12}(-[a-z]{1,12}){0,3}$",
            placeholder="de",
            advanced=True,
        )

    class Output(BlockSchema):
        summary: str = SchemaField(description="The first paragraph of the page, as plain text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"topic": "Ada Lovelace"},
        {"topic": " Zürich 😀 ", "language": "de"},
        {"topic": "AC/DC", "language": "zh-min-nan"},
        {"topic": "Nothing of the kind"},
        {"topic": "Blank"},
        {"topic": "List"},
        {"topic": " "},
        {"topic": "é" * 128},
        {"topic": "Ada Lovelace", "language": "example.org/"},
        {"topic": None},
    ]
    test_output = [
        [("summary", "Ada Lovelace was a mathematician.")],
        [("summary", "Zürich 😀")],
        [("summary", "AC/DC are a band.")],
        [("error", says("no page", "Nothing of the kind", "en.wikipedia.org"))],
        [("error", says("no summary"))],
        [("error", says("no summary"))],
        [("error", says("title"))],
        [("error", says("255"))],
        [("error", says("language"))],
        [("error", says("topic"))],
    ]
    test_mock = {"fetch": _example_service}

    async def fetch(self, url: str) -> Response:
        """Wikipedia asks its callers to name themselves (https://meta.wikimedia.org/wiki/User-Agent_policy)."""
        agent = f"Blockyard/{own_version()} (workflow automation)"
        return await AsyncRequests({"User-Agent": agent}, max_bytes=MAX_ANSWER_BYTES).get(url)

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        site = f"{input_data.language}.wikipedia.org"
        try:
            response = await self.fetch(f"https://{site}/api/rest_v1/page/summary/{_title(input_data.topic)}")
        except ProviderNotFound as error:
            raise BlockError(
                f"There is no page {input_data.topic[:100]!r} at {site}. Check how its title is written there."
            ) from error
        answer = await off_loop(len(response.content), response.json)
        summary = (as_object(answer) or {}).get("extract")
        if not isinstance(summary, str) or not summary.strip():
            raise BlockError(f"The page {input_data.topic[:100]!r} at {site} has no summary. Choose another.")
        yield "summary", summary


def _title(topic: str) -> str:
    """The topic as the last part of the address."""
    title = "_".join(topic.split())
    if not title:
        raise BlockError("The topic is empty. Give the title of a page.")
    if len(title.encode(errors="replace")) > LONGEST_TITLE_BYTES:
        raise BlockError(
            f"Titles have at most {LONGEST_TITLE_BYTES} bytes. Give the title of a page, no text."
        )
    return quote(title, safe="", errors="replace")
