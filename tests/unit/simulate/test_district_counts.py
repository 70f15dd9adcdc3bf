"""Counts by district: the file is read or refused in one line, and people are drawn to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chisquare

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.regions import districts
from matcher.simulate.district_counts import draw_sizes, read_counts, typed_counts


def _file(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_are_read_by_code_whatever_else_stands_there(tmp_path: Path) -> None:
    path = _file(tmp_path, "name,alumni_total,kab_kota_code\nA,12,32.73\nB,0,94.01\n")

    assert read_counts(path) == {"32.73": 12, "94.01": 0}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kab_kota_code,total\n32.73,1\n", "column alumni_total missing"),
        ("kab_kota_code,alumni_total\n32.99,1\n", "row 1, column 'kab_kota_code': '32.99' is no district"),
        ("kab_kota_code,alumni_total\n32.73,1\n32.73,2\n", "row 2.*comes twice"),
        ("kab_kota_code,alumni_total\n32.73,1.5\n", "row 1, column 'alumni_total': '1.5' is no whole number"),
        ("kab_kota_code,alumni_total\n32.73\n", "'' is no whole number"),
        ("kab_kota_code,alumni_total\n", "counts nobody"),
        ("", "missing"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_counts(_file(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes(b"kab_kota_code,alumni_total\n\xff\xfe,1\n")

    with pytest.raises(InvalidInput, match="no CSV file in UTF-8"):
        read_counts(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no such file"):
        read_counts(tmp_path / "counts.csv")


def test_people_lie_in_the_districts_within_sampling_error() -> None:
    counts = {code: 1 + 7 * place % 50 for place, code in enumerate(districts())}
    sizes = draw_sizes(counts, 200_000, rng=np.random.default_rng(1))

    expected = np.array(list(counts.values())) * 200_000 / sum(counts.values())
    assert chisquare(sizes, expected).pvalue > 0.001


def test_the_typed_counts_give_every_district_people() -> None:
    typed = typed_counts()

    assert list(typed) == list(districts()) and min(typed.values()) > 0
    assert round(sum(typed.values())) == 19_867_588


@pytest.mark.shared
def test_the_official_counts_are_read_whole(shared_folder: Path) -> None:
    counts = read_counts(shared_folder / "data" / "reference" / "prakerja_alumni_by_kab_kota.csv")

    assert (len(counts), sum(counts.values())) == (514, 19_867_589)
