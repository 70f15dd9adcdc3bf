"""Takes the environment; gives the one frozen object of settings. Nothing else in the project reads the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, from variables with the prefix ``PADAN_``; ``.env.example`` lists them with their defaults."""

    model_config = SettingsConfigDict(env_prefix="PADAN_", frozen=True, env_ignore_empty=True, extra="forbid")

    artifact: Path = Field(default=Path("build/demo"), description="Folder of the artifact that is served")
    cache: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "padan",
        description="Folder of unpacked weights and of embeddings; safe to delete",
    )
    encoder: str = Field(
        default="padan", description="padan, e5-small, tfidf, or a sentence-transformers folder or name"
    )
    host: str = Field(default="127.0.0.1", description="Address the web listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the web listens on")
    now: str | None = Field(
        default=None, description="Fixed date or instant for demos and tests; empty means the clock"
    )
