"""Guessing is held back; and whoever tries to lock a person out by guessing does not succeed."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.security.conftest import PHONE, PIN, House, Opener

HOME = "198.51.100.7"


def attack(house: House, n_attempts: int, *, phone: str = PHONE) -> list[int]:
    """Guess from one fresh address after the other, five times each; return the answers."""
    return [
        house.sign_in(phone, "205846", address=f"203.0.{n // 5 // 250}.{n // 5 % 250}").status_code
        for n in range(n_attempts)
    ]


def test_five_wrong_pins_from_one_address_close_that_address_for_this_login(house: House) -> None:
    house.register()
    answers = [house.sign_in(pin="205846").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert house.sign_in().status_code == 429
    assert house.sign_in(address="192.0.2.9").status_code == 200


def test_the_refusal_says_when_the_next_attempt_is_heard_and_keeps_its_word(house: House) -> None:
    house.register()
    for _ in range(6):
        answer = house.sign_in(pin="205846")
    wait = int(answer.headers["retry-after"])
    assert answer.json()["type"] == "/docs#too-many" and 800 < wait <= 900
    house.clock.pass_by(seconds=wait - 2)
    assert house.sign_in().status_code == 429
    house.clock.pass_by(seconds=3)
    assert house.sign_in().status_code == 200


def test_refused_attempts_do_not_lengthen_the_refusal(house: House) -> None:
    house.register()
    for _ in range(30):
        house.sign_in(pin="205846")
        house.clock.pass_by(seconds=20)
    house.clock.pass_by(minutes=6)
    assert house.sign_in().status_code == 200


def test_an_unknown_login_is_closed_like_a_known_one(house: House) -> None:
    house.register()
    known = [house.sign_in(pin="205846", address="192.0.2.1").status_code for _ in range(7)]
    unknown = [house.sign_in("0814 9999 8888", "205846", address="192.0.2.2").status_code for _ in range(7)]
    assert known == unknown == [401] * 5 + [429] * 2


def test_an_attack_from_many_addresses_slows_strangers_and_never_refuses_them(house: House) -> None:
    house.register()
    assert set(attack(house, 60)) == {401}
    house.waits.clear()
    answer = house.sign_in(address="192.0.2.77")
    assert (answer.status_code, house.waits) == (200, [8.0])


def test_under_attack_the_person_signs_in_at_once_from_a_known_address(house: House) -> None:
    house.register()
    assert house.sign_in(address=HOME).status_code == 200
    attack(house, 60)
    house.waits.clear()
    assert house.sign_in(address=HOME).status_code == 200 and house.waits == [0.0]


def test_under_attack_the_person_signs_in_at_once_with_a_known_device_anywhere(house: House) -> None:
    house.register()
    device = house.sign_in().json()["device_token"]
    attack(house, 60)
    house.waits.clear()
    answer = house.sign_in(address="192.0.2.77", **{"X-Padan-Device": device})
    assert (answer.status_code, house.waits) == (200, [0.0])


def test_a_neighbour_at_the_same_address_does_not_close_a_known_device(house: House) -> None:
    house.register()
    device = house.sign_in().json()["device_token"]
    for _ in range(6):
        house.sign_in(pin="205846")
    assert house.sign_in().status_code == 429
    assert house.sign_in(**{"X-Padan-Device": device}).status_code == 200


def test_a_known_device_may_guess_no_more_than_others(house: House) -> None:
    house.register()
    device = {"X-Padan-Device": house.sign_in().json()["device_token"]}
    answers = [house.sign_in(pin="205846", address=f"203.0.113.{n}", **device).status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2


@pytest.mark.parametrize("change", ["x", ".x", "swap"])
def test_a_made_up_device_counts_as_none(house: House, change: str) -> None:
    house.register()
    device = house.sign_in().json()["device_token"]
    other = house.register("0813 0000 1111")
    assert other["device_token"] is None
    made_up = house.sign_in("0813 0000 1111").json()["device_token"] if change == "swap" else device + change
    for _ in range(6):
        answer = house.sign_in(pin="205846", **{"X-Padan-Device": made_up})
    assert answer.status_code == 429 and house.sign_in().status_code == 429


def test_one_pin_tried_on_many_numbers_closes_the_address(house: House) -> None:
    house.register()
    answers = [house.sign_in(f"0813 0000 1{n:03d}", address="192.0.2.1").status_code for n in range(32)]
    assert answers == [401] * 30 + [429] * 2
    assert house.sign_in(address="192.0.2.1").status_code == 429
    assert house.sign_in(address="192.0.2.2").status_code == 200


def test_neighbours_in_one_ipv6_network_count_as_one_address(house: House) -> None:
    house.register()
    answers = [house.sign_in(pin="205846", address=f"2001:db8:0:1::{n:x}").status_code for n in range(1, 7)]
    assert answers == [401] * 5 + [429]
    assert house.sign_in(address="2001:db8:0:2::1").status_code == 200


def test_of_many_guesses_at_once_only_five_are_looked_at(house: House) -> None:
    house.register()
    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(lambda n: house.sign_in(pin=f"2058{n:02d}").status_code, range(40)))
    assert answers == {401: 5, 429: 35}


def test_of_many_uses_of_a_refresh_token_at_once_one_works(house: House) -> None:
    token = {"refresh_token": house.register()["refresh_token"]}
    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(lambda _: house.post("refresh", token).status_code, range(8)))
    assert answers == {200: 1, 401: 7}


def test_signing_in_often_is_no_failure(house: House) -> None:
    house.register()
    assert [house.sign_in().status_code for _ in range(12)] == [200] * 12


def test_a_right_pin_between_wrong_ones_does_not_give_more_guesses(house: House) -> None:
    house.register(pin="493817")
    house.register(name="Pak Budi", pin="205846", birth_on="1990-07-19")
    answers = []
    for _ in range(6):
        answers.append(house.sign_in(pin="381904").status_code)
        house.sign_in(pin="205846")
    assert answers == [401] * 5 + [429]


def test_the_attack_is_over_an_hour_later(house: House) -> None:
    house.register()
    attack(house, 60)
    house.clock.pass_by(hours=1, seconds=1)
    house.waits.clear()
    assert house.sign_in(address="192.0.2.77").status_code == 200 and house.waits == [0.0]


def test_requests_of_one_account_are_bounded_in_each_process(opened: Opener) -> None:
    house = opened(requests_per_minute_account=20)
    signed_in = house.bearer(house.officer("operator"))
    answers = [house.at().get("/v1/auth/outbox", headers=signed_in) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_requests_without_a_sign_in_are_bounded_by_address(opened: Opener) -> None:
    house = opened(requests_per_minute_address=20)
    answers = [house.at(HOME).get("/health/live").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert house.at(HOME).post("/v1/auth/sign-out").status_code == 429
    assert house.at("192.0.2.1").get("/health/live").status_code == 200
    assert house.sign_in(PHONE, PIN, address="192.0.2.1").status_code == 401
