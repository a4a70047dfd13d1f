"""The bill of materials names everything that the lock pins."""

from __future__ import annotations

import re
from typing import Any, cast

from tools.checks.sources import ROOT
from tools.sbom import bill_of_materials

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def _components(lock: str) -> list[dict[str, Any]]:
    bill = bill_of_materials(lock, {"name": "blockyard", "version": "1.0"})
    return cast(list[dict[str, Any]], bill["components"])


def test_every_pin_is_a_component_with_its_hashes() -> None:
    components = _components(LOCK)
    pinned = re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE)
    assert [component["name"] for component in components] == pinned
    hashes = sum(len(component["externalReferences"]) for component in components)
    assert hashes == LOCK.count("--hash=sha256:")


def test_component_has_version_address_and_licence() -> None:
    [component] = [one for one in _components(LOCK) if one["name"] == "pydantic"]
    assert component["purl"] == f"pkg:pypi/pydantic@{component['version']}"
    assert component["licenses"] == [{"license": {"name": "MIT"}}]


def test_package_that_is_not_installed_has_no_licence() -> None:
    digest = "0" * 64
    [component] = _components(
        f"no-such-package==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:{digest}\n"
    )
    assert "licenses" not in component
    assert component["externalReferences"][0]["hashes"] == [{"alg": "SHA-256", "content": digest}]
