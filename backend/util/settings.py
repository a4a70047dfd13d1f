"""Settings from the environment and `.env`, read when first asked for.

`settings` is a lazy proxy: importing this file does no I/O. Tests and the CLI replace it with
`use(Settings(...))`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]


def default_data_dir() -> Path:
    """`.blockyard/` in a checkout, the user's data folder when installed."""
    if (REPOSITORY / "schema.prisma").is_file():
        return REPOSITORY / ".blockyard"
    return Path(platformdirs.user_data_dir("blockyard", appauthor=False))


class Secrets(BaseSettings):
    """Keys of outside services. Every line here has its twin in `backend/.env.example`."""

    model_config = SettingsConfigDict(
        env_file=(".env", "backend/.env"), extra="ignore", env_ignore_empty=True
    )

    example_api_key: str = Field(default="", description="Example API key")

    # OAuth applications, registered at each provider with the callback
    # <BLOCKYARD_PUBLIC_URL>/api/oauth/<provider>/callback.
    github_client_id: str = Field(default="", description="GitHub OAuth application")
    github_client_secret: str = Field(default="", description="GitHub OAuth application")
    google_client_id: str = Field(default="", description="Google OAuth client")
    google_client_secret: str = Field(default="", description="Google OAuth client")
    slack_client_id: str = Field(default="", description="Slack app")
    slack_client_secret: str = Field(default="", description="Slack app")
    notion_client_id: str = Field(default="", description="Notion integration")
    notion_client_secret: str = Field(default="", description="Notion integration")
    discord_client_id: str = Field(default="", description="Discord application")
    discord_client_secret: str = Field(default="", description="Discord application")
    linear_client_id: str = Field(default="", description="Linear application")
    linear_client_secret: str = Field(default="", description="Linear application")


class Settings(BaseSettings):
    """One deployment's settings. Every field may be set as an environment variable or in `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, populate_by_name=True
    )

    @classmethod
    def settings_customise_sources(  # pydantic-settings calls it
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """From the environment only the documented names count: HOST and PORT are often somebody else's."""
        for source in (env_settings, dotenv_settings):
            by_alias = source.config.copy()
            by_alias["populate_by_name"] = False
            source.config = by_alias
        return init_settings, env_settings, dotenv_settings

    data_dir: Path = Field(default_factory=default_data_dir, validation_alias="BLOCKYARD_DATA_DIR")
    database_url: str = Field(
        default="", description="postgresql://user:password@host:port/name; empty: the embedded one"
    )
    host: str = Field(default="127.0.0.1", validation_alias="BLOCKYARD_HOST")
    setup_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="BLOCKYARD_SETUP_TOKEN",
        description="Makes the owner's account; empty: a fresh one is printed",
    )
    port: int = Field(default=8020, ge=0, le=65535, validation_alias="BLOCKYARD_PORT")
    public_url: str = Field(
        default="",
        validation_alias="BLOCKYARD_PUBLIC_URL",
        description="https://blockyard.example.com: where providers reach this server, for webhooks and OAuth; "
        "empty: http://<host>:<port>",
    )
    page_url: str = Field(
        default="",
        validation_alias="BLOCKYARD_PAGE_URL",
        description="http://localhost:5173: where the page is served with hot reload, `make dev` sets it; empty: here",
    )
    master_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="BLOCKYARD_MASTER_KEY",
        description="Seals all stored secrets: 32 random bytes as base64, or several with commas, of which the "
        "first is for new ones; empty: made at the first start, in <data dir>/master.key",
    )
    tier: Literal["free", "paid", "premium"] = Field(
        default="premium",
        validation_alias="BLOCKYARD_TIER",
        description="free, paid or premium: which providers and features this installation has",
    )
    allowed_addresses: list[str] = Field(
        default_factory=list,
        description='host:port pairs blocks may reach though they are not public, JSON: ["127.0.0.1:11434"]',
    )
    http_origin_map: dict[str, str] = Field(
        default_factory=dict, description="tests only: origin -> local origin"
    )
    environment: str = Field(default="production", description="production, development or test")

    # What one process does at a time.
    max_runs_per_worker: int = Field(default=200, ge=1)
    max_threads: int = Field(default=32, ge=1)
    max_processes: int = Field(default=0, ge=0, description="0: as many as there are cores")
    heartbeat_s: float = Field(default=2.0, gt=0)
    dead_after_s: float = Field(default=6.0, gt=0)

    # Limits of one run (execution.md, 11 and 12). A graph may set its own.
    max_firings: int = Field(default=100_000, ge=1)
    max_active_s: float = Field(default=1800.0, gt=0)
    max_depth: int = Field(default=20, ge=1)
    max_waiting_values: int = Field(default=1000, ge=1)
    inline_value_bytes: int = Field(default=1_048_576, ge=1024)
    max_body_bytes: int = Field(default=25 * 1_048_576, ge=1024)

    block_prices: dict[str, list[dict[str, Any]]] = Field(
        default_factory=dict,
        description='block id -> prices in micro-USD, JSON: {"<id>": [{"cost_type": "run", "amount": 1000}]}',
    )

    # Files.
    max_file_bytes: int = Field(default=25 * 1_048_576, ge=1024)
    max_files_bytes_per_user: int = Field(default=5 * 1_073_741_824, ge=1024)
    file_retain_days: int = Field(
        default=30, ge=0, description="uploaded files go when unused for so long; 0: never"
    )

    # Operations.
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="opens /metrics beside an owner's API key; empty: nothing does"
    )
    otel_exporter_otlp_endpoint: str = Field(
        default="", description="http://host:4318 of a collector of traces; empty: no traces"
    )
    worker_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="where `blockyard worker` answers health and metrics; 0: nowhere",
    )
    drain_s: float = Field(
        default=0.0, ge=0, le=300, description="how long a server that was told to end still takes requests"
    )
    retain_days: int = Field(
        default=90,
        ge=0,
        le=36_500,
        description="runs go so long after their end; 0: never. A graph may say else",
    )
    delivery_retain_days: int = Field(
        default=30, ge=10, le=36_500, description="what webhooks brought; by it repeats are found"
    )
    audit_retain_days: int = Field(default=365, ge=0, le=36_500, description="0: for ever")
    prune_every_s: float = Field(default=3600.0, gt=0)

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets()


class _Lazy:
    """Stands for the settings; reads them at the first look."""

    actual: Settings | None = None

    def __getattr__(self, name: str) -> Any:
        if self.actual is None:
            self.actual = Settings()
        return getattr(self.actual, name)


_lazy = _Lazy()
settings: Settings = _lazy  # type: ignore[assignment]  # the proxy answers for every field


def use(replacement: Settings) -> None:
    """Make `replacement` the settings of this process."""
    _lazy.actual = replacement
