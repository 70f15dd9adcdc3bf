"""Takes a course or vacancy table; gives the texts that are compared. Reads no other column."""

from __future__ import annotations

import pyarrow as pa

from matcher.domain.text import passage
from matcher.engine.similarity import Texts

_COLUMNS = ("title", "category", "skills", "fields_of_study", "description")


def texts_of(table: pa.Table) -> Texts:
    """Return the passages and titles of a course or vacancy table in home form.

    Notes
    -----
    Raises nothing; a table without one of the columns (courses ask for no field of study) goes without that part.
    """
    columns = [table[name].to_pylist() if name in table.column_names else [None] * table.num_rows for name in _COLUMNS]
    passages = [
        passage(title, category=category, skills=skills or (), fields_of_study=fields or (), description=description)
        for title, category, skills, fields, description in zip(*columns, strict=True)
    ]
    return Texts(passages, columns[0])
