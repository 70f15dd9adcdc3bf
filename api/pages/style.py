"""Takes a catalogue; gives the invented card that the style page shows. Draws nothing."""

from __future__ import annotations

from api.pages.cards import Apply, Card, Fact
from api.pages.texts import Texts


def sample_card(texts: Texts) -> Card:
    """Return a card that has every part. Raises nothing."""
    told = {
        "place": "Kota Bandung, Jawa Barat",
        "pay": texts("pay_range", least=texts.rupiah(3_200_000), most=texts.rupiah(3_900_000)),
        "openings": texts("people_wanted", openings=3),
    }
    return Card(
        position=1,
        vacancy_id="",
        title=texts("style_title_sample"),
        employer=texts("employer_unknown"),
        labels=(texts("type_full_time"),),
        facts=tuple(Fact(icon, texts(icon), text) for icon, text in told.items()),
        reasons=(texts("style_line_sample"),),
        gaps=(texts("pay_unknown"),),
        apply=Apply(texts("apply_officer")),
        advert=texts("style_line_sample"),
    )
