"""Signing in: what a token opens, for how long, and everything that ends it at once."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher

from api.security.keys import activate_secret, add_secret
from api.security.passwords import Passwords
from api.security.tokens import Claims
from api.storage.accounts import account_of, accounts_of_login, set_active
from api.storage.erasure import Erasure, erase_person
from api.storage.sign_ins import session_of
from tests.api.security.conftest import PASSWORD, PHONE, PIN, House, Opener


def test_an_alumnus_signs_in_with_telephone_and_pin_however_it_is_written(house: House) -> None:
    registered = house.register("0812 3456 7890")
    answers = [house.sign_in(phone) for phone in ("081234567890", "+62 812-3456-7890", "62812 3456 7890")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.json()["account"]["account_id"] for answer in answers} == {registered["account"]["account_id"]}
    assert answers[0].headers["cache-control"] == "no-store"


@pytest.mark.parametrize("role", ["employer", "counter", "pmo", "operator"])
def test_officers_and_employers_sign_in_with_login_and_password(house: House, role: str) -> None:
    signed_in = house.officer(role, "Petugas.Ende")  # type: ignore[arg-type]
    assert signed_in["account"]["role"] == role and house.is_in(signed_in)
    assert house.post("token", {"login": "petugas.ENDE ", "password": PASSWORD}).status_code == 200


def test_unknown_login_wrong_secret_and_closed_account_are_told_alike(house: House) -> None:
    closed = house.register("0813 0000 1111")["account"]["account_id"]
    house.register()
    with house.database.session.begin() as session:
        set_active(session, closed, False, now=house.clock())
    answers = [house.sign_in(pin="205846"), house.sign_in("0814 9999 8888"), house.sign_in("0813 0000 1111")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({(answer.json()["detail"], answer.json()["type"]) for answer in answers}) == 1
    assert answers[0].headers["www-authenticate"] == 'Bearer realm="padan"'


class CountingHasher(PasswordHasher):
    """A hasher that counts how many hashes it computed."""

    n_computed = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """Hash, and count it."""
        self.n_computed += 1
        return super().hash(password, salt=salt)


def test_a_sign_in_to_an_unknown_login_computes_a_hash_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.register()
    hasher = CountingHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(house.security.passwords, "_hasher", hasher)
    computed = []
    for attempt in (lambda: house.sign_in(), lambda: house.sign_in("0814 9999 8888")):
        attempt()
        computed.append(hasher.n_computed)
    assert computed == [1, 2]


def test_an_unusable_body_is_refused_without_being_repeated(house: House) -> None:
    bodies: list[dict[str, Any]] = [
        {},
        {"phone": PHONE},
        {"phone": PHONE, "password": PASSWORD},
        {"phone": PHONE, "pin": PIN, "login": "a"},
        {"phone": "12", "pin": PIN},
        {"login": PHONE, "password": PASSWORD},
        {"phone": PHONE, "pin": PIN, "role": "operator"},
        {"phone": PHONE, "pin": 493817},
        {"phone": PHONE, "pin": "4" * 5000},
        {"phone": ["0812 3456"], "pin": PIN},
        {"phone": PHONE, "pin": PIN, "birth_on": "0812 3456"},
    ]
    answers = [house.post("token", body) for body in bodies]
    assert {answer.status_code for answer in answers} == {422}
    assert not any(word in answer.text for word in (PIN, PASSWORD, "812 3456", "8123456") for answer in answers)


def test_an_access_token_ends_after_its_minutes(house: House) -> None:
    signed_in = house.register()
    house.clock.pass_by(minutes=14)
    assert house.is_in(signed_in)
    house.clock.pass_by(minutes=2)
    assert not house.is_in(signed_in)


def test_a_refresh_token_works_once_and_its_second_use_ends_the_sign_in(house: House) -> None:
    first = house.register()
    second = house.post("refresh", {"refresh_token": first["refresh_token"]})
    assert second.status_code == 200 and house.is_in(second.json())
    assert house.post("refresh", {"refresh_token": first["refresh_token"]}).status_code == 401
    assert not house.is_in(second.json())
    assert house.post("refresh", {"refresh_token": second.json()["refresh_token"]}).status_code == 401


def test_a_refresh_token_lives_from_its_last_use(house: House) -> None:
    signed_in = house.register()
    for _ in range(3):
        house.clock.pass_by(days=29)
        answer = house.post("refresh", {"refresh_token": signed_in["refresh_token"]})
        assert answer.status_code == 200
        signed_in = answer.json()
    house.clock.pass_by(days=31)
    assert house.post("refresh", {"refresh_token": signed_in["refresh_token"]}).status_code == 401


def test_any_other_text_renews_nothing(house: House) -> None:
    tokens = ["", ".", "x", "x.y", "'; DROP TABLE accounts; --", "ä.ö", "a" * 200, "\x00.\x00"]
    answers = [house.post("refresh", {"refresh_token": token}).status_code for token in tokens]
    assert answers[:-1] == [401] * 7 and answers[-1] == 422


def test_a_changed_refresh_token_renews_nothing_and_harms_nobody(house: House) -> None:
    signed_in = house.register()
    session_id = signed_in["refresh_token"].split(".")[0]
    assert house.post("refresh", {"refresh_token": f"{session_id}.guessed"}).status_code == 401
    assert house.is_in(signed_in)
    assert house.post("refresh", {"refresh_token": signed_in["refresh_token"]}).status_code == 200


def test_signing_out_ends_this_sign_in_at_once_and_no_other(house: House) -> None:
    first, second = house.register(), house.sign_in().json()
    assert house.post("sign-out", **house.bearer(first)).status_code == 204
    assert not house.is_in(first) and house.is_in(second)
    assert house.post("refresh", {"refresh_token": first["refresh_token"]}).status_code == 401


def test_changing_the_pin_ends_every_sign_in_at_once(house: House) -> None:
    first, second = house.register(), house.sign_in().json()
    changed = house.post("password", {"current": PIN, "secret": "205846"}, **house.bearer(first))
    assert changed.status_code == 204
    assert not house.is_in(first) and not house.is_in(second)
    assert house.post("refresh", {"refresh_token": second["refresh_token"]}).status_code == 401
    assert [house.sign_in(pin=pin).status_code for pin in (PIN, "205846")] == [401, 200]


def test_a_pin_is_changed_by_who_knows_it_to_one_that_may_be_used(house: House) -> None:
    signed_in = house.register()
    bodies = [
        {"current": "205846", "secret": "381904"},
        {"current": PIN, "secret": "123456"},
        {"current": PIN, "secret": "050394"},
        {"current": PIN, "secret": "38190"},
        {"current": PIN, "secret": "381904", "account_id": "other"},
    ]
    answers = [house.post("password", body, **house.bearer(signed_in)).status_code for body in bodies]
    assert answers == [401, 422, 422, 422, 422]
    assert house.is_in(signed_in)


def test_a_stolen_token_can_not_guess_the_pin_behind_it(house: House) -> None:
    stolen = house.bearer(house.register())
    answers = [
        house.post("password", {"current": f"20584{n}", "secret": "381904"}, **stolen).status_code for n in range(7)
    ]
    assert answers == [401] * 5 + [429] * 2


def test_closing_an_account_ends_it_at_once_and_opening_it_revives_no_token(house: House) -> None:
    signed_in, operator = house.register(), house.officer("operator")
    path = f"/v1/auth/accounts/{signed_in['account']['account_id']}"
    assert house.at().patch(path, json={"is_active": False}, headers=house.bearer(operator)).status_code == 204
    assert not house.is_in(signed_in) and house.sign_in().status_code == 401
    assert house.at().patch(path, json={"is_active": True}, headers=house.bearer(operator)).status_code == 204
    assert not house.is_in(signed_in) and house.sign_in().status_code == 200


def test_an_erased_person_is_out_at_once_everywhere(house: House) -> None:
    signed_in = house.register()
    erased = Erasure(house.security.keys.hashed("erasure", signed_in["account"]["alumnus_id"]), house.clock())
    with house.database.session.begin() as session:
        erase_person(session, signed_in["account"]["alumnus_id"], erased)
    assert not house.is_in(signed_in) and house.sign_in().status_code == 401
    assert house.post("refresh", {"refresh_token": signed_in["refresh_token"]}).status_code == 401
    assert house.register()["account"]["alumnus_id"] != signed_in["account"]["alumnus_id"]


def test_an_operator_does_not_close_the_own_account(house: House) -> None:
    operator = house.officer("operator")
    path = f"/v1/auth/accounts/{operator['account']['account_id']}"
    answer = house.at().patch(path, json={"is_active": False}, headers=house.bearer(operator))
    assert answer.status_code == 409 and house.is_in(operator)


def test_an_unknown_account_is_not_closed(house: House) -> None:
    operator = house.bearer(house.officer("operator"))
    answer = house.at().patch("/v1/auth/accounts/nobody", json={"is_active": False}, headers=operator)
    assert answer.status_code == 404


def test_any_other_authorization_is_refused(house: House) -> None:
    for header in ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer x.y.z", "bearer  a b"):
        assert house.at().get("/v1/auth/session", headers={"Authorization": header}).status_code == 401


def test_a_token_of_another_sign_in_or_epoch_is_refused_though_well_signed(house: House) -> None:
    mine = house.register()
    other = house.register("0813 0000 1111")
    sessions = [one["refresh_token"].split(".")[0] for one in (mine, other)]
    account_id = mine["account"]["account_id"]
    for claims in (
        Claims(account_id, 0, sessions[1]),
        Claims(account_id, 1, sessions[0]),
        Claims(account_id, 0, "none"),
        Claims("nobody", 0, sessions[0]),
        Claims(account_id, 0, sessions[0], receipt_no="R-1"),
    ):
        token = house.security.tokens.sign(claims, now=house.clock())
        assert not house.is_in({"access_token": token}), claims
    kept = house.security.tokens.sign(Claims(account_id, 0, sessions[0]), now=house.clock())
    assert house.is_in({"access_token": kept})


def test_a_rotated_key_keeps_everybody_in_and_hashes_anew_at_the_next_sign_in(opened: Opener) -> None:
    before = opened()
    signed_in = before.register()
    add_secret(before.settings.keys, "second")
    activate_secret(before.settings.keys, "second")
    after = opened()
    assert after.is_in(signed_in)
    again = after.sign_in()
    assert again.status_code == 200
    with after.database.reading() as reading:
        stored = accounts_of_login(reading, after.security.keys.hashes("login", "+6281234567890")[:1])
    assert [one.account_id for one in stored] == [signed_in["account"]["account_id"]]
    assert after.sign_in().status_code == 200


def test_hashes_of_older_parameters_are_replaced_at_the_next_sign_in(house: House) -> None:
    account_id = house.register()["account"]["account_id"]
    stronger = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    object.__setattr__(house.security, "passwords", Passwords(house.security.keys, hasher=stronger))
    assert house.sign_in().status_code == 200
    with house.database.reading() as reading:
        stored = account_of(reading, account_id)
    assert stored is not None and (stored.secret_hash or "").startswith("$argon2id$v=19$m=64,t=2,")
    assert house.sign_in().status_code == 200


def test_neither_secret_nor_token_nor_telephone_stands_in_the_database(house: House) -> None:
    signed_in = house.register()
    session_id, secret = signed_in["refresh_token"].split(".")
    with house.database.reading() as reading:
        stored = session_of(reading, session_id)
        account = account_of(reading, signed_in["account"]["account_id"])
    assert stored is not None and account is not None
    told = f"{stored.secret_hash} {account.login} {account.secret_hash}"
    assert not any(word in told for word in (secret, PIN, "81234567890"))
