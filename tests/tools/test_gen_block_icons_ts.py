"""The front end imports the icons that blocks name, no more, and a stale list is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.blocks import catalogue
from tools.checks import generated_fresh
from tools.gen import block_icons_ts


def test_every_icon_of_a_block_is_imported_and_named_once() -> None:
    text = block_icons_ts.fresh()
    for icon in {block.icon for block in catalogue()}:
        assert text.count(f"\n  {block_icons_ts.component(icon)},\n") == 1
        assert text.count(f": {block_icons_ts.component(icon)},\n") == 1


def test_names_are_sorted_as_the_linter_wants_them() -> None:
    text = block_icons_ts.icons_of(["tag-x", "tags", "gamepad-2", "tag", "tags", "tag-search"])
    assert text == (
        "// Written by `make gen` from the icons that blocks name.\n\n"
        'import {\n  Gamepad2,\n  type LucideIcon,\n  Tag,\n  TagSearch,\n  Tags,\n  TagX,\n} from "lucide-react";\n\n'
        "export const BLOCK_ICONS: Readonly<Record<string, LucideIcon>> = {\n"
        '  "gamepad-2": Gamepad2,\n  tag: Tag,\n  "tag-search": TagSearch,\n  "tag-x": TagX,\n  tags: Tags,\n};\n'
    )


def test_a_stale_or_missing_list_is_found_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "block-icons.ts"
    monkeypatch.setattr(block_icons_ts, "ICONS", file)
    monkeypatch.setattr(generated_fresh, "ROOT", tmp_path)
    fresh = block_icons_ts.fresh()
    [missing] = generated_fresh.stale_icons(fresh)
    assert missing.file == "block-icons.ts"
    assert missing.cure == "make gen"
    file.write_text("old", encoding="utf-8")
    assert len(generated_fresh.stale_icons(fresh)) == 1
    block_icons_ts.write()
    assert generated_fresh.stale_icons(fresh) == []
