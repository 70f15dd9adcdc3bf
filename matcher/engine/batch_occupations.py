"""Takes the lists of occupations that alumni want or worked in; gives each person's unit groups in numbers.

The many at once of ``grounds.grounds_of``. Ranks nobody.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matcher.engine.coded_cells import coded
from matcher.engine.grounds import occupation_key, occupation_rows, unit_groups

KEYS = tuple(occupation_rows())
"""The row key of each unit group, in order of code."""

_LISTS = ("wanted_occupation_codes", "experience_occupation_codes")


def held_occupations(alumni: pa.Table, is_served: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Return who holds which unit group, each once: people int64 (m,) and places int16 (m,) in ``KEYS``.

    Parameters
    ----------
    alumni : pyarrow.Table
        In home form, n rows.
    is_served : ndarray of bool, shape (n,)
        Whose occupations count.

    Notes
    -----
    Raises nothing. Of one person they stand in the order of ``grounds_of``.
    """
    people, places = [], []
    for name in _LISTS:
        lists = alumni[name].combine_chunks()
        people.append(np.asarray(pc.call_function("list_parent_indices", [lists])).astype(np.int64))
        places.append(coded(lists.flatten(), _place, np.int16))
    person, place = np.concatenate(people), np.concatenate(places)
    counts = np.flatnonzero((place >= 0) & is_served[person])
    person, place = person[counts], place[counts]
    firsts = np.sort(np.unique(person * len(KEYS) + place, return_index=True)[1])
    return person[firsts], place[firsts]


_PLACE_OF = {key: place for place, key in enumerate(KEYS)}


def _place(code: str | None) -> int:
    units = unit_groups([code or ""])
    return _PLACE_OF[occupation_key(units[0])] if units else -1
