"""The guards and the sessions behind every route: on whose behalf an officer acts, and what a request leaves stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy import update

from api.dependencies import CurrentAccount, Session, require
from api.refusals import Conflicting
from api.storage.counter import CounterSession, begin_counter_session, end_counter_session
from api.storage.employers import Employer, add_employer, employer_of
from api.storage.schema.casework import counter_sessions
from tests.api.security.conftest import House

RECEIPT = "R-2026-0001"


@pytest.fixture
def counter(house: House) -> dict[str, Any]:
    """An officer who acts on behalf of a registered alumnus: both sign-ins, and the header of the counter session."""
    router = APIRouter()

    @router.get("/probe/me", dependencies=[require("alumnus")])
    def me(account: CurrentAccount) -> list[str | None]:
        return [account.alumnus_id, account.account_id, account.role]

    @router.get("/probe/me/secret", dependencies=[require("alumnus", in_person=True)])
    def secret() -> None: ...

    house.app.include_router(router)
    alumnus, officer = house.register(), house.officer("counter")
    begun = CounterSession(
        "cs-1", officer["account"]["account_id"], alumnus["account"]["alumnus_id"], RECEIPT, house.clock()
    )
    with house.database.session.begin() as session:
        begin_counter_session(session, begun)
    return {"alumnus": alumnus, "officer": officer, "begun": begun, "header": on_behalf(house, officer)}


def on_behalf(house: House, officer: dict[str, Any]) -> dict[str, str]:
    """Return the header of an officer in the counter session of the receipt."""
    said = house.security.tokens.read(officer["access_token"], now=house.clock())
    token = house.security.tokens.sign(replace(said, receipt_no=RECEIPT), now=house.clock())
    return {"Authorization": f"Bearer {token}"}


def test_an_officer_acts_as_the_alumnus_and_stays_known(house: House, counter: dict[str, Any]) -> None:
    told = house.at().get("/probe/me", headers=counter["header"]).json()
    assert told == [counter["alumnus"]["account"]["alumnus_id"], counter["officer"]["account"]["account_id"], "alumnus"]


def test_an_officer_on_behalf_does_neither_what_is_personal_nor_what_officers_do(
    house: House, counter: dict[str, Any]
) -> None:
    client = house.at(**counter["header"])
    answers = [client.get("/probe/me/secret"), client.post("/v1/auth/password", json={"current": "x", "secret": "y"})]
    answers.append(client.post("/v1/auth/reset-codes", json={"account_id": "x"}))
    assert [answer.status_code for answer in answers] == [403] * 3


def test_a_receipt_is_worth_nothing_to_another_officer(house: House, counter: dict[str, Any]) -> None:
    assert counter["begun"].receipt_no == RECEIPT
    for role in ("counter", "operator"):
        assert house.at().get("/probe/me", headers=on_behalf(house, house.officer(role))).status_code == 401


def test_an_ended_counter_session_opens_nothing(house: House, counter: dict[str, Any]) -> None:
    begun = counter["begun"]
    with house.database.session.begin() as session:
        end_counter_session(session, begun.session_id, begun.account_id, now=house.clock())
    assert house.at().get("/probe/me", headers=counter["header"]).status_code == 401


def test_a_counter_session_that_nobody_ended_is_over_after_a_working_day(house: House, counter: dict[str, Any]) -> None:
    header = on_behalf(house, counter["officer"])
    with house.database.session.begin() as session:
        long_ago = counter["begun"].begun_at - timedelta(hours=8, minutes=1)
        session.execute(update(counter_sessions).values(begun_at=long_ago))
    assert house.at().get("/probe/me", headers=house.bearer(counter["officer"])).status_code == 403
    assert house.at().get("/probe/me", headers=header).status_code == 401


def test_an_officer_who_signed_out_acts_for_nobody(house: House, counter: dict[str, Any]) -> None:
    house.post("sign-out", **house.bearer(counter["officer"]))
    assert house.at().get("/probe/me", headers=counter["header"]).status_code == 401


@pytest.fixture
def writer(house: House) -> TestClient:
    """A client of a service with routes that write an employer and then answer or fail."""
    router = APIRouter()

    @router.post("/write/{name}", dependencies=[require("anyone")])
    def write(name: str, session: Session) -> None:
        add_employer(session, Employer(name, "Warung Sari Rasa"))
        if name == "refused":
            raise Conflicting("no")
        if name == "fault":
            raise ZeroDivisionError

    house.app.include_router(router)
    return TestClient(house.app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("name", "status", "is_stored"), [("fine", 200, True), ("refused", 409, False), ("fault", 500, False)]
)
def test_what_was_written_is_stored_when_the_answer_is_given_and_gone_when_it_fails(
    house: House, writer: TestClient, name: str, status: int, is_stored: bool
) -> None:
    assert writer.post(f"/write/{name}").status_code == status
    with house.database.reading() as reading:
        assert (employer_of(reading, name) is not None) is is_stored


def test_the_commit_comes_before_the_answer(house: House, writer: TestClient) -> None:
    stored: list[bool] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def send_watched(message: Any) -> None:
            if message["type"] == "http.response.start":
                with house.database.reading() as reading:
                    stored.append(employer_of(reading, "fine") is not None)
            await send(message)

        await house.app(scope, receive, send_watched)

    assert TestClient(watched).post("/write/fine").status_code == 200
    assert stored == [True] and writer.app is house.app
