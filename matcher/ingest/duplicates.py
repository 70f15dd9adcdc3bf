"""Takes vacancies; gives the groups of adverts that say nearly the same, and which one of each to show.

Merges nothing: no openings are added up, no cell is copied, and every advert of a group keeps its id.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from matcher.domain.text import normalise

LEAST_SIMILARITY = 0.6
"""Share of the shingles of two adverts that both have, from which on they say nearly the same."""

LEAST_ANONYMOUS_CHARACTERS = 100
"""An advert without an employer and with a shorter description is grouped with no other: too little tells it apart."""

_CALLS = frozenset(
    "lowongan loker kerja dibutuhkan dicari membutuhkan segera urgent urgently need needed hiring wanted cepat".split()
)
"""Words that call for applicants and tell no two jobs apart."""

_HARD_FACTS = (
    "province_code", "is_remote", "education_min", "employment_type", "salary_min_idr_month", "salary_max_idr_month",
    "is_internship", "is_abroad", "min_experience_years",
)  # fmt: skip
_ROWS_AT_ONCE = 256
_Key = tuple[str | None, str | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Adverts that say nearly the same: the one to show, whose id names the group, and the others it stands for."""

    shown_id: str
    other_ids: tuple[str, ...]


def duplicate_groups(
    vacancies: Sequence[Vacancy], *, least_similarity: float = LEAST_SIMILARITY
) -> tuple[DuplicateGroup, ...]:
    """Return the groups of two or more near-duplicates, by the id that is shown; each advert is in at most one.

    Parameters
    ----------
    vacancies : sequence of Vacancy
        The adverts that may be shown, with distinct ids. Leave out what has lapsed or is filled: an old copy would be
        shown in place of an open one.
    least_similarity : float
        From above 0 up to 1, where only adverts of the same shingles are grouped.

    Raises
    ------
    InvalidInput
        When `least_similarity` lies outside its range.

    Notes
    -----
    Two adverts are near-duplicates when the employer, the district and the words of the title agree (in any order, and
    but for words that only call for applicants), no hard fact contradicts, and the Jaccard similarity of all their
    words and pairs and triples of words (title, category, skills, fields of study, description) is enough. Two unknown
    districts agree; two unknown employers do where both descriptions are long enough to tell. Going from the earliest
    posted (then the most complete, then by id), each advert that is in no group yet is shown and takes all
    later ones that are near-duplicates of itself: there are no chains. The order of `vacancies` is without effect.
    """
    if not (0 < least_similarity <= 1 and math.isfinite(least_similarity)):
        raise InvalidInput(f"least similarity {least_similarity} is outside 0 to 1; write for example 0.8")
    blocks = _blocks(sorted(vacancies, key=_precedence))
    if not blocks:
        return ()
    shingles = _shingles([vacancy for block in blocks for vacancy in block])
    groups: list[DuplicateGroup] = []
    first = 0
    for block in blocks:
        groups += _groups(block, shingles[first : first + len(block)], least_similarity)
        first += len(block)
    return tuple(sorted(groups, key=lambda group: group.shown_id))


def _precedence(vacancy: Vacancy) -> tuple[float, int, str]:
    posted = math.inf if vacancy.posted_at is None else vacancy.posted_at.timestamp()
    stated = sum(getattr(vacancy, field.name) not in (None, ()) for field in fields(vacancy))
    return posted, -stated, vacancy.vacancy_id


def _blocks(vacancies: Sequence[Vacancy]) -> list[list[Vacancy]]:
    """Return the vacancies that could be near-duplicates of each other, two or more a block, in the order given."""
    blocks: defaultdict[_Key, list[Vacancy]] = defaultdict(list)
    for vacancy in vacancies:
        if vacancy.employer_id is not None or len(vacancy.description or "") >= LEAST_ANONYMOUS_CHARACTERS:
            words = tuple(sorted(word for word in normalise(vacancy.title).split() if word not in _CALLS))
            blocks[vacancy.employer_id, vacancy.district_code, words].append(vacancy)
    return [block for block in blocks.values() if len(block) > 1]


def _shingles(vacancies: Sequence[Vacancy]) -> csr_matrix:
    """Return the runs of one to three words of each text as rows of 0 and 1, hashed."""
    vectoriser = HashingVectorizer(
        preprocessor=normalise,
        tokenizer=str.split,
        token_pattern=None,  # pyright: ignore[reportArgumentType]
        ngram_range=(1, 3),
        n_features=2**22,
        binary=True,
        norm=None,  # pyright: ignore[reportArgumentType]
        alternate_sign=False,
    )
    return csr_matrix(vectoriser.transform(map(_text, vacancies)))


def _text(vacancy: Vacancy) -> str:
    return "\n".join(
        (vacancy.title, vacancy.category or "", *vacancy.skills, *vacancy.fields_of_study, vacancy.description or "")
    )


def _groups(block: Sequence[Vacancy], shingles: csr_matrix, least_similarity: float) -> list[DuplicateGroup]:
    """Return the groups of one block when each advert, in order, takes the later free ones that are like itself."""
    taken: set[int] = set()
    groups: list[DuplicateGroup] = []
    narrow = _narrowed(shingles)
    for start in range(0, len(block), _ROWS_AT_ONCE):
        near = _similarities(narrow[start : start + _ROWS_AT_ONCE], narrow) >= least_similarity
        for shown, likes in enumerate(near, start):
            others = [
                other
                for other in np.flatnonzero(likes).tolist()
                if other > shown and other not in taken and _agree(block[shown], block[other])
            ]
            if others and shown not in taken:
                taken.update(others)
                other_ids = tuple(block[other].vacancy_id for other in others)
                groups.append(DuplicateGroup(block[shown].vacancy_id, other_ids))
    return groups


def _narrowed(rows: csr_matrix) -> csr_matrix:
    """Return the rows without empty columns: a product costs time for every column of its right side."""
    used, columns = np.unique(rows.indices, return_inverse=True)
    return csr_matrix((rows.data, columns, rows.indptr), shape=(len(rows.indptr) - 1, len(used)))


def _similarities(some: csr_matrix, all_rows: csr_matrix) -> NDArray[np.float64]:
    """Return the Jaccard similarities of the rows `some` with `all_rows`; two empty rows are alike."""
    shared = np.asarray((some @ all_rows.T).todense(), dtype=np.float64)
    either = np.diff(some.indptr)[:, None] + np.diff(all_rows.indptr)[None, :] - shared
    return np.divide(shared, either, out=np.ones_like(shared), where=either > 0)


def _agree(one: Vacancy, other: Vacancy) -> bool:
    """Return whether no hard fact that both state differs."""
    facts = ((getattr(one, name), getattr(other, name)) for name in _HARD_FACTS)
    return all(a is None or b is None or a == b for a, b in facts)
