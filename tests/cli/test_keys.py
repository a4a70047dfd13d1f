"""`blockyard keys` says which key is in force, and exchanges it; backup and doctor know of it."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from tests.support.command_line import CommandLine


def test_a_key_is_exchanged_and_the_old_one_kept(blockyard: CommandLine) -> None:
    first = blockyard("keys", "check", "--json").json
    assert (first["counts"], first["is_settled"], first["broken"]) == ({}, True, [])
    rotated = blockyard("keys", "rotate", "--json")
    assert rotated.code == 0, rotated.err
    then = blockyard("keys", "check", "--json").json
    assert then["here"] == [rotated.json["current"], first["current"]]
    assert "are sealed with the key" in blockyard("keys", "rotate", "--forget-old").out
    assert "in force is the key" in blockyard("keys", "check").out


def test_no_key_is_ever_printed(blockyard: CommandLine, tmp_path: Path) -> None:
    said = [blockyard("keys", *arguments) for arguments in (["check"], ["rotate"], ["check", "--json"])]
    said.append(blockyard("doctor"))
    lines = (tmp_path / "data" / "master.key").read_text().splitlines()
    keys = [line for line in lines if not line.startswith("#")]
    assert len(keys) == 2
    assert [key for key in keys for one in said if key in one.out + one.err] == []


def test_a_key_of_the_environment_that_is_none_is_refused_with_the_cure(blockyard: CommandLine) -> None:
    short = base64.b64encode(os.urandom(16)).decode()
    said = blockyard("keys", "check", BLOCKYARD_MASTER_KEY=short)
    assert said.code == 1
    assert "openssl rand -base64 32" in said.err
    assert short not in said.err


def test_doctor_says_what_is_wrong_with_the_key(blockyard: CommandLine, tmp_path: Path) -> None:
    blockyard("keys", "check")
    file = tmp_path / "data" / "master.key"
    assert "has the key" in _finding(blockyard, "master key")["message"]
    file.chmod(0o644)
    assert "chmod 600" in _finding(blockyard, "master key")["message"]
    file.chmod(0o600)
    file.rename(file.with_name("away"))
    assert _finding(blockyard, "secrets")["ok"] is False
    assert "which is not here" in _finding(blockyard, "secrets")["message"]


def _finding(blockyard: CommandLine, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in blockyard("doctor", "--json").json if one["name"] == name]
    return found[0]


def test_backup_says_that_the_key_is_not_in_it(blockyard: CommandLine) -> None:
    blockyard("keys", "check")
    said = blockyard("backup", "b.dump")
    assert said.code == 0, said.err
    assert "The key that opens its secrets is not in it" in said.err
