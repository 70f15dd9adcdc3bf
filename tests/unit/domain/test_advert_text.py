"""The folded text that rules read: look-alikes, lost line ends, and the way back to what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.advert_text import fold


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("PRIA", "pria"),
        ("SMK sederajatUsia", "smk sederajat\nusia"),
        ("tahun3Wanita", "tahun3\nwanita"),
        ("SMA/SMKTinggi badan", "sma/smk\ntinggi badan"),
        ("20 – 30", "20 - 30"),
        ("Qur’an", "qur'an"),
        ("• Pria", "\n pria"),
        ("𝗨𝘀𝗶𝗮", "usia"),
        ("u\u200bsia", "usia"),
        ("rajin\u2060Usia", "rajin\nusia"),
        ("a  \t b", "a b"),
        ("a \n\n b", "a\nb"),
        ("ﬁsik", "fisik"),
        ("", ""),
    ],
)
def test_text_folds_to(typed: str, read: str) -> None:
    assert fold(typed).text == read


@given(st.text(max_size=80))
def test_every_folded_character_leads_back_into_the_text(typed: str) -> None:
    folded = fold(typed)
    spans = [folded.typed(place, place + 1) for place in range(len(folded.text))]
    assert all(0 <= start < end <= len(typed) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(alphabet="abc xyz0189.,-\n", max_size=60))
def test_plain_letters_lead_back_to_themselves(typed: str) -> None:
    folded = fold(typed)
    for place, letter in enumerate(folded.text):
        start, end = folded.typed(place, place + 1)
        assert letter.isspace() or typed[start:end] == letter


def test_a_word_leads_back_to_its_styled_letters() -> None:
    typed = "Syarat: 𝗣𝗿𝗶𝗮 ✅ rajin"
    folded = fold(typed)
    start = folded.text.index("pria")
    assert typed[slice(*folded.typed(start, start + 4))] == "𝗣𝗿𝗶𝗮"
