"""Takes PINs and passwords; gives their argon2id hashes, and whether one fits. Keeps none and knows no account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hmac import compare_digest
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from api.security.keys import KeyRing
from matcher.domain.errors import InvalidInput

PIN_DIGITS = 6
PASSWORD_LETTERS = range(12, 129)
"""How long a password of an officer or an employer may be; NIST SP 800-63B asks for length, not for signs."""

WELL_KNOWN = frozenset({"112233", "123321", "102030", "147258", "159357", "258000", "001122", "998877"})
"""PINs that many people choose and that no rule below finds."""

_REMEDY = "choose six digits that are no date of birth, no run and no repetition"


class Passwords:
    """Hashes with argon2id over a keyed hash (a pepper), so that a stolen table alone can not be guessed through.

    The defaults are OWASP's: 19 MiB, two passes, one lane; some tens of milliseconds on one processor. Several people
    may share a login (a telephone), so the salt belongs to the login: one computation, done alike for a login that
    nobody has, tells whose secret it is.
    """

    def __init__(self, keys: KeyRing, *, hasher: PasswordHasher | None = None) -> None:
        self._keys = keys
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

    def hash(self, secret: str, *, login: str) -> str:
        """Return what is stored for `secret` of the (keyed) `login`. Raises nothing."""
        salt = bytes.fromhex(self._keys.hashed("salt", login))[:16]
        return self._hasher.hash(self._keys.hashed("secret", secret), salt=salt)

    def fitting(self, secret: str, stored: Mapping[str, str], *, login: str) -> dict[str, str | None]:
        """Return which of the `stored` hashes (by account) were made from `secret`, with what to store instead.

        That is None where the hash is up to date; a hash with other parameters, salt or key is to be replaced.

        Notes
        -----
        Raises nothing. An unreadable hash fits nothing. However many are stored, none included, one hash is computed;
        further ones only for outdated hashes.
        """
        made = self.hash(secret, login=login)
        current = {name: one for name, one in stored.items() if _manner(one) == _manner(made)}
        outdated = {name: one for name, one in stored.items() if name not in current}
        return {
            **{name: None for name, one in current.items() if compare_digest(one.encode(), made.encode())},
            **{name: made for name, one in outdated.items() if self._fits(secret, one)},
        }

    def _fits(self, secret: str, stored: str) -> bool:
        return any(self._verify(stored, peppered) for peppered in self._keys.hashes("secret", secret))

    def _verify(self, stored: str, peppered: str) -> bool:
        try:
            return self._hasher.verify(stored, peppered)
        except (VerificationError, ValueError):
            return False


def _manner(stored: str) -> str:
    """Return parameters and salt of an encoded hash: all but its last part."""
    return stored.rpartition("$")[0]


def checked_pin(pin: str, *, birth_on: date | None = None) -> str:
    """Return `pin` where it may be used.

    Raises
    ------
    InvalidInput
        When it is not six digits, or is one of the first that a stranger would try: one digit repeated, a run up or
        down, the same pair or triple again, a well-known one, any date as day, month, year, or `birth_on` in
        another order.

    Notes
    -----
    The message never repeats the PIN. The dates are 3.7 % of all PINs.
    """
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise InvalidInput(f"pin: not {PIN_DIGITS} digits; {_REMEDY}")
    if pin in WELL_KNOWN or _is_regular(pin) or _is_birthday(pin, birth_on):
        raise InvalidInput(f"pin: too easy to guess; {_REMEDY}")
    return pin


def checked_password(password: str, *, login: str) -> str:
    """Return `password` where it may be used.

    Raises
    ------
    InvalidInput
        When it is too short or too long, holds the login, or repeats fewer than five different signs.
    """
    if len(password) not in PASSWORD_LETTERS:
        first, last = PASSWORD_LETTERS[0], PASSWORD_LETTERS[-1]
        raise InvalidInput(f"password: {len(password)} letters; use {first} to {last}, several words do well")
    if (login and login.casefold() in password.casefold()) or len(set(password)) < 5:
        raise InvalidInput("password: too easy to guess; leave the login out and use several words")
    return password


def _is_regular(pin: str) -> bool:
    steps = {(int(second) - int(first)) % 10 for first, second in pairwise(pin)}
    return len(steps) == 1 or len(set(pin)) == 1 or pin[:2] * 3 == pin or pin[:3] * 2 == pin


def _is_birthday(pin: str, birth_on: date | None) -> bool:
    """Return whether `pin` is a date as people write it here, or `birth_on` in any order."""
    if birth_on and pin in {birth_on.strftime(form) for form in ("%y%m%d", "%m%d%y", "%m%Y", "%Y%m", "%d%Y", "%Y%d")}:
        return True
    try:
        date(2000 + int(pin[4:]), int(pin[2:4]), int(pin[:2]))
    except ValueError:
        return False
    return True
