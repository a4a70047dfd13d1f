"""From what people call a database to the data source that its rows lie in."""

from __future__ import annotations

from backend.blocks.notion._api import NotionClient
from backend.blocks.notion._ids import HELP, notion_id
from backend.data.json_parts import objects_at, text_at
from backend.data.model import JsonObject
from backend.util.errors import InvalidInput, ProviderError, ProviderNotFound

DATABASE_HELP = f"The database: {HELP}; or the id of a data source"
NAME_HELP = "Which data source of the database, by name; only needed where it has several"


async def data_source_of(client: NotionClient, text: str, name: str = "") -> JsonObject:
    """The data source with its schema. An address in Notion names the database, a search finds data sources.

    Raises:
        InvalidInput: it is no id, or the database has several and `name` is none of them.
        ProviderError: Notion has neither.
    Source: https://developers.notion.com/docs/upgrade-guide-2025-09-03 (step 1, discovery).
    """
    some_id = notion_id(text, "database")
    try:
        return await client.read_data_source(some_id)
    except ProviderError as error:
        # Of an id of another kind Notion says 404 or 400, depending on the kind.
        if not isinstance(error, ProviderNotFound) and error.http_status != 400:
            raise
    database = await client.read_database(some_id)
    return await client.read_data_source(_chosen(objects_at(database, "data_sources"), name.strip()))


def _chosen(sources: list[JsonObject], name: str) -> str:
    named = [one for one in sources if text_at(one, "name") == name] if name else sources
    if len(named) == 1:
        return text_at(named[0], "id")
    names = ", ".join(repr(text_at(one, "name")) for one in sources) or "none that the connection sees"
    if name:
        raise InvalidInput(f"The database has {len(named)} data sources {name!r}. Its data sources: {names}.")
    raise InvalidInput(f"Say which data source of the database is meant. Its data sources: {names}.")
