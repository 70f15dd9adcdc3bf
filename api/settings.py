"""Takes the environment; gives the one frozen object of settings. Nothing else in the project reads the environment."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, from variables with the prefix ``PADAN_``; ``.env.example`` lists them with their defaults."""

    model_config = SettingsConfigDict(env_prefix="PADAN_", frozen=True, env_ignore_empty=True, extra="forbid")

    artifact: Path = Field(default=Path("build/demo"), description="Folder of the artifact that is served")
    artifacts: Path = Field(
        default=Path("build/artifacts"), description="Folder of the artifacts that an operator can activate by name"
    )
    cache: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "padan",
        description="Folder of unpacked weights and of embeddings; safe to delete",
    )
    encoder: str = Field(
        default="padan", description="padan, e5-small, tfidf, or a sentence-transformers folder or name"
    )
    host: str = Field(default="127.0.0.1", description="Address the web listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the web listens on")
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes that answer; each holds the artifact's tables and the encoder"
    )
    explore: float = Field(
        default=0.1, ge=0, le=1, description="Share of slates that explore, so that other rankings can be judged"
    )
    holdout: str = Field(
        default="0", description="Share shown the plain order as a comparison, 0 for nobody; several as 0.05,0.5"
    )
    holdout_key: SecretStr = Field(
        default=SecretStr(""), description="Key of the holdout's lot, 16 characters or more; never change it"
    )
    now: str | None = Field(
        default=None, description="Fixed date or instant for demos and tests; empty means the clock"
    )
    database_url: str = Field(
        default="sqlite:///build/padan.db",
        description="Database of people, accounts and events: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
    )
    keys: Path = Field(default=Path("build/keys"), description="Folder of the secret keys; made where it is missing")
    erasures: Path = Field(
        default=Path("build/erasures.jsonl"),
        description="File outside the database that lists who was erased; a restored backup forgets them again",
    )
    events: Path = Field(
        default=Path("build/events"),
        description="Folder of the tables that the office's figures are made from: what padan export-events wrote",
    )
    registers: Path = Field(
        default=Path("build/registers"),
        description="Folder of what the office's tables published so far, withheld counts too; never publish it",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^/]+$",
        description="Address people reach the web at, without a path; with https cookies are for https only. "
        "Sample people are shown to anybody only where it is this machine",
    )
    token_minutes: int = Field(default=15, ge=1, le=60, description="Life of an access token")
    refresh_days: int = Field(default=30, ge=1, le=366, description="Life of a sign-in of a program, from its last use")
    session_hours: int = Field(default=12, ge=1, le=744, description="Life of a sign-in of a browser")
    lock_minutes: int = Field(
        default=5, ge=1, le=60, description="Minutes without use after which a counter's screen asks for the password"
    )
    requests_per_minute_account: int = Field(default=300, ge=1, description="Requests heard of one account a minute")
    requests_per_minute_address: int = Field(
        default=12_000, ge=1, description="Requests without a sign-in heard of one address a minute"
    )
    openid_issuer: str | None = Field(
        default=None, description="Address of an OpenID Connect issuer for officers; empty means none"
    )
    openid_client_id: str = Field(default="padan", description="Name of this service at the issuer")
    openid_client_secret: SecretStr | None = Field(
        default=None, description="Secret of this service at the issuer; empty means a public client with PKCE"
    )
    show_outbox: bool = Field(
        default=False, description="Whether an operator may read unsent messages with their codes: development only"
    )

    @property
    def is_public(self) -> bool:
        """Whether others than this machine reach the web: then no sample people are shown."""
        return urlsplit(self.public_url).hostname not in {"127.0.0.1", "localhost", "::1"}
