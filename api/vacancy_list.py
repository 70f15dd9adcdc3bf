"""Takes the opened artifact and filters; gives one page of the open vacancies in a lasting order. Ranks nothing."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow.compute as pc

from api.live.view import LiveView
from api.schemas import VacancyPage
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import education_rank
from matcher.ingest.datasets import vacancies_of


@dataclass(frozen=True, slots=True)
class VacancyQuery:
    """What is asked: ``province_code`` and ``education`` in home form, ``cursor`` as the page before gave it."""

    province_code: str | None = None
    education: str | None = None
    cursor: str | None = None
    limit: int = 20


def vacancy_page(artifact: LiveView, query: VacancyQuery, *, now: datetime) -> VacancyPage:
    """Return the vacancies that are open at `now` and pass the filters, by ``vacancy_id``, after the cursor.

    Parameters
    ----------
    artifact : LiveView
    query : VacancyQuery
        ``province_code`` keeps the vacancies of that province; ``education`` those that ask for no more schooling than
        that, or state none. ``limit`` is at least 1.
    now : datetime
        Aware instant that decides what is open.

    Raises
    ------
    InvalidInput
        When the cursor is none that this list gave, or the education is outside the ladder.

    Notes
    -----
    The cursor holds the last id shown, so a list that changes between two pages repeats and skips nothing that stayed.
    """
    columns = artifact.recommender.columns
    mask = columns.open_at(now)
    if query.province_code is not None:
        mask &= columns.provinces == int(query.province_code)
    if query.education is not None:
        mask &= columns.education_ranks <= education_rank(query.education)
    ids = artifact.vacancies["vacancy_id"]
    after = pc.call_function("greater", [ids, _decode(query.cursor or "")]).to_numpy()
    rows = np.flatnonzero(mask & after)
    first = rows[pc.bottom_k_unstable(ids.take(rows), query.limit).to_numpy()]
    shown = vacancies_of(artifact.vacancies.take(first))
    more = len(rows) > query.limit
    return VacancyPage(items=shown, total=int(mask.sum()), next_cursor=_encode(shown[-1].vacancy_id) if more else None)


def _encode(vacancy_id: str) -> str:
    return base64.urlsafe_b64encode(vacancy_id.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as problem:
        raise InvalidInput(
            f"cursor '{cursor}': not one this list gave; use next_cursor of the page before, or none"
        ) from problem
