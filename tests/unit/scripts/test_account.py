"""`padan account`: the first operator gets in, and a lost password is chosen again."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from scripts import account

PASSWORD = "empat kata biasa saja"  # pragma: allowlist secret
Command = Callable[..., str]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run ``padan account`` over an empty database; give what it prints."""
    monkeypatch.setenv("PADAN_DATABASE_URL", f"sqlite:///{tmp_path / 'padan.db'}")
    monkeypatch.setenv("PADAN_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("PADAN_ARTIFACT", str(tmp_path / "nowhere"))
    parser = argparse.ArgumentParser()
    account.register(parser.add_subparsers())

    def run(*words: str) -> str:
        arguments = parser.parse_args(["account", *words])
        assert arguments.run(arguments) == 0
        return capsys.readouterr().out

    return run


def chosen(client: TestClient, login: str, printed: str) -> int:
    """Choose a password with the printed code, sign in, and return the status of that."""
    found = re.search(r"code (\d{10}),", printed)
    assert found is not None, printed
    client.post("/v1/auth/reset", json={"login": login, "code": found[1], "secret": PASSWORD})
    return client.post("/v1/auth/token", json={"login": login, "password": PASSWORD}).status_code


def test_the_first_operator_opens_an_account_on_an_empty_database(command: Command) -> None:
    printed = command("open", "operator.satu")
    assert chosen(TestClient(create_app(Settings())), "operator.satu", printed) == 200


def test_a_lost_password_is_chosen_again(command: Command) -> None:
    command("open", "petugas.ende", "--role", "counter", "--province", "53")
    assert chosen(TestClient(create_app(Settings())), "petugas.ende", command("reset", "petugas.ende")) == 200


def test_a_login_that_is_taken_unknown_or_unusable_is_refused(command: Command) -> None:
    command("open", "operator.satu")
    with pytest.raises(InvalidInput, match="has an account already"):
        command("open", "Operator.Satu")
    with pytest.raises(UnknownIdentifier, match="no open account"):
        command("reset", "operator.dua")
    with pytest.raises(InvalidInput, match="choose another"):
        command("open", "0812 3456 7890")
