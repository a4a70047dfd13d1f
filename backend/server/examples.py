"""Examples for the contract: what is written here or at a field, put together for every body and answer."""

from __future__ import annotations

from typing import Any

_ID = "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
_TEXT_INPUT, _OUTPUT = "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158", "363ae599-353e-4804-937e-b2ee3cef3da4"
_NODES = [
    {"id": "in", "block_id": _TEXT_INPUT, "input_default": {"name": "name"}},
    {"id": "out", "block_id": _OUTPUT, "input_default": {"name": "greeting"}},
]
_LINKS = [
    {"id": "l1", "source_id": "in", "source_name": "result", "sink_id": "out", "sink_name": "value"},
]

MODELS: dict[str, Any] = {
    "Graph": {"name": "Greeting", "nodes": _NODES, "links": _LINKS},
    "CredentialChange": {"title": "Work", "api_key": "paste-the-key-here"},
    "RunRequest": {"inputs": {"name": "Ada"}, "wait": True},
}
"""Whole examples, by the model's name in the contract."""

FIELDS: dict[str, Any] = {
    "id": _ID,
    "name": "Greeting",
    "title": "Calculator",
    "description": "Greets whoever is named",
    "email": "ada@example.com",
    "password": "correct horse battery",
    "user_email": "ada@example.com",
    "role": "editor",
    "address": "192.0.2.7",
    "key": "by_pZ0mT6b6b0uYk3o2l9mXo1Qn5w7vJ4c8s2dR1fE0gHh",
    "token": "pZ0mT6b6b0uYk3o2l9mXo1Qn5w7vJ4c8s2dR1fE0gHh",
    "next_cursor": None,
    "nodes": _NODES,
    "links": _LINKS,
    "message": "The input 'name' is missing.",
    "cure": "Give it a value.",
    "path": "inputs.name",
    "node_id": "out",
    "node_name": "Result",
    "pin": "value",
    "status": "completed",
    "error": None,
    "never_fired": [],
    "inputs": {"name": "Ada"},
    "value": "Ada",
    "labels": ["nightly"],
    "graph_name": "Greeting",
    "decision": None,
    "outputs": {"greeting": ["Hello, Ada!"]},
    "duration_ms": 12.5,
    "data": {"text": "Hello, Ada!"},
    "usd_micros": 1500,
    "credits": 0.15,
    "item": [],
    "ApiKeyRequest.name": "nightly import",
    "ApiKeyRequest.expires_at": None,
    "ApiKeyView.name": "nightly import",
    "ApiKeyView.scopes": ["graphs:read", "runs:write"],
    "NewApiKey.name": "nightly import",
    "NewApiKey.scopes": ["graphs:read", "runs:write"],
    "BlockView.name": "CalculatorBlock",
    "BlockView.description": "Calculates with two numbers.",
    "BlockView.kind": "standard",
    "BlockView.categories": ["logic"],
    "BlockView.icon": "calculator",
    "BlockView.differences": ["A division by zero fails; there it gives infinity."],
    "BlockView.inputs": [
        {"name": "a", "schema": {"type": "number"}, "is_required": True, "is_each": False},
    ],
    "BlockView.outputs": [
        {"name": "result", "schema": {"type": "number"}, "is_required": False, "is_each": False},
    ],
    "BlockView.execution": "async",
    "BlockView.order": "source",
    "BlockView.costs": [{"cost_type": "run", "amount": 10_000}],
    "Health.status": "ready",
    "Health.problems": [],
    "Health.warnings": [],
    "ProblemDetails.type": "urn:blockyard:error:bad_input",
    "ProblemDetails.title": "Bad Request",
    "ProblemDetails.status": 400,
    "ProblemDetails.detail": "inputs.name: The input 'name' is missing. Give it a value.",
    "ProblemDetails.code": "bad_input",
    "NodeError.code": "block_failed",
    "Waits.kind": "person",
    "ReviewView.name": "Post this?",
    "RunAccepted.status": "queued",
    "CallerAnswer.headers": {"X-Order": "7"},
    "CallerAnswer.body": {"accepted": True},
    "RunDetails.wake_at": None,
    "RunError.code": "block_failed",
    "RunError.message": "division by zero",
    "HttpExchange.method": "GET",
    "HttpExchange.url": "https://api.example.com/boards?page=2",
    "HttpExchange.request_headers": {"accept": "application/json", "authorization": "Bearer ***"},
    "HttpExchange.request_body": "",
    "HttpExchange.request_size_bytes": 0,
    "HttpExchange.status": 404,
    "HttpExchange.response_headers": {"content-type": "application/json"},
    "HttpExchange.response_body": '{"message": "no such board"}',
    "HttpExchange.response_size_bytes": 28,
    "HttpExchange.duration_ms": 84.2,
    "RunEvent.kind": "state",
    "RunEvent.data": {"status": "running"},
    "RunEvent.node_id": None,
    "RunEvent.firing": None,
    "Status.version": "0.1.0",
    "Status.database": "embedded",
    "Status.runs": {"completed": 12, "running": 1},
    "Status.graph_names": {_ID: "Greeting"},
}
"""By `Model.field`, else by `field`."""

_BY_FORMAT = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "uuid": _ID,
    "uri": "https://example.com",
}
_KINDS = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
_DEEPEST = 8


class Examples:
    """Puts an example beside the schema of every JSON body and answer of a document.

    What a field does not say itself is looked up in `MODELS` and `FIELDS`. `unknown` holds what was not
    found there, as `Model.field`; a test wants it empty.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self.unknown: set[str] = set()

    def fill(self) -> None:
        """Change the document."""
        for response in self._document["components"]["responses"].values():
            self._fill(response)
        for item in self._document["paths"].values():
            for operation in item.values():
                self._fill(operation.get("requestBody", {}))
                for response in operation["responses"].values():
                    self._fill(response)

    def _fill(self, holder: dict[str, Any]) -> None:
        for media_type, content in holder.get("content", {}).items():
            is_told = "example" in content or "examples" in content
            if media_type.endswith("json") and "schema" in content and not is_told:
                content["example"] = self.of(content["schema"])

    def of(self, schema: dict[str, Any], model: str = "", field: str = "", depth: int = 0) -> Any:
        """An example of the schema, which is that of `field` in `model`."""
        own = f"{model}.{field}"
        if own in FIELDS:
            return FIELDS[own]
        if schema.get("examples"):
            return schema["examples"][0]
        if field in FIELDS and self._fits(FIELDS[field], schema):
            return FIELDS[field]
        if "$ref" in schema:
            return self._of_model(schema["$ref"].rpartition("/")[2], depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for choice in schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or ():
            if choice.get("type") != "null":
                return self.of(choice, model, field, depth)
        return self._of_type(schema, model, field, depth)

    def _of_model(self, name: str, depth: int) -> Any:
        if name in MODELS:
            return MODELS[name]
        return self.of(self._schemas[name], name, "", depth + 1)

    def _of_type(self, schema: dict[str, Any], model: str, field: str, depth: int) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._of_object(schema, model, depth)
        if kind == "array":
            is_deep = depth > _DEEPEST or "items" not in schema
            return [] if is_deep else [self.of(schema["items"], model, f"{field}[]", depth + 1)]
        if kind == "boolean":
            return schema.get("default", True)
        if kind in ("integer", "number"):
            return _number(schema)
        if schema.get("format") in _BY_FORMAT:
            return _BY_FORMAT[schema["format"]]
        if field.removesuffix("[]").endswith(("_id", "_ids")):
            return _ID
        if "default" in schema:
            return schema["default"]
        if model or field:
            self.unknown.add(f"{model}.{field}")
        return "Hello, Ada!"

    def _of_object(self, schema: dict[str, Any], model: str, depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = schema.get("properties", {})
        return {name: self.of(one, model, name, depth + 1) for name, one in fields.items()}

    def _fits(self, value: Any, schema: dict[str, Any]) -> bool:
        """Whether what stands for all fields of a name may stand here: the type is the same, the choice is one."""
        choices = [self._resolved(one) for one in (schema, *schema.get("anyOf", ()))]
        is_free = all(not choice.keys() & {"type", "anyOf", "enum", "properties"} for choice in choices)
        return is_free or any(_is_of(value, choice) for choice in choices)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self._schemas[name] if name else schema


def _is_of(value: Any, schema: dict[str, Any]) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    if "properties" in schema or "$ref" in str(schema.get("additionalProperties", "")):
        return False
    return schema.get("type") == _KINDS[type(value)]


def _number(schema: dict[str, Any]) -> float:
    if schema.get("default") is not None:
        return float(schema["default"]) if schema["type"] == "number" else int(schema["default"])
    lowest = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return max(int(lowest), 1)
