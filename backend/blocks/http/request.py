"""Send one HTTP request of any kind, and read its answer in the way that is asked for."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Literal

from backend.blocks.http._body import BodyType, request_options
from backend.blocks.http._credentials import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    HttpCredentialsInput,
    with_credentials,
)
from backend.blocks.http._sending import (
    IDEMPOTENCY_HEADER,
    Method,
    file_parts,
    has_header,
    is_text,
    json_of,
    json_or_text,
    text_of,
    with_raw_body,
)
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import HostScopedCredentials
from backend.data.examples import file_value, is_file, says
from backend.data.file import FileContent
from backend.data.file_source import downloaded
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BadInput, BlockError
from backend.util.off_loop import off_loop
from backend.util.request import MAX_BYTES, AsyncRequests, CallOptions, Headers, Response
from backend.util.settings import settings

ResponseAs = Literal["auto", "json", "text", "file"]
_TEXT_TYPES = ("text/", "application/xml", "application/javascript", "application/x-www-form-urlencoded")
_SETS_OWN_KEY = frozenset({"POST", "PATCH"})
_EXAMPLE = FileContent("a.txt", "text/plain", b"hello")
_URL = "https://api.example.com/"


def _answer(content: str | bytes, kind: str, status: int = 200) -> Response:
    raw = content if isinstance(content, bytes) else content.encode()
    return Response(status, Headers([("content-type", kind)] if kind else []), raw, _URL, 0.1)


def _example_service(given: HttpRequestBlock.Input, options: CallOptions) -> Response:
    """Answers with what it was sent, or with what the last part of the URL says."""
    if files := options.get("files"):
        return _answer(repr(files), "text/plain")
    return {
        "user": _answer('{"id": 7, "name": "Zoë"}', "application/json"),
        "problem": _answer('{"title": "no"}', "application/problem+json; charset=utf-8", 404),
        "empty": _answer("", "application/json", 204),
        "page": _answer("<p>ü</p>", "text/html; charset=utf-8"),
        "picture": _answer(b"\x89PNG\x00", "image/png"),
        "untold": _answer("größe", ""),
        "bytes": _answer(b"\xff\xfe\x00", ""),
    }.get(given.url.rpartition("/")[2]) or _answer(json.dumps(options), "application/json")


_TOLD = [("status", 200), ("headers", {"content-type": "application/json"}), ("url", _URL)]
_KEY = {"Idempotency-Key": "test-key"}


def _echo(**options: Any) -> list[tuple[str, Any]]:
    return [("response", {"params": [], "headers": {}, **options}), *_TOLD]


def _told(kind: str, status: int = 200) -> list[tuple[str, Any]]:
    return [("status", status), ("headers", {"content-type": kind} if kind else {}), ("url", _URL)]


class HttpRequestBlock(Block):
    """Send one HTTP request: query, headers, any body, files; the answer as JSON, text or a file.

    A POST or a PATCH carries an `Idempotency-Key` that stays the same when it is sent again.
    """

    id = "6be428a2-e9f3-4ef2-9d24-012abaa88517"
    categories = {BlockCategory.HTTP, BlockCategory.DEVELOPER_TOOLS}
    icon = "send"

    class Input(BlockSchema):
        url: str = SchemaField(description="Where to send it", placeholder="https://api.example.com/items")
        method: Method = SchemaField(default="GET", description="The HTTP method")
        query: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any],
            description="Added to the query of the URL; a list repeats its name, null leaves it out",
        )
        headers: dict[str, str] = SchemaField(default_factory=dict[str, str], description="Headers by name")
        body_type: BodyType = SchemaField(default="none", description="What the body is")
        body: Any = SchemaField(
            default=None, description="Any value for JSON, an object for a form or multipart, or a text"
        )
        files: dict[str, list[str]] = SchemaField(
            default_factory=dict[str, list[str]],
            description="Files by their field in the form, one or a list; only with multipart",
            advanced=True,
        )
        credentials: HttpCredentialsInput | None = SchemaField(
            default=None, description="Headers of the URL's host, if it needs some; those given here win"
        )
        response_as: ResponseAs = SchemaField(
            default="auto", description="What to make of the answer; auto goes by its type"
        )
        fail_on_status: bool = SchemaField(
            default=True, description="Fail where the status is 400 or more, else go on with the answer"
        )
        follow_redirects: bool = SchemaField(
            default=True, description="Go where the answer points; else give that answer", advanced=True
        )
        timeout_s: float = SchemaField(
            default=30.0, ge=0.1, le=300, description="Seconds for all of it, with retries", advanced=True
        )
        retries: int = SchemaField(
            default=0,
            ge=0,
            le=10,
            description="Send again so often after no answer, a 429 or a 5xx",
            advanced=True,
        )

    class Output(BlockSchema):
        response: Any = SchemaField(description="The answer as JSON or text; null when it is empty")
        file: str = SchemaField(description="The answer as a file", format="file")
        status: int = SchemaField(description="The status, such as 200")
        headers: dict[str, str] = SchemaField(description="The answer's headers, by names in lower case")
        url: str = SchemaField(description="Where the answer came from, after redirects")
        error: str = SchemaField(description="Why it failed")

    test_files = (_EXAMPLE,)
    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"url": f"{_URL}user", "query": {"id": 7}, "headers": {"Accept": "application/json"}},
        {
            "url": _URL,
            "query": {"o": {"a": 1}, "q": "größe 😀", "tag": ["a", "b"], "yes": True, "none": None},
        },
        {"url": _URL, "method": "POST", "body_type": "json", "body": {"é": [1, None]}},
        {"url": _URL, "method": "PUT", "body_type": "json"},
        {"url": _URL, "method": "PUT", "body_type": "text", "body": "größe"},
        {
            "url": _URL,
            "method": "PUT",
            "body_type": "text",
            "body": "a,b",
            "headers": {"content-type": "text/csv"},
        },
        {"url": _URL, "method": "PUT", "body_type": "form", "body": {"a": ["x y", 2], "b": None}},
        {"url": _URL, "method": "PATCH", "credentials": TEST_CREDENTIALS_INPUT, "headers": {"X-TEAM": "red"}},
        {
            "url": _URL,
            "method": "PUT",
            "body_type": "multipart",
            "body": {"a": 1},
            "files": {"f": file_value(_EXAMPLE)},
        },
        {"url": f"{_URL}problem", "fail_on_status": False},
        {"url": f"{_URL}empty", "method": "DELETE"},
        {"url": f"{_URL}page"},
        {"url": f"{_URL}untold"},
        {"url": f"{_URL}picture"},
        {"url": f"{_URL}bytes"},
        {"url": f"{_URL}page", "response_as": "file"},
        {"url": f"{_URL}user", "response_as": "text"},
        {"url": f"{_URL}empty", "response_as": "text"},
        {"url": f"{_URL}untold", "response_as": "json"},
        {"url": _URL, "body": {"a": 1}},
        {"url": _URL, "body_type": "form", "body": [1]},
        {"url": _URL, "body_type": "multipart"},
        {"url": _URL, "body_type": "form", "files": {"f": [file_value(_EXAMPLE)]}},
        {"url": _URL, "body_type": "multipart", "files": {"f": "a.txt"}},
        {"url": "https://example.com/", "credentials": TEST_CREDENTIALS_INPUT},
        {"url": _URL, "retries": 11},
        {"url": _URL, "timeout_s": "soon"},
    ]
    test_output = [
        [("response", {"id": 7, "name": "Zoë"}), *_TOLD],
        _echo(params=[["o", '{"a": 1}'], ["q", "größe 😀"], ["tag", "a"], ["tag", "b"], ["yes", "true"]]),
        _echo(content='{"é": [1, null]}', headers={**_KEY, "Content-Type": "application/json"}),
        _echo(content="null", headers={"Content-Type": "application/json"}),
        _echo(content="größe", headers={"Content-Type": "text/plain; charset=utf-8"}),
        _echo(content="a,b", headers={"content-type": "text/csv"}),
        _echo(data={"a": ["x y", "2"]}),
        _echo(headers={"Authorization": "Bearer example", "X-TEAM": "red", **_KEY}),
        [
            ("response", "[('a', (None, '1')), ('f', ('a.txt', b'hello', 'text/plain'))]"),
            *_told("text/plain"),
        ],
        [("response", {"title": "no"}), *_told("application/problem+json; charset=utf-8", 404)],
        [("response", None), *_told("application/json", 204)],
        [("response", "<p>ü</p>"), *_told("text/html; charset=utf-8")],
        [("response", "größe"), *_told("")],
        [("file", is_file), *_told("image/png")],
        [("file", is_file), *_told("")],
        [("file", is_file), *_told("text/html; charset=utf-8")],
        [("response", '{"id": 7, "name": "Zoë"}'), *_TOLD],
        [("response", ""), *_told("application/json", 204)],
        [("error", says("not JSON"))],
        [("error", says("body_type"))],
        [("error", says("object"))],
        [("error", says("empty"))],
        [("error", says("multipart"))],
        [("error", says("a.txt"))],
        [("error", says("api.example.com", "goes to example.com"))],
        [("error", says("retries"))],
        [("error", says("timeout_s"))],
    ]
    test_mock = {"send": _example_service}

    async def send(self, given: HttpRequestBlock.Input, options: CallOptions) -> Response:
        """One exchange with the service."""
        is_file_wanted = given.response_as == "file"
        client = AsyncRequests(
            raise_for_status=given.fail_on_status,
            max_retries=given.retries,
            max_bytes=settings.max_file_bytes if is_file_wanted else MAX_BYTES,
        )
        options = {**options, "timeout_s": given.timeout_s, "allow_redirects": given.follow_redirects}
        return await client.request(given.method, given.url, **await with_raw_body(options))

    async def run(
        self,
        input_data: Input,
        *,
        idempotency_key: str,
        context: Context,
        credentials: HostScopedCredentials | None = None,
        **kwargs: Any,
    ) -> AsyncBlockOutput:
        headers = _headers(input_data, idempotency_key)
        if credentials is not None and input_data.credentials is not None:
            headers = with_credentials(headers, credentials, input_data.url)
        fields = [(name, value) for name, values in input_data.files.items() for value in values]
        parts = await file_parts(fields, context)
        options = await asyncio.to_thread(
            request_options,
            input_data.body_type,
            input_data.body,
            query=input_data.query,
            headers=headers,
            files=parts,
        )
        response = await self.send(input_data, options)
        pin, value = await _read(response, input_data.response_as, context)
        yield pin, value
        yield "status", response.status
        yield "headers", dict(response.headers)
        yield "url", response.url


def _headers(given: HttpRequestBlock.Input, key: str) -> dict[str, str]:
    if given.method in _SETS_OWN_KEY and not has_header(given.headers, IDEMPOTENCY_HEADER):
        return {**given.headers, IDEMPOTENCY_HEADER: key}
    return dict(given.headers)


async def _read(response: Response, how: ResponseAs, context: Context) -> tuple[str, Any]:
    """The pin and what goes there.

    Raises:
        BlockError: it is no JSON, and JSON is wanted.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if how == "file" or (how == "auto" and response.content and not await _is_readable(kind, response)):
        content = downloaded(response.url, response)
        return "file", await context.save_file(content.name, content.data, content.media_type, "answer")
    if how == "text":
        return "response", await text_of(response)
    if not response.content:
        return "response", None
    if how == "json":
        return "response", await _as_json(response, kind)
    return "response", await (json_or_text(response) if _is_json(kind) else text_of(response))


def _is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith("+json")


async def _is_readable(kind: str, response: Response) -> bool:
    """Whether it is a text by its type; without a type, whether it reads as UTF-8."""
    if kind:
        return _is_json(kind) or kind.startswith(_TEXT_TYPES) or kind.endswith("+xml")
    return await off_loop(len(response.content), is_text, response.content)


async def _as_json(response: Response, kind: str) -> Any:
    try:
        return await json_of(response)
    except BadInput as error:
        raise BlockError(
            f"The answer ({kind or 'without a type'}, status {response.status}) is not JSON that can be used: "
            f"{error} Read it as text, or look at the address."
        ) from error
