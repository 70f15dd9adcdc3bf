"""A folder after an ingest: merged by key, the same twice, and never half-written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import read_table
from matcher.ingest.door import load_table
from matcher.ingest.intake import Ingested
from matcher.ingest.store import Deposit, deposit


def _ingest(folder: Path, content: str) -> tuple[Ingested, Deposit]:
    path = folder / "masuk.csv"
    path.write_text(f"course_id,title,hours\n{content}", encoding="utf-8")
    ingested = load_table("courses", [path])
    return ingested, deposit(ingested, folder / "rumah")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "rumah").iterdir()}


def test_the_same_ingest_twice_leaves_the_same_bytes(tmp_path: Path) -> None:
    content = "c1,Las,3\nc2,,4\nc3,Jahit,0\nc4,Masak,\n"
    _ingest(tmp_path, content)
    once = _bytes(tmp_path)
    _ingest(tmp_path, content)
    assert _bytes(tmp_path) == once
    assert set(once) == {"courses.parquet", "courses.rejected.csv"}


def test_a_later_row_takes_the_place_of_the_one_with_its_key(tmp_path: Path) -> None:
    _ingest(tmp_path, "c1,Las,3\nc2,Jahit,4\n")
    _, made = _ingest(tmp_path, "c3,Masak,5\nc1,Las Listrik,6\n")
    assert read_table("courses", tmp_path / "rumah")["title"].to_pylist() == ["Las Listrik", "Jahit", "Masak"]
    assert made.n_rows == 3


def test_the_rejected_list_speaks_of_the_last_ingest(tmp_path: Path) -> None:
    _, made = _ingest(tmp_path, "c1,Las,3\nc2,,4\n")
    assert made.rejected_path == tmp_path / "rumah" / "courses.rejected.csv"
    with made.rejected_path.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["course_id"] for row in csv.DictReader(stream)] == ["c2"]
    _, made = _ingest(tmp_path, "c2,Jahit,4\n")
    assert made.rejected_path is None
    assert list(_bytes(tmp_path)) == ["courses.parquet"]


def test_no_cell_of_a_list_is_a_formula(tmp_path: Path) -> None:
    _, made = _ingest(tmp_path, "c1,Las,3\n=1+1,+62,-4\n@a,\t=B1,0\n")
    assert made.rejected_path is not None
    with made.rejected_path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert {"'=1+1", "'+62", "'-4", "'@a"} <= set(cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


def test_where_every_row_is_rejected_the_table_stays_and_the_reasons_are_kept(tmp_path: Path) -> None:
    _ingest(tmp_path, "c1,Las,3\n")
    ingested, made = _ingest(tmp_path, "c1,,3\nc2,,4\n")
    assert read_table("courses", tmp_path / "rumah")["title"].to_pylist() == ["Las"]
    assert made.rejected_path is not None and made.rejected_path.is_file()
    with pytest.raises(InvalidInput, match=r"row 1, column 'title': empty.*\(and 1 more rows, none accepted\)"):
        ingested.accepted()


def test_a_table_that_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "rumah").mkdir()
    (tmp_path / "rumah" / "courses.parquet").write_bytes(b"PAR1 bukan punya kami")
    with pytest.raises(InvalidInput, match="no whole Parquet file"):
        _ingest(tmp_path, "c1,Las,3\nc2,,4\n")
    assert _bytes(tmp_path) == {"courses.parquet": b"PAR1 bukan punya kami"}


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rumah").write_text("bukan folder", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"rumah: cannot be written \(.*\); check its rights"):
        _ingest(tmp_path, "c1,Las,3\n")


def test_a_failure_while_writing_leaves_no_draft_behind(tmp_path: Path) -> None:
    (tmp_path / "rumah" / "courses.rejected.csv").mkdir(parents=True)
    with pytest.raises(InvalidInput, match="cannot be written"):
        _ingest(tmp_path, "c1,Las,3\nc2,,4\n")
    assert not [path for path in (tmp_path / "rumah").iterdir() if path.name.startswith(".")]


@given(
    ids=st.lists(st.sampled_from(["c1", "c2", "c3", "c4"]), max_size=8), more=st.lists(st.sampled_from("c2 c5".split()))
)
def test_ingesting_again_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], more: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("rumah")
    contents = ["".join(f"{c},Kursus {c} {n},\n" for n, c in enumerate(each)) for each in (ids, more)]
    for content in contents:
        _ingest(folder, content)
    once = _bytes(folder)
    _ingest(folder, contents[-1])
    assert _bytes(folder) == once
    kept = read_table("courses", folder / "rumah")["course_id"].to_pylist()
    assert kept == list(dict.fromkeys([*ids, *more]))
