"""Pages: read, create, change."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.notion._api import NotionClient, NotionCredentials
from backend.blocks.notion._auth import NotionCredentialsField, NotionCredentialsInput
from backend.blocks.notion._base import NotionBlock
from backend.blocks.notion._content import CONTENT_HELP, MOST_CHARS, Reader, Writer, batches_for
from backend.blocks.notion._data_sources import NAME_HELP, data_source_of
from backend.blocks.notion._ids import HELP, PLACEHOLDER, notion_id
from backend.blocks.notion._properties import (
    FLAT_HELP,
    GIVEN_HELP,
    flat,
    title_name,
    title_of,
    values_of,
)
from backend.blocks.notion._samples import (
    CONTENT,
    DATABASE_ID,
    FLAT,
    MISSING_ID,
    PAGE,
    PAGE_ID,
    PAGE_URL,
    given,
    sample_notion,
)
from backend.data.block import AsyncBlockOutput, BlockCategory, BlockOutput, Context
from backend.data.examples import says
from backend.data.json_parts import object_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput, ProviderError

_PAGE_HELP = f"The page: {HELP}"


class PageOutput(BlockSchema):
    """What every block says of its page."""

    page_id: str = SchemaField(description="Its id")
    url: str = SchemaField(description="Its address")
    title: str = SchemaField(description="Its title")
    properties: JsonObject = SchemaField(description=f"Its properties. {FLAT_HELP}")
    page: JsonObject = SchemaField(description="The page as Notion has it, without its content")
    error: str = SchemaField(description="Why it failed")


class NotionReadPageBlock(NotionBlock):
    """Read a Notion page: its properties as plain values, and its content as Markdown.

    Pages within it are links. A property with more than 25 people, relations or texts is cut there by Notion.
    """

    id = "fd73b22e-9257-433d-801a-8bfb0364946b"
    icon = "file-text"

    class Input(BlockSchema):
        page: str = SchemaField(description=_PAGE_HELP, placeholder=PLACEHOLDER)
        with_content: bool = SchemaField(
            default=True, description="Read the content too; it takes more requests"
        )
        max_blocks: int = SchemaField(
            default=1_000,
            description="How many blocks of content at most (a paragraph, an item of a list)",
            ge=1,
            le=5_000,
            advanced=True,
        )
        max_depth: int = SchemaField(
            default=5, description="How many levels below the first are read", ge=0, le=20, advanced=True
        )
        credentials: NotionCredentialsInput = NotionCredentialsField()

    class Output(PageOutput):
        content: str = SchemaField(description="Its content, in Markdown")
        is_complete: bool = SchemaField(description="Whether that is all of it")

    test_input = [given(page=PAGE_URL), given(page=PAGE_ID, with_content=False), given(page=MISSING_ID)]
    test_output = [
        [
            ("page_id", PAGE_ID),
            ("url", PAGE_URL),
            ("title", "Tuscan kale"),
            ("properties", FLAT),
            ("page", PAGE),
            ("content", CONTENT),
            ("is_complete", True),
        ],
        [("page_id", PAGE_ID), ("url", str), ("title", str), ("properties", FLAT), ("page", PAGE)],
        [("error", says("object_not_found", "shared"))],
    ]
    test_mock = {"notion": sample_notion}

    async def run(
        self, input_data: Input, *, credentials: NotionCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def read() -> JsonObject:
            client = self.notion(credentials)
            page_id = notion_id(input_data.page, "page")
            page = await client.read_page(page_id)
            if not input_data.with_content:
                return {"page": page}
            reader = Reader(client, input_data.max_blocks)
            content = await reader.markdown(page_id, input_data.max_depth)
            return {"page": page, "content": content, "is_complete": reader.is_complete}

        found: JsonObject = await context.step("read", read)
        for pair in _said_of(found["page"]):
            yield pair
        if input_data.with_content:
            yield "content", found["content"]
            yield "is_complete", found["is_complete"]


class NotionCreatePageBlock(NotionBlock):
    """Create a page in Notion, within another page or as a row of a database, with content from Markdown.

    Interrupted by a crash it fails rather than make a second page: Notion cannot tell a repetition.
    """

    id = "7d24cfea-2f9b-46f4-8d89-ad8d7fe3740b"
    categories = {BlockCategory.PRODUCTIVITY, BlockCategory.OUTPUT}
    icon = "file-plus"
    at_most_once = True

    class Input(BlockSchema):
        parent: str = SchemaField(
            description=f"The page or database that it goes into: {HELP}", placeholder=PLACEHOLDER
        )
        parent_kind: Literal["page", "database"] = SchemaField(
            default="page", description="Which of the two `parent` is; a data source counts as a database"
        )
        title: str = SchemaField(description="The title")
        content: str = SchemaField(
            default="",
            description=f"The content, {CONTENT_HELP}",
            format="long-text",
            max_length=MOST_CHARS,
        )
        properties: JsonObject = SchemaField(
            default_factory=dict[str, Any],
            description=f"Further properties, of a row of a database. {GIVEN_HELP}",
            examples=[{"Price": 2.5, "Group": "Vegetable"}],
        )
        icon: str = SchemaField(default="", description="One emoji, as the page's icon", advanced=True)
        data_source: str = SchemaField(default="", description=NAME_HELP, advanced=True)
        credentials: NotionCredentialsInput = NotionCredentialsField()

    class Output(PageOutput):
        pass

    test_input = [
        given(parent=PAGE_ID, title="Tuscan kale", content="# Why\n\n- It is *green*"),
        given(parent=DATABASE_ID, parent_kind="database", title="Tuscan kale", properties={"Price": "2.5"}),
        given(parent=DATABASE_ID, parent_kind="database", title="Tuscan kale", properties={"Cost": 2}),
        given(parent=PAGE_ID, title="Tuscan kale", properties={"Price": 2}),
        given(parent="here", title="Tuscan kale"),
    ]
    test_output = [
        [
            ("page_id", PAGE_ID),
            ("url", PAGE_URL),
            ("title", "Tuscan kale"),
            ("properties", FLAT),
            ("page", PAGE),
        ],
        [("page_id", PAGE_ID), ("url", PAGE_URL), ("title", str), ("properties", FLAT), ("page", PAGE)],
        [("error", says("no property 'Cost'", "Name, Price, In stock, Group"))],
        [("error", says("no property 'Price'"))],
        [("error", says("'here' is no id"))],
    ]
    test_mock = {"notion": sample_notion}

    async def run(
        self, input_data: Input, *, credentials: NotionCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        client = self.notion(credentials)
        parts = await batches_for(input_data.content)
        # Notion does not tell the ids of blocks that came with a page, and what comes later needs them.
        goes_along = bool(parts) and not parts[0].later
        with_page = parts.pop(0).blocks if goes_along else []

        async def create() -> JsonObject:
            parent, schema = await _parent(client, input_data)
            titled = {**input_data.properties, title_name(schema): input_data.title}
            return await client.create_page(
                parent, values_of(titled, schema), children=with_page, icon=input_data.icon.strip()
            )

        page: JsonObject = await context.step("create", create)
        try:
            await Writer(client, context).append(text_at(page, "id"), parts)
        except ProviderError as error:
            raise _half_done("The page was created", page, error) from error
        for pair in _said_of(page):
            yield pair


class NotionUpdatePageBlock(NotionBlock):
    """Change a Notion page: its title and properties, content at its end, into the trash or out of it.

    What is not given stays. Each request is recorded, so that content is not appended again when the block is
    repeated; only that which a crash interrupts may be there twice.
    """

    id = "cbd322fd-d138-460a-8300-fc4cf187ba2a"
    icon = "file-pen"

    class Input(BlockSchema):
        page: str = SchemaField(description=_PAGE_HELP, placeholder=PLACEHOLDER)
        title: str = SchemaField(default="", description="The new title; empty: as it is")
        properties: JsonObject = SchemaField(
            default_factory=dict[str, Any],
            description=f"Properties to change. {GIVEN_HELP}",
            examples=[{"In stock": False}],
        )
        append_content: str = SchemaField(
            default="",
            description=f"What comes at the end of its content, {CONTENT_HELP}",
            format="long-text",
            max_length=MOST_CHARS,
        )
        in_trash: bool | None = SchemaField(
            default=None,
            description="True moves it to the trash, false takes it out; nothing: as it is",
            advanced=True,
        )
        credentials: NotionCredentialsInput = NotionCredentialsField()

    class Output(PageOutput):
        pass

    test_input = [
        given(page=PAGE_URL, title="Tuscan kale", properties={"In stock": True}, append_content="# Why"),
        given(page=PAGE_ID, in_trash=True),
        given(page=PAGE_ID),
        given(page=PAGE_ID, in_trash=True, append_content="More"),
        given(page=PAGE_ID, properties={"Price": "much"}),
        given(page=MISSING_ID, in_trash=False),
    ]
    test_output = [
        [
            ("page_id", PAGE_ID),
            ("url", PAGE_URL),
            ("title", "Tuscan kale"),
            ("properties", FLAT),
            ("page", PAGE),
        ],
        [("page_id", PAGE_ID), ("url", PAGE_URL), ("title", str), ("properties", FLAT), ("page", PAGE)],
        [("error", says("Nothing is to be changed"))],
        [("error", says("trash"))],
        [("error", says("'Price' takes a number", "'much'"))],
        [("error", says("object_not_found"))],
    ]
    test_mock = {"notion": sample_notion}

    async def run(
        self, input_data: Input, *, credentials: NotionCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        _check_change(input_data)
        client = self.notion(credentials)
        page_id = notion_id(input_data.page, "page")
        parts = await batches_for(input_data.append_content)

        async def change() -> JsonObject:
            page = await client.read_page(page_id) if _needs_page(input_data) else {}
            body = _changes(input_data, object_at(page, "properties"))
            return await client.update_page(page_id, body) if body else page

        page: JsonObject = await context.step("change", change)
        try:
            await Writer(client, context).append(page_id, parts)
        except ProviderError as error:
            raise _half_done("The page is there", page, error) from error
        for pair in _said_of(page):
            yield pair


async def _parent(client: NotionClient, given: NotionCreatePageBlock.Input) -> tuple[JsonObject, JsonObject]:
    """Where the page goes, and the schema of its properties."""
    if given.parent_kind == "page":
        return {"type": "page_id", "page_id": notion_id(given.parent, "page")}, {"title": {"type": "title"}}
    source = await data_source_of(client, given.parent, given.data_source)
    return (
        {"type": "data_source_id", "data_source_id": text_at(source, "id")},
        object_at(source, "properties"),
    )


def _check_change(given: NotionUpdatePageBlock.Input) -> None:
    if given.in_trash and given.append_content.strip():
        raise InvalidInput("A page in the trash takes no content. Leave out `append_content` or `in_trash`.")
    if given.in_trash is None and not any((given.title, given.properties, given.append_content.strip())):
        raise InvalidInput("Nothing is to be changed. Give a title, properties, content or `in_trash`.")


def _needs_page(given: NotionUpdatePageBlock.Input) -> bool:
    """Whether its properties' kinds are to be known, or nothing else brings the page."""
    return bool(given.title or given.properties) or given.in_trash is None


def _changes(given: NotionUpdatePageBlock.Input, present: JsonObject) -> JsonObject:
    titled = {**given.properties, **({title_name(present): given.title} if given.title else {})}
    body: JsonObject = {"properties": values_of(titled, present)} if titled else {}
    return body | ({} if given.in_trash is None else {"in_trash": given.in_trash})


def _said_of(page: JsonObject) -> BlockOutput:
    yield "page_id", text_at(page, "id")
    yield "url", text_at(page, "url")
    yield "title", title_of(page)
    yield "properties", flat(object_at(page, "properties"))
    yield "page", page


def _half_done(what: str, page: JsonObject, error: ProviderError) -> ProviderError:
    """The same error, which says what there is already."""
    return type(error)(
        f"{what} ({text_at(page, 'url')}), but not all of the content is in it. {error}",
        http_status=error.http_status,
        retry_after_s=error.retry_after_s,
    )
