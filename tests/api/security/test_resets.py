"""A forgotten PIN: only an officer's code opens an account again, and the person is told."""

from __future__ import annotations

from api.storage.trail import accesses_of
from tests.api.security.conftest import PASSWORD, PHONE, PIN, House

FRESH = "205846"


def handed_over(house: House, account: dict[str, str], role: str = "counter") -> str:
    """Return the code that an officer hands over."""
    officer = house.bearer(house.officer(role))  # type: ignore[arg-type]
    answer = house.post("reset-codes", {"account_id": account["account_id"]}, **officer)
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


def test_a_code_from_the_counter_gives_a_fresh_pin_and_ends_every_sign_in(house: House) -> None:
    signed_in = house.register()
    code = handed_over(house, signed_in["account"])
    assert house.is_in(signed_in)
    assert house.post("reset", {"phone": PHONE, "code": code, "secret": FRESH}).status_code == 204
    assert not house.is_in(signed_in)
    assert [house.sign_in(pin=pin).status_code for pin in (PIN, FRESH)] == [401, 200]


def test_the_person_is_told_and_sees_who_gave_the_code(house: House) -> None:
    account = house.register()["account"]
    code = handed_over(house, account)
    house.post("reset", {"phone": PHONE, "code": code, "secret": FRESH})
    assert [template for template, _ in house.messages()] == ["register_code", "reset_code_given", "secret_changed"]
    assert code not in str(house.messages())
    with house.database.reading() as reading:
        [access] = accesses_of(reading, account["alumnus_id"])
    assert (access.role, access.act) == ("counter", "reset_code")


def test_a_code_works_once_in_its_half_hour_and_for_its_own_login(house: House) -> None:
    account = house.register()["account"]
    other = house.register("0813 0000 1111")["account"]
    code, late = handed_over(house, account), handed_over(house, other)
    given = {"phone": PHONE, "code": code, "secret": FRESH}
    elsewhere = house.post("reset", {**given, "phone": "0813 0000 1111"}, address="192.0.2.3").status_code
    answers = [house.post("reset", given).status_code for _ in range(2)]
    house.clock.pass_by(minutes=31)
    too_late = house.post("reset", {"phone": "0813 0000 1111", "code": late, "secret": FRESH}).status_code
    assert [elsewhere, *answers, too_late] == [401, 204, 401, 401]


def test_a_pin_that_may_not_be_used_leaves_the_code_as_it_is(house: House) -> None:
    code = handed_over(house, house.register()["account"])
    answers = [
        house.post("reset", {"phone": PHONE, "code": code, "secret": pin}).status_code
        for pin in ("123456", "050394", "12", FRESH)
    ]
    assert answers == [422, 422, 422, 204]


def test_in_a_family_the_code_belongs_to_one_person(house: House) -> None:
    sari = house.register(name="Ibu Sari", pin="493817")["account"]
    budi = house.register(name="Pak Budi", pin="381904", birth_on="1990-07-19")["account"]
    house.post("reset", {"phone": PHONE, "code": handed_over(house, budi), "secret": FRESH})
    told = [house.sign_in(pin=pin).json()["account"]["account_id"] for pin in ("493817", FRESH)]
    assert told == [sari["account_id"], budi["account_id"]]


def test_guessing_codes_is_held_back_like_guessing_pins(house: House) -> None:
    handed_over(house, house.register()["account"])
    guesses = [{"phone": PHONE, "code": f"{n:010d}", "secret": FRESH} for n in range(6)]
    assert [house.post("reset", guess).status_code for guess in guesses] == [401] * 5 + [429]


def test_an_unknown_telephone_is_answered_like_a_wrong_code(house: House) -> None:
    house.register()
    answers = [
        house.post("reset", {"phone": phone, "code": "1234567890", "secret": FRESH})
        for phone in (PHONE, "081499998888")
    ]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (401, "code: wrong, used or too old; ask for another where you got it")
    }


def test_counters_reset_alumni_and_operators_everybody_else(house: House) -> None:
    alumnus, officer = house.register()["account"], house.officer("pmo")["account"]
    asked = {
        (role, account["role"]): house.post(
            "reset-codes", {"account_id": account["account_id"]}, **house.bearer(house.officer(role, f"{role}.{place}"))
        ).status_code
        for role in ("counter", "operator")
        for place, account in enumerate((alumnus, officer))
    }
    assert asked == {
        ("counter", "alumnus"): 201, ("counter", "pmo"): 403, ("operator", "alumnus"): 403, ("operator", "pmo"): 201,
    }  # fmt: skip


def test_a_code_is_given_by_the_alumnus_too_and_never_for_nobody(house: House) -> None:
    alumnus_id = house.register()["account"]["alumnus_id"]
    counter = house.bearer(house.officer("counter"))
    bodies = [{"alumnus_id": alumnus_id}, {"alumnus_id": "nobody"}, {"account_id": "nobody"}, {}]
    assert [house.post("reset-codes", body, **counter).status_code for body in bodies] == [201, 404, 404, 422]


def test_an_operator_opens_accounts_whose_holders_choose_a_password(house: House) -> None:
    operator = house.bearer(house.officer("operator"))
    body = {"role": "counter", "login": "petugas.ende", "province_code": "53"}
    opened = house.post("accounts", body, **operator)
    assert opened.status_code == 201
    assert house.post("accounts", body, **operator).status_code == 409
    given = {"login": "petugas.ende", "code": opened.json()["code"]}
    answers = [house.post("reset", {**given, "secret": secret}).status_code for secret in ("pendek", PASSWORD)]
    assert answers == [422, 204]
    signed_in = house.post("token", {"login": "petugas.ende", "password": PASSWORD}).json()
    assert (signed_in["account"]["role"], signed_in["account"]["province_code"]) == ("counter", "53")


def test_an_account_without_a_password_yet_signs_nobody_in(house: House) -> None:
    operator = house.bearer(house.officer("operator"))
    house.post("accounts", {"role": "pmo", "login": "pmo.baru"}, **operator)
    assert house.post("token", {"login": "pmo.baru", "password": ""}).status_code == 401


def test_accounts_that_make_no_sense_are_refused(house: House) -> None:
    operator = house.bearer(house.officer("operator"))
    bodies = [
        {"role": "alumnus", "login": "ibu.sari"}, {"role": "employer", "login": "warung"},
        {"role": "employer", "login": "warung", "employer_id": "nobody"},
        {"role": "king", "login": "x.y"}, {"role": "pmo", "login": "a"},
        {"role": "pmo", "login": "p.mo", "employer_id": "e-1"}, {"role": "pmo", "login": "081234567890"},
        {"role": "pmo", "login": "p.mo", "is_active": False}, {"role": "pmo", "login": "p.mo", "province_code": "x"},
    ]  # fmt: skip
    assert {house.post("accounts", body, **operator).status_code for body in bodies} == {422}
