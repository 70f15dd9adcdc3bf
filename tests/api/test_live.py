"""Freshness: what is posted is found, what is closed is gone, in every process, without another artifact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from api.database import Database
from api.live.process import Live
from api.live.view import ArtifactPlaces
from api.storage.employers import Employer, add_employer
from api.storage.vacancies import edit_vacancy, post_vacancy, set_vacancy_state
from api.storage.vacancy_feed import announce
from matcher.domain.errors import MissingFile
from matcher.domain.records import Vacancy
from matcher.engine.artifacts import Artifact
from tests.api.databases import database, database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.served_process import eventually, served
from tests.world import NOW

__all__ = ["database", "database_url", "empty_database_url", "migrated_url", "postgresql_url"]

SHIP = Vacancy(
    "v-cook-ship", "Juru Masak Kapal", "e-ship", "Kapal Bahari", "Memasak untuk awak.", "32", "32.73", posted_at=NOW
)
FRESH_SECONDS = 1.0


@pytest.fixture
def post(database: Database) -> Callable[..., None]:
    """Post a vacancy in some state."""
    with database.session.begin() as session:
        add_employer(session, Employer("e-ship", "Kapal Bahari"))

    def posted(vacancy: Vacancy = SHIP, state: str = "open") -> None:
        with database.session.begin() as session:
            post_vacancy(session, vacancy, state=state, now=NOW)

    return posted


@pytest.fixture
def live(world: Artifact, database: Database) -> Iterator[Live]:
    """The view over the world, that looks when it is told to."""
    yield opened(world, database)


def opened(world: Artifact, database: Database) -> Live:
    """Open a view of its own, as another process does."""
    places = ArtifactPlaces(world.folder.parent, world.cache_folder)
    return Live.opened(world.folder, database, places=places, clock=lambda: NOW)


def offered(live: Live, alumnus_id: str = "a-cook") -> list[str]:
    """Return what an alumnus is recommended."""
    view = live.view()
    return [item.vacancy_id for item in view.recommender.recommend(view.artifact.alumnus(alumnus_id), now=NOW).items]


def close(database: Database, vacancy_id: str, state: str) -> None:
    """Bring a posted vacancy into another state."""
    with database.session.begin() as session:
        set_vacancy_state(session, vacancy_id, state, now=NOW)


def test_a_posted_vacancy_is_found_after_the_next_look(live: Live, post: Callable[..., None]) -> None:
    before = live.view()
    post()
    live.refresh()
    assert SHIP.vacancy_id in offered(live)
    assert live.view().adverts([SHIP.vacancy_id]) == [SHIP]
    assert SHIP.vacancy_id not in before.arrivals.rows


@pytest.mark.parametrize("state", ["filled", "withdrawn", "in_review"])
def test_a_closed_vacancy_is_gone_after_the_next_look_and_can_come_back(
    live: Live, database: Database, post: Callable[..., None], state: str
) -> None:
    post()
    live.refresh()
    close(database, SHIP.vacancy_id, state)
    live.refresh()
    assert SHIP.vacancy_id not in offered(live)
    close(database, SHIP.vacancy_id, "open")
    live.refresh()
    assert SHIP.vacancy_id in offered(live)


def test_what_came_and_went_between_two_looks_is_never_shown(
    live: Live, database: Database, post: Callable[..., None]
) -> None:
    post()
    close(database, SHIP.vacancy_id, "withdrawn")
    live.refresh()
    assert SHIP.vacancy_id not in offered(live)


def test_an_edit_shows_the_last_words(live: Live, database: Database, post: Callable[..., None]) -> None:
    post()
    live.refresh()
    edited = replace(SHIP, title="Pengemudi Truk Kapal", required_certificates=("SIM B1",))
    with database.session.begin() as session:
        edit_vacancy(session, edited, state="open", version=1, now=NOW)
    live.refresh()
    assert live.view().adverts([SHIP.vacancy_id])[0].title == edited.title
    assert SHIP.vacancy_id not in offered(live)


def test_a_draft_and_an_expired_vacancy_are_not_found(live: Live, post: Callable[..., None]) -> None:
    post(state="draft")
    post(replace(SHIP, vacancy_id="v-late", expires_at=NOW - timedelta(seconds=1)))
    live.refresh()
    assert not {SHIP.vacancy_id, "v-late"} & set(offered(live))


@pytest.mark.parametrize("kind", ["filled", "withdrawn"])
def test_a_vacancy_of_the_artifact_can_be_closed(live: Live, database: Database, kind: str) -> None:
    assert "v-cook-city" in offered(live)
    with database.session.begin() as session:
        announce(session, "v-cook-city", kind, now=NOW)
    live.refresh()
    assert "v-cook-city" not in offered(live)


def test_a_process_that_starts_later_knows_all_of_it(
    world: Artifact, database: Database, post: Callable[..., None]
) -> None:
    post()
    post(replace(SHIP, vacancy_id="v-gone"))
    close(database, "v-gone", "filled")
    with database.session.begin() as session:
        announce(session, "v-cook-far", "withdrawn", now=NOW)
    fresh = opened(world, database)
    assert SHIP.vacancy_id in offered(fresh)
    assert not {"v-gone", "v-cook-far"} & set(offered(fresh))


def test_what_the_artifact_holds_already_is_not_computed_again(
    world: Artifact, database: Database, post: Callable[..., None]
) -> None:
    held = world.adverts(["v-cook-city"])[0]
    with database.session.begin() as session:
        add_employer(session, Employer(held.employer_id or "", "Warung Sari Rasa"))
    post(held)
    fresh = opened(world, database)
    assert not fresh.view().arrivals.rows and "v-cook-city" in offered(fresh)


def test_an_unusable_vacancy_holds_up_no_other(live: Live, post: Callable[..., None]) -> None:
    post(replace(SHIP, vacancy_id="v-odd", education_min="akademi bayangan"))
    post()
    live.refresh()
    assert SHIP.vacancy_id in offered(live) and "v-odd" not in offered(live)


def test_next_courses_count_no_closed_vacancy(live: Live, database: Database) -> None:
    asked = {"n": 5, "now": NOW}
    view = live.view()
    opens = {one.course_id for one in view.course_adviser.next_courses(view.artifact.alumnus("a-cook"), **asked)}
    assert "c-sew" in opens
    with database.session.begin() as session:
        announce(session, "v-sew", "filled", now=NOW)
    live.refresh()
    view = live.view()
    opens = {one.course_id for one in view.course_adviser.next_courses(view.artifact.alumnus("a-cook"), **asked)}
    assert "c-sew" not in opens


def test_without_an_artifact_every_reader_is_told_why(database: Database, tmp_path: Path) -> None:
    places = ArtifactPlaces(tmp_path, tmp_path)
    live = Live.opened(tmp_path / "nowhere", database, places=places, clock=lambda: NOW)
    live.refresh()
    with pytest.raises(MissingFile, match="no artifact here"):
        live.view()


def test_a_database_that_is_gone_leaves_the_view_as_it_was(
    live: Live, database: Database, post: Callable[..., None]
) -> None:
    post()
    live.refresh()
    before = live.view()
    with database.session.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE vacancy_changes RENAME TO elsewhere")
    with pytest.raises(SQLAlchemyError):
        live.refresh()
    assert live.view() is before


def test_the_share_that_explores_is_the_setting_and_lasts(
    world: Artifact, database: Database, post: Callable[..., None]
) -> None:
    places = ArtifactPlaces(world.folder.parent, world.cache_folder, explore=0.25)
    live = Live.opened(world.folder, database, places=places, clock=lambda: NOW)
    post()
    live.refresh()
    assert live.view().explore == 0.25


def test_two_processes_follow_within_a_second(
    world: Artifact, database: Database, database_url: str, tmp_path: Path, post: Callable[..., None]
) -> None:
    asked = "/v1/demo/alumni/a-cook/recommendations"
    with served(world, database_url, tmp_path) as one, served(world, database_url, tmp_path) as other:

        def shown_by_both() -> list[bool]:
            answers = [server.get(asked).json()["items"] for server in (one, other)]
            return [SHIP.vacancy_id in {item["vacancy_id"] for item in items} for items in answers]

        assert shown_by_both() == [False, False]
        post()
        eventually(lambda: all(shown_by_both()), within_seconds=FRESH_SECONDS)
        close(database, SHIP.vacancy_id, "filled")
        eventually(lambda: not any(shown_by_both()), within_seconds=FRESH_SECONDS)
        close(database, SHIP.vacancy_id, "open")
        eventually(lambda: all(shown_by_both()), within_seconds=FRESH_SECONDS)
        close(database, SHIP.vacancy_id, "withdrawn")
        eventually(lambda: not any(shown_by_both()), within_seconds=FRESH_SECONDS)
