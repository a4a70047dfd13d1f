"""Schemas of blocks: `BlockSchema`, its fields, and what the form and the planner read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticUndefined

JsonObject = dict[str, Any]


class BlockSchema(BaseModel):
    """The inputs or the outputs of a block: one field is one pin."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=(), allow_inf_nan=False, defer_build=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Lists and objects stop at the first member that does not fit: half a million say no more than one."""
        schema = handler(source)
        _stop_at_first(schema)
        return schema

    @classmethod
    @cache
    def json_schema(cls) -> JsonObject:
        """The JSON Schema (draft 2020-12), references resolved in place where they are ours."""
        return cls.model_json_schema(mode="validation")

    @classmethod
    @cache
    def pin_schema(cls, name: str) -> JsonObject:
        """The JSON Schema of one pin, with the `$defs` that it refers to."""
        whole = cls.json_schema()
        pin = dict(whole["properties"][name])
        if "$defs" in whole:
            pin["$defs"] = whole["$defs"]
        return pin

    @classmethod
    @cache
    def pin_adapter(cls, name: str) -> TypeAdapter[Any] | None:
        """What checks a single value of the pin; None where any value fits."""
        field = cls.model_fields[name]
        if field.annotation is Any and not field.metadata:
            return None
        return TypeAdapter(field.rebuild_annotation())

    @classmethod
    @cache
    def required_pins(cls) -> frozenset[str]:
        """Pins without a default."""
        return frozenset(name for name, field in cls.model_fields.items() if field.is_required())

    @classmethod
    @cache
    def each_pins(cls) -> frozenset[str]:
        """Output pins whose values are items (execution.md, rule 3)."""
        return frozenset(name for name, field in cls.model_fields.items() if extra(field).get("each"))

    @classmethod
    @cache
    def hidden_pins(cls) -> frozenset[str]:
        """Pins that nobody sees or links: a trigger's payload."""
        return frozenset(name for name, field in cls.model_fields.items() if extra(field).get("hidden"))

    @classmethod
    @cache
    def credentials_pins(cls) -> tuple[str, ...]:
        """Fields that hold a reference to a credential, by their names."""
        return tuple(name for name in cls.model_fields if is_credentials_name(name))


_STOPPING = ("list", "dict", "set", "frozenset", "tuple")
_NO_SCHEMAS = ("default", "metadata", "serialization")


def _stop_at_first(part: Any) -> None:
    if isinstance(part, list):
        for inner in cast("Iterable[Any]", part):
            _stop_at_first(inner)
    elif isinstance(part, dict):
        schema = cast("JsonObject", part)
        if schema.get("type") in _STOPPING:
            schema["fail_fast"] = True
        for name, inner in schema.items():
            if name not in _NO_SCHEMAS:
                _stop_at_first(inner)


def extra(field: FieldInfo) -> JsonObject:
    """What SchemaField stored beside the type."""
    stored = field.json_schema_extra
    return cast("JsonObject", stored) if isinstance(stored, dict) else {}


def is_credentials_name(name: str) -> bool:
    return name == "credentials" or name.endswith("_credentials")


def SchemaField(  # noqa: N802  # the name is the customer's
    default: Any = PydanticUndefined,
    *,
    default_factory: Callable[[], Any] | None = None,
    title: str | None = None,
    description: str | None = None,
    placeholder: str | None = None,
    advanced: bool | None = None,
    secret: bool = False,
    hidden: bool = False,
    each: bool = False,
    depends_on: list[str] | None = None,
    examples: list[Any] | None = None,
    format: str | None = None,
    ge: float | None = None,
    le: float | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
) -> Any:
    """A pin. Without a default it is required; `each=True` on an output makes its values items.

    Args:
        advanced: folded away in the form; only where a default exists.
        secret: never shown, logged or exported.
        hidden: neither shown nor linked by hand.
        depends_on: names of fields whose values decide whether this one is asked for.
        format: what the form's widget should be (`long-text`, `date`, `template` …).
    """
    said: JsonObject = {
        "placeholder": placeholder,
        "advanced": advanced,
        "secret": secret or None,
        "hidden": hidden or None,
        "each": each or None,
        "depends_on": depends_on,
        "format": format,
    }
    keywords: JsonObject = {} if default_factory is None else {"default_factory": default_factory}
    if default_factory is None:
        keywords["default"] = default
    return Field(
        **keywords,
        title=title,
        description=description,
        examples=examples,
        ge=ge,
        le=le,
        min_length=min_length,
        max_length=max_length,
        pattern=pattern,
        json_schema_extra={key: value for key, value in said.items() if value is not None},
    )


def CredentialsField(  # noqa: N802  # the name is the customer's
    required_scopes: set[str] | None = None,
    *,
    discriminator: str | None = None,
    discriminator_mapping: dict[str, str] | None = None,
    title: str | None = None,
    description: str | None = None,
) -> Any:
    """The field where a block asks for a credential; the graph stores a reference, never a secret.

    Args:
        discriminator: the field whose value decides the provider (a model's name, a URL's host).
        discriminator_mapping: that field's value -> provider.
    """
    said: JsonObject = {
        "credentials_scopes": sorted(required_scopes) if required_scopes else None,
        "discriminator": discriminator,
        "discriminator_mapping": discriminator_mapping,
    }
    return Field(
        title=title,
        description=description,
        json_schema_extra={key: value for key, value in said.items() if value is not None},
    )
