"""The pages of blocks say what blocks do, and stale ones are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.blocks import catalogue
from backend.blocks.lists.add import AddToListBlock
from backend.blocks.slack.send_message import SlackSendMessageBlock
from tools.checks import generated_fresh
from tools.gen import block_pages


def test_every_block_has_a_page_with_a_worked_example_and_is_in_the_index() -> None:
    pages = block_pages.pages()
    index = pages[block_pages.FOLDER / "README.md"]
    for block in catalogue():
        page = pages[block_pages.page_of(block)]
        assert block.description in page
        assert "## Example" in page, block.name
        assert f"]({block_pages.picture_of(block).name})\n" in page
        assert pages[block_pages.picture_of(block)].startswith("<svg ")
        assert f"[{block.title}](" in index
        for sentence in block.differences:
            assert f"- {sentence}\n" in page


def test_a_page_shows_pins_defaults_and_what_the_example_gives() -> None:
    page = block_pages.pages()[block_pages.page_of(AddToListBlock())]
    assert "| `position` | whole number or nothing |" in page
    assert '- `updated_list`: `[1, "é", {"a": null}]`' in page
    assert "- a failure, and `error`: a text with “position”" in page


def test_two_blocks_never_share_a_page() -> None:
    places = [block_pages.page_of(block) for block in catalogue()]
    assert len(set(places)) == len(places)


def test_a_page_says_which_connection_the_block_takes_and_leads_to_its_provider() -> None:
    page = block_pages.pages()[block_pages.page_of(SlackSendMessageBlock())]
    assert "· [Slack](../slack.md)\n" in page
    assert (
        "| `credentials` | credential | required | The Slack workspace, as the bot or the user of the token; scopes `chat:write` |"
        in page
    )


def test_stale_missing_and_superfluous_pages_are_found_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_pages, "FOLDER", tmp_path)
    block_pages.write()
    fresh = block_pages.pages()
    assert block_pages.stale_files(fresh) == []
    one, other = sorted(fresh)[:2]
    one.write_text("old", encoding="utf-8")
    other.unlink()
    picture = next(file for file in fresh if file.suffix == ".svg")
    picture.write_text("<svg/>", encoding="utf-8")
    gone = [tmp_path / "gone.md", tmp_path / "gone.svg"]
    for file in gone:
        file.write_text("of no block", encoding="utf-8")
    assert block_pages.stale_files(fresh) == sorted([one, other, picture, *gone])
    block_pages.write()
    assert block_pages.stale_files(fresh) == []


def test_what_is_stale_is_a_finding_with_its_cure(tmp_path: Path) -> None:
    page = block_pages.FOLDER / "lists/absent.md"
    [finding] = [one for one in generated_fresh.stale_pages({page: "x"}) if one.file.endswith("absent.md")]
    assert finding.cure == "make gen"
