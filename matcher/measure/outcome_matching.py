"""Takes rows of survey, register and employer files that name people somehow; says whom each row means.

The first rule that finds anybody decides; a row that fits several people or nobody is counted and lays a job to no one.
Hashes no identity number and stores nothing: callers look people up and pass what they found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

RULES = ("alumnus_id", "nik", "certificate_no")
"""The rules in their order: the id of the person; the keyed hash of the identity number; the number of a certificate
together with the year of birth, since certificate numbers are copied and mistyped."""


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """How a row names its person; ``nik_hashes`` holds the hash under every key still in use, never the number."""

    alumnus_id: str | None = None
    nik_hashes: tuple[str, ...] = ()
    certificate_no: str | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Register:
    """Who is here: known ids, ids by hash, and by certificate number its holders with their year of birth."""

    ids: Collection[str]
    by_nik: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    by_certificate: Mapping[str, Mapping[str, int | None]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class MatchAccount:
    """How many rows were matched by each rule, fit several people, or fit nobody; the three add up to all rows."""

    matched: Mapping[str, int]
    n_ambiguous: int
    n_unmatched: int


def match_claim(claim: Claim, register: Register) -> tuple[str, list[str]]:
    """Return the rule that was tried last and the people it found, in the order of their ids.

    Notes
    -----
    An id that is not known does not end the search: registers carry ids of other offices. Two hashes that lead to two
    people are ambiguous. A certificate number without a year of birth finds nobody, and neither does one whose holder's
    year is not known. Raises nothing.

    Examples
    --------
    >>> register = Register({"a-1"}, by_certificate={"S-9": {"a-1": 1990, "a-2": 1971}})
    >>> match_claim(Claim(certificate_no="S-9", birth_year=1971), register)
    ('certificate_no', ['a-2'])
    >>> match_claim(Claim(certificate_no="S-9"), register)
    ('certificate_no', [])
    """
    if claim.alumnus_id is not None and claim.alumnus_id in register.ids:
        return "alumnus_id", [claim.alumnus_id]
    by_nik = sorted({register.by_nik[nik] for nik in claim.nik_hashes if nik in register.by_nik})
    if by_nik:
        return "nik", by_nik
    if claim.birth_year is None:
        return "certificate_no", []
    holders = register.by_certificate.get(claim.certificate_no or "", {})
    return "certificate_no", sorted(one for one, year in holders.items() if year == claim.birth_year)


def count_matches(found: Iterable[tuple[str, list[str]]]) -> MatchAccount:
    """Return the account of the answers of ``match_claim``.

    Notes
    -----
    Raises nothing.
    """
    matched: Counter[str] = Counter()
    n_ambiguous = n_unmatched = 0
    for rule, people in found:
        matched[rule] += len(people) == 1
        n_ambiguous += len(people) > 1
        n_unmatched += not people
    return MatchAccount(MappingProxyType({rule: n for rule, n in matched.items() if n}), n_ambiguous, n_unmatched)
