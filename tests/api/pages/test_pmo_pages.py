"""The pages of the programme office as text: every figure with its interval, its id and its download, few withheld."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.pages.charts import curve, tiles
from api.pages.office import exposure_lines
from api.pages.texts import texts_in
from api.pages.tile_map import TILES
from matcher.domain.regions import provinces
from matcher.engine.artifacts import Artifact
from matcher.simulate.market_files import write_market
from matcher.simulate.parameters import MarketParameters
from tests.api.pmo.conftest import Office, office_over
from tests.api.security.conftest import (
    Clock,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]
PAGES = ("", "/hasil", "/waktu", "/corong", "/keadilan", "/kebutuhan", "/kursus", "/kebijakan", "/perubahan")


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a thousand people over a year."""
    folder = tmp_path_factory.mktemp("market")
    write_market(MarketParameters(n_alumni=1_000), folder, seed=3)
    return folder


@pytest.fixture
def office(opened: Opener, world: Artifact, tmp_path: Path, market: Path) -> Office:
    """The office of the invented market."""
    return office_over(opened, world, tmp_path, market)


def read(office: Office, path: str, language: str = "id") -> str:
    """Return a page of the office."""
    asked = f"/pmo{path}{'&' if '?' in path else '?'}lang={language}"
    answer = office.house.at().get(asked, headers=office.headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_every_page_cites_its_figure_and_offers_it_as_csv(office: Office) -> None:
    for path in PAGES:
        page = read(office, path)
        ids = re.findall(r"Angka ([0-9a-f]{16}), keadaan", page)
        (href, *_) = re.findall(r'href="(/v1/pmo/export\?[^"]+)"', page)
        csv = office.house.at().get(href.replace("&amp;", "&"), headers=office.headers)
        assert csv.status_code == 200, path
        assert ids[0] in csv.headers["content-disposition"], path
        assert 'lang="en"' in read(office, path, "en")


def test_office_reads_rate_interval_response_and_bounds(office: Office) -> None:
    told, page = office.figure("outcomes")["rows"][0], read(office, "")
    texts = texts_in("id")
    for share in ("rate", "rate_low", "rate_high", "weighted", "bound_low", "bound_high"):
        assert texts.percent(told[share]) in page, share
    assert "Belum dapat dijawab: tidak ada kelompok pembanding" in page


def test_small_groups_look_withheld(office: Office) -> None:
    rows = office.figure("outcomes?by=province_code")["rows"]
    hidden = [provinces()[row["province_code"]].name for row in rows if row["is_suppressed"] and row["province_code"]]
    page = read(office, "/hasil?by=province_code")
    assert hidden
    for name in hidden:
        (line,) = re.findall(rf'<tr class="withheld"><th scope="row">{name}</th>.*?</tr>', page)
        assert "&lt; 10" in line and "hatch" in line and "track" not in line


def test_net_effect_is_told_where_somebody_is_held_out(
    opened: Opener, world: Artifact, tmp_path: Path, market: Path
) -> None:
    office = office_over(opened, world, tmp_path, market, holdout="0.2", holdout_key=SecretStr("kunci-undian-uji"))
    assert office.figure("net-effect")["sentences"]["id"][:40] in read(office, "")


def test_without_data_every_page_says_who_prepares_it(opened: Opener, world: Artifact, tmp_path: Path) -> None:
    office = office_over(opened, world, tmp_path, tmp_path / "nothing")
    for path in PAGES:
        answer = office.house.at().get(f"/pmo{path}", headers=office.headers)
        assert (answer.status_code, "Data belum disiapkan" in answer.text) == (503, True), path


def test_changes_are_told_by_a_sentence_and_by_quarters(office: Office) -> None:
    told, page = office.figure("drift"), read(office, "/perubahan")
    assert told["sentences"]["id"] in page and "Lowongan: provinsi" in page
    assert 'scope="row">Triwulan 4 2025</th>' in page


def test_exposure_is_told_by_quarter_and_withheld_where_few() -> None:
    rows = [
        {"begins_on": "2025-07-01", "is_suppressed": True},
        {"begins_on": "2025-10-01", "is_suppressed": False, "n_shown": 1200, "rate_viewed": 0.5, "rate_applied": 0.25},
    ]
    last, first = exposure_lines(rows, texts_in("en"))
    assert last == ["Quarter 4 of 2025", "1,200", "50.0%", "25.0%", "-"]
    assert first == ["Quarter 3 of 2025", "< 10", "-", "-", "-"]


def test_courses_with_few_people_are_counted_and_not_listed(office: Office) -> None:
    rows, page = office.figure("course-value")["rows"], read(office, "/kursus")
    hidden = sum(row["value"] is None for row in rows)
    assert hidden and f"{hidden} kursus lain tidak ditampilkan" in page and 'class="withheld"' not in page


def test_changes_without_an_artifact_say_what_is_missing(opened: Opener, market: Path) -> None:
    house = opened(events=market)
    house.app.state.serving = replace(house.app.state.serving, clock=Clock())
    page = read(Office(house, house.bearer(house.officer("pmo"))), "/perubahan")
    assert "Pengelola membuatnya dengan padan build" in page and "triwulan demi triwulan" in page


def test_map_has_every_province_once_and_none_over_another() -> None:
    assert set(TILES) == set(provinces())
    assert len({(one.column, one.row) for one in TILES.values()}) == len(TILES) == 38
    drawn = tiles([{"province_code": "95", "is_suppressed": True, "n_people": None}], texts_in("id"))
    told: Mapping[str, str] = {one.name: one.verdict for one in drawn}
    assert (told["Papua Pegunungan"], told["Jawa Barat"]) == ("hidden", "none")


def test_curve_stays_in_its_frame_and_needs_two_points() -> None:
    rows = [{"day": day, "share": day / 700, "low": day / 900, "high": day / 500} for day in range(0, 366, 7)]
    drawn = curve(rows, texts_in("id"))
    assert drawn is not None and curve(rows[:1], texts_in("id")) is None
    places = [tuple(map(float, one.split(","))) for one in re.findall(r"[\d.]+,[\d.]+", drawn.band)]
    assert all(0 <= x <= 1000 and 0 <= y <= 400 for x, y in places)
