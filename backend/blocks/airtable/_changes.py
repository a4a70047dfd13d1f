"""Reading what Airtable's list of changes says: which kinds, which records.

Source: https://airtable.com/developers/web/api/model/webhooks-payload
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.data.json_parts import object_at
from backend.data.json_types import as_list
from backend.data.model import JsonObject

DATA, FIELDS, METADATA = "tableData", "tableFields", "tableMetadata"
_KINDS = {
    "createdRecordsById": DATA,
    "changedRecordsById": DATA,
    "destroyedRecordIds": DATA,
    "changedViewsById": DATA,
    "createdFieldsById": FIELDS,
    "changedFieldsById": FIELDS,
    "destroyedFieldIds": FIELDS,
    "changedMetadata": METADATA,
}


def kinds_of(payload: JsonObject) -> set[str]:
    """`tableData`, `tableFields`, `tableMetadata`, as there are changes of each."""
    tables = object_at(payload, "changedTablesById")
    found = {_KINDS[name] for table in tables for name in object_at(tables, table) if name in _KINDS}
    if payload.get("createdTablesById") or payload.get("destroyedTableIds"):
        found.add(METADATA)
    return found


def record_changes(payload: JsonObject) -> list[JsonObject]:
    """One for each record: `action` (created, changed, deleted), `table_id`, `record_id`, `fields` by id as they are now."""
    tables = object_at(payload, "changedTablesById")
    created = object_at(payload, "createdTablesById")
    found = [
        {"action": action, "table_id": table_id, "record_id": record_id, "fields": fields}
        for table_id in tables
        for action, record_id, fields in _in_table(object_at(tables, table_id))
    ]
    return found + [
        {"action": "created", "table_id": table_id, "record_id": record_id, "fields": _cells(record)}
        for table_id in created
        for record_id, record in object_at(created, table_id, "recordsById").items()
    ]


def _in_table(table: JsonObject) -> Iterator[tuple[str, str, JsonObject]]:
    for record_id, record in object_at(table, "createdRecordsById").items():
        yield "created", record_id, _cells(record)
    for record_id, record in object_at(table, "changedRecordsById").items():
        yield "changed", record_id, object_at(record, "current", "cellValuesByFieldId")
    for record_id in as_list(table.get("destroyedRecordIds")) or []:
        yield "deleted", str(record_id), {}


def _cells(record: object) -> JsonObject:
    return object_at(record, "cellValuesByFieldId")
