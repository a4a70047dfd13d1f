"""Pack files into a zip archive, and unpack one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from backend.blocks.files._sample_archives import archive_of
from backend.data.block import Block, BlockCategory, BlockOutput, SyncContext
from backend.data.examples import file_value, is_file, says
from backend.data.file import FileContent
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError
from backend.util.settings import settings
from backend.util.zip_entries import BadZip, ZipEntry, ZipLimits, entries, pieces

MIB = 1_048_576
LIMITS = ZipLimits(entries=1000, ratio=100, total_bytes=200 * MIB)
_MEDIA_TYPE = "application/zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same files give the same archive."""

_NOTES = FileContent("notes.txt", "text/plain", "größe 😀".encode())
_EMPTY = FileContent("empty.csv", "text/csv", b"")
_PACKED = archive_of("two.zip", {"a/notes.txt": b"one", "b/größe.txt": b"zwei", "b/": b""})
_BARE = archive_of("bare.zip", {})
_CLIMBS = archive_of("climbs.zip", {"../../etc/passwd": b"x"})
_DRIVE = archive_of("drive.zip", {"C:\\autorun.inf": b"x"})
_ROOTED = archive_of("rooted.zip", {"/etc/passwd": b"x"})


class ZipFilesBlock(Block):
    """Pack files into one zip archive. Files of the same name are told apart: `a.txt`, `a (2).txt`."""

    id = "2c01f632-f759-4dcd-abcc-4f1d8d78ab73"
    categories = {BlockCategory.DATA, BlockCategory.PRODUCTIVITY}
    icon = "file-archive"

    class Input(BlockSchema):
        files: list[str] = SchemaField(description="The files' references, up to 1,000 and 200 MiB in all")
        name: str = SchemaField(
            default="archive.zip", description="What the archive is called", max_length=1000
        )

    class Output(BlockSchema):
        file: str = SchemaField(description="The archive's reference", format="file")
        error: str = SchemaField(description="Why it failed")

    test_files = (_NOTES, _EMPTY)
    test_input = [
        {"files": [file_value(_NOTES), file_value(_EMPTY), file_value(_NOTES)], "name": "größe.zip"},
        {"files": file_value(_NOTES)},
        {"files": []},
        {"files": [file_value(_NOTES)] * 1001},
        {"files": ["file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"]},
        {"files": [None]},
    ]
    test_output = [
        [("file", is_file)],
        [("file", is_file)],
        [("error", says("no files"))],
        [("error", says("1,001"))],
        [("error", says("There is no file"))],
        [("error", says("files"))],
    ]

    def run(self, input_data: Input, *, context: SyncContext, **kwargs: Any) -> BlockOutput:
        count = len(input_data.files)
        if not count:
            raise BlockError("There are no files to pack. Give at least one.")
        if count > LIMITS.entries:
            raise BlockError(
                f"There are {count:,} files, and {LIMITS.entries:,} are the most. Pack them in parts."
            )
        packed = _packed(context.read_file(value) for value in input_data.files)
        yield "file", context.save_file(input_data.name, packed, _MEDIA_TYPE)


def _packed(contents: Iterator[FileContent]) -> bytes:
    """One file at a time is at hand, beside what is packed."""
    written, taken, size = io.BytesIO(), set[str](), 0
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for content in contents:
            size += len(content.data)
            if size > LIMITS.total_bytes:
                raise BlockError(
                    f"The files have more than {LIMITS.total_bytes // MIB} MiB in all. Pack them in parts."
                )
            info = zipfile.ZipInfo(_free_name(content.name, taken), _EPOCH)
            archive.writestr(info, content.data, zipfile.ZIP_DEFLATED)
            _refuse_large(written.tell(), "The archive")
    return written.getvalue()


def _free_name(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    stem, dot, ending = (stem, dot, ending) if stem else (name, "", "")
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{stem} ({number}){dot}{ending}"
    taken.add(free.lower())
    return free


class UnzipFileBlock(Block):
    """Unpack a zip archive into files. Archives within it stay packed.

    Up to 1,000 files and 200 MiB in all; encrypted entries, links and paths that point outside are refused.
    """

    id = "ec8a721d-8e1f-498e-9ec5-c71d79e87d97"
    categories = {BlockCategory.DATA, BlockCategory.PRODUCTIVITY}
    icon = "package-open"

    class Input(BlockSchema):
        file: str = SchemaField(description="The archive's reference", format="file")

    class Output(BlockSchema):
        file: str = SchemaField(description="One file", each=True, format="file")
        path: str = SchemaField(description="Its path in the archive: `folder/name.txt`", each=True)
        files: list[str] = SchemaField(description="All files, in the archive's order")
        paths: list[str] = SchemaField(description="Their paths, in the same order")
        error: str = SchemaField(description="Why it failed")

    test_files = (_PACKED, _BARE, _CLIMBS, _DRIVE, _ROOTED, _NOTES)
    test_input = [
        {"file": file_value(_PACKED)},
        {"file": file_value(_BARE)},
        {"file": file_value(_CLIMBS)},
        {"file": file_value(_DRIVE)},
        {"file": file_value(_ROOTED)},
        {"file": file_value(_NOTES)},
        {"file": "file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"},
        {"file": ""},
        {"file": None},
    ]
    test_output = [
        [
            ("file", is_file),
            ("path", "a/notes.txt"),
            ("file", is_file),
            ("path", "b/größe.txt"),
            ("files", list),
            ("paths", ["a/notes.txt", "b/größe.txt"]),
        ],
        [("files", []), ("paths", [])],
        [("error", says("'../../etc/passwd'", "outside"))],
        [("error", says("autorun", "outside"))],
        [("error", says("'/etc/passwd'", "outside"))],
        [("error", says("notes.txt", "no zip archive"))],
        [("error", says("There is no file"))],
        [("error", str)],
        [("error", says("file"))],
    ]

    def run(self, input_data: Input, *, context: SyncContext, **kwargs: Any) -> BlockOutput:
        content = context.read_file(input_data.file)
        files: list[str] = []
        paths: list[str] = []
        try:
            for place, entry in enumerate(_entries(content)):
                data = b"".join(pieces(content.data, entry))
                files.append(context.save_file(entry.path, data, key=str(place)))
                paths.append(entry.path)
                yield "file", files[-1]
                yield "path", entry.path
        except BadZip as error:
            raise BlockError(f"The file {content.name!r} cannot be unpacked. {error}") from None
        yield "files", files
        yield "paths", paths


def _entries(content: FileContent) -> list[ZipEntry]:
    """All of them looked at before the first is unpacked."""
    found = entries(content.data, LIMITS)
    for entry in found:
        _refuse_large(entry.size_bytes, f"The entry {entry.path[:60]!r}")
    return found


def _refuse_large(size_bytes: int, what: str) -> None:
    most = settings.max_file_bytes
    if size_bytes > most:
        raise BlockError(
            f"{what} would be larger than {most / MIB:,.4g} MiB. Pack less, or raise MAX_FILE_BYTES."
        )
