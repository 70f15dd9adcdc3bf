"""The data dictionary says what the schemas hold, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matcher.ingest.door import load_table
from matcher.ingest.mapping import read_mapping
from matcher.ingest.parsers import PARSERS
from matcher.ingest.schemas import SCHEMAS
from scripts.data_dictionary import PAGE, render


def test_the_data_dictionary_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run python -m scripts.data_dictionary"


def test_the_mapping_of_the_data_dictionary_works(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", render(), flags=re.DOTALL)
    assert example is not None
    mapping, rows = tmp_path / "peta.toml", tmp_path / "lowongan.csv"
    mapping.write_text(example.group(1), encoding="utf-8")
    rows.write_text("vacancy_id,Nama Lowongan,employment_type\nv1,Penjahit,Tetap\n", encoding="utf-8")
    (row,) = load_table("vacancies", [rows], mapping=read_mapping(mapping, "vacancies")).table.to_pylist()
    assert (row["title"], row["employment_type"], row["source"]) == ("Penjahit", "full_time", "dinas")


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "impression_entries"])
def test_a_table_holds_the_columns_of_the_contract(name: str) -> None:
    contract = (PAGE.parent.parent / "docs" / "CONTRACT.md").read_text(encoding="utf-8")
    row = re.findall(rf"^\| {name} \| (.*) \|$", contract, flags=re.MULTILINE)[0]
    promised = re.sub(r"\([^)]*\)", "", row).split(";")[0].replace(" ", "").split(",")
    assert SCHEMAS[name].names == promised


def test_every_column_of_an_ingested_table_has_a_parser() -> None:
    for name, parsers in PARSERS.items():
        assert list(parsers) == SCHEMAS[name].names
