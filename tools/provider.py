"""What a provider has and still lacks, file by file: `python -m tools.provider example`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.checks.sources import ROOT


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist; `sign` is what the file has when the step is done, None: the file is enough."""

    file: str
    what: str
    sign: str | None = None
    only_with_webhook: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """A provider's name in its spellings: `google-maps`, `google_maps`, `GOOGLE_MAPS`.

    Its member of ProviderName may end in `-provider`, as that of `example` does.
    """

    key: str

    @property
    def module(self) -> str:
        return self.key.replace("-", "_")

    @property
    def constant(self) -> str:
        return self.module.upper()


def steps(names: Names) -> tuple[Step, ...]:
    """The checklist in the order in which one works through it."""
    key, module, constant = names.key, names.module, names.constant
    blocks, frontend = f"backend/blocks/{module}", "frontend/src/components/integrations"
    in_record = rf"^\s*[\"']?{key}(-provider)?[\"']?:"
    in_enum = rf"^\s+{constant}(_PROVIDER)?\s*="
    return (
        Step("backend/integrations/providers.py", f'{constant} = "{key}"', in_enum),
        Step(
            "backend/integrations/labels.py",
            "what people call it",
            rf"ProviderName\.{constant}(_PROVIDER)?:",
        ),
        Step(f"{blocks}/_auth.py", "the credentials' input type, test credentials"),
        Step(f"{blocks}/_api.py", "the API client: base URL, methods, errors"),
        Step(f"{blocks}/{module}.py", "the first block, with test data"),
        Step(f"{blocks}/triggers.py", "the trigger block", only_with_webhook=True),
        Step(
            f"backend/integrations/webhooks/{module}.py",
            "events, manager, validate_payload",
            only_with_webhook=True,
        ),
        Step(
            "backend/util/settings.py",
            f"{module}_api_key in Secrets",
            rf"\b{module}_(api_key|client_id|token)\b",
        ),
        Step("backend/.env.example", f"{constant}_API_KEY=", rf"^#? ?{constant}_(API_KEY|CLIENT_ID|TOKEN)="),
        Step("backend/integrations/credentials_store.py", "the platform's own credential", rf"\b{module}_"),
        Step("backend/data/block_cost_config.py", "what each block costs", rf"\bblocks\.{module}\b"),
        Step(f"{frontend}/credentials-input.tsx", "its icon", in_record),
        Step(f"{frontend}/credentials-provider.tsx", "its display name", in_record),
        Step(
            "frontend/src/lib/autogpt-server-api/types.ts",
            "its constant (make gen)",
            rf"^\s*{constant}(_PROVIDER)?:",
        ),
        Step(f"tests/fixtures/webhooks/{module}", "a captured event", only_with_webhook=True),
        Step(
            "tools/checks/block_ids.txt", "the ids of its blocks", rf"(?i) {module.replace('_', '')}\w*Block$"
        ),
    )


def is_done(step: Step, root: Path) -> bool:
    path = root / step.file
    if step.sign is None or not path.is_file():
        return path.exists() and step.sign is None
    return re.search(step.sign, path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def report(names: Names, root: Path) -> Iterator[str]:
    """One line for each step, then what is left."""
    left = 0
    for step in steps(names):
        done = is_done(step, root)
        mark = "done" if done else "with a webhook" if step.only_with_webhook else "to do"
        left += mark == "to do"
        yield f"{mark:>14}  {step.file}: {step.what}"
    yield f"{left} to do for {names.key}; then: make gen check" if left else f"{names.key} has everything."


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", arguments[0]):
        print(
            "Name the provider in small letters, digits and dashes: make provider NAME=example",
            file=sys.stderr,
        )
        return 2
    print("\n".join(report(Names(arguments[0].replace("_", "-")), ROOT)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
