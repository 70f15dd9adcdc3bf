"""Takes the settings; gives the database and the secrets that belong together, checked. Opens no artifact."""

from __future__ import annotations

from api.database import Database, check_schema, is_empty, migrate, open_database
from api.security.guard import Security, open_security
from api.settings import Settings
from api.storage.accounts import has_accounts
from matcher.domain.errors import MissingFile


def opened_database(settings: Settings) -> Database:
    """Return the database with its schema checked; a fresh SQLite file is given its tables.

    Raises
    ------
    InvalidInput
        When the address of the database is unusable.
    DatabaseNotReady
        When the database does not answer, or its schema is of another version.
    """
    database = open_database(settings.database_url)
    if database.is_sqlite and is_empty(database):
        migrate(settings.database_url)
    check_schema(database)
    return database


def opened_security(settings: Settings, database: Database) -> Security:
    """Return what guards the service. Keys are made only for a database without accounts.

    Raises
    ------
    InvalidInput
        When a key or the issuer's address is unusable.
    MissingFile
        When keys are missing that the accounts of the database need.
    """
    if not settings.keys.exists():
        with database.reading() as reading:
            is_in_use = has_accounts(reading)
        if is_in_use:
            raise MissingFile(
                f"key folder {settings.keys}: missing, but the database has accounts; restore it from its backup"
            )
    return open_security(settings)
