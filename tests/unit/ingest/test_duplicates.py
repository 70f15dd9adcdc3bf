"""Near-duplicate adverts: what is one advert twice, what only looks so, and which copy is shown."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from matcher.ingest.datasets import vacancies_of
from matcher.ingest.door import load_table
from matcher.ingest.duplicates import DuplicateGroup, duplicate_groups

DUTIES = (
    "Melayani pembeli di meja kasir, menghitung uang masuk dan keluar setiap pergantian giliran, menata barang di rak "
    "dekat meja, membuat catatan penjualan harian, dan menjaga toko tetap bersih. Bersedia bekerja di hari libur."
)
CASHIER = Vacancy(
    "v-1", "Kasir Toko", employer_id="e-1", district_code="32.73", province_code="32", description=DUTIES,
    posted_at=datetime(2026, 11, 1, tzinfo=UTC),
)  # fmt: skip
COPY = replace(CASHIER, vacancy_id="v-2", posted_at=datetime(2026, 11, 9, tzinfo=UTC))


def grouped(*vacancies: Vacancy) -> tuple[DuplicateGroup, ...]:
    return duplicate_groups(vacancies)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "LOWONGAN KERJA: toko - kasir (URGENT)"},
        {"description": DUTIES.upper() + " Segera kirim lamaran."},
        {"description": DUTIES.replace("meja kasir", "kasir")},
        {"education_min": "SMA/SMK"},
        {"n_openings": 3},
    ],
)
def test_a_copy_joins_its_group(changes: dict[str, object]) -> None:
    assert grouped(CASHIER, replace(COPY, **changes)) == (DuplicateGroup("v-1", ("v-2",)),)


@pytest.mark.parametrize(
    "changes",
    [
        {"employer_id": "e-2"},
        {"employer_id": None},
        {"district_code": "32.04"},
        {"title": "Kepala Kasir Toko"},
        {"title": "Kasir Toko 2"},
        {"description": "Mengantar barang ke pelanggan dengan sepeda motor dan mencatat barang yang dikembalikan."},
    ],
)
def test_another_job_stays_apart(changes: dict[str, object]) -> None:
    assert grouped(CASHIER, replace(COPY, **changes)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [({"education_min": "SMP"}, {"education_min": "S1"}), ({"salary_min_idr_month": 3}, {"salary_min_idr_month": 4})],
)
def test_contradicting_facts_keep_adverts_apart(one: dict[str, object], other: dict[str, object]) -> None:
    assert grouped(replace(CASHIER, **one), replace(COPY, **other)) == ()


def test_anonymous_adverts_need_words_to_be_alike() -> None:
    silent = [replace(vacancy, employer_id=None, description=None) for vacancy in (CASHIER, COPY)]
    telling = [replace(vacancy, employer_id=None) for vacancy in (CASHIER, COPY)]
    assert duplicate_groups(silent) == ()
    assert duplicate_groups(telling) == (DuplicateGroup("v-1", ("v-2",)),)


def test_the_earliest_then_the_most_complete_is_shown() -> None:
    undated = replace(CASHIER, vacancy_id="v-0", posted_at=None)
    fuller = replace(CASHIER, vacancy_id="v-9", n_openings=2, employment_type="full_time")
    assert grouped(undated, CASHIER, fuller) == (DuplicateGroup("v-9", ("v-1", "v-0")),)


def test_there_are_no_chains() -> None:
    words = [f"tugas{number}" for number in range(60)]
    texts = [" ".join(words[start : start + 50]) for start in (0, 5, 10)]
    chain = [replace(CASHIER, vacancy_id=f"v-{place}", description=text) for place, text in enumerate(texts)]
    assert duplicate_groups(chain, least_similarity=0.75) == (DuplicateGroup("v-0", ("v-1",)),)


@pytest.mark.parametrize("vacancies", [[], [CASHIER]])
def test_few_adverts_make_no_group(vacancies: Sequence[Vacancy]) -> None:
    assert duplicate_groups(vacancies) == ()


@pytest.mark.parametrize("share", [0.0, 1.1, float("nan")])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(InvalidInput, match="0 to 1"):
        duplicate_groups([CASHIER], least_similarity=share)


MARKET = st.lists(
    st.builds(
        lambda title, employer, cut, day: replace(
            CASHIER, title=title, employer_id=employer, description=DUTIES[cut:],
            posted_at=None if day is None else datetime(2026, 11, day, tzinfo=UTC),
        ),
        st.sampled_from(["Kasir", "Kasir Toko", "Toko Kasir"]),
        st.sampled_from(["e-1", "e-2", None]),
        st.sampled_from([0, 0, 40, 150]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=8,
).map(lambda market: [replace(vacancy, vacancy_id=f"v-{place}") for place, vacancy in enumerate(market)])  # fmt: skip


@given(MARKET, st.randoms())
def test_order_is_without_effect(market: list[Vacancy], shuffler: random.Random) -> None:
    shuffled = market.copy()
    shuffler.shuffle(shuffled)
    assert duplicate_groups(shuffled) == duplicate_groups(market)


@given(MARKET)
def test_each_advert_stands_in_one_group_at_most_and_all_of_it_is_near_the_shown_one(market: list[Vacancy]) -> None:
    groups = duplicate_groups(market)
    ids = [name for group in groups for name in (group.shown_id, *group.other_ids)]
    assert len(ids) == len(set(ids))
    by_id = {vacancy.vacancy_id: vacancy for vacancy in market}
    for group in groups:
        for other in group.other_ids:
            assert duplicate_groups([by_id[group.shown_id], by_id[other]]) != ()


@pytest.mark.shared
def test_copies_slipped_into_the_outside_corpus_are_found(shared_folder: Path) -> None:
    vacancies = vacancies_of(load_table("vacancies", [shared_folder / "data" / "vacancies.parquet"]).table)
    rng = random.Random(20261122)
    copied = rng.sample([vacancy for vacancy in vacancies if len(vacancy.description or "") >= 100], 1_000)
    copies = [_altered(vacancy, rng) for vacancy in copied]
    began = time.process_time()
    groups = duplicate_groups([*vacancies, *copies])
    seconds = time.process_time() - began
    group_of = {name: group.shown_id for group in groups for name in (group.shown_id, *group.other_ids)}
    found = sum(
        copy.vacancy_id in group_of and group_of[copy.vacancy_id] == group_of.get(original.vacancy_id)
        for original, copy in zip(copied, copies, strict=True)
    )
    assert found >= 970 and seconds < 60


def _altered(vacancy: Vacancy, rng: random.Random) -> Vacancy:
    """Return a copy that shouts its title, lacks one word of twenty, and closes with a call."""
    words = [word for word in (vacancy.description or "").split() if rng.random() > 0.05]
    return replace(
        vacancy,
        vacancy_id=f"copy-{vacancy.vacancy_id}",
        title=f"Dibutuhkan segera {vacancy.title.upper()}",
        description=" ".join([*words, "Kirim lamaran segera."]),
    )
