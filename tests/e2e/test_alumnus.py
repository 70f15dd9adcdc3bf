"""What an alumnus lives through on the page, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.market import INJECTED

PAGES = [
    "/",
    "/coba",
    "/coba?alumnus=a-cook",
    "/coba?alumnus=a-cook&lang=en",
    "/coba?alumnus=a-guard",
    "/docs",
    "/tidak-ada",
]

# The least contrast of any text on the page with the ground it stands on, after WCAG 2.2 section 1.4.3.
LEAST_CONTRAST = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => channels(colour).slice(0, 3)
    .map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return channels(colour)[3] === 0 && element.parentElement ? ground(element.parentElement) : colour;
  };
  const told = [...document.body.querySelectorAll('*')].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return Math.min(...told.map((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""


def test_an_alumnus_chooses_a_person_without_javascript_and_sees_ten_vacancies_with_reasons(visit: Opener) -> None:
    page = visit("/coba")
    page.get_by_label("Orang contoh").select_option(
        "Memasak hidangan rumahan bagi Juru Masak - Kota Bandung, Jawa Barat"
    )
    page.get_by_role("button", name="Tampilkan lowongan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lowongan untuk saya")
    cards = page.get_by_role("article")
    expect(cards).to_have_count(10)
    for card in cards.all():
        expect(card.get_by_role("heading", name=re.compile("Mengapa cocok|Yang perlu Anda tahu"))).not_to_have_count(0)
    expect(page.get_by_text("12 lowongan terbuka untuk Anda, semuanya dinilai.")).to_be_visible()


def test_an_alumnus_reads_place_pay_openings_and_how_to_apply(visit: Opener) -> None:
    card = visit("/coba?alumnus=a-cook").get_by_role("article", name="Juru Masak Rumah Makan")
    for line in ("Kota Bandung, Jawa Barat", "Rp3.200.000 sampai Rp3.900.000 sebulan", "3 orang, 14 sudah melamar"):
        expect(card.get_by_text(line)).to_be_visible()
    link = card.get_by_role("link", name="Lamar di lowongan.example")
    expect(link).to_have_attribute("href", "https://lowongan.example/juru-masak?id=1&asal=padan")
    expect(link).to_have_attribute("rel", re.compile("noopener nofollow"))


def test_an_alumnus_sees_that_an_internship_is_one(visit: Opener) -> None:
    card = visit("/coba?alumnus=a-cook").get_by_role("article", name="Juru Masak Muda Hotel")
    expect(card.get_by_text("Magang untuk lulusan", exact=True)).to_be_visible()


def test_an_alumnus_opens_the_advert_without_javascript(visit: Opener) -> None:
    card = visit("/coba?alumnus=a-cook").get_by_role("article", name="Juru Masak Rumah Makan")
    card.get_by_text("Isi iklan").click()
    expect(card.get_by_text("Kami mencari orang yang rajin")).to_be_visible()


def test_an_alumnus_reads_the_page_in_english(visit: Opener) -> None:
    page = visit("/coba?alumnus=a-cook")
    page.get_by_role("link", name="Read in English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vacancies for me")
    expect(page.get_by_role("article")).to_have_count(10)
    expect(page.get_by_text("Fits your training").first).to_be_visible()


def test_an_alumnus_without_vacancies_is_told_kindly_and_what_is_assumed(visit: Opener) -> None:
    page = visit("/coba?alumnus=a-guard")
    expect(page.get_by_role("heading", name="Belum ada lowongan untuk Anda")).to_be_visible()
    expect(page.get_by_text("dihitung sebagai SD")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)


def test_an_unknown_alumnus_gets_a_kind_page_and_a_way_back(visit: Opener) -> None:
    page = visit("/coba?alumnus=siapa-ini")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidak ketemu")
    page.get_by_role("link", name="Kembali ke halaman depan").click()
    expect(page.get_by_role("link", name="Daftar")).not_to_have_count(0)


def test_html_in_an_advert_is_shown_as_text_and_runs_nothing(visit: Opener) -> None:
    page = visit("/coba?alumnus=a-cook", java_script_enabled=True)
    card = page.get_by_role("article", name=INJECTED)
    expect(card.get_by_role("heading", level=2)).to_have_text(INJECTED)
    expect(card.locator("script, b, img")).to_have_count(0)
    expect(page).to_have_title("Lowongan untuk saya - Padan")


def test_a_script_address_in_an_advert_is_no_link(visit: Opener) -> None:
    card = visit("/coba?alumnus=a-cook").get_by_role("article", name="Juru Masak Kapal")
    expect(card.get_by_text("Tautan di iklan ini tidak aman dibuka.")).to_be_visible()
    expect(card.get_by_role("link")).to_have_count(0)


def test_the_keyboard_reaches_the_chooser_and_submits_it(visit: Opener) -> None:
    page = visit("/coba")
    chooser = page.get_by_label("Orang contoh")
    for _ in range(10):
        page.keyboard.press("Tab")
        if chooser.evaluate("chooser => chooser === document.activeElement"):
            break
    expect(chooser).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?alumnus=a-guard$"))


def test_the_keyboard_skips_to_the_content(visit: Opener) -> None:
    page = visit("/coba")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Lewati ke isi")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 740])
def test_nothing_scrolls_sideways(visit: Opener, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 360})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(visit: Opener, path: str, scheme: str) -> None:
    assert visit(path, color_scheme=scheme).evaluate(LEAST_CONTRAST) >= 4.5


@pytest.mark.parametrize("path", ["/", "/coba?alumnus=a-cook"])
def test_everything_to_press_is_big_enough_for_a_thumb(visit: Opener, path: str) -> None:
    page = visit(path, viewport={"width": 360, "height": 740})
    boxes = [one.bounding_box() for one in page.locator("a:visible, button, select, summary").all()]
    assert len(boxes) > 3
    assert all(box is not None and box["height"] >= 44 for box in boxes)


def test_the_printed_page_leaves_out_what_paper_cannot_do(visit: Opener) -> None:
    page = visit("/coba?alumnus=a-cook")
    page.emulate_media(media="print")
    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.get_by_label("Pilih orang lain")).to_be_hidden()
    expect(page.get_by_role("link", name="Read in English")).to_be_hidden()


@pytest.mark.parametrize("path", PAGES)
def test_the_page_asks_nothing_of_other_hosts_and_breaks_no_rule_of_its_own(
    visit: Opener, site: str, path: str
) -> None:
    page = visit("/health/live", java_script_enabled=True)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(site + path)
    assert len(asked) >= 2
    assert [address for address in asked if not address.startswith(site)] == []
    assert [text for text in complaints if "status of 404" not in text] == []
