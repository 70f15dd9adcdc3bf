"""Browser sessions: cookies that scripts can not read, and forms that only our own pages can send."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from api.security.sessions import own_path
from api.storage.accounts import set_active
from tests.api.security.conftest import PHONE, PIN, House, Opener

FORM = {"phone": PHONE, "pin": PIN}


def proof(browser: TestClient) -> str:
    """Return the token for the next form of this browser."""
    return browser.get("/v1/auth/session").json()["csrf_token"]


def entered(browser: TestClient, **changes: str) -> Response:
    """Send the sign-in form."""
    return browser.post("/v1/auth/session", data={**FORM, "csrf_token": proof(browser), **changes})


def who(browser: TestClient) -> str | None:
    """Return the role of who is signed in in this browser."""
    account = browser.get("/v1/auth/session").json()["account"]
    return account and account["role"]


def test_the_form_signs_a_browser_in_and_goes_on(house: House) -> None:
    house.register()
    browser = house.at()
    answer = entered(browser, next="/v1/vacancies?province=32")
    assert (answer.status_code, answer.headers["location"]) == (303, "/v1/vacancies?province=32")
    assert who(browser) == "alumnus" and answer.headers["cache-control"] == "no-store"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(house: House) -> None:
    house.register()
    cookies = entered(house.at()).headers.get_list("set-cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"padan_session", "padan_device"}
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_over_https_cookies_never_leave_https(opened: Opener) -> None:
    house = opened(public_url="https://padan.example")
    house.register()
    browser = TestClient(house.app, base_url="https://padan.example", follow_redirects=False)
    cookies = entered(browser).headers.get_list("set-cookie")
    assert all(re.match(r"__Host-padan_\w+=", cookie) and "Secure" in cookie for cookie in cookies)
    assert who(browser) == "alumnus"


def test_a_wrong_pin_sets_no_session(house: House) -> None:
    house.register()
    browser = house.at()
    assert entered(browser, pin="205846").status_code == 401 and who(browser) is None


def test_a_form_of_another_site_signs_nobody_in(house: House) -> None:
    house.register()
    browser = house.at()
    token = proof(browser)
    lies = [
        browser.post("/v1/auth/session", data=FORM),
        browser.post("/v1/auth/session", data={**FORM, "csrf_token": "0" * 64}),
        house.at().post("/v1/auth/session", data={**FORM, "csrf_token": token}),
        browser.post("/v1/auth/session", data={**FORM, "csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}),
        browser.post("/v1/auth/session", data={**FORM, "csrf_token": token}, headers={"Sec-Fetch-Site": "same-site"}),
        browser.post(
            "/v1/auth/session", data={**FORM, "csrf_token": token}, headers={"Origin": "https://evil.example"}
        ),
    ]
    assert {answer.status_code for answer in lies} == {403} and who(browser) is None
    fine = browser.post("/v1/auth/session", data={**FORM, "csrf_token": token}, headers={"Origin": "http://testserver"})
    assert fine.status_code == 303


def test_a_write_with_the_cookie_alone_is_refused(house: House) -> None:
    house.register()
    browser = house.at()
    entered(browser)
    body = {"current": PIN, "secret": "205846"}
    assert browser.post("/v1/auth/password", json=body).status_code == 403
    assert browser.post("/v1/auth/session/end").status_code == 403
    assert who(browser) == "alumnus"
    assert browser.post("/v1/auth/password", json=body, headers={"X-CSRF-Token": proof(browser)}).status_code == 204
    assert who(browser) is None


def test_the_token_of_another_session_is_refused(house: House) -> None:
    house.register()
    mine, other = house.at(), house.at()
    before = proof(mine)
    entered(mine)
    entered(other)
    for token in (proof(other), before):
        assert mine.post("/v1/auth/session/end", data={"csrf_token": token}).status_code == 403


def test_signing_out_ends_the_session_though_the_cookie_be_kept(house: House) -> None:
    house.register()
    browser = house.at()
    entered(browser)
    kept = browser.cookies["padan_session"]
    answer = browser.post("/v1/auth/session/end", data={"csrf_token": proof(browser)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "padan_session" not in browser.cookies
    browser.cookies.set("padan_session", kept)
    assert who(browser) is None


def test_a_session_ends_after_its_hours(house: House) -> None:
    house.register()
    browser = house.at()
    entered(browser)
    house.clock.pass_by(hours=11)
    assert who(browser) == "alumnus"
    house.clock.pass_by(hours=2)
    assert who(browser) is None


def test_a_session_survives_neither_a_changed_pin_nor_a_closed_account(house: House) -> None:
    signed_in, browser = house.register(), house.at()
    entered(browser)
    house.post("password", {"current": PIN, "secret": "205846"}, **house.bearer(signed_in))
    assert who(browser) is None
    entered(browser, pin="205846")
    assert who(browser) == "alumnus"
    with house.database.session.begin() as session:
        set_active(session, signed_in["account"]["account_id"], False, now=house.clock())
    assert who(browser) is None


def test_signing_in_again_ends_the_session_before(house: House) -> None:
    house.register()
    browser = house.at()
    entered(browser)
    before = browser.cookies["padan_session"]
    assert entered(browser).status_code == 303 and who(browser) == "alumnus"
    assert who(house.at(Cookie=f"padan_session={before}")) is None


def test_any_other_cookie_signs_nobody_in(house: House) -> None:
    signed_in = house.register()
    browser = house.at()
    entered(browser)
    session_id = browser.cookies["padan_session"].split(".")[0]
    for text in ("", "x", "x.y", f"{session_id}.", f"{session_id}.x", signed_in["refresh_token"]):
        assert who(house.at(Cookie=f"padan_session={text}")) is None


def test_a_cookie_renews_no_program_and_a_refresh_token_opens_no_browser(house: House) -> None:
    house.register()
    browser = house.at()
    entered(browser)
    answer = house.post("refresh", {"refresh_token": browser.cookies["padan_session"]})
    assert answer.status_code == 401


def test_a_known_browser_is_not_closed_by_a_neighbour(house: House) -> None:
    house.register()
    browser = house.at()
    entered(browser)
    for _ in range(6):
        house.sign_in(pin="205846")
    assert house.sign_in().status_code == 429
    assert entered(browser).status_code == 303


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "\t//evil", "/ü"],
)
def test_nobody_is_sent_to_another_site_after_signing_in(address: str) -> None:
    assert own_path(address) == "/"


@given(st.text())
def test_where_one_goes_is_always_a_path_of_this_site(text: str) -> None:
    assert re.match(r"/(?![/\\])", own_path(text) + "x")


def test_a_broken_form_is_refused(house: House) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = house.at().post("/v1/auth/session", content=b"--x\r\nbroken", headers=headers)
    assert answer.status_code == 422
