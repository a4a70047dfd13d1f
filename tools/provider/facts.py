"""What the repository has of a provider, read from its files: nothing is imported, so that what is broken can be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backend.integrations.quality import BadQuality, Quality, Standing, parse_quality
from tools.provider.choices import Auth, Choices, kinds_in
from tools.provider.names import Names
from tools.provider.render import new_ids

_NOT_PROVIDERS = frozenset({"login", "refresh"})
"""Files of integrations/oauth that are no provider's."""


@dataclass(frozen=True)
class Facts:
    """One provider in the repository at `root`."""

    root: Path
    names: Names

    @property
    def folder(self) -> Path:
        return self.root / "backend/blocks" / self.names.module

    @property
    def tests(self) -> Path:
        return self.root / "tests/blocks" / self.names.module

    @cached_property
    def choices(self) -> Choices:
        """What it was made with, as its files tell. A file that is missing is told by the others."""
        return Choices(self.auth, self.has_webhook, self.has_platform, self.label)

    @cached_property
    def auth(self) -> tuple[Auth, ...]:
        """The kinds that its connection takes, in their order there."""
        text = text_of(self.folder / "_auth.py")
        declared = re.search(r"kinds=\(([^)]*)\)", text)
        found: list[str] = re.findall(r'"(\w+)"', declared[0]) if declared else []
        return kinds_in(found) or self._auth_by_others()

    def _auth_by_others(self) -> tuple[Auth, ...]:
        """By what the rest of the files need."""
        secrets = text_of(self.root / "backend/util/settings.py")
        signs = {
            "oauth2": (self.root / "backend/integrations/oauth" / f"{self.names.module}.py").is_file(),
            "user_password": f"    {self.names.module}_username:" in secrets,
            "api_key": f"    {self.names.module}_api_key:" in secrets,
        }
        found = kinds_in(kind for kind, is_there in signs.items() if is_there)
        uses = any("_auth import" in text for text in map(text_of, self.folder.glob("*.py")))
        return found or (("api_key",) if uses else ())

    @cached_property
    def has_webhook(self) -> bool:
        """Anything of a webhook is there."""
        module = self.names.module
        trigger = text_of(self.folder / "triggers.py")
        return (
            "webhook_config" in trigger
            or (self.root / f"backend/integrations/webhooks/{module}.py").is_file()
            or (self.root / f"tests/fixtures/webhooks/{module}").is_dir()
        )

    @cached_property
    def has_platform(self) -> bool:
        """Unless its quality says that there is no credential of the platform's to pay for."""
        return self.standing("priced") is not Standing.EXEMPT

    @cached_property
    def quality(self) -> Quality | None:
        """None: its file is not there, or cannot be read."""
        try:
            return parse_quality(text_of(self.folder / "quality.yaml")) if self.has_quality_file else None
        except BadQuality:
            return None

    @property
    def has_quality_file(self) -> bool:
        return (self.folder / "quality.yaml").is_file()

    def standing(self, rule: str) -> Standing | None:
        """What its quality says of a rule; None when it says nothing that can be read."""
        return self.quality.rule(rule).standing if self.quality else self._standing_by_others(rule)

    def _standing_by_others(self, rule: str) -> Standing | None:
        """Without the file: whether anything of a platform credential is there."""
        if rule != "priced":
            return None
        module = self.names.module
        signs = (
            ("backend/integrations/credentials_store.py", rf"^{module}_credentials = "),
            ("backend/data/block_cost_config.py", rf"backend\.blocks\.{module}\."),
        )
        is_there = any(re.search(sign, text_of(self.root / file), re.MULTILINE) for file, sign in signs)
        return Standing.DONE if is_there else Standing.EXEMPT

    @cached_property
    def label(self) -> str:
        """What people call it, from whichever of the two places has it."""
        constant, key = re.escape(self.names.constant), re.escape(self.names.key)
        for file, pattern in (
            ("backend/integrations/labels.py", rf'ProviderName\.{constant}: "([^"]+)"'),
            (
                "frontend/src/components/integrations/credentials-provider.tsx",
                rf'^  "?{key}"?: "([^"]+)"',
            ),
        ):
            if found := re.search(pattern, text_of(self.root / file), re.MULTILINE):
                return found[1]
        return ""

    @cached_property
    def blocks(self) -> list[tuple[str, str, str]]:
        """(file's name, id, class) of each block that says its id."""
        return [
            (Path(file).name, block_id, one.name)
            for file, tree in self.trees()
            for one in tree.body
            if isinstance(one, ast.ClassDef) and (block_id := _id_in(one))
        ]

    @cached_property
    def ids(self) -> dict[str, str]:
        """The ids for what is still to be written: those that it had, else fresh ones."""
        registry = text_of(self.root / "tools/checks/block_ids.txt")
        store = text_of(self.root / "backend/integrations/credentials_store.py")
        patterns = {
            "block": (registry, rf"^(\S+) {self.names.prefix}CreateResourceBlock$"),
            "trigger": (registry, rf"^(\S+) {self.names.prefix}EventTriggerBlock$"),
            "platform": (store, rf'^{self.names.module}_credentials = \w+\(\n    id="([^"]+)"'),
        }
        found = {name: re.search(sign, text, re.MULTILINE) for name, (text, sign) in patterns.items()}
        return new_ids() | {name: match[1] for name, match in found.items() if match is not None}

    def trees(self) -> Iterator[tuple[str, ast.Module]]:
        """Its modules in backend/blocks: their paths from the root, and what they say."""
        for file in sorted(self.folder.glob("*.py")):
            with suppress(SyntaxError):  # which is told where the blocks are loaded
                yield str(file.relative_to(self.root)), ast.parse(text_of(file), filename=str(file))


def text_of(file: Path) -> str:
    """Empty where there is none."""
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _id_in(block: ast.ClassDef) -> str:
    for one in block.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and _is_id(one.targets[0]):
            return str(one.value.value)
    return ""


def _is_id(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "id"


def all_names(root: Path) -> list[Names]:
    """Every provider of which there is anything: a member of the enumeration, a folder, a webhook, a login."""
    members = text_of(root / "backend/integrations/providers.py")
    keys: list[str] = re.findall(r'^    [A-Z][A-Z0-9_]* = "([a-z0-9-]+)"', members, re.MULTILINE)
    known = {key.removesuffix("-provider"): key for key in keys}
    stems = {*known, *_found_stems(root)}
    return [Names(stem, known.get(stem, stem)) for stem in sorted(stems)]


def known_names(root: Path, text: str) -> Names | None:
    """The provider that a person means; None: nothing of it is there."""
    wanted = text.strip().lower().replace("_", "-")
    return next((names for names in all_names(root) if wanted in (names.stem, names.key)), None)


def _found_stems(root: Path) -> Iterator[str]:
    for file in (root / "backend/blocks").glob("*/*"):
        if file.name in ("_auth.py", "_api.py", "quality.yaml"):
            yield file.parent.name.replace("_", "-")
    for folder in ("webhooks", "oauth"):
        for file in (root / "backend/integrations" / folder).glob("*.py"):
            if not file.name.startswith("_") and file.stem not in _NOT_PROVIDERS:
                yield file.stem.replace("_", "-")
