"""Uploading: the bytes of a file, where they go, and what goes with them."""

from __future__ import annotations

import pytest

from backend.blocks.slack.upload_file import SlackUploadFileBlock
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.util.errors import InvalidInput, ProviderError, ProviderForbidden, ProviderUnavailable
from tests.blocks.slack.driving import output, outputs
from tests.support.http_server import Answer
from tests.support.slack_server import SlackServer

EVERY_BYTE = FileContent("größe.bin", "application/x-own", bytes(range(256)) * 4096 + b"\r\n--end")


async def test_an_upload_is_byte_for_byte_and_carries_no_token(slack: SlackServer) -> None:
    found = await output(
        slack,
        SlackUploadFileBlock(),
        files=(EVERY_BYTE,),
        file=file_value(EVERY_BYTE),
        channel="#general",
        initial_comment="Here",
        thread_ts="1700000000.000001",
        title="All bytes",
    )
    assert slack.workspace.uploaded == {found["file_id"]: EVERY_BYTE.data}
    upload = next(request for name, _, request in slack.seen if name == "upload")
    assert upload.method == "POST"
    assert "authorization" not in upload.headers
    kept = slack.workspace.files[found["file_id"]]
    assert (kept["name"], kept["title"], kept["initial_comment"]) == ("größe.bin", "All bytes", "Here")
    assert kept["shared_in"] == ("C0GENERAL", "1700000000.000001")
    assert found["permalink"] == kept["permalink"]


async def test_a_file_without_a_channel_is_shared_nowhere(slack: SlackServer) -> None:
    block = SlackUploadFileBlock()
    found = await output(
        slack, block, file="data:text/plain,hello", filename="folder/a.txt", alt_txt="A word"
    )
    assert slack.workspace.uploaded == {found["file_id"]: b"hello"}
    assert "shared_in" not in slack.workspace.files[found["file_id"]]
    (ticket,) = slack.calls("files.getUploadURLExternal")
    assert ticket == {"filename": "a.txt", "length": "5", "alt_txt": "A word"}


async def test_an_empty_file_is_refused_unsent(slack: SlackServer) -> None:
    empty = FileContent("empty.txt", "text/plain", b"")
    with pytest.raises(InvalidInput, match=r"empty\.txt"):
        await outputs(slack, SlackUploadFileBlock(), files=(empty,), file=file_value(empty))
    assert slack.seen == []


async def test_a_thread_without_its_channel_is_refused_unsent(slack: SlackServer) -> None:
    with pytest.raises(InvalidInput, match="`channel`"):
        await outputs(slack, SlackUploadFileBlock(), file="data:,hello", thread_ts="1.0")
    assert slack.seen == []


@pytest.mark.parametrize(("status", "kind"), [(413, ProviderError), (500, ProviderUnavailable)])
async def test_an_upload_that_is_not_taken_is_not_shared(
    slack: SlackServer, status: int, kind: type[ProviderError]
) -> None:
    slack.answer("upload", Answer(status, b"no"))
    with pytest.raises(kind, match=f"HTTP {status}"):
        await outputs(slack, SlackUploadFileBlock(), file="data:,hello", channel="#general")
    assert slack.calls("files.completeUploadExternal") == []


async def test_a_workspace_without_uploads_says_so(slack: SlackServer) -> None:
    slack.refuse("files.getUploadURLExternal", "file_uploads_disabled")
    with pytest.raises(ProviderForbidden, match="upload"):
        await outputs(slack, SlackUploadFileBlock(), file="data:,hello")


async def test_a_channel_that_is_not_there_is_told_before_the_upload(slack: SlackServer) -> None:
    with pytest.raises(ProviderError, match="nowhere"):
        await outputs(slack, SlackUploadFileBlock(), file="data:,hello", channel="#nowhere")
    assert slack.calls("files.getUploadURLExternal") == []
