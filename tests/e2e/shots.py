"""A picture of every page at phone and desktop width, light and dark, by ``make shots``: look at each. Judges none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Opener, sign_in, sign_in_staff
from tests.e2e.firms import FIRM
from tests.e2e.pages import BY_ROLE, PUBLIC
from tests.e2e.people import COOK, OFFICE
from tests.e2e.test_counter import enrol_on_the_page

FOLDER = Path(__file__).parents[2] / "build/screenshots"
LOOKS = [
    ("phone", 360, 740, "light"), ("phone-dark", 360, 740, "dark"),
    ("desktop", 1280, 800, "light"), ("desktop-dark", 1280, 800, "dark"),
]  # fmt: skip


NAMES = iter(("Dewi Lestari", "Dewi Anggraini", "Dewi Puspita", "Dewi Kartika"))
"""Somebody else for each look: the same name and birth date would be refused."""


def _at_counter(page: Page, site: str) -> None:
    sign_in_staff(page, site)
    enrol_on_the_page(page, site, next(NAMES), "Carikan lowongan untuk saya")


SIGN_IN: dict[str, Callable[[Page, str], None]] = {
    "alumnus": lambda page, site: sign_in(page, site, COOK),
    "counter": _at_counter,
    "employer": lambda page, site: sign_in_staff(page, site, FIRM),
    "pmo": lambda page, site: sign_in_staff(page, site, OFFICE),
}


@pytest.mark.parametrize("role", [None, *SIGN_IN])
@pytest.mark.parametrize(("look", "width", "height", "scheme"), LOOKS)
def test_picture(visit: Opener, site: str, role: str | None, look: str, width: int, height: int, scheme: str) -> None:
    view = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = visit("/", java_script_enabled=True, **view)
    if role is not None:
        SIGN_IN[role](page, site)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, path in (PUBLIC if role is None else BY_ROLE[role]).items():
        page.goto(site + path)
        page.screenshot(path=FOLDER / f"{name}-{look}.png", full_page=True)
    assert (FOLDER / f"{name}-{look}.png").stat().st_size > 0
