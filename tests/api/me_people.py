"""People of the tiny world who are signed in, and what they send to ``/v1/me``: shared by the tests of those calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx2 import Response

from api.storage.counter import CounterSession, begin_counter_session
from api.storage.people import add_certificates, change_person
from matcher.domain.records import Certificate
from matcher.engine.artifacts import Artifact
from tests.api.security.conftest import Clock, House, Opener

COOK = Certificate("Memasak masakan Nusantara bagi Juru Masak", "c-cook", evidence="passed")


@dataclass
class Alumna:
    """Somebody signed in, with the header of their program."""

    house: House
    alumnus_id: str
    headers: dict[str, str]

    def get(self, path: str = "", **headers: str) -> Response:
        """Read something of their own."""
        return self.house.at().get(f"/v1/me{path}", headers=self.headers | headers)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Response:
        """Write something of their own."""
        return self.house.at().request(method, f"/v1/me{path}", json=body, headers=self.headers | headers)

    def wait(self, **passed: float) -> None:
        """Let time pass in the world."""
        self.house.app.state.serving.clock.pass_by(**passed)

    def slate(self, query: str = "") -> dict[str, Any]:
        """Return their recommendations."""
        answer = self.get(f"/recommendations{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()


def house_of(opened: Opener, world: Artifact, folder: Path) -> House:
    """Return the service over the tiny world; its world has a clock of its own, so that no sign-in ends with it."""
    house = opened(artifact=world.folder, cache=world.cache_folder, erasures=folder / "erasures.jsonl")
    house.app.state.serving = replace(house.app.state.serving, clock=Clock())
    return house


def alumna(house: House, *consents: str, certificates: tuple[Certificate, ...] = (COOK,), **about: Any) -> Alumna:
    """Return somebody registered over HTTP, who lives in Kota Bandung and learned to cook."""
    signed_in = house.register(consents=list(consents), **about)
    alumnus_id = signed_in["account"]["alumnus_id"]
    with house.database.session.begin() as session:
        add_certificates(session, alumnus_id, certificates)
        known = {"province_code": "32", "district_code": "32.73", "education": "SMA"}
        change_person(session, alumnus_id, known, version=1)
    return Alumna(house, alumnus_id, house.bearer(signed_in))


def at_counter(house: House, person: Alumna, receipt_no: str = "K-7") -> Alumna:
    """Return the same person as an officer acts for them in a counter session."""
    officer, now = house.officer("counter"), house.clock()
    account_id = officer["account"]["account_id"]
    with house.database.session.begin() as session:
        begun = CounterSession(uuid4().hex, account_id, person.alumnus_id, receipt_no, now)
        begin_counter_session(session, begun)
    claims = house.security.tokens.read(officer["access_token"], now=now)
    token = house.security.tokens.sign(replace(claims, receipt_no=receipt_no), now=now)
    return Alumna(house, person.alumnus_id, {"Authorization": f"Bearer {token}"})
