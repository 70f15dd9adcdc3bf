"""Signing in through an issuer: only to an account that was linked before, by its holder, in this browser."""

from __future__ import annotations

import pytest
import requests
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from api.clock import clock
from api.security.roles import Role
from api.storage.accounts import set_active
from tests.api.security.conftest import PASSWORD, House, Opener
from tests.api.security.issuer import CLIENT_ID, CLIENT_SECRET
from tests.api.security.test_browser import proof, who
from tests.api.security.test_openid import issuer, order

__all__ = ["issuer"]


@pytest.fixture
def linked_house(opened: Opener, issuer: str) -> House:
    """The service with the issuer configured. Its clock is the real one, as the issuer's is."""
    house = opened(
        openid_issuer=issuer, openid_client_id=CLIENT_ID, openid_client_secret=SecretStr(CLIENT_SECRET),
        public_url="http://testserver",
    )  # fmt: skip
    house.clock.now = clock(None)()
    order(issuer)
    return house


def visited(browser: TestClient, address: str) -> Response:
    """Go to the issuer as the browser does, and come back."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    return browser.get(answer.headers["location"].removeprefix("http://testserver"))


def signed_in_browser(house: House, role: Role = "pmo") -> tuple[TestClient, str]:
    """Return a browser in which an officer signed in with a password, and the officer's account."""
    account_id = house.officer(role, "petugas.ende")["account"]["account_id"]
    browser = house.at()
    form = {"login": "petugas.ende", "password": PASSWORD, "csrf_token": proof(browser)}
    assert browser.post("/v1/auth/session", data=form).status_code == 303
    return browser, account_id


def linked(browser: TestClient) -> Response:
    """Link the account of this browser to whoever signs in at the issuer."""
    begun = browser.post("/v1/auth/openid/link", headers={"X-CSRF-Token": proof(browser)})
    assert begun.status_code == 200, begun.text
    return visited(browser, begun.json()["address"])


def through_issuer(house: House) -> tuple[TestClient, Response]:
    """Sign a fresh browser in through the issuer."""
    browser = house.at()
    started = browser.get("/v1/auth/openid/start")
    assert started.status_code == 303
    return browser, visited(browser, started.headers["location"])


def test_a_linked_subject_signs_in(linked_house: House) -> None:
    browser, _ = signed_in_browser(linked_house)
    assert linked(browser).status_code == 303
    fresh, answer = through_issuer(linked_house)
    assert (answer.status_code, answer.headers["location"], who(fresh)) == (303, "/", "pmo")


def test_a_subject_that_was_never_linked_gets_in_nowhere_and_no_account(linked_house: House, issuer: str) -> None:
    browser, _ = signed_in_browser(linked_house)
    linked(browser)
    order(issuer, subject="orang-asing")
    fresh, answer = through_issuer(linked_house)
    assert answer.status_code == 403 and who(fresh) is None


def test_a_closed_account_is_closed_to_its_subject(linked_house: House) -> None:
    browser, account_id = signed_in_browser(linked_house)
    linked(browser)
    with linked_house.database.session.begin() as session:
        set_active(session, account_id, False, now=linked_house.clock())
    fresh, answer = through_issuer(linked_house)
    assert answer.status_code == 403 and who(fresh) is None


def test_a_subject_belongs_to_one_account(linked_house: House) -> None:
    browser, _ = signed_in_browser(linked_house)
    assert linked(browser).status_code == 303
    assert linked(browser).status_code == 409


def test_a_link_is_begun_from_the_own_page_and_finished_in_the_own_session(linked_house: House) -> None:
    browser, _ = signed_in_browser(linked_house)
    assert browser.post("/v1/auth/openid/link").status_code == 403
    begun = browser.post("/v1/auth/openid/link", headers={"X-CSRF-Token": proof(browser)})
    browser.post("/v1/auth/session/end", data={"csrf_token": proof(browser)})
    assert visited(browser, begun.json()["address"]).status_code == 401


def test_an_answer_of_the_issuer_counts_only_in_the_browser_that_asked(linked_house: House) -> None:
    browser, _ = signed_in_browser(linked_house)
    linked(browser)
    started = linked_house.at().get("/v1/auth/openid/start")
    other = linked_house.at()
    assert visited(other, started.headers["location"]).status_code == 401
    other.get("/v1/auth/openid/start")
    assert visited(other, started.headers["location"]).status_code == 401 and who(other) is None


@pytest.mark.parametrize("fault", ["nonce", "key", "none"])
def test_a_lying_issuer_signs_nobody_in(linked_house: House, issuer: str, fault: str) -> None:
    browser, _ = signed_in_browser(linked_house)
    linked(browser)
    order(issuer, fault=fault)
    fresh, answer = through_issuer(linked_house)
    assert answer.status_code == 401 and who(fresh) is None


def test_a_program_links_nothing(linked_house: House) -> None:
    officer = linked_house.bearer(linked_house.officer("pmo"))
    assert linked_house.post("openid/link", **officer).status_code == 403


def test_without_an_issuer_there_is_no_such_way_in(house: House) -> None:
    assert house.at().get("/v1/auth/openid/start").status_code == 404


def test_a_visitor_without_a_sign_in_under_way_is_refused(linked_house: House) -> None:
    assert linked_house.at().get("/v1/auth/openid/callback?code=x&state=y").status_code == 401
    assert linked_house.at().get("/v1/auth/openid/callback?error=access_denied").status_code == 401


def test_an_issuer_that_is_away_leaves_the_other_way_in(opened: Opener) -> None:
    house = opened(openid_issuer="http://127.0.0.1:9")
    answer = house.at().get("/v1/auth/openid/start")
    assert answer.status_code == 503 and answer.json()["type"] == "/docs#issuer-unavailable"
    assert house.is_in(house.officer("pmo"))
