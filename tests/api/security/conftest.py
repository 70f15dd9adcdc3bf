"""Fixtures of the security suite: the whole service over each database, its clock in the test's hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.database import Database
from api.security.guard import Security
from api.security.passwords import Passwords
from api.security.resets import open_account
from api.security.roles import Role
from api.settings import Settings
from api.storage.employers import Employer, add_employer
from api.storage.outbox import waiting_messages
from tests.api.databases import database, database_url, empty_database_url, migrated_url, postgresql_url

__all__ = ["database", "database_url", "empty_database_url", "migrated_url", "postgresql_url"]

PHONE, PIN = "0812 3456 7890", "493817"
PASSWORD = "empat kata biasa saja"  # pragma: allowlist secret


class Clock:
    """The time, moved by the test."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time; it never stands quite still."""
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_by(self, **passed: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passed)


@dataclass
class House:
    """The running service, and what a test does at its door."""

    app: FastAPI
    settings: Settings
    clock: Clock
    waits: list[float] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """The opened database."""
        return self.app.state.serving.database

    @property
    def security(self) -> Security:
        """Keys and all."""
        return self.app.state.serving.security

    def at(self, address: str = "198.51.100.7", **headers: str) -> TestClient:
        """Return a fresh client at a network address, without cookies; it follows no redirect."""
        return TestClient(self.app, client=(address, 4242), headers=headers, follow_redirects=False)

    def post(
        self, path: str, body: dict[str, Any] | None = None, *, address: str = "198.51.100.7", **headers: str
    ) -> Response:
        """Send a write as a program at an address would."""
        return self.at(address).post(f"/v1/auth/{path}", json=body, headers=headers)

    def messages(self) -> list[tuple[str, dict[str, str]]]:
        """Return template and values of what waits in the outbox, as a sender with the keys reads it."""
        with self.database.reading() as reading:
            waiting = waiting_messages(reading)
        opened = [self.security.keys.decrypt(one.payload["sealed"], about=one.message_id) for one in waiting]
        return [(one.template, json.loads(text)) for one, text in zip(waiting, opened, strict=True)]

    def register(self, phone: str = PHONE, pin: str = PIN, **changes: Any) -> dict[str, Any]:
        """Register an alumnus to the end; return the sign-in."""
        body = {"phone": phone, "pin": pin, "name": "Ibu Sari", "birth_on": "1994-03-05", **changes}
        begun = self.post("register", body)
        assert begun.status_code == 202, begun.text
        code = self.messages()[-1][1]["code"]
        done = self.post("verify", {"registration_id": begun.json()["registration_id"], "code": code})
        assert done.status_code == 201, done.text
        return done.json()

    def officer(self, role: Role, login: str = "") -> dict[str, Any]:
        """Open an account of an officer or employer; return its sign-in."""
        login = login or f"petugas.{role}.{uuid4().hex}"
        now = self.clock()
        with self.database.session.begin() as session:
            employer_id = None
            if role == "employer":
                employer_id = f"e-{uuid4().hex}"
                add_employer(session, Employer(employer_id, "Warung Sari Rasa"))
            code = open_account(session, self.security, role, login, now=now, employer_id=employer_id)
        done = self.post("reset", {"login": login, "code": code.code, "secret": PASSWORD}, address="192.0.2.200")
        assert done.status_code == 204, done.text
        answer = self.post("token", {"login": login, "password": PASSWORD}, address="192.0.2.200")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sign_in(self, phone: str = PHONE, pin: str = PIN, *, address: str = "198.51.100.7", **headers: str) -> Response:
        """Try to sign an alumnus in."""
        return self.post("token", {"phone": phone, "pin": pin}, address=address, **headers)

    @staticmethod
    def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
        """Return the header that a signed-in program sends."""
        return {"Authorization": f"Bearer {signed_in['access_token']}"}

    def is_in(self, signed_in: dict[str, Any]) -> bool:
        """Return whether the access token of a sign-in still opens anything."""
        answer = self.at().get("/v1/auth/session", headers=self.bearer(signed_in))
        assert answer.status_code in {200, 401}
        return answer.status_code == 200


Opener = Callable[..., House]


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Iterator[Opener]:
    """Start the service with some settings changed; quick hashes, a clock that the test moves, and no waiting."""
    houses: list[House] = []

    def start(**changes: Any) -> House:
        settings = Settings(
            artifact=tmp_path / "nowhere", cache=tmp_path, database_url=database_url, keys=tmp_path / "keys",
            artifacts=tmp_path / "artifacts", erasures=tmp_path / "erasures.jsonl", show_outbox=True,
            registers=tmp_path / "registers",
        ).model_copy(update=changes)  # fmt: skip
        house = House(create_app(settings), settings, Clock())
        serving = house.app.state.serving
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        passwords = Passwords(serving.security.keys, hasher=quick)

        async def sleep(seconds: float) -> None:
            house.waits.append(seconds)

        house.app.state.serving = replace(
            serving, security=replace(serving.security, passwords=passwords), wall_clock=house.clock, sleep=sleep
        )
        houses.append(house)
        return house

    yield start
    for house in houses:
        house.database.close()


@pytest.fixture
def house(opened: Opener) -> House:
    """The service as it is configured by default, but for a readable outbox."""
    return opened()
