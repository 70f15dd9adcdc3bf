"""What somebody of the programme office lives through, in a real browser; each page judged by axe-core too."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener, sign_in_staff
from tests.e2e.pages import BY_ROLE
from tests.e2e.people import OFFICE
from tests.e2e.test_every_page import findings


@pytest.fixture
def office(visit: Opener, site: str) -> Page:
    """The office's browser, without scripts."""
    page = visit("/masuk/petugas")
    sign_in_staff(page, site, OFFICE)
    return page


def test_the_office_reads_a_rate_and_its_interval_and_downloads_the_figure(office: Page, tmp_path: Path) -> None:
    expect(office.get_by_role("heading", level=1)).to_have_text("Berapa yang bekerja atau berusaha?")
    sentence = office.locator(".lead").inner_text()
    rate, low, high = re.findall(r"([\d,]+) % \[([\d,]+); ([\d,]+)\]", sentence)[0]
    assert float(low.replace(",", ".")) <= float(rate.replace(",", ".")) <= float(high.replace(",", "."))
    expect(office.get_by_text("Yang menjawab", exact=True)).to_be_visible()
    (told,) = re.findall(r"Angka ([0-9a-f]{16})", office.locator(".cite").first.inner_text())
    with office.expect_download() as coming:
        office.get_by_role("link", name=f"Unduh CSV {told}").click()
    coming.value.save_as(tmp_path / "figure.csv")
    with (tmp_path / "figure.csv").open(encoding="utf-8", newline="") as file:
        assert {row["figure_id"] for row in csv.DictReader(file)} == {told}


def test_a_small_cell_is_hidden_from_the_office(office: Page, site: str) -> None:
    office.goto(f"{site}/pmo/hasil?by=province_code")
    hidden = office.locator("tr.withheld")
    assert hidden.count() > 3
    expect(hidden.first.get_by_text("< 10")).to_be_visible()
    assert re.search(r"\d+ dari \d+", hidden.first.inner_text()) is None


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_wrong_with_the_pages_of_the_office(
    visit: Opener, site: str, width: int, scheme: str
) -> None:
    view = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = visit("/masuk/petugas", java_script_enabled=True, **view)
    sign_in_staff(page, site, OFFICE)
    found: dict[str, list[str]] = {}
    for name, path in BY_ROLE["pmo"].items():
        page.goto(site + path)
        found[name] = findings(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[name].append("scrolls sideways")
    assert {name: told for name, told in found.items() if told} == {}
