"""Send one HTTP request."""

from __future__ import annotations

import json
from typing import Any, Literal, cast

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import file_value, says
from backend.data.file import FileContent
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError
from backend.util.http_encode import File
from backend.util.request import AsyncRequests, CallOptions, Headers, Response
from backend.util.settings import settings

Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
IDEMPOTENCY_HEADER = "Idempotency-Key"


def _answer(status: int, content: str = "", kind: str = "application/json") -> Response:
    return Response(status, Headers([("content-type", kind)]), content.encode(), "https://example.com/", 0.1)


_EXAMPLE = FileContent("a.txt", "text/plain", b"hello")


def _example_service(method: str, url: str, options: CallOptions) -> Response:
    if files := options.get("files"):
        (field, (name, data, kind)), *_ = cast("list[tuple[str, tuple[str, bytes, str]]]", files)
        return _answer(200, json.dumps([field, name, data.decode(), kind]))
    return {
        "json": _answer(200, json.dumps({"method": method, **options})),
        "text": _answer(200, "añb", "text/plain; charset=utf-8"),
        "204": _answer(204),
        "404": _answer(404, '{"detail": "no"}', "application/json; charset=utf-8"),
        "503": _answer(503, "down", "text/html"),
        "304": _answer(304, "", "text/plain"),
        "broken": _answer(200, "{broken"),
    }[url.rsplit("/", 1)[1]]


class SendWebRequestBlock(Block):
    """Send one HTTP request, without retry. The status decides where the answer goes.

    The answer is JSON where the service says so and it reads as such, else text. A POST carries an
    `Idempotency-Key` that stays the same when the firing is repeated after a crash.
    """

    id = "6595ae1f-b924-42cb-9a41-551a0611c4b4"
    categories = {BlockCategory.OUTPUT, BlockCategory.HTTP}
    icon = "globe"

    class Input(BlockSchema):
        url: str = SchemaField(description="Where to send it", placeholder="https://api.example.com/items")
        method: Method = SchemaField(default="POST", description="The HTTP method")
        headers: dict[str, str] = SchemaField(default_factory=dict[str, str], description="Headers by name")
        json_format: bool = SchemaField(default=True, description="Send the body as JSON; else as a form")
        body: JsonObject | None = SchemaField(default=None, description="What to send")
        files_name: str = SchemaField(default="file", description="Form field of the files", advanced=True)
        files: list[str] = SchemaField(
            default_factory=list[str],
            description="Files to send, with the body as a form: turn `json_format` off",
            format="file",
            max_length=20,
            advanced=True,
        )

    class Output(BlockSchema):
        response: Any = SchemaField(description="The answer, when the status is 2xx; null for 204")
        client_error: Any = SchemaField(description="The answer, when the status is 4xx")
        server_error: Any = SchemaField(description="The answer, when the status is anything else")
        error: str = SchemaField(description="Why there was no answer")

    test_files = (_EXAMPLE,)
    test_input = [
        {"url": "https://example.com/json", "body": {"é": 1}},
        {"url": "https://example.com/text", "method": "GET"},
        {"url": "https://example.com/204", "method": "DELETE"},
        {"url": "https://example.com/404"},
        {"url": "https://example.com/503"},
        {"url": "https://example.com/304"},
        {"url": "https://example.com/broken"},
        {"url": "https://example.com/files", "files": [file_value(_EXAMPLE)], "files_name": "doc"},
        {"url": "https://example.com/json", "files": [file_value(_EXAMPLE)], "body": {"a": 1}},
        {"url": "https://example.com/json", "files": ["a.txt"]},
        {"url": "https://example.com/json", "method": "BREW"},
    ]
    test_output = [
        [("response", {"method": "POST", "json": {"é": 1}, "headers": {"Idempotency-Key": "test-key"}})],
        [("response", "añb")],
        [("response", None)],
        [("client_error", {"detail": "no"})],
        [("server_error", "down")],
        [("server_error", "")],
        [("response", "{broken")],
        [("response", ["doc", "a.txt", "hello", "text/plain"])],
        [("error", says("json_format"))],
        [("error", says("a.txt"))],
        [("error", says("method"))],
    ]
    test_mock = {"send": _example_service}

    async def send(self, method: str, url: str, options: CallOptions) -> Response:
        return await AsyncRequests(raise_for_status=False, max_retries=0).request(method, url, **options)

    async def run(
        self, input_data: Input, *, idempotency_key: str, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        options = _options(input_data, idempotency_key)
        if input_data.files:
            options["files"] = [
                (input_data.files_name, part) for part in await _file_parts(input_data, context)
            ]
        response = await self.send(input_data.method, input_data.url, options)
        yield _pin(response.status), _content(response)


async def _file_parts(given: SendWebRequestBlock.Input, context: Context) -> list[File]:
    """The files as parts of a form.

    Raises:
        BlockError: there is a JSON body beside them, one of them cannot be read, or they are too large.
    """
    if given.body is not None and given.json_format:
        raise BlockError("Files cannot go beside JSON. Turn `json_format` off, or leave `body` empty.")
    parts: list[File] = []
    size_bytes = 0
    for value in given.files:
        content = await context.read_file(value)
        size_bytes += len(content.data)
        if size_bytes > settings.max_file_bytes:
            limit = settings.max_file_bytes / 2**20
            raise BlockError(f"The files are more than {limit:,.4g} MiB together. Send them one by one.")
        parts.append((content.name, content.data, content.media_type))
    return parts


def _options(given: SendWebRequestBlock.Input, key: str) -> CallOptions:
    headers = dict(given.headers)
    if given.method == "POST" and IDEMPOTENCY_HEADER.lower() not in map(str.lower, headers):
        headers[IDEMPOTENCY_HEADER] = key
    options: CallOptions = {"headers": headers}
    if given.body is not None and given.json_format:
        options["json"] = given.body
    elif given.body is not None:
        options["data"] = {name: _form_text(value) for name, value in given.body.items()}
    return options


def _form_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pin(status: int) -> str:
    return {2: "response", 4: "client_error"}.get(status // 100, "server_error")


def _content(response: Response) -> Any:
    """JSON where the answer says so and is; None for 204; else text."""
    if response.status == 204:
        return None
    if response.headers.get("content-type", "").lower().startswith("application/json"):
        try:
            return json.loads(response.content, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return response.text
    return response.text


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
