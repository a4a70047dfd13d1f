"""Files of a repository: read, list, create, update, delete."""

from __future__ import annotations

import base64
from typing import Any

from backend.blocks.github._api import GithubBlock, RepositoryInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._contents import Place, delete_file, read_file, write_file
from backend.blocks.github._samples import GONE, REPO, answering, given
from backend.blocks.github._shapes import inner, number, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.json_types import as_list
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import repository_of
from backend.util.errors import BlockError
from backend.util.off_loop import off_loop

_CONTENTS = "/repos/octocat/hello/contents"
_FILE_URL = f"{REPO}/blob/main/a.md"
_BRANCH = "The branch, or a tag or commit to read from; empty: the repository's default branch"


def _stored(content: bytes) -> JsonObject:
    encoded = base64.b64encode(content).decode()
    return {"type": "file", "sha": "f1", "encoding": "base64", "content": encoded, "html_url": _FILE_URL}


_COMMITTED: JsonObject = {"content": {"html_url": _FILE_URL, "sha": "f2"}, "commit": {"sha": "c2"}}


class _FileInput(RepositoryInput):
    file_path: str = SchemaField(
        description="The file, from the repository's root", placeholder="docs/index.md", min_length=1
    )
    branch: str = SchemaField(default="main", description=_BRANCH)


class _ChangeInput(_FileInput):
    content: str = SchemaField(description="The whole new text", format="long-text")


class _ChangeOutput(BlockSchema):
    url: str = SchemaField(description="The file's address")
    sha: str = SchemaField(description="The commit that made it so")
    error: str = SchemaField(description="Why it failed")


class GithubReadFileBlock(GithubBlock):
    """Read a file of a repository, up to 10 MiB. One that is no text fails after `raw_content`."""

    id = "87ce6c27-5752-4bbc-8e26-6da40a3dcfd3"
    icon = "file-text"
    differences = ("An empty branch is the repository's default one.",)

    class Input(_FileInput):
        pass

    class Output(BlockSchema):
        raw_content: str = SchemaField(description="The content in Base64")
        text_content: str = SchemaField(description="The content as text (UTF-8)")
        size: int = SchemaField(description="How many bytes it has")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, file_path="/a.md"),
        given(repo_url=REPO, file_path="b.png", branch=""),
        given(repo_url=REPO, file_path="big.txt"),
        given(repo_url=REPO, file_path="docs"),
        given(repo_url=REPO, file_path="../a.md"),
        given(repo_url=GONE, file_path="a.md"),
    ]
    test_output = [
        [("raw_content", "R3LDtsOfZQ=="), ("text_content", "Größe"), ("size", 7)],
        [("raw_content", "iVBORw=="), ("error", says("no text"))],
        [("raw_content", "aGk="), ("text_content", "hi"), ("size", 2)],
        [("error", says("folder"))],
        [("error", says("'..'"))],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"GET {_CONTENTS}/a.md?ref=main": _stored("Größe".encode()),
            f"GET {_CONTENTS}/b.png": _stored(b"\x89PNG"),
            f"GET {_CONTENTS}/big.txt": _stored(b"hi"),
            f"GET {_CONTENTS}/docs": [],
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        place = _place(input_data)
        content = (await read_file(self.github(credentials), place)).content
        yield "raw_content", await off_loop(len(content), lambda: base64.b64encode(content).decode())
        try:
            decoded = content.decode()
        except UnicodeDecodeError as error:
            raise BlockError(f"{place} is no text in UTF-8. Use raw_content.") from error
        yield "text_content", decoded
        yield "size", len(content)


class GithubReadFolderBlock(GithubBlock):
    """List what is in a folder of a repository: each file, then each folder. GitHub gives up to 1,000."""

    id = "1355f863-2db3-4d75-9fba-f91e8a8ca400"
    icon = "folder-open"
    differences = ("An empty folder_path is the root of the repository.",)

    class Input(RepositoryInput):
        folder_path: str = SchemaField(
            description="The folder, from the repository's root; empty or /: the root itself",
            placeholder="docs",
        )
        branch: str = SchemaField(default="main", description=_BRANCH)

    class Output(BlockSchema):
        file: JsonObject = SchemaField(description="One file: `name`, `path`, `size` (bytes)", each=True)
        dir: JsonObject = SchemaField(description="One folder: `name`, `path`", each=True)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, folder_path="docs/"),
        given(repo_url=REPO, folder_path="/"),
        given(repo_url=REPO, folder_path="a.md"),
        given(repo_url=GONE, folder_path="docs"),
    ]
    test_output = [
        [
            ("file", {"name": "a.md", "path": "docs/a.md", "size": 7}),
            ("dir", {"name": "in", "path": "docs/in"}),
        ],
        [],
        [("error", says("no folder"))],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"GET {_CONTENTS}/docs?ref=main": [
                {"type": "dir", "name": "in", "path": "docs/in"},
                {"type": "file", "name": "a.md", "path": "docs/a.md", "size": 7},
            ],
            f"GET {_CONTENTS}": [],
            f"GET {_CONTENTS}/a.md": _stored(b"a"),
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        place = Place(repository_of(input_data.repo_url), input_data.folder_path, input_data.branch.strip())
        listed = as_list(await self.github(credentials).send("GET", place.read_path))
        if listed is None:
            raise BlockError(f"{place} is no folder. Use Github Read File.")
        entries = [inner(one) for one in listed]
        for one in (one for one in entries if one.get("type") == "file"):
            yield (
                "file",
                {
                    "name": text(one.get("name")),
                    "path": text(one.get("path")),
                    "size": number(one.get("size")),
                },
            )
        for one in (one for one in entries if one.get("type") == "dir"):
            yield "dir", {"name": text(one.get("name")), "path": text(one.get("path"))}


class GithubCreateFileBlock(GithubBlock):
    """Commit a new file. If it is there already with the same content, nothing is changed."""

    id = "8fd132ac-b917-428a-8159-d62893e8a3fe"
    icon = "file-plus"
    differences = ("A file that is there already with the same content is no failure.",)

    class Input(_ChangeInput):
        commit_message: str = SchemaField(default="Create new file", description="What the commit says")

    class Output(_ChangeOutput):
        pass

    test_input = [
        given(repo_url=REPO, file_path="new.md", content="Größe"),
        given(repo_url=REPO, file_path="a.md", content="Größe"),
        given(repo_url=REPO, file_path="a.md", content="other"),
    ]
    test_output = [
        [("url", _FILE_URL), ("sha", "c2")],
        [("url", _FILE_URL), ("sha", "c1")],
        [("error", says("there already"))],
    ]
    test_mock = answering(
        {
            f"PUT {_CONTENTS}/new.md": (201, _COMMITTED),
            f"GET {_CONTENTS}/a.md": _stored("Größe".encode()),
            "GET /repos/octocat/hello/commits": [{"sha": "c1"}],
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        change = await write_file(
            self.github(credentials),
            _place(input_data),
            input_data.content,
            input_data.commit_message,
            may_exist=False,
            may_be_new=True,
        )
        yield "url", change.url
        yield "sha", change.commit_sha


class GithubUpdateFileBlock(GithubBlock):
    """Commit new content of a file that is there. If it has that content already, nothing is changed."""

    id = "30be12a4-57cb-4aa4-baf5-fcc68d136076"
    icon = "file-pen"
    differences = ("A file that has that content already is left alone; there an empty commit is tried.",)

    class Input(_ChangeInput):
        commit_message: str = SchemaField(default="Update file", description="What the commit says")
        may_be_new: bool = SchemaField(
            default=False, description="Create the file if it is not there", advanced=True
        )

    class Output(_ChangeOutput):
        pass

    test_input = [
        given(repo_url=REPO, file_path="a.md", content="other"),
        given(repo_url=REPO, file_path="a.md", content="Größe"),
        given(repo_url=REPO, file_path="new.md", content="a"),
        given(repo_url=REPO, file_path="new.md", content="a", may_be_new=True),
        given(repo_url=REPO, file_path="docs", content="a"),
    ]
    test_output = [
        [("url", _FILE_URL), ("sha", "c2")],
        [("url", _FILE_URL), ("sha", "c1")],
        [("error", says("not there", "Create File"))],
        [("url", _FILE_URL), ("sha", "c2")],
        [("error", says("folder"))],
    ]
    test_mock = answering(
        {
            f"GET {_CONTENTS}/a.md": _stored("Größe".encode()),
            f"PUT {_CONTENTS}/a.md": _COMMITTED,
            f"PUT {_CONTENTS}/new.md": (201, _COMMITTED),
            f"GET {_CONTENTS}/docs": [],
            "GET /repos/octocat/hello/commits": [{"sha": "c1"}],
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        change = await write_file(
            self.github(credentials),
            _place(input_data),
            input_data.content,
            input_data.commit_message,
            may_exist=True,
            may_be_new=input_data.may_be_new,
        )
        yield "url", change.url
        yield "sha", change.commit_sha


class GithubDeleteFileBlock(GithubBlock):
    """Delete a file by a commit. One that is not there is no failure."""

    id = "2864c532-2310-45a6-b51d-9275e3993447"
    icon = "file-x"

    class Input(_FileInput):
        commit_message: str = SchemaField(default="Delete file", description="What the commit says")

    class Output(BlockSchema):
        is_deleted: bool = SchemaField(description="Whether it was deleted now; false: it was not there")
        sha: str = SchemaField(description="The commit that deleted it; empty if there is none")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, file_path="a.md"),
        given(repo_url=REPO, file_path="new.md"),
        given(repo_url=GONE, file_path="a.md"),
    ]
    test_output = [
        [("is_deleted", True), ("sha", "c2")],
        [("is_deleted", False), ("sha", "")],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"GET {_CONTENTS}/a.md": _stored(b"a"),
            f"DELETE {_CONTENTS}/a.md": {"content": None, "commit": {"sha": "c2"}},
            "GET /repos/octocat/hello": {"full_name": "octocat/hello"},
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        commit = await delete_file(self.github(credentials), _place(input_data), input_data.commit_message)
        yield "is_deleted", commit is not None
        yield "sha", commit or ""


def _place(given: _FileInput) -> Place:
    return Place(repository_of(given.repo_url), given.file_path, given.branch.strip())
