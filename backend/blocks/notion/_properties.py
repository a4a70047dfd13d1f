"""Properties of pages: Notion's objects to plain values and back. Pure.

Source: https://developers.notion.com/reference/page-property-values (2025-09-03).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backend.blocks.notion._ids import notion_id
from backend.blocks.notion._rich_text import plain, rich_of
from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.util.errors import InvalidInput

FLAT_HELP = "By name, as plain values: texts, numbers, true or false, names of options, lists. A date with an end is an object"
GIVEN_HELP = (
    "By name: plain values (a text, a number, true, a list of options, a date as 2025-12-31, addresses of pages for "
    "a relation), or objects as Notion's API has them; nothing empties one"
)


def flat(properties: Mapping[str, Any]) -> JsonObject:
    """Name -> plain value, in Notion's order."""
    return {name: _plain(as_object(one) or {}) for name, one in properties.items()}


def title_of(thing: JsonObject) -> str:
    """Of a page, a data source or a database."""
    if "title" in thing:
        return plain(thing["title"])
    properties = object_at(thing, "properties")
    titles = [one["title"] for one in map(object_at, properties.values()) if text_at(one, "type") == "title"]
    return plain(titles[0]) if titles else ""


def title_name(schema: Mapping[str, Any]) -> str:
    """How the title is called there: `title` in a page of its own, anything in a data source."""
    return next((name for name, one in schema.items() if text_at(one, "type") == "title"), "title")


def values_of(given: Mapping[str, Any], schema: Mapping[str, Any]) -> JsonObject:
    """Plain values as Notion takes them.

    Args:
        schema: name -> an object with `type`: of a data source, or of the page itself.

    Raises:
        InvalidInput: there is no such property, or the value is none for its kind.
    """
    return {name: _value(name, value, schema) for name, value in given.items()}


def _value(name: str, value: Any, schema: Mapping[str, Any]) -> JsonObject:
    if name not in schema:
        known = ", ".join(schema) or "none"
        raise InvalidInput(f"There is no property {name!r} there. There are: {known}.")
    kind = text_at(schema[name], "type")
    own = as_object(value)
    if own is not None and kind in own:
        return own
    if kind not in _MAKERS:
        raise InvalidInput(
            f"{name!r} is of the kind {kind!r}, which Notion fills in itself. Leave it out, or give Notion's own object."
        )
    if value is None and kind not in _LISTS:
        return {kind: False if kind == "checkbox" else None}
    try:
        return {kind: _MAKERS[kind](value)}
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"{name!r} takes a {kind.replace('_', ' ')}, and {value!r:.200} is none."
        ) from error


def _texts(value: Any) -> list[str]:
    """A list, a text with commas, or one value."""
    if value is None:
        return []
    many = as_list(value)
    if many is None:
        many = value.split(",") if isinstance(value, str) else [value]
    return [text for text in (str(one).strip() for one in many) if text]


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise ValueError("no text")
    return str(value)


def _number(value: Any) -> float | int:
    if isinstance(value, bool):
        raise ValueError("no number")
    if isinstance(value, (int, float)):
        return value
    number = float(str(value).strip())
    return int(number) if number.is_integer() else number


def _checkbox(value: Any) -> bool:
    said = str(value).strip().lower()
    if said in ("true", "yes", "1", "on"):
        return True
    if said in ("false", "no", "0", "off", ""):
        return False
    raise ValueError("neither")


def _date(value: Any) -> JsonObject | None:
    given = as_object(value)
    if given is not None:
        if not text_at(given, "start"):
            raise ValueError("no start")
        return given
    text = _text(value).strip()
    return {"start": text} if text else None


def _option(value: Any) -> JsonObject | None:
    name = _text(value).strip()
    return {"name": name} if name else None


def _files(value: Any) -> list[JsonObject]:
    """Addresses. One file a line or an item: an address may have commas."""
    many = as_list(value)
    urls = [str(one) for one in many] if many is not None else str(value or "").split()
    return [
        {
            "name": url.rstrip("/").rpartition("/")[2][:100] or url,
            "type": "external",
            "external": {"url": url},
        }
        for url in urls
    ]


def _optional(value: Any) -> str | None:
    return _text(value).strip() or None


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "title": lambda value: rich_of("" if value is None else _text(value)),
    "rich_text": lambda value: rich_of("" if value is None else _text(value)),
    "number": _number,
    "checkbox": _checkbox,
    "select": _option,
    "status": _option,
    "multi_select": lambda value: [{"name": name} for name in _texts(value)],
    "date": _date,
    "url": _optional,
    "email": _optional,
    "phone_number": _optional,
    "people": lambda value: [{"object": "user", "id": notion_id(one, "person")} for one in _texts(value)],
    "relation": lambda value: [{"id": notion_id(one, "page")} for one in _texts(value)],
    "files": _files,
}
_LISTS = frozenset({"title", "rich_text", "multi_select", "people", "relation", "files"})


def _plain(one: JsonObject) -> Any:
    kind = text_at(one, "type")
    return _READERS.get(kind, _as_it_is)(one.get(kind))


def _as_it_is(value: Any) -> Any:
    return value


def _name(value: Any) -> str | None:
    return text_at(value, "name") or None


def _person(value: Any) -> str:
    return text_at(value, "name") or text_at(value, "id")


def _read_date(value: Any) -> Any:
    """The start, where that says it all."""
    given = as_object(value)
    if given is None:
        return None
    said = {key: given[key] for key in ("start", "end", "time_zone") if given.get(key) is not None}
    return said["start"] if list(said) == ["start"] else said


def _read_file(value: JsonObject) -> str:
    return text_at(value, text_at(value, "type"), "url")


def _rollup(value: Any) -> Any:
    given = as_object(value) or {}
    if text_at(given, "type") == "array":
        return [_plain(one) for one in objects_at(given, "array")]
    return _plain(given)


def _unique_id(value: Any) -> str:
    prefix, number = text_at(value, "prefix"), text_at(value, "number")
    return f"{prefix}-{number}" if prefix else number


_READERS: dict[str, Callable[[Any], Any]] = {
    "title": plain,
    "rich_text": plain,
    "select": _name,
    "status": _name,
    "multi_select": lambda value: [text_at(one, "name") for one in objects_at({"all": value}, "all")],
    "date": _read_date,
    "people": lambda value: [_person(one) for one in objects_at({"all": value}, "all")],
    "relation": lambda value: [text_at(one, "id") for one in objects_at({"all": value}, "all")],
    "files": lambda value: [_read_file(one) for one in objects_at({"all": value}, "all")],
    "formula": lambda value: _plain(as_object(value) or {}),
    "rollup": _rollup,
    "created_by": _person,
    "last_edited_by": _person,
    "unique_id": _unique_id,
    "verification": lambda value: text_at(value, "state") or None,
}
