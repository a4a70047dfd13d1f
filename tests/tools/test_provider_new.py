"""`make provider` writes a provider that works at once, or nothing at all. In a checkout of its own."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import Checkout, checkout_in
from tools.provider.choices import Choices, parse_auth
from tools.provider.names import Refused, check_label, names_of
from tools.provider.writing import all_or_nothing

SHARED = (
    "backend/.env.example",
    "backend/data/block_cost_config.py",
    "backend/integrations/credentials_store.py",
    "backend/integrations/labels.py",
    "backend/integrations/providers.py",
    "backend/util/settings.py",
    "frontend/src/components/integrations/credentials-input.tsx",
    "frontend/src/components/integrations/credentials-provider.tsx",
    "frontend/src/lib/autogpt-server-api/types.ts",
    "tools/checks/block_ids.txt",
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout_in(tmp_path_factory.mktemp("provider"))


@pytest.fixture
def tree(checkout: Checkout) -> Iterator[Checkout]:
    """The checkout as it was committed, before and after."""
    checkout.restore()
    yield checkout
    checkout.restore()


def provider(tree: Checkout, *arguments: str) -> str:
    """Carry a command out."""
    done = tree.run("python", "-m", "tools.provider", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_written_whole_formatted_typed_and_its_tests_pass(tree: Checkout) -> None:
    said = provider(
        tree, "new", "acme-cloud", "--webhook", "--auth", "oauth2,api_key", "--label", "Acme Cloud!"
    )
    changed = tree.changed()
    assert set(SHARED) <= set(changed)
    assert all(name in said for name in changed if not name.startswith("docs/blocks/"))
    own = [name for name in changed if name.endswith(".py")]
    for command in (
        ("ruff", "format", "--check", "--quiet"),
        ("ruff", "check", "--quiet"),
        ("mypy", "--no-error-summary"),
        ("pyright", "--warnings"),
    ):
        done = tree.run(f".venv/bin/{command[0]}", *command[1:], *own)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    found = tree.run("python", "-m", "tools.provider", "check")
    assert found.returncode == 0, found.stdout
    tests = ["tests/blocks/acme_cloud", "tests/integrations/test_labels.py"]
    conformance = [
        "tests/integrations/oauth/test_handlers.py",
        "tests/integrations/webhooks/test_fixtures.py",
    ]
    done = tree.run(
        *("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, *conformance),
        *("-k", "acme or label or icon or handler or manager"),
    )
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "no tests ran" not in done.stdout
    quality = (tree.root / "backend/blocks/acme_cloud/quality.yaml").read_text()
    assert "help: todo" in quality


@pytest.mark.parametrize(
    ("auth", "has", "lacks"),
    [
        ("api_key", "acme_api_key", "acme_client_id"),
        ("user_password,api_key", "acme_password", "acme_client_id"),
        ("oauth2", "acme_client_secret", "acme_api_key"),
        ("none", "", "acme_"),
    ],
)
def test_each_kind_of_credentials_makes_a_provider_of_which_nothing_is_missing(
    tree: Checkout, auth: str, has: str, lacks: str
) -> None:
    provider(tree, "new", "acme", "--auth", auth)
    settings = (tree.root / "backend/util/settings.py").read_text()
    assert has in settings
    assert lacks not in settings
    assert (tree.root / "backend/blocks/acme/_auth.py").is_file() is (auth != "none")
    found = tree.run("python", "-m", "tools.provider", "check", "acme")
    assert (found.returncode, found.stdout) == (0, "Nothing is missing of acme.\n")
    done = tree.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/blocks/acme")
    assert done.returncode == 0, done.stdout[-3_000:]


def test_order_and_remarks_of_the_files_stay(tree: Checkout) -> None:
    before = {name: (tree.root / name).read_text().splitlines() for name in SHARED}
    provider(tree, "new", "acme", "--webhook")
    for name, lines in before.items():
        after = (tree.root / name).read_text().splitlines()
        lost = [line for line in difflib.ndiff(lines, after) if line.startswith("- ")]
        assert lost == [], name


def test_filling_twice_changes_nothing_and_once_brings_back_what_is_gone(tree: Checkout) -> None:
    provider(tree, "new", "acme", "--webhook")
    tree.commit()
    said = provider(tree, "fill", "acme")
    assert "nothing was changed" in said
    assert tree.changed() == []
    triggers = (tree.root / "backend/blocks/acme/triggers.py").read_text()
    (tree.root / "backend/blocks/acme/triggers.py").unlink()
    labels = tree.root / "backend/integrations/labels.py"
    labels.write_text(labels.read_text().replace('    ProviderName.ACME: "Acme",\n', ""))
    provider(tree, "fill", "acme", "--anyway")
    assert [name for name in tree.changed() if name.startswith("backend/integrations")] == []
    again = (tree.root / "backend/blocks/acme/triggers.py").read_text()
    assert again == triggers, "a block that was there has its id again"
    tree.git("reset", "--quiet", "--hard", "HEAD~1")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["new", "slack"], "There is a provider 'slack' already"),
        (["new", "example-provider"], "There is a provider 'example' already"),
        (["new", "text"], "'text' is taken: backend/blocks/text is there"),
        (["new", "testing"], "'testing' is taken"),
        (["new", "login", "--auth", "oauth2"], "'login' is taken"),
        (["new", "aux"], "no name of a folder on Windows"),
        (["new", "class"], "word of Python"),
        (["new", "match"], "word of Python"),
        (["new", "Acme Corp"], "Try NAME=acme-corp"),
        (["new", "AcmeCorp"], "Try NAME=acme-corp"),
        (["new", "acme_corp"], "Try NAME=acme-corp"),
        (["new", "../acme"], "Try NAME=acme"),
        (["new", "2captcha"], "Try NAME=captcha"),
        (["new", "a" * 41], "at most 40"),
        (["new", ""], "make provider NAME=acme"),
        (["new", "acme", "--auth", "magic"], "'magic' is no kind of credentials"),
        (["new", "acme", "--label", 'A"B'], "cannot be a label"),
        (["new", "acme", "--label", "github"], "Another provider is called 'github'"),
        (["fill", "acme"], "There is nothing of a provider 'acme' yet"),
        (["check", "acme"], "There is nothing of a provider 'acme'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    tree: Checkout, arguments: list[str], says: str
) -> None:
    done = tree.run("python", "-m", "tools.provider", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert tree.changed() == []


def test_a_tree_with_changes_is_refused_unless_it_is_wanted_anyway(tree: Checkout) -> None:
    (tree.root / "README.md").write_text("mine")
    done = tree.run("make", "provider", "NAME=acme")
    assert done.returncode != 0
    assert "The working tree has changes: README.md." in done.stderr
    assert tree.changed() == ["README.md"]
    done = tree.run("make", "provider", "NAME=acme", "AUTH=none", "ANYWAY=1")
    assert done.returncode == 0, done.stderr
    assert "backend/blocks/acme/acme.py" in tree.changed()


def test_what_is_typed_is_read_by_no_shell(tree: Checkout, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for typed in (f'NAME=a"; touch {trap}; "', f"LABEL=A`touch {trap}`B", f"AUTH=$(touch {trap})"):
        done = tree.run("make", "provider", "NAME=acme", typed, "WEBHOOK=0")
        assert done.returncode != 0
    assert not trap.exists()
    assert tree.changed() == []


def test_a_file_in_the_way_is_named_and_nothing_is_written(tree: Checkout) -> None:
    (tree.root / "tests/blocks/acme").write_text("mine")
    done = tree.run("python", "-m", "tools.provider", "new", "acme", "--anyway")
    assert done.returncode == 2
    assert "tests/blocks/acme is in the way" in done.stderr
    assert tree.changed() == ["tests/blocks/acme"]


def test_when_a_generator_fails_everything_is_as_before(tree: Checkout) -> None:
    broken = tree.root / "tools/gen/block_icons_ts.py"
    broken.write_text(
        f"{broken.read_text()}\n\ndef write() -> None:\n    raise OSError('the disk is full')\n"
    )
    tree.commit()
    done = tree.run("python", "-m", "tools.provider", "new", "acme", "--webhook")
    assert done.returncode == 2
    assert "everything was put back" in done.stderr
    assert "the disk is full" in done.stderr
    assert tree.changed() == []
    tree.git("reset", "--quiet", "--hard", "HEAD~1")


def test_when_a_file_has_lost_its_place_nothing_is_written(tree: Checkout) -> None:
    labels = tree.root / "backend/integrations/labels.py"
    labels.write_text(labels.read_text().replace("_LABELS: dict", "NAMES: dict"))
    tree.commit()
    done = tree.run("python", "-m", "tools.provider", "new", "acme")
    assert done.returncode == 2
    assert "backend/integrations/labels.py: There is no dictionary _LABELS" in done.stderr
    assert tree.changed() == []
    tree.git("reset", "--quiet", "--hard", "HEAD~1")


def test_what_was_written_goes_when_something_is_raised(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("before")
    (tmp_path / "folder").mkdir()
    with pytest.raises(KeyboardInterrupt):
        _write_and_stop(tmp_path)
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*")) == ["folder", "kept.txt"]
    assert (tmp_path / "kept.txt").read_text() == "before"


def _write_and_stop(root: Path) -> None:
    with all_or_nothing(root, ["folder"]) as pages:
        pages.write({"kept.txt": "after", "new/deep/file.txt": "x"})
        (root / "folder/made.txt").write_text("by another")
        raise KeyboardInterrupt


def test_a_captured_delivery_is_json_that_says_where_it_is_from() -> None:
    from tools.provider.render import delivery

    assert json.loads(delivery("example_event", {}))["source"].startswith("examples/example_api.py")


def test_names_are_written_as_each_place_wants_them() -> None:
    names = names_of("google-maps")
    assert (names.module, names.constant, names.prefix, names.label) == (
        "google_maps",
        "GOOGLE_MAPS",
        "GoogleMaps",
        "Google Maps",
    )


def test_kinds_are_read_once_each_and_in_their_order() -> None:
    assert parse_auth("oauth2, api_key,oauth2") == ("oauth2", "api_key")
    assert Choices(("oauth2", "api_key")).secrets == ("api_key", "client_id", "client_secret")
    assert Choices(("oauth2", "api_key"), has_platform=False).secrets == ("client_id", "client_secret")


@pytest.mark.parametrize("label", ["", "  ", "a\nb", "x" * 61, "{{ 7 }}", "<b>"])
def test_a_label_that_could_break_out_of_its_quotes_is_none(label: str) -> None:
    with pytest.raises(Refused, match="cannot be a label"):
        check_label(label)
