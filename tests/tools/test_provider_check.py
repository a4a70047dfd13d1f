"""`provider check`: a line that is taken out of a scaffolded provider is named, and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import Checkout, checkout_in
from tools.provider.checklist import Checklist, Edit, Generated, Line, NewFile
from tools.provider.choices import Choices
from tools.provider.facts import Facts
from tools.provider.names import Names
from tools.provider.render import new_ids

NAMES = Names("acme", "acme")
CHOICES = Choices(("api_key", "oauth2"), has_webhook=True, label="Acme")
LINES = [
    line for line in Checklist(NAMES, CHOICES, new_ids()).lines if not line.file.endswith("/__init__.py")
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """With a provider that has everything, committed."""
    made = checkout_in(tmp_path_factory.mktemp("check"))
    done = made.run("python", "-m", "tools.provider", "new", "acme", "--webhook", "--auth", "api_key,oauth2")
    assert done.returncode == 0, done.stderr
    made.commit()
    return made


@pytest.fixture
def tree(checkout: Checkout) -> Iterator[Checkout]:
    checkout.restore()
    yield checkout
    checkout.restore()


def findings(tree: Checkout, *names: str) -> list[str]:
    """The findings of `provider check acme`: each with its file, line and text to paste."""
    done = tree.run("python", "-m", "tools.provider", "check", *(names or ("acme",)))
    assert "Traceback" not in done.stderr, done.stderr
    found = re.split(r"(?m)^(?=\S+:\d+: )", done.stdout)
    assert done.returncode == (1 if len(found) > 1 else 0)
    return found[1:]


def take_out(root: Path, line: Line) -> str:
    """Take a line of the checklist out of the repository; what was there."""
    path = root / line.file
    if isinstance(line, NewFile) or (isinstance(line, Generated) and not line.line):
        text = path.read_text()
        path.unlink()
        return text
    lines = path.read_text().splitlines(keepends=True)
    gone = [place for place, text in enumerate(lines) if _is_of(line, text)]
    assert gone, line.file
    if line.file.endswith(("credentials_store.py", "block_cost_config.py")):
        return _statement_out(path)
    path.write_text("".join(text for place, text in enumerate(lines) if place not in gone))
    return "".join(lines[place] for place in gone)


def _is_of(line: Line, text: str) -> bool:
    words = line.what.split("=")[0].split(" ")[0]
    if line.file.endswith(("settings.py", ".env.example")):
        return words.lower() in text.lower()
    return re.search(r"\bacme\b", text, re.IGNORECASE) is not None or "Acme" in text


def _statement_out(path: Path) -> str:
    text = path.read_text()
    block = re.search(
        r"^acme_credentials = .*?^DEFAULT_CREDENTIALS\.append\(acme_credentials\)\n",
        text,
        re.MULTILINE | re.DOTALL,
    )
    if block is None:
        block = re.search(r"^    AcmeCreateResourceBlock: .*?^    \],\n", text, re.MULTILINE | re.DOTALL)
        text = re.sub(r"^from backend\.blocks\.acme\..*\n", "", text, flags=re.MULTILINE)
    assert block is not None
    path.write_text(text.replace(block[0], ""))
    return block[0]


def test_of_a_whole_provider_nothing_is_missing(tree: Checkout) -> None:
    assert findings(tree) == []


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.file}-{line.what.split(' ')[0]}")
def test_a_line_that_is_taken_out_is_named_with_its_text_and_nothing_else_is(
    tree: Checkout, line: Line
) -> None:
    gone = take_out(tree.root, line)
    (found,) = findings(tree)  # exactly one
    file, number, message = re.split(r":(\d+): ", found, maxsplit=1)
    assert file == line.file
    assert int(number) >= 1
    assert f"Of acme this is missing: {line.what}" in message
    if isinstance(line, Edit):
        _check_paste(found, gone)
    elif isinstance(line, NewFile):
        assert "make provider NAME=acme FILL=1" in found
    else:
        assert "make gen" in found


def _check_paste(found: str, gone: str) -> None:
    """What is to be pasted is what was there, but for ids that are drawn anew."""
    pasted = [line.strip() for line in found.splitlines() if line.startswith("    ")]
    for line in filter(None, (line.strip() for line in gone.splitlines())):
        plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", line)
        assert plain in [re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", one) for one in pasted], (line, pasted)


def test_what_fill_writes_is_what_was_missing(tree: Checkout) -> None:
    shutil.rmtree(tree.root / "tests/fixtures/webhooks/acme")
    take_out(tree.root, next(line for line in LINES if line.file.endswith("labels.py")))
    assert len(findings(tree)) == 2
    done = tree.run("python", "-m", "tools.provider", "fill", "acme", "--anyway")
    assert done.returncode == 0, done.stderr
    assert findings(tree) == []


BROKEN = {
    "id": (
        "acme.py",
        r'id = "[0-9a-f-]+"',
        'id = "c6fed5c4-1978-46b7-a835-02425735fd39"',
        "have the same id|has the id that block_ids.txt remembers",
    ),
    "name": ("triggers.py", "AcmeEventTriggerBlock", "AcmeEventBlock", "end in TriggerBlock"),
    "input": (
        "acme.py",
        r'SchemaField\(description="What the resource is called", ',
        "SchemaField(",
        "has no description",
    ),
    "secret": (
        "acme.py",
        r'"message", text_at',
        '"message", credentials.auth_header() or text_at',
        "A secret is given out",
    ),
    "pin": (
        "acme.py",
        "message: str = ",
        "api_key: str = SchemaField(description='x')\n        message: str = ",
        "a secret",
    ),
    "client": (
        "_api.py",
        "from backend.util.request",
        "import httpx\nfrom backend.util.request",
        "connections of its own",
    ),
    "source": (
        "_api.py",
        r"\n        Source: examples/example_api.py, until the page of Acme stands here\.\n",
        "\n",
        "does not say where",
    ),
    "examples": ("acme.py", r"test_output = \[.*\]", "test_output = []", "expect nothing"),
    "mock": ("acme.py", r'\{"create": _example\}', '{"run": _example}', "replace `run`"),
    "python": ("acme.py", "class AcmeCreate", "class class AcmeCreate", "It is no Python"),
    "raises": (
        "acme.py",
        "_RESOURCE: JsonObject",
        "assert False, 'not yet'\n_RESOURCE: JsonObject",
        "It does not load: AssertionError: not yet",
    ),
    "claim": ("quality.yaml", "help: todo", "help: done", "help is not done: its Connection has no help_url"),
    "rule": ("quality.yaml", "help: todo", "helpful: done", "has no rule 'helpful'"),
    "standing": ("quality.yaml", "help: todo", "help: maybe", "Write `help: done`"),
    "real": ("quality.yaml", "tried-for-real: todo", "tried-for-real: done", "say when and with what"),
    "logo": ("quality.yaml", "logo: todo", "logo: done", "no logo of its own"),
    "safe": ("acme.py", "idempotency_key: str, ", "", "takes no idempotency_key"),
}


ELSEWHERE = {"id": "backend/blocks/__init__.py:", "safe": "backend/blocks/acme/quality.yaml:"}
"""Where what is wrong with the file shows."""


@pytest.mark.parametrize("key", BROKEN)
def test_what_breaks_a_rule_is_named_with_its_file(tree: Checkout, key: str) -> None:
    name, pattern, instead, says = BROKEN[key]
    file = tree.root / "backend/blocks/acme" / name
    text, count = re.subn(pattern, instead.replace("\\", r"\\"), file.read_text())
    assert count, "The pattern is not in the scaffold any more."
    file.write_text(text)
    found = "".join(findings(tree))
    assert re.search(says, found), found
    assert ELSEWHERE.get(key, f"backend/blocks/acme/{name}:") in found


def test_a_manager_that_takes_anything_is_named(tree: Checkout) -> None:
    file = tree.root / "backend/integrations/webhooks/acme.py"
    file.write_text(
        file.read_text().replace("        verify_standard(webhook, request)\n", "        return None\n")
    )
    (found,) = findings(tree)
    assert re.match(
        r"backend/integrations/webhooks/acme\.py:\d+: AcmeWebhookManager takes a delivery that nobody", found
    )
    assert "verify_standard(webhook, request)" in found


def test_a_second_block_without_a_price_is_named_with_the_line_to_paste(tree: Checkout) -> None:
    folder = tree.root / "backend/blocks/acme"
    text = (folder / "acme.py").read_text().replace("AcmeCreateResourceBlock", "AcmeReadResourceBlock")
    text = re.sub(r'id = "[0-9a-f-]+"', 'id = "0e0f7b7e-5a0e-4f6e-8d4f-3f0c3b1d2a11"', text)
    (folder / "more.py").write_text(text)
    found = "".join(findings(tree))
    assert "AcmeReadResourceBlock may use the platform's own credential, and has no price" in found
    assert re.search(
        r'AcmeReadResourceBlock: \[\s+BlockCost\(amount=1_000, cost_filter=platform\("[0-9a-f-]{36}"\)', found
    )
    assert "0e0f7b7e-5a0e-4f6e-8d4f-3f0c3b1d2a11 AcmeReadResourceBlock" in found


def test_every_provider_of_ours_has_everything(tree: Checkout) -> None:
    done = tree.run("python", "-m", "tools.provider", "check")
    assert (done.returncode, done.stdout) == (0, "Nothing is missing of any provider.\n")


def test_facts_are_read_from_files_and_not_from_names(tree: Checkout) -> None:
    facts = Facts(tree.root, NAMES)
    assert (facts.auth, facts.has_webhook, facts.label) == (("api_key", "oauth2"), True, "Acme")
    assert [name for _, _, name in facts.blocks] == ["AcmeCreateResourceBlock", "AcmeEventTriggerBlock"]
    assert facts.has_platform
