"""Takes a key, shares and a person's identity; gives the arm of the standing holdout the person is in, for good.

A pure function, so that who serves and who judges agree without asking each other. Estimates nothing.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import districts

ARMS = ("holdout", "ranked")
"""What the arms are called at the end of an impression's policy, after ``/arm=``."""

LEAST_KEY_CHARACTERS = 16

_ARM = re.compile(rf"(?:^|/arm=)({'|'.join(ARMS)})$")


@dataclass(frozen=True)
class Holdout:
    """Who is held out: ``shares`` held out, 0 to below 1, and the ``key`` of the experiment. Its repr shows no key.

    One share holds everywhere. Several are dealt to the districts by lot, each as often as any other, so that what
    treatment does to those beside the treated can be seen (two-stage randomisation, Hudgens and Halloran 2008).

    Raises
    ------
    InvalidInput
        When there is no share, one is out of range, or somebody is to be held out under too short a key.
    """

    shares: tuple[float, ...]
    key: str

    def __post_init__(self) -> None:
        if not self.shares or any(not 0 <= share < 1 for share in self.shares):
            raise InvalidInput(f"holdout shares {self.shares}: give shares from 0 to below 1; 0 holds nobody out")
        if self.is_on and len(self.key) < LEAST_KEY_CHARACTERS:
            raise InvalidInput(
                f"holdout key of {len(self.key)} characters: give at least {LEAST_KEY_CHARACTERS}, and keep them as "
                "long as the holdout runs: another key is another experiment"
            )

    def __repr__(self) -> str:
        return f"Holdout(shares={self.shares})"

    @classmethod
    def of(cls, text: str, key: str) -> Holdout:
        """Return the holdout of shares written as ``0.1``, or as ``0.05,0.5`` to be dealt to the districts.

        Raises
        ------
        InvalidInput
            When a share is no number, or as the class.
        """
        try:
            shares = tuple(float(part) for part in text.split(","))
        except ValueError:
            raise InvalidInput(f"holdout '{text}': no number; write 0.1, or 0.05,0.5 for shares by district") from None
        return cls(shares, key)

    @property
    def is_on(self) -> bool:
        """Whether anybody is held out."""
        return any(self.shares)

    def share_treated(self, district_code: str | None) -> float:
        """Return the share treated where the person lives; nobody is held out where several shares need a district.

        Notes
        -----
        Raises nothing. A district that is not known, or none, has the first share where there is one share, else all
        are treated: without a place nobody can be in a design by place.
        """
        if len(self.shares) == 1:
            return 1 - self.shares[0]
        return 1 - self._share_of.get(district_code or "", 0.0)

    def is_treated(self, alumnus_id: str, district_code: str | None = None) -> bool:
        """Return whether the person is shown the ranking; the held out are shown the plain order.

        Notes
        -----
        The first 8 bytes of HMAC-SHA256 of the id under the key, as a number from 0 to 1, against the share treated.
        Raises nothing. The lot does not know province, schooling or anything else: within each stratum the share holds
        in expectation, ``measure.holdout_audit`` checks that it holds in fact, and the estimate is made within strata.
        Who is treated under a share is treated under every larger one.
        """
        return self._lot("person", alumnus_id) < self.share_treated(district_code)

    @cached_property
    def _share_of(self) -> MappingProxyType[str, float]:
        order = sorted(districts(), key=lambda code: self._lot("district", code))
        return MappingProxyType({code: self.shares[place % len(self.shares)] for place, code in enumerate(order)})

    def _lot(self, kind: str, identity: str) -> float:
        drawn = hmac.digest(self.key.encode(), f"{kind}|{identity}".encode(), "sha256")
        return int.from_bytes(drawn[:8], "big") / 2**64


NOBODY = Holdout((0.0,), "")
"""The holdout of nobody."""


def policy_in_arm(policy: str, *, is_treated: bool) -> str:
    """Return the name of a policy that also tells the arm. Raises nothing."""
    return f"{policy}/arm={ARMS[is_treated]}"


def arm_of(policy: str) -> str | None:
    """Return the arm that a policy's name tells, one of ``ARMS``; ``None`` where it tells none. Raises nothing."""
    found = _ARM.search(policy)
    return found[1] if found else None
