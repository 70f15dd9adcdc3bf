"""Takes an alumnus, a vacancy and an instant; gives every hard constraint that stands between them, with its reason.

Ranks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from matcher.domain.licences import held_of_kind, names_licence, requirement_met
from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank, require_zone
from matcher.domain.records import Alumnus, Refusal, Vacancy


def refusals(alumnus: Alumnus, vacancy: Vacancy, *, now: datetime) -> tuple[Refusal, ...]:
    """Return every reason why `vacancy` is not open to `alumnus` at `now`; empty when it is.

    Parameters
    ----------
    alumnus : Alumnus
    vacancy : Vacancy
        Its instants are aware.
    now : datetime
        Aware instant that decides posting, expiry and filling.

    Returns
    -------
    tuple of Refusal
        In this order of codes; ``required`` and ``held`` are the values that clash.

        ==============  ================================  =============================================
        code            required                          held
        ==============  ================================  =============================================
        place           province of the vacancy or None   home province
        schooling       least level asked                 level held, None where unknown
        certificate     the entry as the advert says it   what is held of its kind, joined by "; ", or None
        licence         as certificate                    as certificate
        expired         ``expires_at``, ISO 8601          ``now``, ISO 8601
        filled          ``filled_at``                     ``now``
        not_yet_posted  ``posted_at``                     ``now``
        ==============  ================================  =============================================

    Raises
    ------
    InvalidInput
        When `now` has no time zone, or a level or a grade of evidence is outside its scale.

    Notes
    -----
    Age, sex and disability are never read, nor ``education_hint`` and ``fields_of_study``. What an advert does not
    state excludes nobody; unknown schooling of a person counts as SD; a person without a province may go anywhere.
    """
    require_zone(now)
    return (
        *_place(alumnus, vacancy),
        *_schooling(alumnus, vacancy),
        *_papers(alumnus, vacancy, now),
        *_time(vacancy, now),
    )


def is_eligible(alumnus: Alumnus, vacancy: Vacancy, *, now: datetime) -> bool:
    """Return whether `vacancy` passes every hard constraint for `alumnus` at the aware instant `now`.

    Raises
    ------
    InvalidInput
        As ``refusals``.
    """
    return not refusals(alumnus, vacancy, now=now)


def _place(alumnus: Alumnus, vacancy: Vacancy) -> Iterator[Refusal]:
    home = alumnus.province_code
    is_near = vacancy.province_code in (home, *alumnus.willing_province_codes)
    is_remote = vacancy.is_remote and alumnus.accepts_remote is not False
    if home is not None and not is_near and not is_remote:
        yield Refusal("place", required=vacancy.province_code, held=home)


def _schooling(alumnus: Alumnus, vacancy: Vacancy) -> Iterator[Refusal]:
    held, asked = alumnus.education, vacancy.education_min
    if asked is not None and education_rank(held or UNKNOWN_EDUCATION) < education_rank(asked):
        yield Refusal("schooling", required=asked, held=held)


def _papers(alumnus: Alumnus, vacancy: Vacancy, now: datetime) -> Iterator[Refusal]:
    for required in vacancy.required_certificates:
        if not requirement_met(required, certificates=alumnus.certificates, licences=alumnus.licences, now=now):
            held = held_of_kind(required, certificates=alumnus.certificates, licences=alumnus.licences)
            code = "licence" if names_licence(required) else "certificate"
            yield Refusal(code, required=required, held="; ".join(held) or None)


def _time(vacancy: Vacancy, now: datetime) -> Iterator[Refusal]:
    posted_at, expires_at, filled_at = vacancy.posted_at, vacancy.expires_at, vacancy.filled_at
    if expires_at is not None and expires_at < now:
        yield Refusal("expired", required=expires_at.isoformat(), held=now.isoformat())
    if filled_at is not None and filled_at <= now:
        yield Refusal("filled", required=filled_at.isoformat(), held=now.isoformat())
    if posted_at is not None and posted_at > now:
        yield Refusal("not_yet_posted", required=posted_at.isoformat(), held=now.isoformat())
