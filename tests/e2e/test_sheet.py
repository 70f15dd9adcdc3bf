"""An officer prints in a real browser: ten vacancies on one A4 page, and a slip 80 mm wide."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.pages.rendering import STATIC
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import Opener, opened
from tests.e2e.market import build_market
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

COOK = {"title": "Memasak hidangan rumahan bagi Juru Masak", "course_id": "c-cook", "evidence": "passed"}
MILLIMETRES_OF_A_POINT = 25.4 / 72
Printer = Callable[[str], bytes]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The artifact of the kitchen market and its cache."""
    artifact = build_market(tmp_path_factory.mktemp("printed"))
    return artifact.folder, artifact.cache_folder


@pytest.fixture
def counter(opened: Opener, market: tuple[Path, Path]) -> Counter:
    """An officer at work over the kitchen market."""
    folder, cache = market
    return counter_of(opened(artifact=folder, cache=cache, encoder="tfidf", now=NOW.isoformat()))


@pytest.fixture
def printer(counter: Counter, browser: Browser) -> Printer:
    """Print a form of one person's sheet; the style stands in the page, for no server runs here."""
    alumnus_id = counter.enrol(district_code="32.73", certificates=[COOK])
    session_id = counter.begin(alumnus_id)["session_id"]
    style = (STATIC / "sheet.css").read_text(encoding="utf-8")

    def pdf(form: str) -> bytes:
        page = browser.new_page(java_script_enabled=False)
        html = counter.get("sheet", session_id=session_id, form=form).text
        assert len(re.findall(r"<li>", html)) == 10
        page.set_content(re.sub(r"<link [^>]*>", f"<style>{style}</style>", html))
        printed = page.pdf(prefer_css_page_size=True)
        page.close()
        return printed

    return pdf


def boxes(pdf: bytes) -> list[tuple[float, float]]:
    """Return width and height of each page in millimetres."""
    found = re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
    return [(float(wide) * MILLIMETRES_OF_A_POINT, float(high) * MILLIMETRES_OF_A_POINT) for wide, high in found]


def test_an_officer_prints_ten_vacancies_on_one_page_and_on_a_slip(printer: Printer) -> None:
    [sheet] = boxes(printer("a4"))
    assert sheet == pytest.approx((210, 297), abs=1)
    slips = boxes(printer("slip"))
    assert all(wide == pytest.approx(80, abs=1) for wide, _ in slips) and len(slips) <= 2
