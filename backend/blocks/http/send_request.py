"""Send one HTTP request, with or without the credential of a host."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

from backend.blocks.http._credentials import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    HttpCredentialsInput,
    with_credentials,
)
from backend.blocks.http._sending import (
    IDEMPOTENCY_HEADER,
    PLAIN_TEXT,
    Method,
    file_parts,
    form_text,
    has_header,
    json_in,
    json_or_text,
    text_of,
    with_raw_body,
)
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, BlockData, Context
from backend.data.credentials import HostScopedCredentials
from backend.data.examples import file_value, says
from backend.data.file import FileContent
from backend.data.json_types import is_list, is_object
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField
from backend.util.errors import BadInput, BlockError
from backend.util.request import AsyncRequests, CallOptions, Headers, Response

Body = JsonObject | str | list[Any] | None
_DIFFERENCES = (
    "A POST carries an `Idempotency-Key` header, the same one when it is repeated after a crash.",
    "Files beside an empty body are sent whatever `json_format` says; there they fail when it is on.",
    "Addresses that are not public are refused unless the operator allows them.",
)


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
        "nan": _answer(200, "NaN"),
        "deep": _answer(200, "[" * 500 + "]" * 500),
    }[url.rsplit("/", 1)[1]]


class _Sender:
    """For the two blocks that send one request and sort its answer by the status."""

    async def send(self, method: str, url: str, options: CallOptions) -> Response:
        options = await with_raw_body(options)
        return await AsyncRequests(raise_for_status=False, max_retries=0).request(method, url, **options)

    async def outcome(self, given: SendWebRequestBlock.Input, key: str, context: Context) -> BlockData:
        """Send it, once: the pin, and what goes there."""
        options = await asyncio.to_thread(_options, given, key)
        if given.files:
            options["files"] = await file_parts([(given.files_name, value) for value in given.files], context)
        response = await self.send(given.method, given.url, options)
        return _pin(response.status), await _content(response)


class SendWebRequestBlock(_Sender, Block):
    """Send one HTTP request, without retry. The status decides where the answer goes.

    The answer is JSON where the service says so and it reads as such, else text. A POST carries an
    `Idempotency-Key` that stays the same when the firing is repeated after a crash.
    """

    id = "6595ae1f-b924-42cb-9a41-551a0611c4b4"
    categories = {BlockCategory.OUTPUT, BlockCategory.HTTP}
    icon = "globe"
    differences = _DIFFERENCES

    class Input(BlockSchema):
        url: str = SchemaField(description="Where to send it", placeholder="https://api.example.com/items")
        method: Method = SchemaField(default="POST", description="The HTTP method")
        headers: dict[str, str] = SchemaField(default_factory=dict[str, str], description="Headers by name")
        json_format: bool = SchemaField(default=True, description="Send the body as JSON; else as a form")
        body: Body = SchemaField(
            default=None,
            description="What to send: an object, or a text, which is sent as it is unless it is JSON",
        )
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
        {"url": "https://example.com/nan"},
        {"url": "https://example.com/deep"},
        {"url": "https://example.com/json", "method": "PUT", "body": ' [1, "é"] '},
        {"url": "https://example.com/json", "method": "PUT", "body": "größe"},
        {"url": "https://example.com/json", "method": "PUT", "body": '{"a": [1]}', "json_format": False},
        {"url": "https://example.com/json", "method": "PUT", "body": ""},
        {"url": "https://example.com/json", "body": [1], "json_format": False},
        {"url": "https://example.com/files", "files": [file_value(_EXAMPLE)], "files_name": "doc"},
        {"url": "https://example.com/json", "files": [file_value(_EXAMPLE)], "body": {"a": 1}},
        {"url": "https://example.com/json", "files": ["a.txt"]},
        {"url": "https://example.com/json", "method": "BREW"},
        {"url": "https://example.com/json", "headers": "none"},
    ]
    test_output = [
        [("response", {"method": "POST", "json": {"é": 1}, "headers": {"Idempotency-Key": "test-key"}})],
        [("response", "añb")],
        [("response", None)],
        [("client_error", {"detail": "no"})],
        [("server_error", "down")],
        [("server_error", "")],
        [("response", "{broken")],
        [("response", "NaN")],
        [("response", "[" * 500 + "]" * 500)],
        [("response", {"method": "PUT", "json": [1, "é"], "headers": {}})],
        [("response", {"method": "PUT", "content": "größe", "headers": {"Content-Type": PLAIN_TEXT}})],
        [("response", {"method": "PUT", "data": {"a": "[1]"}, "headers": {}})],
        [("response", {"method": "PUT", "headers": {}})],
        [("error", says("json_format"))],
        [("response", ["doc", "a.txt", "hello", "text/plain"])],
        [("error", says("json_format"))],
        [("error", says("a.txt"))],
        [("error", says("method"))],
        [("error", says("headers"))],
    ]
    test_mock = {"send": _example_service}

    async def run(
        self, input_data: Input, *, idempotency_key: str, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        yield await self.outcome(input_data, idempotency_key, context)


class SendAuthenticatedWebRequestBlock(_Sender, Block):
    """Send one HTTP request with the headers of a credential, which goes to its own host and to no other.

    Headers given here win over those of the credential. Otherwise it is the same as Send Web Request.
    """

    id = "fff86bcd-e001-4bad-a7f6-2eae4720c8dc"
    categories = {BlockCategory.OUTPUT, BlockCategory.HTTP}
    icon = "globe-lock"
    differences = (
        "A credential whose host is not that of the URL fails the block; there the request goes out without it.",
        *_DIFFERENCES,
    )

    class Input(SendWebRequestBlock.Input):
        credentials: HttpCredentialsInput = CredentialsField(description="The credential of the URL's host")

    class Output(SendWebRequestBlock.Output):
        pass

    test_files = (_EXAMPLE,)
    test_credentials = TEST_CREDENTIALS
    test_input = [
        {
            "url": "https://api.example.com/json",
            "body": {"é": 1},
            "headers": {"x-team": "red"},
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"url": "https://API.example.com:8443/204", "method": "GET", "credentials": TEST_CREDENTIALS_INPUT},
        {"url": "https://api.example.com/404", "credentials": TEST_CREDENTIALS_INPUT},
        {
            "url": "https://api.example.com/files",
            "files": file_value(_EXAMPLE),
            "json_format": False,
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"url": "https://example.com/json", "credentials": TEST_CREDENTIALS_INPUT},
        {"url": "https://api.example.com.evil.example/json", "credentials": TEST_CREDENTIALS_INPUT},
        {"url": "https://api.example.com@evil.example/json", "credentials": TEST_CREDENTIALS_INPUT},
        {"url": "", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [
            (
                "response",
                {
                    "method": "POST",
                    "json": {"é": 1},
                    "headers": {
                        "Authorization": "Bearer example",
                        "x-team": "red",
                        "Idempotency-Key": "test-key",
                    },
                },
            )
        ],
        [("response", None)],
        [("client_error", {"detail": "no"})],
        [("response", ["file", "a.txt", "hello", "text/plain"])],
        [("error", says("api.example.com", "goes to example.com"))],
        [("error", says("api.example.com.evil.example"))],
        [("error", says("user name"))],
        [("error", says("full URL"))],
    ]
    test_mock = {"send": _example_service}

    async def run(
        self,
        input_data: Input,
        *,
        credentials: HostScopedCredentials,
        idempotency_key: str,
        context: Context,
        **kwargs: Any,
    ) -> AsyncBlockOutput:
        headers = with_credentials(input_data.headers, credentials, input_data.url)
        given = input_data.model_copy(update={"headers": headers})
        yield await self.outcome(given, idempotency_key, context)


def _options(given: SendWebRequestBlock.Input, key: str) -> CallOptions:
    """Everything but the files.

    Raises:
        BlockError: the body cannot be sent so.
    """
    headers = dict(given.headers)
    if given.method == "POST" and not has_header(headers, IDEMPOTENCY_HEADER):
        headers[IDEMPOTENCY_HEADER] = key
    options: CallOptions = {"headers": headers}
    body = _parsed(given.body) if isinstance(given.body, str) else given.body
    if body is None or body == "":
        return options
    if given.files and (given.json_format or isinstance(body, str)):
        raise BlockError("Files cannot go beside JSON. Turn `json_format` off, or leave `body` empty.")
    if isinstance(body, str):
        options["content"] = body
        if not has_header(headers, "content-type"):
            headers["Content-Type"] = PLAIN_TEXT
    elif given.json_format:
        options["json"] = body
    elif isinstance(body, dict):
        options["data"] = {name: form_text(value) for name, value in body.items()}
    else:
        raise BlockError("A list cannot be sent as a form. Turn `json_format` on, or give an object.")
    return options


def _parsed(text: str) -> Body:
    """The object or the list that the text is in JSON, else the text."""
    try:
        value = json_in(text.encode(errors="replace"))
    except BadInput:
        return text
    return value if is_object(value) or is_list(value) else text


def _pin(status: int) -> str:
    return {2: "response", 4: "client_error"}.get(status // 100, "server_error")


async def _content(response: Response) -> Any:
    """JSON where the answer says so and is; None for 204; else text."""
    if response.status == 204:
        return None
    is_json = response.headers.get("content-type", "").lower().startswith("application/json")
    return await (json_or_text(response) if is_json else text_of(response))
