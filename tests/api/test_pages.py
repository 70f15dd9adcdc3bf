"""The page as text: headers, words, links. What a browser makes of it stands in tests/e2e."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient


def slate_page(client: TestClient, alumnus: str, **query: str) -> str:
    answer = client.get("/coba", params={"alumnus": alumnus, **query})
    assert answer.status_code == 200
    return answer.text


def test_front_page_offers_every_demo_alumnus(client: TestClient) -> None:
    page = client.get("/coba").text
    assert re.findall(r'<option value="([^"]*)"', page) == ["a-cook", "a-driver", "a-guard", "a-office", "a-two"]
    assert "Memasak masakan Nusantara bagi Juru Masak - Kota Bandung" in page


def test_slate_page_tells_the_vacancies_their_reasons_and_the_proof(client: TestClient) -> None:
    page = slate_page(client, "a-cook")
    assert page.index("Juru Masak</h2>") < page.index("Penjahit Pakaian</h2>")
    assert "Cocok dengan pelatihan Anda: Memasak masakan Nusantara bagi Juru Masak" in page
    assert "3 lowongan terbuka untuk Anda, semuanya dinilai." in page


def test_unknown_schooling_is_told(client: TestClient) -> None:
    assert "Sekolah Anda belum diketahui, jadi dihitung sebagai SD." in slate_page(client, "a-guard")


def test_empty_slate_is_shown_kindly(client: TestClient) -> None:
    page = slate_page(client, "a-guard")
    assert "Ini bukan salah Anda." in page
    assert "<ol" not in page


def test_english_page_holds_no_indonesian_frame(client: TestClient) -> None:
    page = slate_page(client, "a-cook", lang="en")
    client.cookies.clear()
    assert '<html lang="en">' in page
    assert "Vacancies open to you: 3. All of them were scored." in page
    assert "Fits your training:" in page and "Mengapa cocok" not in page


@pytest.mark.parametrize("path", ["/", "/coba?alumnus=a-cook", "/docs", "/gaya", "/masuk", "/daftar", "/nowhere"])
def test_pages_carry_the_security_headers_and_no_script_of_their_own(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert re.findall(r"<script(?! src=./static/padan.js)|style=| on[a-z]+=", answer.text) == []


def test_pages_ask_nothing_of_other_hosts(client: TestClient) -> None:
    for path in ("/", "/coba?alumnus=a-cook", "/docs"):
        page = client.get(path).text
        assert [link for link in re.findall(r'(?:src|href)="([^"]*)"', page) if not link.startswith(("/", "#"))] == []


def test_page_is_small_over_the_wire(client: TestClient) -> None:
    answer = client.get("/coba", params={"alumnus": "a-cook"}, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 14_000


def test_whole_first_page_is_small_over_the_wire(client: TestClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    page = client.get("/coba", params={"alumnus": "a-cook"}, headers=packed)
    parts = re.findall(r'(?:src|href)="(/static/[^"]*)"', page.text)
    lengths = [int(client.get(part, headers=packed).headers["content-length"]) for part in parts]
    assert len(parts) == 3 and sum(lengths) + int(page.headers["content-length"]) < 60_000


def test_a_language_is_remembered(client: TestClient) -> None:
    client.get("/?lang=en")
    page = client.get("/masuk").text
    client.cookies.clear()
    assert '<html lang="en">' in page


def test_language_switch_keeps_the_alumnus(client: TestClient) -> None:
    assert 'href="/coba?alumnus=a-cook&amp;lang=en"' in slate_page(client, "a-cook")


def test_switch_stays_on_this_site_whatever_host_is_claimed(client: TestClient) -> None:
    page = client.get("/", headers={"Host": "evil.example"}).text
    assert "evil.example" not in page
