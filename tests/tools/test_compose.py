"""docker-compose.yml and the Dockerfile, as far as they can be checked without Docker."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
import yaml

from backend.executor import worker
from backend.server import serve
from backend.server.access import ACCESS
from backend.util.settings import Settings
from tools.checks.sources import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
Service = dict[str, Any]


def _services() -> dict[str, Service]:
    return cast(dict[str, Service], yaml.safe_load(COMPOSE)["services"])


def test_there_are_a_database_a_server_and_workers() -> None:
    assert set(_services()) == {"postgres", "server", "worker"}


@pytest.mark.parametrize("name", ["postgres", "server", "worker"])
def test_every_service_comes_back_after_a_restart(name: str) -> None:
    assert _services()[name]["restart"] == "unless-stopped"


def test_only_the_server_has_a_port_and_only_on_loopback() -> None:
    ports = {name: service.get("ports", []) for name, service in _services().items()}
    assert {name for name, published in ports.items() if published} == {"server"}
    assert all(port.startswith("127.0.0.1:") for port in ports["server"])


@pytest.mark.parametrize("name", ["server", "worker"])
def test_server_and_workers_share_the_database_and_wait_for_it(name: str) -> None:
    service = _services()[name]
    assert "@postgres:5432/blockyard" in service["environment"]["DATABASE_URL"]
    assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert service["command"] == ["serve" if name == "server" else "worker"]


def test_workers_are_counted_by_the_environment() -> None:
    assert _services()["worker"]["deploy"]["replicas"] == "${WORKERS:-2}"


def test_database_is_checked_kept_and_has_no_password_in_the_file() -> None:
    postgres = _services()["postgres"]
    assert postgres["image"] == "postgres:18"
    assert "pg_isready" in postgres["healthcheck"]["test"]
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]
    assert postgres["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_every_variable_is_in_the_example() -> None:
    variables = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert variables
    assert [name for name in variables if not re.search(rf"^(# )?{name}=", example, re.MULTILINE)] == []


def test_every_volume_that_is_used_is_declared() -> None:
    used = {volume.split(":")[0] for service in _services().values() for volume in service["volumes"]}
    assert used == set(yaml.safe_load(COMPOSE)["volumes"])


def test_image_runs_as_an_ordinary_user_from_hashed_packages() -> None:
    last_stage = DOCKERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER (?!root)\w+", last_stage, re.MULTILINE)
    installs = re.findall(r"pip install ([^&\n]+)", DOCKERFILE)
    assert all("--require-hashes" in install or "--no-deps" in install for install in installs)


def test_image_is_made_of_files_that_exist_and_are_not_ignored() -> None:
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for name in line.split()[:-1]
    ]
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert copied
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name}" not in ignore] == []


def test_image_has_the_page_built_in_a_stage_of_node_alone() -> None:
    stages = DOCKERFILE.split("\nFROM ")
    [built] = [stage for stage in stages if "vite build" in stage]
    assert re.match(r"(FROM )?node:\d+-slim AS page\n", built)
    assert "COPY --from=page /build/backend/server/page backend/server/page" in DOCKERFILE
    assert not any("node" in stage for stage in stages[1:])
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"backend/server/page", "frontend/node_modules"} <= set(ignored), (
        "what this machine has is not copied"
    )


@pytest.mark.parametrize("name", ["server", "worker"])
def test_servers_and_workers_are_asked_whether_they_are_ready_where_they_answer(name: str) -> None:
    service = _services()[name]
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/api/health/\w+)", " ".join(service["healthcheck"]["test"]))
    assert asked is not None
    port = service["environment"]["BLOCKYARD_PORT" if name == "server" else "WORKER_PORT"]
    assert (asked[1], asked[2]) == (port, "/api/health/ready")
    assert ("GET", asked[2]) in ACCESS


@pytest.mark.parametrize("name", ["server", "worker"])
def test_containers_write_nowhere_but_to_the_volume_and_tmp_and_have_no_rights(name: str) -> None:
    service = _services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert (service["tmpfs"], service["volumes"]) == (["/tmp"], ["data:/data"])


@pytest.mark.parametrize("name", ["server", "worker"])
def test_containers_have_the_time_to_hand_their_runs_over(name: str) -> None:
    period = _services()[name]["stop_grace_period"]
    assert int(period.removesuffix("s")) > serve.GRACE_S + worker.ACCEPT_S + 2 * worker.ARRIVE_S


def test_secrets_come_from_the_environment_and_none_is_written_in_the_file() -> None:
    for name, service in _services().items():
        for variable, text in service["environment"].items():
            if re.search(r"PASSWORD|TOKEN|SECRET|KEY", variable):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", text), (name, variable)


def test_settings_of_the_file_exist() -> None:
    known = {str(field.validation_alias or name).upper() for name, field in Settings.model_fields.items()}
    for name in ("server", "worker"):
        assert set(_services()[name]["environment"]) <= known
