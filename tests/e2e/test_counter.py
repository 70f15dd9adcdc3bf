"""What an officer at a counter lives through, in a real browser; each page judged by axe-core too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener, sign_in_staff
from tests.e2e.pages import BY_ROLE
from tests.e2e.people import PASSWORD
from tests.e2e.test_every_page import findings

PASSPHRASE = "jalan kaki ke desa sebelah"


def enrol_on_the_page(page: Page, site: str, name: str, *consents: str, phone: str = "") -> None:
    """Register a person, without a telephone if none is given, and begin to serve them."""
    page.goto(site + "/loket/daftar?provinsi=32")
    page.get_by_label("Nama lengkap").fill(name)
    page.get_by_label("Tanggal lahir").fill("1990-07-01")
    page.get_by_label("Kabupaten atau kota").select_option("32.73")
    page.get_by_label("Sekolah terakhir").select_option("SMA")
    page.get_by_label("Judul pelatihan").fill("Memasak hidangan rumahan bagi Juru Masak")
    page.get_by_label("Nomor telepon").fill(phone)
    for consent in consents:
        page.get_by_label(consent, exact=True).check()
    page.get_by_role("button", name="Daftarkan").click()
    page.get_by_role("button", name="Mulai melayani").click()


def test_an_officer_serves_a_person_without_email_and_prints(visit: Opener, site: str) -> None:
    page = visit("/masuk/petugas")
    sign_in_staff(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Loket")
    enrol_on_the_page(page, site, "Rina Melati", "Carikan lowongan untuk saya")
    expect(page.get_by_role("region", name="Anda melayani orang lain")).to_contain_text("R*** M***")
    page.get_by_role("link", name="Sepuluh lowongannya").click()
    expect(page.get_by_role("article")).to_have_count(10)
    page.get_by_role("link", name="Cetak dan kirim").click()
    message = page.get_by_label("Atau salin teks ini").input_value()
    assert "Juru Masak" in message and len(message) <= 480
    page.get_by_role("link", name="Lembar A4").click()
    expect(page.get_by_role("listitem")).to_have_count(10)
    assert len(re.findall(rb"/MediaBox", page.pdf(prefer_css_page_size=True))) == 1
    page.get_by_role("link", name="Kembali").click()
    page.get_by_role("button", name="Selesai").click()
    expect(page.get_by_role("status")).to_contain_text("Kunjungan sudah selesai.")
    assert page.goto(site + "/lowongan").status == 403  # type: ignore[union-attr]


def test_the_screen_locks_itself_and_opens_with_the_password(visit: Opener, site: str) -> None:
    page = visit("/masuk/petugas", java_script_enabled=True)
    page.clock.install()
    sign_in_staff(page, site)
    page.goto(site + "/loket/daftar?provinsi=32")
    page.clock.run_for(4 * 60 * 1000)
    page.get_by_label("Nama lengkap").press("A")
    page.clock.run_for(4 * 60 * 1000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Daftarkan orang")
    page.clock.run_for(61 * 1000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Layar terkunci")
    page.goto(site + "/loket/panggilan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Layar terkunci")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Buka layar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Telepon balik")


def test_the_pack_works_offline_and_syncs_once(visit: Opener, site: str, tmp_path: Path) -> None:
    desk = visit("/masuk/petugas", java_script_enabled=True)
    sign_in_staff(desk, site)
    enrol_on_the_page(desk, site, "Tuti Lestari", "Hubungi saya tentang lowongan", phone="0812 5555 6666")
    desk.get_by_role("button", name="Masukkan ke daftar").click()
    file = taken_along(desk, site, tmp_path)
    page = visit("/gaya", java_script_enabled=True)
    page.context.set_offline(True)
    opened_pack(page, file)
    person = page.get_by_role("article").filter(has_text="T*** L***")
    person.get_by_role("button", name="Tersambung").click()
    person.get_by_role("button", name="Sudah melamar ini").click()
    expect(page.get_by_text("2 menunggu dikirim. 0 sudah terkirim.")).to_be_visible()
    opened_pack(page, file)
    expect(page.get_by_text("2 menunggu dikirim. 0 sudah terkirim.")).to_be_visible()
    assert findings(page) == []
    page.context.set_offline(False)
    expect(page.get_by_text("0 menunggu dikirim. 2 sudah terkirim.")).to_be_visible()
    opened_pack(page, file)
    expect(page.get_by_text("0 menunggu dikirim. 2 sudah terkirim.")).to_be_visible()
    desk.goto(site + "/loket/panggilan")
    expect(desk.get_by_text("T*** L***").and_(desk.locator("dd"))).to_have_count(0)


def taken_along(desk: Page, site: str, folder: Path) -> Path:
    """Make the pack of Kota Bandung on the page; return the file that was saved."""
    desk.goto(site + "/loket/paket")
    desk.get_by_label("Kabupaten atau kota").select_option("32.73")
    desk.get_by_label("Kata kunci").fill(PASSPHRASE)
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Buat paket").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def opened_pack(page: Page, file: Path) -> None:
    """Open the file from the disk with its passphrase."""
    page.goto(file.as_uri())
    page.get_by_label("Kata kunci").fill(PASSPHRASE)
    page.get_by_role("button", name="Buka paket").click()
    expect(page.get_by_role("heading", name="Catatan Anda")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_wrong_with_the_pages_of_a_counter(visit: Opener, site: str, width: int, scheme: str) -> None:
    view = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = visit("/masuk/petugas", java_script_enabled=True, **view)
    sign_in_staff(page, site)
    enrol_on_the_page(page, site, f"Dewi {scheme}", "Carikan lowongan untuk saya")
    found: dict[str, list[str]] = {}
    for name, path in BY_ROLE["counter"].items():
        page.goto(site + path)
        found[name] = findings(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[name].append("scrolls sideways")
    assert {name: told for name, told in found.items() if told} == {}
