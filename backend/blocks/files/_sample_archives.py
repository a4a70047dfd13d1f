"""Zip archives for examples."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from backend.data.file import FileContent

_EPOCH = (1980, 1, 1, 0, 0, 0)


def archive_of(name: str, contents: Mapping[str, bytes]) -> FileContent:
    """An archive with these entries by path, whatever the paths say; the same contents give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in contents.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return FileContent(name, "application/zip", packed.getvalue())
