"""Laws of the words: what is folded, what enters a passage, which target a title names."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain import text
from matcher.domain.text import DESCRIPTION_CHARACTERS, normalise, passage, target_occupation


def test_text_examples_hold() -> None:
    assert doctest.testmod(text).failed == 0


@given(st.text())
def test_normalise_is_idempotent(words: str) -> None:
    once = normalise(words)
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("title", "target"),
    [
        ("Teknik menawarkan produk bagi Canvasser", "Canvasser"),
        ("Membuat logo untuk Menjadi Perancang Grafis", "Perancang Grafis"),
        ("Merias wajah bagi Calon Penata Rias", "Penata Rias"),
        ("Menyusun surat untuk Tenaga Perkantoran (Daring)", "Tenaga Perkantoran"),
        ("Bahasa Inggris bagi Pemula", None),
        ("Cara membuat kue untuk membuka usaha", None),
        ("Dasar kelistrikan", None),
    ],
)
def test_target_occupation_is_the_job_at_the_end(title: str, target: str | None) -> None:
    assert target_occupation(title) == target


def test_passage_leaves_out_what_says_nothing() -> None:
    assert passage("Kasir", category="Lainnya", description="  melayani\n pembeli ") == "Kasir. melayani pembeli"


def test_passage_cuts_long_descriptions() -> None:
    assert len(passage("Kasir", description="x" * 100_000)) == len("Kasir. ") + DESCRIPTION_CHARACTERS
