"""Posts above an entry post are told from their titles; an aide stands below whom it serves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.seniority import ENTRY, LEADING, MANAGING, seniority


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Kepala Dapur", MANAGING),
        ("HEAD OF FINANCE (Bekasi)", MANAGING),
        ("Store Manager", MANAGING),
        ("Supervisor Gudang", LEADING),
        ("Sr. Penjahit", LEADING),
        ("Asisten Manajer Toko", LEADING),
        ("Sekretaris Direktur", LEADING),
        ("Asisten Koordinator Acara", ENTRY),
        ("Kasir", ENTRY),
        ("Penyelianan", ENTRY),
        ("", ENTRY),
    ],
)
def test_seniority_of_a_title(title: str, level: int) -> None:
    assert seniority(title) == level


@given(st.text())
def test_an_aide_never_stands_above(title: str) -> None:
    assert ENTRY <= seniority(f"asisten {title}") <= seniority(f"kru {title}") <= MANAGING
