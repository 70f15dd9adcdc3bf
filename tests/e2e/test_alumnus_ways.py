"""How else an alumnus comes to their vacancies: by keyboard alone, in English, over a slow network."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opener, sign_in
from tests.e2e.pages import BY_ROLE
from tests.e2e.people import COOK, PIN

MOST_BYTES = 60_000
"""Of the first page of an alumnus, in all, over the wire."""

SLOW_2G = {"offline": False, "latency": 1400, "downloadThroughput": 50_000 / 8, "uploadThroughput": 30_000 / 8}
"""Milliseconds to answer and bytes a second: the slowest profile that measurers of the web use."""


def walk_to(page: Page, target: Locator) -> None:
    """Press the tab key until `target` has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("the keyboard does not reach it")


def test_an_alumnus_signs_in_and_saves_a_vacancy_with_the_keyboard_alone(visit: Opener) -> None:
    page = visit("/masuk")
    for label, words in (("Nomor telepon", COOK), ("PIN", PIN)):
        walk_to(page, page.get_by_label(label, exact=True))
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lowongan untuk saya")
    walk_to(page, page.get_by_role("button", name="Simpan").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Lowongan disimpan")


def test_an_alumnus_reads_every_page_in_english(visit: Opener, site: str) -> None:
    page = visit("/masuk")
    sign_in(page, site, COOK)
    told: dict[str, list[str]] = {}
    for name, path in BY_ROLE["alumnus"].items():
        page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang=en")
        words = " ".join(page.locator("h1, h2:not(.card h2), button, label, nav, legend, summary").all_inner_texts())
        told[name] = re.findall(r"\b(?:untuk|yang|Simpan|Kirim|Pilih|tidak|saya|dengan)\b", words)
        expect(page.locator("html")).to_have_attribute("lang", "en")
    assert {name: found for name, found in told.items() if found} == {}


def test_ten_vacancies_come_over_a_slow_network_and_weigh_little(visit: Opener, site: str) -> None:
    page = visit("/masuk")
    sign_in(page, site, COOK)
    wire = page.context.new_cdp_session(page)
    weights: list[float] = []

    def note(event: dict[str, Any]) -> None:
        weights.append(event["encodedDataLength"])

    wire.on("Network.loadingFinished", note)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", SLOW_2G)
    page.goto(site + "/lowongan", timeout=30_000, wait_until="load")
    expect(page.get_by_role("article")).to_have_count(10)
    assert len(weights) >= 2
    assert 5_000 < sum(weights) <= MOST_BYTES
