"""Fixtures of the storage suite: each test runs over SQLite and over PostgreSQL."""

from __future__ import annotations

from tests.api.databases import database, database_url, empty_database_url, migrated_url, postgresql_url

__all__ = ["database", "database_url", "empty_database_url", "migrated_url", "postgresql_url"]
