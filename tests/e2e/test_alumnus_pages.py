"""What somebody who signs in lives through, in a real browser without scripts; each page judged by axe-core too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener, sign_in
from tests.e2e.pages import BY_ROLE
from tests.e2e.people import COOK, GUARD
from tests.e2e.test_every_page import findings


def test_an_alumnus_finds_a_vacancy_and_sees_why_and_hides_one_and_it_stays_away(visit: Opener, site: str) -> None:
    page = visit("/masuk", viewport={"width": 320, "height": 640})
    sign_in(page, site, COOK)
    expect(page.get_by_role("heading", level=1)).to_have_text("Lowongan untuk saya")
    expect(page.get_by_role("article")).to_have_count(10)
    card = page.get_by_role("article", name="Petugas Kebersihan")
    card = card if card.count() else page.get_by_role("article").first
    expect(card.get_by_role("heading", name=re.compile("Mengapa cocok|Yang perlu Anda tahu")).first).to_be_visible()
    title = card.get_by_role("heading", level=2).inner_text()
    card.get_by_role("button", name="Bukan untuk saya").click()
    expect(page.get_by_role("status")).to_contain_text("tidak ditampilkan lagi")
    page.reload()
    expect(page.get_by_role("heading", level=2, name=title, exact=True)).to_have_count(0)


def test_an_alumnus_in_papua_pegunungan_is_told_what_to_change(visit: Opener, site: str) -> None:
    page = visit("/masuk")
    sign_in(page, site, GUARD)
    expect(page.get_by_role("heading", name="Agar lebih banyak lowongan terbuka")).to_be_visible()
    expect(page.get_by_text("Jika bersedia bekerja di Jawa Barat: +11 lowongan")).to_be_visible()
    expect(page.get_by_role("link", name="Ubah data saya")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_wrong_with_the_pages_of_an_alumnus(
    visit: Opener, site: str, width: int, scheme: str
) -> None:
    view = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = visit("/masuk", java_script_enabled=True, **view)
    sign_in(page, site, COOK)
    found: dict[str, list[str]] = {}
    for name, path in BY_ROLE["alumnus"].items():
        page.goto(site + path)
        found[name] = findings(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[name].append("scrolls sideways")
    assert {name: told for name, told in found.items() if told} == {}
