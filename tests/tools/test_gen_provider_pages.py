"""The page of a provider says what its files declare: blocks, connecting, webhook, settings, prices, quality."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.blocks import catalogue
from backend.blocks.example.example import ExampleBlock
from backend.data.cost import BlockCost, BlockCostType
from backend.integrations.connections import connection_of
from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName
from backend.integrations.quality import Standing, folder_of, quality_of
from backend.server.provider_views import providers_of
from tools.gen import block_pages, provider_pages
from tools.gen.page_parts import prose
from tools.gen.price_words import price_words

LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    return block_pages.pages()


def page(pages: dict[Path, str], name: str) -> str:
    return pages[block_pages.FOLDER / f"{name}.md"]


def test_every_provider_has_a_page_with_its_name_and_is_in_the_index(pages: dict[Path, str]) -> None:
    index = page(pages, "README")
    for provider in ProviderName:
        name = folder_of(provider)
        assert f"\n# {LABELS[provider]}\n" in page(pages, name)
        assert f"({name}.md)" in index


def test_every_link_and_picture_of_a_page_leads_somewhere(pages: dict[Path, str]) -> None:
    for file, text in pages.items():
        if file.suffix == ".md":
            for target in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
                place = (file.parent / target).resolve()
                assert place in pages or place.is_file(), (file.name, target)


def test_a_providers_page_lists_the_blocks_of_its_folder_and_those_that_take_its_credentials(
    pages: dict[Path, str],
) -> None:
    for block in catalogue():
        for provider in providers_of(block):
            assert f"[{block.title}](" in page(pages, folder_of(provider))
    assert "[Send Web Request](http/send-web-request.md)" in page(pages, "http")


def test_a_folder_that_is_no_providers_keeps_its_overview(pages: dict[Path, str]) -> None:
    assert provider_pages.provider_of_folder("lists") is None
    assert "\n## " not in page(pages, "lists")
    assert "[Add To List](lists/add-to-list.md)" in page(pages, "lists")


def test_the_form_is_shown_field_by_field_with_its_help(pages: dict[Path, str]) -> None:
    connection = connection_of("github")
    assert connection is not None
    [field] = connection.fields
    assert f"| {field.label} | secret | `{field.placeholder}` | {field.help} |" in page(pages, "github")


def test_a_login_names_what_an_operator_sets_and_the_scopes_that_single_blocks_want_beside(
    pages: dict[Path, str],
) -> None:
    text = page(pages, "slack")
    for said in (
        "`SLACK_CLIENT_ID`",
        "`SLACK_CLIENT_SECRET`",
        "/api/oauth/slack/callback`",
        "<https://api.slack.com/apps>",
    ):
        assert said in text
    assert "| [Slack Search Messages](slack/slack-search-messages.md) | `user:search:read` |" in text


def test_how_a_connection_is_tested_leads_to_the_call(pages: dict[Path, str]) -> None:
    assert "([the call](https://docs.slack.dev/reference/methods/auth.test))" in page(pages, "slack")
    assert "is not tested" in page(pages, "http")


def test_a_webhook_is_made_through_the_api_or_by_hand(pages: dict[Path, str]) -> None:
    assert "| who sets it up | Blockyard, through the API |" in page(pages, "github")
    assert "| who sets it up | you, by hand |" in page(pages, "stripe")
    assert "Events: `example_event`, `another_example_event`." in page(pages, "example")
    assert "<details><summary>" in page(pages, "stripe")
    assert "## Webhook" not in page(pages, "google")


def test_a_key_of_the_platform_is_a_setting_that_offers_a_connection(pages: dict[Path, str]) -> None:
    assert (
        "| `EXAMPLE_API_KEY` | Example API key. While it is set, everybody may choose “Use Credits for Example”"
        in page(pages, "example")
    )
    assert "`GOOGLE_CLIENT_ID`" not in page(pages, "github")


def test_what_blocks_cost_is_beside_them(pages: dict[Path, str]) -> None:
    row = next(line for line in page(pages, "example").splitlines() if f"[{ExampleBlock().title}](" in line)
    assert row.endswith("| $0.001 for each call with the platform's own connection |")
    assert "what it costs" not in page(pages, "github")


def test_quality_says_the_level_and_how_each_rule_stands(pages: dict[Path, str]) -> None:
    for provider in ProviderName:
        text, quality = page(pages, folder_of(provider)), quality_of(provider)
        assert ("No level is reached yet." in text) is (quality.level == "none")
        assert (f"Its level is **{quality.level}**." in text) is (quality.level != "none")
        for rule in quality.rules:
            row = next(
                line for line in text.splitlines() if line.startswith(f"| {rule.level} | {rule.what} |")
            )
            assert ("to do" in row) is (rule.standing is Standing.TODO)
            assert rule.reason in row


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (BlockCost(amount=2_500), "$0.0025 for each call"),
        (BlockCost(amount=10_000, cost_filter={"model": "m"}), "$0.01 for each call with model m"),
        (BlockCost(amount=1_500_000, cost_type=BlockCostType.SECOND, per=60), "$1.50 for 60 seconds"),
        (
            BlockCost(amount=3, output_amount=9, cost_type=BlockCostType.TOKENS),
            "$0.000003 for 1,000 tokens, $0.000009 for as many written",
        ),
        (
            BlockCost(amount=1, cost_type=BlockCostType.BYTE, counts="input"),
            "$0.000001 for 1 byte that it gets",
        ),
        (BlockCost(amount=1, cost_type=BlockCostType.COST_USD), "what the provider charges"),
    ],
)
def test_a_price_is_said_in_dollars(cost: BlockCost, said: str) -> None:
    assert price_words([cost]) == said


def test_what_looks_like_a_tag_is_shown() -> None:
    assert prose('Send {"to": "<address>"} as `<id>`.') == 'Send {"to": "&lt;address>"} as `<id>`.'
