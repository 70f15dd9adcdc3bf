"""What an employer lives through, in a real browser; each page judged by axe-core too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener, sign_in_staff
from tests.e2e.firms import FIRM
from tests.e2e.pages import BY_ROLE
from tests.e2e.test_counter import enrol_on_the_page
from tests.e2e.test_every_page import findings

PHRASE = "usia maksimal 25 tahun"


def _post_form(page: Page, site: str) -> None:
    sign_in_staff(page, site, FIRM)
    page.get_by_role("link", name="Pasang lowongan").first.click()
    page.get_by_label("Nama pekerjaan").fill("Kasir toko roti")
    page.get_by_label("Uraian").fill(f"Wanita, {PHRASE}, belum menikah.")


def test_an_unlawful_phrase_is_explained_while_typing(visit: Opener, site: str) -> None:
    page = visit("/masuk/petugas", java_script_enabled=True)
    _post_form(page, site)
    speaking = page.get_by_role("region", name="Pemeriksaan iklan")
    expect(speaking).to_contain_text(PHRASE)
    page.get_by_label("Uraian").fill("Melayani pembeli dan menghitung uang.")
    expect(speaking).to_contain_text("Tidak ada yang perlu diperbaiki")


def test_an_unlawful_phrase_is_explained_without_scripts_and_put_right(visit: Opener, site: str) -> None:
    page = visit("/masuk/petugas", viewport={"width": 320, "height": 640})
    _post_form(page, site)
    page.get_by_role("button", name="Pasang").click()
    doubts = page.get_by_role("region", name="Yang perlu diperbaiki")
    expect(doubts).to_contain_text(PHRASE)
    expect(doubts).to_contain_text("Aturan")
    page.get_by_label("Uraian").fill("Melayani pembeli dan menghitung uang.")
    page.get_by_role("button", name="Kirim yang sudah diperbaiki").click()
    expect(page.get_by_role("status")).to_contain_text("Lowongan sudah tampil.")
    expect(page.get_by_role("article", name="Kasir toko roti")).to_contain_text("Tampil")


def test_an_employer_marks_a_hire_in_two_clicks(visit: Opener, site: str) -> None:
    page = visit("/masuk/petugas")
    sign_in_staff(page, site, FIRM)
    page.get_by_role("article", name="Juru masak kantin pabrik").get_by_role("link", name="Buka pelamar").click()
    page.get_by_role("button", name="Terima").first.click()
    expect(page.get_by_role("status")).to_contain_text("diterima")
    expect(page.get_by_role("article").filter(has_text="Diterima")).to_have_count(1)


def test_an_employer_invites_and_sees_the_name_only_after_acceptance(visit: Opener, site: str) -> None:
    counter = visit("/masuk/petugas")
    sign_in_staff(counter, site)
    agreed = ("Carikan lowongan untuk saya", "Perusahaan boleh menemukan saya")
    enrol_on_the_page(counter, site, "Intan Permata", *agreed, phone="0812 7777 1212")
    page = visit("/masuk/petugas")
    sign_in_staff(page, site, FIRM)
    page.get_by_role("link", name="Cari alumni").click()
    page.get_by_label("Kata", exact=True).fill("juru masak")
    page.get_by_text("Saringan").click()
    page.get_by_label("Tempat tinggal").select_option("32.73")
    page.get_by_role("button", name="Cari").click()
    expect(page.get_by_role("heading", name="Yang tidak tampil")).to_be_visible()
    person = page.get_by_role("article").first
    expect(person.get_by_role("heading", level=2)).to_have_text(re.compile("^Orang "))
    person.get_by_label("Undang untuk").select_option("v-canteen")
    person.get_by_role("button", name="Undang").click()
    expect(page.get_by_role("article")).to_contain_text("Menunggu jawaban")
    assert "Intan" not in page.content()
    counter.goto(site + "/undangan")
    counter.get_by_role("button", name="Terima").click()
    page.reload()
    page.get_by_role("link", name="Lihat nama dan telepon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Intan Permata")
    expect(page.get_by_role("link", name="+6281277771212")).to_be_visible()


def test_an_import_tells_row_by_row_what_keeps_it_out(visit: Opener, site: str) -> None:
    page = visit("/masuk/petugas")
    sign_in_staff(page, site, FIRM)
    page.get_by_role("link", name="Berkas").click()
    rows = "vacancy_id,title,province_code,n_openings\nA-1,Penjaga gudang,12,2\nA-2,Sopir antar,99,1\n"
    page.get_by_label("Berkas lowongan").set_input_files(
        [{"name": "lowongan.csv", "mimeType": "text/csv", "buffer": rows.encode()}]
    )
    page.get_by_role("button", name="Kirim berkas").click()
    refused = page.get_by_role("table", name="Baris yang ditolak")
    expect(refused.get_by_role("row", name=re.compile("^2.*province_code"))).to_be_visible()
    expect(page.get_by_role("table", name="Baris yang diterima")).to_contain_text("A-1")
    page.get_by_role("link", name="Lowongan kami").click()
    expect(page.get_by_role("article", name="Penjaga gudang")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_wrong_with_the_pages_of_an_employer(
    visit: Opener, site: str, width: int, scheme: str
) -> None:
    view = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = visit("/masuk/petugas", java_script_enabled=True, **view)
    sign_in_staff(page, site, FIRM)
    found: dict[str, list[str]] = {}
    for name, path in BY_ROLE["employer"].items():
        page.goto(site + path)
        found[name] = findings(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[name].append("scrolls sideways")
    assert {name: told for name, told in found.items() if told} == {}
