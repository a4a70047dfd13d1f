"""THE CHECKLIST: every file of a provider, in the order in which one works through it. Read this first.

A line knows what its file has when it is done: a whole file, an edit of one that is there, or what a generator
writes. `new` carries the lines out, `check` looks whether carrying one out would still change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tools.provider.choices import CLASSES, Choices
from tools.provider.edits import Put
from tools.provider.edits.block import line_in_block
from tools.provider.edits.python import class_field, dictionary_entry, enum_member, imported, statements_after
from tools.provider.names import Names
from tools.provider.render import delivery, formatted, rendered

PAGE = "frontend/src/components/integrations"
KEYS_BEGIN = "# whose key is empty is used with each person's own credentials only."
LOGINS_BEGIN = "# <BLOCKYARD_PUBLIC_URL>/api/oauth/<provider>/callback. Without one, people connect with keys and tokens."


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of the provider's own. `instead`: another file of this pattern will do as well."""

    file: str
    what: str
    text: Callable[[], str]
    instead: str = ""

    def is_done(self, root: Path) -> bool:
        found = (root / self.file).parent.glob(self.instead) if self.instead else ()
        others = [one for one in found if not one.name.startswith("_") and one.name != "triggers.py"]
        return (root / self.file).is_file() or bool(others)


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines in a file that all providers share."""

    file: str
    what: str
    put: Put
    ask: str = ""
    """A pattern that finds the line however it is written; without one, `put` has nothing to add when it is done."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What `make gen` writes of the provider."""

    file: str
    what: str
    line: str = ""
    """The line of the provider in a file of all; empty: the file is the provider's own."""


Line = NewFile | Edit | Generated


class Checklist:
    """The lines for one provider.

    `ids` are for what is still to be written; `blocks` are those that it has: (file's name, id, class). Whoever
    writes remembers the ids of the blocks that its files bring, too.
    """

    def __init__(
        self,
        names: Names,
        choices: Choices,
        ids: Mapping[str, str],
        blocks: Sequence[tuple[str, str, str]] = (),
        *,
        is_writing: bool = True,
    ) -> None:
        self.names, self.choices, self.ids, self.blocks = names, choices, dict(ids), blocks
        self._is_writing = is_writing

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self._lines())

    def _lines(self) -> Iterator[Line]:
        yield from self._name()
        yield from self._own_files()
        if self.choices.has_webhook:
            yield from self._webhook_files()
        yield from self._secrets()
        if self.choices.platform_kind is not None:
            yield from self._platform()
        yield from self._page()
        yield from self._remembered()

    def _name(self) -> Iterator[Line]:
        names = self.names
        yield Edit(
            "backend/integrations/providers.py",
            "a member of ProviderName",
            enum_member("ProviderName", names.constant, names.key),
        )
        yield Edit(
            "backend/integrations/labels.py",
            "what people call it",
            dictionary_entry("_LABELS", f"ProviderName.{names.constant}", f'"{self._label}"'),
        )

    def _own_files(self) -> Iterator[Line]:
        folder, tests = f"backend/blocks/{self.names.module}", f"tests/blocks/{self.names.module}"
        yield self._new(f"{folder}/__init__.py", "the package, with a sentence", "package.py")
        if self.choices.auth:
            yield self._new(
                f"{folder}/_auth.py", "the credentials' type, test credentials, the form", "auth.py"
            )
        yield self._new(f"{folder}/_api.py", "the API client: addresses, methods, errors", "api.py")
        yield self._new(
            f"{folder}/{self.names.module}.py", "the first block, with test data", "block.py", instead="*.py"
        )
        yield self._new(f"{folder}/quality.yaml", "what is done, and what is still to do", "quality.yaml")
        if "oauth2" in self.choices.auth:
            yield self._new(f"backend/integrations/oauth/{self.names.module}.py", "the login", "oauth.py")
        yield NewFile(f"{tests}/__init__.py", "the tests' package", lambda: "")
        yield self._new(
            f"{tests}/test_{self.names.module}.py",
            "tests against a local server",
            "test_blocks.py",
            instead="test_*.py",
        )

    def _webhook_files(self) -> Iterator[Line]:
        module = self.names.module
        yield self._new(f"backend/blocks/{module}/triggers.py", "the trigger block", "triggers.py")
        yield self._new(
            f"backend/integrations/webhooks/{module}.py", "events, manager, validate_payload", "webhook.py"
        )
        yield NewFile(
            f"tests/fixtures/webhooks/{module}/example_event.json",
            "a captured delivery",
            lambda: delivery("example_event", {"greeting": "Hello"}),
            instead="*.json",
        )

    def _secrets(self) -> Iterator[Line]:
        for ending in self.choices.secrets:
            is_login = ending.startswith("client_")
            field, what = f"{self.names.module}_{ending}", ending.replace("_", " ").replace("api", "API")
            code = f'{field}: str = Field(default="", description="{self._label} {"application" if is_login else what}")'
            alike = ("_client_id", "_client_secret") if is_login else ("_api_key", "_username", "_password")
            yield Edit(
                "backend/util/settings.py",
                f"{field} in Secrets",
                _python(class_field("Secrets", field, code, suffixes=alike)),
            )
        for ending in self.choices.secrets:
            variable = f"{self.names.variable}_{ending.upper()}"
            begin = LOGINS_BEGIN if ending.startswith("client_") else KEYS_BEGIN
            yield Edit(
                "backend/.env.example",
                f"{variable}=",
                line_in_block(f"# {variable}=", begin=begin, end="", key=variable),
            )

    def _platform(self) -> Iterator[Line]:
        name = f"{self.names.module}_credentials"
        yield Edit(
            "backend/integrations/credentials_store.py",
            "the platform's own credential",
            _python(
                statements_after(
                    lambda text: text.startswith("DEFAULT_CREDENTIALS.append("),
                    self._credential(name),
                    name=name,
                ),
                imported("backend.data.credentials", CLASSES[self.choices.platform_kind or "api_key"]),
            ),
        )
        block = f"{self.names.prefix}CreateResourceBlock"
        price = f'[BlockCost(amount=1_000, cost_filter=platform("{self.ids["platform"]}"), provider="{self.names.key}")]'
        yield Edit(
            "backend/data/block_cost_config.py",
            "what a block costs with the platform's credential",
            _python(
                dictionary_entry("BLOCK_COSTS", block, price),
                imported(f"backend.blocks.{self.names.module}.{self.names.module}", block),
            ),
            ask=rf"^from backend\.blocks\.{self.names.module}\.",
        )

    def _credential(self, name: str) -> str:
        kind = self.choices.platform_kind or "api_key"
        secrets = "\n".join(
            f"    {ending}=SecretStr(settings.secrets.{self.names.module}_{ending}),"
            for ending in (("api_key",) if kind == "api_key" else ("username", "password"))
        )
        return (
            f"{name} = {CLASSES[kind]}(\n"
            f'    id="{self.ids["platform"]}",\n'
            f'    provider="{self.names.key}",\n'
            f'    title="Use Credits for {self._label}",\n'
            f"{secrets}\n"
            ")\n"
            f"DEFAULT_CREDENTIALS.append({name})\n"
        )

    def _page(self) -> Iterator[Line]:
        key = f'"{self.names.key}"' if "-" in self.names.key else self.names.key
        yield Edit(
            f"{PAGE}/credentials-input.tsx",
            "its icon",
            line_in_block(
                f"  {key}: fallbackIcon,",
                begin="export const providerIcons: Record<ProviderName, ProviderMark> = {",
                end="};",
                key=self.names.key,
            ),
        )
        yield Edit(
            f"{PAGE}/credentials-provider.tsx",
            "its display name",
            line_in_block(
                f'  {key}: "{self._label}",',
                begin="const PROVIDER_DISPLAY_NAMES: Record<ProviderName, string> = {",
                end="};",
                key=self.names.key,
            ),
        )
        yield Generated(
            "frontend/src/lib/autogpt-server-api/types.ts",
            "its constant",
            f'  {self.names.constant}: "{self.names.key}",',
        )

    def _remembered(self) -> Iterator[Line]:
        yield Edit("tools/checks/block_ids.txt", "the ids of its blocks", _appended(list(self._ids())))
        yield Generated(f"docs/blocks/{self.names.module}.md", "its reference")

    def _ids(self) -> Iterator[str]:
        """Those of the blocks that are there, and of those that the first two files bring."""
        yield from (f"{block_id} {name}" for _, block_id, name in self.blocks)
        if not self._is_writing:
            return
        triggers = [file == "triggers.py" for file, _, _ in self.blocks]
        if all(triggers):
            yield f"{self.ids['block']} {self.names.prefix}CreateResourceBlock"
        if self.choices.has_webhook and not any(triggers):
            yield f"{self.ids['trigger']} {self.names.prefix}EventTriggerBlock"

    @property
    def _label(self) -> str:
        return self.choices.label or self.names.label

    def _new(self, file: str, what: str, template: str, *, instead: str = "") -> NewFile:
        return NewFile(
            file, what, lambda: rendered(template, self.names, self.choices, self.ids), instead=instead
        )


def _python(*edits: Put) -> Put:
    """The edits one after the other, formatted if they changed anything."""

    def put(text: str) -> str:
        changed = text
        for edit in edits:
            changed = edit(changed)
        return text if changed == text else formatted(changed)

    return put


def _appended(lines: list[str]) -> Put:
    """Lines whose first word no line has yet. An id that is another block's is not given again (block_ids says so)."""

    def put(text: str) -> str:
        known = {line.partition(" ")[0] for line in text.splitlines()}
        lacking = [line for line in lines if line.partition(" ")[0] not in known]
        if lacking and not text.endswith("\n"):
            text += "\n"
        return text + "".join(f"{line}\n" for line in lacking)

    return put
