"""The table of course values as the engine takes it: withheld ones left out, damaged ones refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.errors import InvalidInput
from matcher.engine.earlier_takers import EarlierTakers, load_earlier_takers, read_course_values, save_course_values
from matcher.measure.course_value import COLUMNS

_GOOD = {"course_id": "c-las", "value": 0.4, "low": 0.3, "high": 0.5, "n": 90}
_WITHHELD = {"course_id": "c-boga", "value": None, "low": None, "high": None, "n": None}


def _written(folder: Path, *rows: dict[str, Any], schema: pa.Schema = COLUMNS) -> Path:
    path = folder / "course_value.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path


def test_values_are_read_and_withheld_ones_are_not_known(tmp_path: Path) -> None:
    table = read_course_values(_written(tmp_path, _GOOD, _WITHHELD))
    (tmp_path / "made").mkdir()
    save_course_values({"course_value": table}, tmp_path / "made")
    assert load_earlier_takers(tmp_path / "made") == {"c-las": EarlierTakers(0.4, 0.3, 0.5, 90)}
    assert load_earlier_takers(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"value": 0.6}, "impossible"), ({"high": 1.2}, "impossible"), ({"n": None}, "impossible"),
        ({"n": 0}, "impossible"), ({"value": float("nan")}, "impossible"), ({"course_id": None}, "without id"),
    ],
)  # fmt: skip
def test_impossible_figures_are_refused(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_course_values(_written(tmp_path, _GOOD | wrong))


def test_other_tables_are_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="twice"):
        read_course_values(_written(tmp_path, _GOOD, _GOOD))
    with pytest.raises(InvalidInput, match="column value, low"):
        read_course_values(_written(tmp_path, schema=pa.schema([("course_id", pa.string()), ("n", pa.int64())])))
    (tmp_path / "text.parquet").write_text("bukan parquet", encoding="utf-8")
    with pytest.raises(InvalidInput, match="padan course-value"):
        read_course_values(tmp_path / "text.parquet")
