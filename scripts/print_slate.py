"""Takes a slate and its adverts; prints them as a person at a terminal reads them. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.records import Slate, Vacancy
from matcher.domain.regions import place_name


def print_slate(slate: Slate, adverts: Sequence[Vacancy]) -> None:
    """Print `slate` in Bahasa Indonesia, one vacancy a paragraph; `adverts` are its vacancies in order."""
    for notice in slate.notices:
        print(f"  ! {notice.text_id}")
    for item, advert in zip(slate.items, adverts, strict=True):
        print(f"{item.position:>3}. {advert.title} - {advert.employer or 'perusahaan tidak disebut'}, {_place(advert)}")
        for reason in item.reasons:
            print(f"       + {reason.text_id}")
        for gap in item.gaps:
            print(f"       ? {gap.text_id}")
    for relaxation in slate.relaxations:
        print(f"  > {relaxation.text_id}")
    proof = "semua dinilai" if slate.exhaustive else "TIDAK semua dinilai"
    print(
        f"     {slate.eligible:,} lowongan terbuka untuk orang ini, {slate.scored:,} dinilai ({proof}) [{slate.policy}]"
    )


def schooling(level: str | None) -> str:
    """Return a level of schooling in words; unknown says so."""
    return {None: "sekolah tidak diketahui", "none": "tidak sekolah"}.get(level, str(level))


def _place(advert: Vacancy) -> str:
    if advert.is_remote:
        return "kerja jarak jauh"
    return place_name(advert.province_code, advert.district_code) or "tempat tidak disebut"
