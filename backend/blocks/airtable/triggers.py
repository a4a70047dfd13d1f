"""Start a graph when something changes in Airtable."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from backend.blocks.airtable._auth import TEST_CREDENTIALS, TEST_CREDENTIALS_INPUT, AirtableCredentialsInput
from backend.blocks.airtable._changes import DATA, FIELDS, METADATA, kinds_of, record_changes
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, BlockWebhookConfig, Context
from backend.data.credentials import Credentials
from backend.data.examples import says
from backend.data.json_parts import text_at, value_at
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._airtable_api import AirtableApi
from backend.util.errors import BlockError

_PING: JsonObject = {
    "base": {"id": "app00000000000000"},
    "webhook": {"id": "ach00000000000000"},
    "timestamp": "2022-02-01T21:25:05.663Z",
}
_CHANGE: JsonObject = {
    "timestamp": "2022-02-01T21:25:05.663Z",
    "baseTransactionNumber": 4,
    "actionMetadata": {"source": "client", "sourceMetadata": {"user": {"id": "usr00000000000000"}}},
    "payloadFormat": "v0",
    "changedTablesById": {
        "tbl00000000000000": {
            "changedRecordsById": {
                "rec00000000000000": {"current": {"cellValuesByFieldId": {"fld0000000000000": "hello"}}}
            },
            "destroyedRecordIds": ["rec00000000000001"],
        }
    },
}
_RENAMED: JsonObject = {
    "timestamp": "2022-02-01T21:26:00.000Z",
    "baseTransactionNumber": 5,
    "changedTablesById": {"tbl00000000000000": {"changedMetadata": {"current": {"name": "New"}}}},
}
_NODE = {
    "credentials": TEST_CREDENTIALS_INPUT,
    "base_id": "app00000000000000",
    "table_id_or_name": "Orders",
}


def _two_changes(*_: object) -> JsonObject:
    return {"payloads": [_CHANGE, _RENAMED], "cursor": 3}


class AirtableChangeKinds(BaseModel):
    """Which kinds of changes start the graph."""

    tableData: bool = Field(default=True, description="Records and their cells")  # noqa: N815  # Airtable's word
    tableFields: bool = Field(default=True, description="Fields")  # noqa: N815
    tableMetadata: bool = Field(default=True, description="Names and descriptions of tables")  # noqa: N815


class AirtableWebhookTriggerBlock(Block):
    """Starts the graph when something changes in a table of Airtable; gives out the changes one by one.

    Airtable only says that there are changes. The block then fetches those since the last time.
    """

    id = "d0180ce6-ccb9-48c7-8256-b39e93e62801"
    categories = {BlockCategory.INPUT, BlockCategory.DATA}
    icon = "table-2"
    differences = (
        "A notification whose changes an earlier run has taken along already gives out nothing, and is no error.",
        "Two runs at the same moment may both give out a change; its baseTransactionNumber tells.",
    )
    webhook_config = BlockWebhookConfig(
        provider=ProviderName.AIRTABLE.value,
        webhook_type="not-used",
        resource_format="{base_id}/{table_id_or_name}",
    )

    class Input(BlockSchema):
        credentials: AirtableCredentialsInput = CredentialsField(
            description="A token with webhook:manage, data.records:read and schema.bases:read"
        )
        base_id: str = SchemaField(description="The base, such as appIndSjXOYMxmVxV", placeholder="app…")
        table_id_or_name: str = SchemaField(description="The table (or view) to watch")
        events: AirtableChangeKinds = SchemaField(
            default_factory=AirtableChangeKinds, description="Which kinds of changes start it"
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="Airtable's notification", hidden=True
        )

    class Output(BlockSchema):
        payload: dict[str, Any] = SchemaField(description="A change as Airtable lists it", each=True)
        records: list[dict[str, Any]] = SchemaField(
            description="The change's records: action (created, changed, deleted), table_id, record_id, fields",
            each=True,
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {**_NODE, "payload": _PING},
        {**_NODE, "payload": _PING, "events": {"tableData": False, "tableFields": False}},
        {**_NODE, "payload": {}},
    ]
    test_credentials = TEST_CREDENTIALS
    test_mock = {"read_changes": _two_changes}
    test_output = [
        [
            ("payload", _CHANGE),
            (
                "records",
                [
                    {
                        "action": "changed",
                        "table_id": "tbl00000000000000",
                        "record_id": "rec00000000000000",
                        "fields": {"fld0000000000000": "hello"},
                    },
                    {
                        "action": "deleted",
                        "table_id": "tbl00000000000000",
                        "record_id": "rec00000000000001",
                        "fields": {},
                    },
                ],
            ),
            ("payload", _RENAMED),
            ("records", []),
        ],
        [("payload", _RENAMED), ("records", [])],
        [("error", says("notification"))],
    ]

    async def run(
        self, input_data: Input, *, credentials: Credentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        base_id = text_at(input_data.payload, "base", "id")
        webhook_id = text_at(input_data.payload, "webhook", "id")
        if not (base_id and webhook_id):
            raise BlockError("This is no notification of Airtable: it names no base and webhook.")
        key = f"airtable changes of {webhook_id}"
        since = await context.kept_value(key, default=1)
        found = await context.step(
            "changes", lambda: self.read_changes(credentials, base_id, webhook_id, since)
        )
        await context.keep_value(key, value_at(found, "cursor"))
        for payload in found["payloads"]:
            if _is_wanted(payload, input_data.events):
                yield "payload", payload
                yield "records", record_changes(payload)

    async def read_changes(
        self, credentials: Credentials, base_id: str, webhook_id: str, since: int
    ) -> JsonObject:
        """The changes from the cursor `since` on, and the next cursor."""
        payloads, cursor = await AirtableApi(credentials).payloads(base_id, webhook_id, since)
        return {"payloads": payloads, "cursor": cursor}


def _is_wanted(payload: JsonObject, events: AirtableChangeKinds) -> bool:
    """Changes of a wanted kind, and what cannot be told apart: Airtable's own errors."""
    wanted = {DATA: events.tableData, FIELDS: events.tableFields, METADATA: events.tableMetadata}
    kinds = kinds_of(payload)
    return not kinds or any(wanted[kind] for kind in kinds)
