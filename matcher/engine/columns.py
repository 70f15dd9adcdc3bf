"""Takes the vacancy table; gives its hard facts as aligned arrays and the mask of what is open to one person.

Scores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.eligibility import is_eligible
from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank
from matcher.domain.records import Alumnus, Vacancy

NO_PROVINCE = 0


@dataclass(frozen=True, slots=True)
class VacancyColumns:
    """The hard facts of n vacancies, row for row as in the vacancy table.

    ``provinces`` int8 (n,) the official code as a number, ``NO_PROVINCE`` where unknown; ``is_remote`` bool (n,);
    ``education_ranks`` int8 (n,), 0 where the advert states none; ``opens_at`` and ``closes_at`` int64 (n,)
    microseconds since 1970 UTC, both inclusive; ``requirements`` maps each distinct tuple of required certificates to
    the int64 row numbers that ask for it.
    """

    provinces: NDArray[np.int8]
    is_remote: NDArray[np.bool_]
    education_ranks: NDArray[np.int8]
    opens_at: NDArray[np.int64]
    closes_at: NDArray[np.int64]
    requirements: dict[tuple[str, ...], NDArray[np.int64]]

    @classmethod
    def of(cls, vacancies: pa.Table) -> VacancyColumns:
        """Return the columns of a vacancy table in home form.

        Raises
        ------
        InvalidInput
            When an ``education_min`` is outside the ladder.
        """
        education = vacancies["education_min"].to_pylist()
        ranks = {level: 0 if level is None else education_rank(level) for level in set(education)}
        asked: dict[tuple[str, ...], list[int]] = {}
        for row, names in enumerate(vacancies["required_certificates"].to_pylist()):
            if names:
                asked.setdefault(tuple(names), []).append(row)
        return cls(
            provinces=np.array(
                [int(code or NO_PROVINCE) for code in vacancies["province_code"].to_pylist()], dtype=np.int8
            ),
            is_remote=np.array([bool(flag) for flag in vacancies["is_remote"].to_pylist()], dtype=bool),
            education_ranks=np.array([ranks[level] for level in education], dtype=np.int8),
            opens_at=_instants(vacancies["posted_at"], unknown=_ALWAYS),
            closes_at=np.minimum(
                _instants(vacancies["expires_at"], unknown=_NEVER),
                _instants(vacancies["filled_at"], unknown=_NEVER) - 1,
            ),
            requirements={names: np.array(rows, dtype=np.int64) for names, rows in asked.items()},
        )

    def __len__(self) -> int:
        return len(self.provinces)

    def followed_by(self, later: VacancyColumns) -> VacancyColumns:
        """Return these columns and behind them those of vacancies that came later. Raises nothing."""
        names = ("provinces", "is_remote", "education_ranks", "opens_at", "closes_at")
        arrays = {name: np.concatenate([getattr(self, name), getattr(later, name)]) for name in names}
        asked = dict(self.requirements)
        for papers, rows in later.requirements.items():
            asked[papers] = np.concatenate([asked.get(papers, rows[:0]), rows + len(self)])
        return VacancyColumns(**arrays, requirements=asked)

    def closed(self, rows: Sequence[int]) -> VacancyColumns:
        """Return the columns with these rows open to nobody, at no instant. Raises nothing."""
        closes_at = self.closes_at.copy()
        closes_at[list(rows)] = _ALWAYS
        return replace(self, closes_at=closes_at)

    def open_at(self, now: datetime, rows: Sequence[int] | slice = slice(None)) -> NDArray[np.bool_]:
        """Return which vacancies, or which of these `rows`, are open at the aware instant `now`: bool (n,).

        Notes
        -----
        Raises nothing. Open is what is posted, not expired and not filled; an unknown date never closes a vacancy.
        """
        instant = (now - _EPOCH) // timedelta(microseconds=1)
        return (self.opens_at[rows] <= instant) & (instant <= self.closes_at[rows])

    def eligible(self, alumnus: Alumnus, *, now: datetime) -> NDArray[np.bool_]:
        """Return which vacancies pass every hard constraint for `alumnus`: bool (n,).

        Raises
        ------
        InvalidInput
            When the person's education is outside the ladder.

        Notes
        -----
        The vectorised form of ``matcher.domain.eligibility.is_eligible``; a property test holds the two equal.
        """
        mask = self.open_at(now) & (self.education_ranks <= education_rank(alumnus.education or UNKNOWN_EDUCATION))
        if alumnus.province_code is not None:
            mask &= self._reachable((alumnus.province_code, *alumnus.willing_province_codes), alumnus.accepts_remote)
        anywhere = replace(alumnus, province_code=None)
        for names, rows in self.requirements.items():
            if not is_eligible(anywhere, Vacancy(vacancy_id="", title="", required_certificates=names), now=now):
                mask[rows] = False
        return mask

    def _reachable(self, province_codes: Sequence[str], accepts_remote: bool | None) -> NDArray[np.bool_]:
        near = np.zeros(len(self), dtype=bool) if accepts_remote is False else self.is_remote.copy()
        for code in set(province_codes):
            near |= self.provinces == int(code)
        return near


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALWAYS, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def _instants(column: pa.ChunkedArray, *, unknown: int) -> NDArray[np.int64]:
    return column.cast(pa.int64()).fill_null(unknown).to_numpy()
