"""A counter for the tests of its calls: an officer at work, and a person to serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from httpx2 import Response

from api.security.resets import open_account
from api.storage.trail import NotedAccess, accesses_of
from tests.api.security.conftest import PASSWORD, House

PERSON = {
    "name": "Siti Aminah",
    "birth_on": "1994-03-05",
    "receipt_no": "KWT/0001",
    "consents": ["recommend", "contact"],
    "province_code": "32",
    "district_code": "32.04",
    "education": "SMA",
    "certificates": [
        {
            "title": "Menjahit pakaian bagi Penjahit",
            "course_id": "c-sew",
            "certificate_no": "PRA-77",
            "evidence": "passed",
        }
    ],
}


@dataclass
class Counter:
    """An officer at work."""

    house: House
    headers: dict[str, str]
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        """Sit down at an address."""
        self.client = self.house.at(**self.headers)

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Response:
        """Send a write of the counter."""
        return self.client.post(f"/v1/counter/{path}", json=body, headers=headers)

    def get(self, path: str, **query: str) -> Response:
        """Ask the counter."""
        return self.client.get(f"/v1/counter/{path}", params=query)

    def enrol(self, **changes: Any) -> str:
        """Register a person; return the id."""
        answer = self.post("people", {**PERSON, **changes})
        assert answer.status_code == 201, answer.text
        return answer.json()["alumnus_id"]

    def begin(self, alumnus_id: str, receipt_no: str | None = None) -> dict[str, Any]:
        """Begin a session for a person; return the visit."""
        receipt_no = receipt_no or f"KWT/{uuid4().hex[:12]}"
        answer = self.post("sessions", {"alumnus_id": alumnus_id, "receipt_no": receipt_no})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def acts(self, alumnus_id: str) -> list[str]:
        """Return what stands in a person's trail, the first one first."""
        return [one.act for one in reversed(self.trail(alumnus_id))]

    def trail(self, alumnus_id: str) -> list[NotedAccess]:
        """Return a person's trail."""
        with self.house.database.reading() as reading:
            return accesses_of(reading, alumnus_id)


def counter_of(house: House, province_code: str | None = None) -> Counter:
    """Return a counter with an officer of one province, or of every one."""
    if province_code is None:
        return Counter(house, house.bearer(house.officer("counter")))
    login, now = f"petugas.{uuid4().hex}", house.clock()
    with house.database.session.begin() as session:
        code = open_account(session, house.security, "counter", login, now=now, province_code=province_code)
    assert house.post("reset", {"login": login, "code": code.code, "secret": PASSWORD}).status_code == 204
    return Counter(house, house.bearer(house.post("token", {"login": login, "password": PASSWORD}).json()))
