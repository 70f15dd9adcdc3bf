"""A PostgreSQL that fails: a replica takes over, and a wrong DELETE is undone without bringing the erased back."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from api.database import Database, check_schema, migrate, open_database
from api.opening import opened_security
from api.settings import Settings
from api.storage.erasure import Erasure, erase_person
from api.storage.people import add_person, person_of
from api.storage.schema.people import certificates
from api.upkeep.erasure_list import append_erasure
from api.upkeep.tidy import erase_listed
from matcher.domain.records import Alumnus
from tests.api.storage.cast import BUDI, SITI, settle
from tests.postgres_cluster import REMEDY, Cluster, binaries
from tests.world import NOW

_SECONDS = 30
_SETTINGS = """
fsync = off
wal_level = replica
archive_mode = on
archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'
"""

Copied = Callable[..., Cluster]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user may enter."""
    made = Path(tempfile.mkdtemp(prefix="padan-recovery-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def primary(folder: Path) -> Iterator[Cluster]:
    """A server with a migrated database that archives its log."""
    programs = binaries()
    if programs is None:
        pytest.skip(f"PostgreSQL is missing: {REMEDY}")
    archive = Cluster.placed(programs, folder / "archive").folder
    cluster = Cluster.made(programs, Cluster.placed(programs, folder / "primary").folder)
    try:
        cluster.configure(_SETTINGS.format(archive=archive))
        cluster.start()
        cluster.execute("CREATE DATABASE padan")
        migrate(f"{cluster.url}/padan")
        yield cluster
    finally:
        cluster.stop("immediate")


@pytest.fixture
def base_backup(primary: Cluster, folder: Path) -> Iterator[Copied]:
    """Give a server that is placed, not started, from a base backup of the primary taken now."""
    copies: list[Cluster] = []

    def copied(*options: str) -> Cluster:
        copy = Cluster.placed(primary.programs, folder / f"copy-{len(copies)}")
        copy.run(
            "pg_basebackup", "-D", copy.data, "-d", f"{primary.url}/postgres", "-c", "fast", "-X", "stream", *options
        )
        copies.append(copy)
        return copy

    yield copied
    for copy in copies:
        copy.stop("immediate")


def opened(cluster: Cluster) -> Database:
    """Open the service's database on a server."""
    return open_database(f"{cluster.url}/padan")


def is_here(cluster: Cluster, alumnus_id: str) -> bool:
    """Return whether a server has this person."""
    database = opened(cluster)
    with database.reading() as session:
        found = person_of(session, alumnus_id)
    database.close()
    return found is not None


def wait(cluster: Cluster, asked: str) -> None:
    """Return when a server answers yes."""
    until = time.monotonic() + _SECONDS
    while cluster.execute(asked) != [(True,)]:
        assert time.monotonic() < until, f"not within {_SECONDS} seconds: {asked}"
        time.sleep(0.05)


def test_a_replica_follows_and_takes_over(primary: Cluster, base_backup: Copied) -> None:
    replica = base_backup("-R")
    replica.start()
    database = opened(primary)
    settle(database)
    database.close()
    written = primary.execute("SELECT pg_current_wal_lsn()")[0][0]
    wait(replica, f"SELECT pg_last_wal_replay_lsn() >= '{written}'")
    assert is_here(replica, SITI.alumnus_id)
    follower = opened(replica)
    with pytest.raises(DBAPIError, match="read-only transaction"), follower.session.begin() as session:
        add_person(session, Alumnus("a-late", "32"))
    primary.stop("immediate")
    replica.execute("SELECT pg_promote()")
    with follower.session.begin() as session:
        add_person(session, Alumnus("a-late", "32"))
    check_schema(follower)
    follower.close()
    assert is_here(replica, "a-late")


def test_a_wrong_delete_is_undone_and_the_erased_stay_erased(
    primary: Cluster, base_backup: Copied, folder: Path
) -> None:
    restored = base_backup()
    database = opened(primary)
    settings = Settings(
        artifact=folder, artifacts=folder, cache=folder, database_url=f"{restored.url}/padan", keys=folder / "keys",
        erasures=folder / "erasures.jsonl",
    )  # fmt: skip
    keys = opened_security(settings, database).keys
    settle(database)
    before = primary.execute("SELECT clock_timestamp()::text")[0][0]
    erasure = Erasure(keys.hashed("erasure", BUDI.alumnus_id), NOW)
    with database.session.begin() as session:
        append_erasure(settings.erasures, erasure)
        erase_person(session, BUDI.alumnus_id, erasure)
    primary.execute("DELETE FROM certificates", database="padan")
    database.close()
    archived = primary.execute("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
    wait(primary, f"SELECT last_archived_wal >= '{archived}' FROM pg_stat_archiver")

    restored.configure(
        f"archive_mode = off\nrestore_command = 'cp {folder}/archive/%f %p'\n"
        f"recovery_target_time = '{before}'\nrecovery_target_action = 'promote'\n"
    )
    (restored.data / "recovery.signal").touch()
    restored.start()
    wait(restored, "SELECT NOT pg_is_in_recovery()")

    assert is_here(restored, BUDI.alumnus_id)
    database = opened(restored)
    check_schema(database)
    assert erase_listed(database, keys, settings.erasures) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(certificates)) == len(SITI.certificates)
    database.close()
    assert not is_here(restored, BUDI.alumnus_id)
