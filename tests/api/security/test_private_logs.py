"""Whatever happens at the door, neither logs nor answers to others hold anybody's words."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.logs import JsonLines
from tests.api.security.conftest import PASSWORD, PHONE, PIN, House
from tests.api.security.test_browser import entered


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, by anybody."""
    text = io.StringIO()
    listening = logging.StreamHandler(text)
    listening.setFormatter(JsonLines())
    loggers = [logging.getLogger(name) for name in (None, "api", "uvicorn", "sqlalchemy.engine")]
    for logger in loggers:
        logger.addHandler(listening)
    yield text
    for logger in loggers:
        logger.removeHandler(listening)


def test_logs_hold_no_telephone_no_secret_no_name_no_token_and_no_address(house: House, written: io.StringIO) -> None:
    signed_in = house.register()
    browser = house.at("198.51.100.7")
    entered(browser)
    renewed = house.post("refresh", {"refresh_token": signed_in["refresh_token"]}).json()
    officer = house.officer("counter", "petugas.ende")
    code = house.post("reset-codes", {"account_id": signed_in["account"]["account_id"]}, **house.bearer(officer)).json()
    house.post("reset", {"phone": PHONE, "code": code["code"], "secret": "205846"})
    house.sign_in(pin="381904")
    house.post("register", {"phone": PHONE, "pin": "xxx", "name": "Ibu Sari", "birth_on": "1994-03-05"})
    house.at().get("/v1/auth/openid/callback?code=kode-rahasia&state=Sari")
    tokens = [one[name] for one in (signed_in, renewed, officer) for name in ("access_token", "refresh_token")]
    secret = [*tokens, browser.cookies["padan_session"], browser.cookies["padan_device"], code["code"], PIN, PASSWORD]
    secret += [values["code"] for _, values in house.messages() if "code" in values]
    words = [
        "3456",
        "81234567890",
        "Sari",
        "1994-03-05",
        "petugas.ende",
        "205846",
        "381904",
        "kode-rahasia",
        "198.51.100",
    ]
    assert written.getvalue().count("served") >= 10
    assert [word for word in [*secret, *words] if word in written.getvalue()] == []


def test_a_failing_statement_does_not_log_its_values(house: House, written: io.StringIO) -> None:
    house.register()
    with house.database.session.begin() as session:
        session.connection().exec_driver_sql("DROP TABLE sign_in_attempts")
    client = TestClient(house.app, raise_server_exceptions=False)
    answer = client.post("/v1/auth/token", json={"phone": PHONE, "pin": PIN})
    assert answer.status_code in {500, 503}
    assert not any(word in answer.text for word in ("812 3456", "8123456", "bucket"))
    assert not any(word in written.getvalue() for word in ("812 3456", "8123456", PIN))
