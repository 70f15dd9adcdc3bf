"""A vacancy posted while the artifact serves is found, one that closed is gone, and a rebuild would say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.records import Alumnus, Certificate, Slate, Vacancy
from matcher.engine.arrivals import Arrivals
from matcher.engine.artifacts import Artifact
from matcher.engine.columns import VacancyColumns
from matcher.engine.features import RankingFacts
from matcher.engine.index import VacancyIndex
from matcher.engine.recommend import Recommender
from matcher.ingest.datasets import vacancies_of
from tests.world import NOW, VACANCIES, table

_ROUNDED = 3e-3
"""What half precision of the kept embeddings may change of a score."""

COOK = Vacancy(
    "v-late", "Juru Masak Katering", employer_id="e-9", employer="Katering Ibu", province_code="32",
    district_code="32.73", education_min="SD", posted_at=NOW,
)  # fmt: skip


def _ids(arrivals: Arrivals, alumnus: Alumnus, *, now: datetime = NOW) -> list[str]:
    slate = arrivals.recommender.recommend(alumnus, now=now)
    assert slate.exhaustive
    return [item.vacancy_id for item in slate.items]


@pytest.fixture
def none_yet(world: Artifact) -> Arrivals:
    return Arrivals.of(world)


def test_what_is_posted_is_found_with_its_reasons(world: Artifact, none_yet: Arrivals) -> None:
    slate = none_yet.changed(posted=[COOK]).recommender.recommend(world.alumnus("a-cook"), now=NOW)
    (item,) = [item for item in slate.items if item.vacancy_id == "v-late"]
    assert {"target_occupation", "nearness", "freshness"} <= {reason.code for reason in item.reasons}
    assert slate.eligible == none_yet.recommender.recommend(world.alumnus("a-cook"), now=NOW).eligible + 1


@pytest.mark.parametrize("vacancy_id", ["v-cook-city", "v-late"])
def test_what_closed_is_gone_and_comes_back_when_posted_again(
    world: Artifact, none_yet: Arrivals, vacancy_id: str
) -> None:
    cook, open_both = world.alumnus("a-cook"), none_yet.changed(posted=[COOK])
    closed = open_both.changed(closed=[vacancy_id])
    again = closed.changed(posted=closed.adverts([vacancy_id]))
    assert vacancy_id in _ids(open_both, cook) and vacancy_id not in _ids(closed, cook)
    assert vacancy_id in _ids(again, cook)


def test_readers_of_the_old_arrivals_see_nothing_of_a_change(world: Artifact, none_yet: Arrivals) -> None:
    cook = world.alumnus("a-cook")
    before = none_yet.recommender.recommend(cook, now=NOW)
    none_yet.changed(posted=[COOK], closed=["v-cook-city"]).changed(closed=["v-late"])
    assert none_yet.recommender.recommend(cook, now=NOW) == before == world.recommender.recommend(cook, now=NOW)


def test_an_edit_takes_the_place_of_what_stood_there(world: Artifact, none_yet: Arrivals) -> None:
    (advert,) = world.adverts(["v-cook-city"])
    edited = none_yet.changed(posted=[replace(advert, title="Koki Utama", education_min="D3")])
    assert "v-cook-city" not in _ids(edited, world.alumnus("a-cook"))
    graduate = replace(world.alumnus("a-cook"), education="S1")
    assert _ids(edited, graduate).count("v-cook-city") == 1
    assert [vacancy.title for vacancy in edited.adverts(["v-sew", "v-cook-city"])] == ["Penjahit Pakaian", "Koki Utama"]


def test_an_arrival_expires_by_itself(world: Artifact, none_yet: Arrivals) -> None:
    brief = none_yet.changed(posted=[replace(COOK, expires_at=NOW + timedelta(hours=1))])
    cook = world.alumnus("a-cook")
    assert "v-late" in _ids(brief, cook) and "v-late" not in _ids(brief, cook, now=NOW + timedelta(hours=2))


def test_a_score_on_arrival_is_the_stored_score(world: Artifact, none_yet: Arrivals) -> None:
    stored = {vacancy.vacancy_id: vacancy for vacancy in vacancies_of(world.vacancies)}
    reposted = [replace(vacancy, vacancy_id=f"again-{key}") for key, vacancy in stored.items()]
    arrivals = none_yet.changed(posted=reposted[:3]).changed(posted=reposted[3:])
    for key in stored:
        assert arrivals.course_scores(f"again-{key}") == pytest.approx(arrivals.course_scores(key), abs=_ROUNDED)


def test_a_title_without_a_row_meets_arrivals_too(world: Artifact, none_yet: Arrivals) -> None:
    seller = Vacancy("v-sell", "Kasir Toko Roti", province_code="32", posted_at=NOW)
    arrivals = none_yet.changed(posted=[COOK]).changed(posted=[seller])
    unseen, known = arrivals.recommender.scores.of([Certificate("Kasir toko"), Certificate("", course_id="c-cook")])
    assert unseen.argmax() == 9
    assert unseen[:8] == pytest.approx(world.recommender.scores.score_titles(["Kasir toko"])[0])
    assert known[8] == arrivals.course_scores("v-late")[0]


def test_single_changes_gather_into_few_batches(none_yet: Arrivals) -> None:
    posted = [replace(COOK, vacancy_id=f"v{number}", title=f"Juru Masak {number}") for number in range(40)]
    one_by_one = none_yet
    for vacancy in posted:
        one_by_one = one_by_one.changed(posted=[vacancy])
    at_once = none_yet.changed(posted=posted)
    assert len(one_by_one.batches) <= 6
    for vacancy in posted:
        assert one_by_one.course_scores(vacancy.vacancy_id) == pytest.approx(
            at_once.course_scores(vacancy.vacancy_id), abs=1e-5
        )


def test_an_id_that_never_was_here_closes_nothing(world: Artifact, none_yet: Arrivals) -> None:
    assert _ids(none_yet.changed(closed=["v-gone"]), world.alumnus("a-cook")) == _ids(none_yet, world.alumnus("a-cook"))


@pytest.mark.parametrize(
    "batch",
    [
        {"posted": [COOK, COOK]},
        {"posted": [COOK], "closed": ["v-late"]},
        {"posted": [replace(COOK, education_min="sarjana muda")]},
    ],
)
def test_an_ambiguous_or_wrong_batch_is_refused(none_yet: Arrivals, batch: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        none_yet.changed(**batch)


def test_an_unknown_advert_is_refused(none_yet: Arrivals) -> None:
    with pytest.raises(UnknownIdentifier, match="v-nowhere"):
        none_yet.changed(posted=[COOK]).adverts(["v-late", "v-nowhere"])


_FACTS = st.fixed_dictionaries(
    {
        "province_code": st.sampled_from(["32", "33", "91"]),
        "district_code": st.sampled_from([None, "32.73", "32.04", "33.74"]),
        "education_min": st.sampled_from([None, "SD", "SMA", "S1"]),
        "is_remote": st.sampled_from([None, True]),
        "required_certificates": st.sampled_from([None, ["SIM B1"]]),
        "n_applicants": st.sampled_from([None, 1, 40]),
        "n_openings": st.sampled_from([None, 2]),
        "filled_at": st.sampled_from([None, NOW - timedelta(days=1)]),
    }
)
_SOURCES = [row["vacancy_id"] for row in VACANCIES]
_CHANGES = st.lists(
    st.tuples(st.sampled_from(["post", "edit", "close"]), st.sampled_from(_SOURCES), _FACTS), max_size=12
)
_Rows = dict[str, dict[str, Any]]


def _applied(changes: list[tuple[str, str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any] | None]]:
    """Return id and row of each change, ``None`` where it closes; a new advert has the words of an old one.

    Each has a day of its own, so that no two score the same.
    """
    rows = []
    for number, (kind, source, facts) in enumerate(changes):
        words = {"title": VACANCIES[_SOURCES.index(source)]["title"], "employer_id": f"e{number}"}
        key = f"new-{number}" if kind == "post" else source
        row = {"vacancy_id": key, "posted_at": NOW - timedelta(days=number)} | words | facts
        rows.append((key, None if kind == "close" else row))
    return rows


def _after(arrivals: Arrivals, changes: list[tuple[str, dict[str, Any] | None]]) -> Arrivals:
    last = dict(changes)
    posted = table("vacancies", [row for row in last.values() if row is not None])
    return arrivals.changed(posted=vacancies_of(posted), closed=[key for key, row in last.items() if row is None])


def _rebuilt(world: Artifact, rows: _Rows) -> Recommender:
    """The engine over the changed table; every advert has the stored score of the one whose title it has."""
    vacancies = table("vacancies", list(rows.values()))
    columns = VacancyColumns.of(vacancies)
    index = VacancyIndex.build(columns)
    source_of = {row["title"]: row["vacancy_id"] for row in VACANCIES}
    scores = np.column_stack([world.stored_course_scores(source_of[row["title"]]) for row in rows.values()])
    engine = world.recommender
    return replace(
        engine, vacancies=vacancies, columns=columns, facts=RankingFacts.of(vacancies), index=index,
        scores=replace(engine.scores, values=scores[:, index.layout]),
    )  # fmt: skip


def _told(slate: Slate) -> list[tuple[object, ...]]:
    return [
        (item.vacancy_id, item.certificate_title, [line.code for line in (*item.reasons, *item.gaps)])
        for item in slate.items
    ]


@settings(max_examples=60)
@given(_CHANGES, st.integers(1, 4))
def test_arrivals_answer_as_a_rebuild_of_the_changed_table(
    world: Artifact, changes: list[tuple[str, str, dict[str, Any]]], n_together: int
) -> None:
    steps = _applied(changes)
    arrivals, rows = Arrivals.of(world), {row["vacancy_id"]: row for row in VACANCIES}
    for start in range(0, len(steps), n_together):
        arrivals = _after(arrivals, steps[start : start + n_together])
    final = {key: row for key, row in (rows | dict(steps)).items() if row is not None}
    assume(final)
    rebuilt = _rebuilt(world, final)
    for alumnus in world.alumni():
        ours, theirs = (engine.recommend(alumnus, k=30, now=NOW) for engine in (arrivals.recommender, rebuilt))
        assert (ours.eligible, ours.scored) == (theirs.eligible, theirs.scored)
        expected = [item.score for item in theirs.items]
        assert [item.score for item in ours.items] == pytest.approx(expected, abs=_ROUNDED)
        if (-np.diff(expected) > 2 * _ROUNDED).all():
            assert _told(ours) == _told(theirs)
