"""Takes events, some of which correct earlier ones; says which stand. Knows no kind of event and no clock.

Interactions and outcome reports share this rule. Events are never rewritten: a correction is a later event that names
the one it replaces, and may itself be corrected.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from matcher.domain.errors import InvalidInput

SUPERSEDED = "superseded"
UNKNOWN = "corrects_unknown"
ANOTHER_PERSON = "corrects_another_person"
CYCLE = "correction_cycle"

REASONS = (SUPERSEDED, UNKNOWN, ANOTHER_PERSON, CYCLE)
"""Why an event does not stand."""


def correction_reasons(event_ids: pa.Array, corrects_ids: pa.Array, person_ids: pa.Array) -> NDArray[np.object_]:
    """Return for each event ``None`` where it stands, else one of ``REASONS``.

    Parameters
    ----------
    event_ids : (n,) string
        Identity of each event, without repeats. A later row is preferred where two corrections are otherwise equal,
        so pass the rows in the order of their time.
    corrects_ids : (n,) string
        The event that each row corrects, null where it corrects none.
    person_ids : (n,) string
        Whose event it is; nobody corrects the event of somebody else.

    Returns
    -------
    (n,) object
        ``None`` or a reason.

    Raises
    ------
    InvalidInput
        When the arrays differ in length or an event id repeats.

    Notes
    -----
    The events that correct one another form trees. Of a tree whose root corrects nothing, the event at the end of the
    longest chain stands (of equally long ones the last row); the others are superseded. A tree whose root corrects an
    event that is not here or of another person is set aside whole, and so is every chain that runs in a circle. Roots
    are found by pointer doubling (Wyllie 1979): log2(n) passes, however long a chain is.

    Examples
    --------
    The second event corrects the first, the third nobody's.

    >>> ids = pa.array(["e1", "e2", "e3"])
    >>> corrects = pa.array([None, "e1", "e9"])
    >>> correction_reasons(ids, corrects, pa.array(["a", "a", "a"])).tolist()
    ['superseded', None, 'corrects_unknown']
    """
    _check(event_ids, corrects_ids, person_ids)
    n = len(event_ids)
    own = np.arange(n)
    parents = _positions(corrects_ids, event_ids)
    reasons = np.full(n, None, dtype=object)
    reasons[(parents < 0) & ~corrects_ids.is_null().to_numpy(zero_copy_only=False)] = UNKNOWN
    reasons[parents == own] = CYCLE
    persons = person_ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    is_strange = (parents >= 0) & (persons != persons[parents])
    reasons[is_strange] = ANOTHER_PERSON
    roots, depths = _roots(np.where((parents < 0) | is_strange, own, parents))
    reasons = reasons[roots]
    reasons[roots < 0] = CYCLE
    is_sound = np.array([reason is None for reason in reasons], dtype=bool)
    reasons[is_sound & ~_is_last(roots, depths)] = SUPERSEDED
    return reasons


def _check(event_ids: pa.Array, corrects_ids: pa.Array, person_ids: pa.Array) -> None:
    lengths = {len(event_ids), len(corrects_ids), len(person_ids)}
    if len(lengths) > 1:
        raise InvalidInput(f"events of {sorted(lengths)} rows: give each an id, a person and a corrects_id cell")
    if len(event_ids.unique()) < len(event_ids):
        raise InvalidInput("event ids repeat: no telling which event is corrected; keep one row for each id")


def _positions(wanted: pa.Array, among: pa.Array) -> NDArray[np.int64]:
    """Give the row of each wanted id, -1 where there is none."""
    found = compute.call_function("index_in", [wanted], compute.SetLookupOptions(among, skip_nulls=True))
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def _roots(parents: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the root of each row, -1 on a circle or behind one, and how many links it stands from it."""
    jumps = parents.copy()
    depths = (parents != np.arange(len(parents))).astype(np.int64)
    for _ in range(len(parents).bit_length()):
        depths = depths + depths[jumps]
        jumps = jumps[jumps]
    return np.where(parents[jumps] == jumps, jumps, -1), depths


def _is_last(roots: NDArray[np.int64], depths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell the row of each root with the longest chain, the later row of equals."""
    order = np.lexsort((depths, roots))
    is_last = np.ones(len(roots), dtype=bool)
    is_last[order[:-1]] = np.diff(roots[order]) != 0
    return is_last
