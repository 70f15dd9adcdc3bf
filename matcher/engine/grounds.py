"""Takes an alumnus; gives what a match may rest on: every certificate, then every occupation wanted or worked in.

An occupation is one more row of the same kind as a course. Scores nothing and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import ISCO_DIGITS
from matcher.domain.records import Alumnus, Certificate


@dataclass(frozen=True, slots=True)
class HeldOccupation:
    """A unit group of KBJI 2014 (four digits) that a person wants to work in, or else has worked in."""

    code: str
    is_wanted: bool

    @property
    def title(self) -> str:
        """Its official name."""
        return occupation_names()[self.code]

    @property
    def key(self) -> str:
        """Names its stored row."""
        return occupation_key(self.code)


Ground = Certificate | HeldOccupation


def grounds_of(alumnus: Alumnus) -> tuple[Ground, ...]:
    """Return the certificates of `alumnus`, then the unit groups wanted, then those only worked in, each once.

    Notes
    -----
    Raises nothing. An occupation of six digits counts as its unit group; a code of fewer than four digits names too
    wide a field to be matched, and counts for nothing.
    """
    wanted = unit_groups(alumnus.wanted_occupation_codes)
    worked = [code for code in unit_groups(alumnus.experience_occupation_codes) if code not in wanted]
    occupations = [*(HeldOccupation(code, True) for code in wanted), *(HeldOccupation(code, False) for code in worked)]
    return (*alumnus.certificates, *occupations)


def unit_groups(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the unit group of each code that has one, each once, in order. Raises nothing."""
    units = (code[:ISCO_DIGITS] for code in codes if len(code) >= ISCO_DIGITS)
    return tuple(dict.fromkeys(unit for unit in units if unit in occupation_names()))


def occupation_key(unit: str) -> str:
    """Return the key of the stored row of a unit group: no course id and no title is like it. Raises nothing."""
    return f"kbji:{unit}"


def occupation_rows() -> dict[str, tuple[str, str]]:
    """Return passage and title of every unit group by the key of its row, in order of code.

    Notes
    -----
    Raises nothing. The title is the official name; the passage names the occupations in the group as well, since the
    name of a group is often wider than any advert: "Pembuat Pakaian, Pakaian Dari Kulit, dan Penutup Kepala".
    """
    named: dict[str, list[str]] = {}
    for code, name in occupation_names().items():
        named.setdefault(code[:ISCO_DIGITS], []).append(name)
    return {
        occupation_key(unit): ("; ".join(_told_apart(names)), occupation_names()[unit]) for unit, names in named.items()
    }


def _told_apart(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if not name.endswith(_OTHERS)))


_OTHERS = " Lainnya"
