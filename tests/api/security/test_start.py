"""Starting: fresh tables and keys where there is nothing, and no start over what does not fit together."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.database import check_schema, open_database
from api.opening import opened_database
from api.settings import Settings
from matcher.engine.artifacts import Artifact
from tests.api.conftest import settings

BODY = {"phone": "0812 3456 7890", "pin": "493817", "name": "Ibu Sari", "birth_on": "1994-03-05"}


@pytest.fixture
def fresh(world: Artifact, tmp_path: Path) -> Settings:
    """Settings with the world's artifact, and nothing else there yet."""
    return settings(world.folder, world.cache_folder).model_copy(
        update={"database_url": f"sqlite:///{tmp_path}/data/padan.db", "keys": tmp_path / "keys"}
    )


def test_a_first_start_makes_tables_and_keys_and_says_so(fresh: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    client = TestClient(create_app(fresh))
    assert client.get("/health/ready").status_code == 200
    assert client.post("/v1/auth/register", json=BODY).status_code == 202
    assert '"event": "new keys made"' in capsys.readouterr().err


def test_a_second_start_finds_what_the_first_one_made(fresh: Settings) -> None:
    TestClient(create_app(fresh)).post("/v1/auth/register", json=BODY)
    client = TestClient(create_app(fresh))
    assert client.get("/health/ready").status_code == 200


def test_processes_that_start_at_once_all_find_the_tables(fresh: Settings) -> None:
    with open_database(fresh.database_url).reading() as session:
        session.connection()  # leaves a file with a head of SQLite and no table
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(opened_database, [fresh] * 4))
    for database in opened:
        check_schema(database)
        database.close()


def with_an_account(fresh: Settings) -> None:
    """Store one account."""
    client = TestClient(create_app(fresh))
    assert client.get("/health/ready").status_code == 200
    with closing(sqlite3.connect(fresh.database_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(
            "INSERT INTO accounts (account_id, role, login, token_epoch, created_at)"
            " VALUES ('a', 'pmo', 'x', 0, '2026-11-22 00:00:00')"
        )


def test_lost_keys_are_not_replaced_while_accounts_need_them(fresh: Settings) -> None:
    with_an_account(fresh)
    shutil.rmtree(fresh.keys)
    client = TestClient(create_app(fresh))
    answer = client.get("/health/ready")
    assert answer.status_code == 503 and "restore it from its backup" in answer.json()["detail"]
    assert client.post("/v1/auth/register", json=BODY).status_code == 503
    assert not fresh.keys.exists()


def test_a_damaged_key_is_told_without_its_content(fresh: Settings) -> None:
    create_app(fresh)
    (fresh.keys / "first.key").write_text("f00d" * 3, encoding="ascii")
    answer = TestClient(create_app(fresh)).get("/health/ready")
    assert answer.status_code == 503 and "f00df00d" not in answer.text


def test_a_database_of_another_version_is_refused_and_the_demo_goes_on(fresh: Settings) -> None:
    with_an_account(fresh)
    with closing(sqlite3.connect(fresh.database_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    client = TestClient(create_app(fresh))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["type"]) == (503, "/docs#database-not-ready")
    assert client.post("/v1/auth/register", json=BODY).status_code == 503
    assert client.get("/v1/demo/alumni/a-cook/recommendations").status_code == 200
    assert client.get("/", headers={"Cookie": "padan_session=x.y", "Accept": "text/html"}).status_code == 200


def test_a_database_that_went_away_is_a_503_and_comes_back(fresh: Settings, tmp_path: Path) -> None:
    client = TestClient(create_app(fresh), raise_server_exceptions=False)
    path = Path(fresh.database_url.removeprefix("sqlite:///"))
    client.app.state.serving.database.close()  # type: ignore[attr-defined]
    for file in path.parent.iterdir():
        file.rename(tmp_path / file.name)
    path.parent.rmdir()
    assert client.get("/health/ready").status_code == 503
    path.parent.mkdir()
    (tmp_path / path.name).rename(path)
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("change", [{"openid_issuer": "http://issuer.example"}, {"database_url": "mysql://x/y"}])
def test_unusable_settings_are_told_by_ready(fresh: Settings, change: dict[str, str]) -> None:
    answer = TestClient(create_app(fresh.model_copy(update=change))).get("/health/ready")
    assert answer.status_code == 503
    assert "https" in answer.json()["detail"] or "write sqlite" in answer.json()["detail"]
