"""Takes a database; gives a folder from which it comes back, and the database back without whoever was erased since.

The keys and the erasure list are not in it: they are kept elsewhere, or a stolen backup would be worth something.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from api.database import Database, DatabaseNotReady, check_schema, is_empty, migrate, open_database, revisions
from api.opening import opened_security
from api.settings import Settings
from api.upkeep.tidy import erase_listed
from matcher.domain.errors import ArtifactDamaged, InvalidInput, MissingFile

_MANIFEST = "backup.json"


def back_up(database: Database, to: Path, *, now: datetime) -> dict[str, Any]:
    """Write the database as it stands now into the folder `to`, while it serves, and return what the folder says.

    Raises
    ------
    InvalidInput
        When `to` holds something already.
    DatabaseNotReady
        When the schema is another one, or the database cannot be read.
    MissingFile
        When PostgreSQL's own programs are not installed.
    """
    check_schema(database)
    if to.exists() and any(to.iterdir()):
        raise InvalidInput(f"{to}: holds something already; name an empty folder, a fresh one for each backup")
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    kind = database.engine.dialect.name
    file = to / f"padan.{kind}"
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    if database.is_sqlite:
        _copy(Path(database.engine.url.database or ""), file)
    else:
        _run("pg_dump", database.engine.url, "--format=custom", "--no-owner", f"--file={file}")
    told = {
        "kind": kind, "file": file.name, "revision": revisions()[-1], "made_at": now.isoformat(),
        "sha256": _checksum(file),
    }  # fmt: skip
    # Written last: a backup that was cut short has none, and is refused.
    (to / _MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")
    return told


def restore(settings: Settings, source: Path) -> int:
    """Bring a backup into the empty database of `settings`, migrated; return how many were erased again.

    A SQLite file appears only when it is ready. PostgreSQL is filled in one transaction; before it is ready the service
    erases whoever is listed at its start.

    Raises
    ------
    InvalidInput
        When the database is not empty, or of another kind than the backup.
    MissingFile, ArtifactDamaged
        When the backup is not whole, or the keys are not there.
    DatabaseNotReady
        When the database does not answer.
    """
    file, kind = _checked(source)
    database = open_database(settings.database_url)
    try:
        if database.engine.dialect.name != kind:
            raise InvalidInput(f"{source}: a backup of {kind}; name such a database in PADAN_DATABASE_URL")
        if not is_empty(database):
            raise InvalidInput(
                "database: is not empty, and nothing is overwritten; name an empty one in PADAN_DATABASE_URL"
            )
    finally:
        database.close()
    if kind == "sqlite":
        return _restored_file(settings, file, Path(database.engine.url.database or ""))
    _run("pg_restore", database.engine.url, "--single-transaction", "--exit-on-error", "--no-owner", str(file))
    return _made_ready(settings)


def _restored_file(settings: Settings, file: Path, target: Path) -> int:
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=target.parent) as scratch:
        draft = Path(scratch) / target.name
        _copy(file, draft)
        n_again = _made_ready(settings.model_copy(update={"database_url": f"sqlite:///{draft}"}))
        # An emptied log is part of the copy: closing the last connection has written it into the file.
        draft.chmod(0o600)
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        draft.replace(target)
    return n_again


def _made_ready(settings: Settings) -> int:
    """Migrate the database and erase whoever is listed; return how many were."""
    migrate(settings.database_url)
    database = open_database(settings.database_url)
    try:
        return erase_listed(database, opened_security(settings, database).keys, settings.erasures)
    finally:
        database.close()


def _checked(source: Path) -> tuple[Path, str]:
    manifest = source / _MANIFEST
    if not manifest.is_file():
        raise MissingFile(f"{source}: no whole backup (no {_MANIFEST}); name a folder that padan backup wrote")
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        file, kind, expected = source / Path(told["file"]).name, told["kind"], told["sha256"]
    except (ValueError, KeyError, TypeError) as problem:
        raise ArtifactDamaged(f"{manifest}: cannot be read; use another backup") from problem
    if not file.is_file() or _checksum(file) != expected:
        raise ArtifactDamaged(f"{file}: missing or changed since it was written; use another backup")
    return file, kind


def _copy(source: Path, to: Path) -> None:
    """Copy a SQLite database that may be written to meanwhile."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(to)) as writing:
        reading.backup(writing)


def _run(program: str, url: URL, *options: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise MissingFile(f"{program}: not installed; install the PostgreSQL client, of the server's version or later")
    # The password goes by the environment: a command line can be read by everybody on the machine.
    given = {
        "PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }  # fmt: skip
    named = {name: str(value) for name, value in given.items() if value is not None}
    target = [f"--dbname={url.database}"] if program == "pg_restore" else []
    done = subprocess.run([path, *target, *options], env=named | _paths(path), capture_output=True, check=False)
    if done.returncode:
        first, *_ = [*done.stderr.decode(errors="replace").splitlines(), "no words"]
        raise DatabaseNotReady(f"{program}: {first}; nothing was kept, mend it and try again")


def _paths(program: str) -> dict[str, str]:
    return {"PATH": os.pathsep.join([str(Path(program).parent), os.defpath])}


def _checksum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
