"""PINs and passwords: what may be chosen, what fits, and when a hash is made anew."""

from __future__ import annotations

from datetime import date

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from api.security.keys import KeyRing, fresh_ring
from api.security.passwords import Passwords, checked_password, checked_pin
from matcher.domain.errors import InvalidInput

RING = fresh_ring()
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PASSWORDS = Passwords(RING, hasher=QUICK)


class CountingHasher(PasswordHasher):
    """A hasher that counts how many hashes it computed."""

    n_computed = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """Hash, and count it."""
        self.n_computed += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        """Verify, and count it."""
        self.n_computed += 1
        return super().verify(hash, password)


def test_only_the_secret_itself_fits_its_hash() -> None:
    stored = PASSWORDS.hash("493817", login="phone-1")
    assert PASSWORDS.fitting("493817", {"a": stored}, login="phone-1") == {"a": None}
    assert PASSWORDS.fitting("493818", {"a": stored}, login="phone-1") == {}
    assert PASSWORDS.hash("493817", login="phone-2") != stored and "493817" not in stored


def test_of_people_who_share_a_login_the_secret_tells_who_it_is() -> None:
    stored = {name: PASSWORDS.hash(pin, login="phone-1") for name, pin in [("a", "493817"), ("b", "205846")]}
    assert PASSWORDS.fitting("205846", stored, login="phone-1") == {"b": None}


def test_shipped_parameters_are_argon2id_as_owasp_asks() -> None:
    assert Passwords(RING).hash("493817", login="x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("n_sharing", [0, 1, 4])
def test_an_unknown_login_costs_as_much_as_a_known_one(n_sharing: int) -> None:
    stored = {str(number): PASSWORDS.hash(f"49381{number}", login="x") for number in range(n_sharing)}
    hasher = CountingHasher(time_cost=1, memory_cost=64, parallelism=1)
    assert Passwords(RING, hasher=hasher).fitting("205846", stored, login="x") == {}
    assert hasher.n_computed == 1


def test_a_hash_does_not_fit_under_another_key() -> None:
    stored = {"a": PASSWORDS.hash("493817", login="x")}
    assert Passwords(fresh_ring(), hasher=QUICK).fitting("493817", stored, login="x") == {}


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$abc", "ä"])
def test_an_unreadable_hash_fits_nothing(stored: str) -> None:
    assert PASSWORDS.fitting("493817", {"a": stored}, login="x") == {}


def test_other_parameters_or_another_key_make_a_hash_anew() -> None:
    stored = {"a": PASSWORDS.hash("493817", login="x")}
    rotated = KeyRing({**RING.secrets, **fresh_ring("second").secrets}, "second")
    stronger = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    for passwords in (Passwords(RING, hasher=stronger), Passwords(rotated, hasher=QUICK)):
        assert passwords.fitting("205846", stored, login="x") == {}
        anew = passwords.fitting("493817", stored, login="x")["a"]
        assert anew is not None and passwords.fitting("493817", {"a": anew}, login="x") == {"a": None}


@pytest.mark.parametrize(
    "pin",
    ["123456", "654321", "000000", "777777", "890123", "135791", "121212", "123123", "112233", "170845", "311299"],
)
def test_pins_that_a_stranger_tries_first_are_refused(pin: str) -> None:
    with pytest.raises(InvalidInput, match="too easy to guess") as refusal:
        checked_pin(pin)
    assert pin not in str(refusal.value)


@pytest.mark.parametrize("pin", ["050394", "940305", "030594", "031994", "199403", "051994", "199405"])
def test_the_own_birth_date_is_refused_however_it_is_written(pin: str) -> None:
    with pytest.raises(InvalidInput, match="too easy to guess"):
        checked_pin(pin, birth_on=date(1994, 3, 5))


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "49381a", "٤٩٣٨١٧", " 49381", "-12345"])
def test_what_is_not_six_plain_digits_is_no_pin(pin: str) -> None:
    with pytest.raises(InvalidInput, match="not 6 digits"):
        checked_pin(pin)


def test_most_pins_may_be_chosen() -> None:
    refused = 0
    for number in range(0, 1_000_000, 13):
        try:
            checked_pin(f"{number:06d}")
        except InvalidInput:
            refused += 1
    assert refused / (1_000_000 / 13) < 0.05


@given(st.text(max_size=140), st.text(min_size=1, max_size=20))
def test_an_accepted_password_is_long_varied_and_without_the_login(password: str, login: str) -> None:
    try:
        accepted = checked_password(password, login=login)
    except InvalidInput as refusal:
        assert len(password) < 8 or password not in str(refusal)
    else:
        assert 12 <= len(accepted) <= 128 and login.casefold() not in accepted.casefold()


@pytest.mark.parametrize("password", ["rumah biru", "aaaaaaaaaaaaaa", "petugas.ende sandi", "x" * 129])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="password"):
        checked_password(password, login="Petugas.Ende")
