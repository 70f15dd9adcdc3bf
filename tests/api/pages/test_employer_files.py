"""An employer's files as pages: an import told row by row, and the report; over both databases."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response

from tests.api.pages.test_employer_adverts import BLANK, CLEAN, Firm
from tests.api.security.conftest import (
    House,
    database_url,
    empty_database_url,
    house,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]
FILES = "/perusahaan/berkas"
ROWS = "vacancy_id,title,province_code\nA-1,Penjaga gudang,12\nA-2,<b>Sopir</b>,99\n"


@pytest.fixture
def firm(house: House) -> Firm:
    """A verified employer."""
    return Firm(house)


def sent(firm: Firm, content: str, name: str = "lowongan.csv") -> Response:
    token = re.search(r'name="csrf_token" value="([^"]+)"', firm.page(FILES))
    assert token is not None
    files = {"file": (name, content.encode(), "application/octet-stream")}
    return firm.client.post(FILES, data={"csrf_token": token[1]}, files=files, headers={"Accept": "text/html"})


def test_each_refused_row_is_told_with_column_and_reason(firm: Firm) -> None:
    told = sent(firm, ROWS)
    assert told.status_code == 200 and "Ditolak: 1" in told.text and "province_code" in told.text
    assert "bukan provinsi" in told.text and "Tulis nama provinsi" in told.text
    assert "<b>Sopir</b>" not in told.text
    assert [one.vacancy.title for one in firm.adverts()] == ["Penjaga gudang"]


def test_the_same_file_again_changes_nothing(firm: Firm) -> None:
    sent(firm, ROWS)
    assert "Baru: 0. Berubah: 0. Sama: 1." in sent(firm, ROWS).text


@pytest.mark.parametrize(("content", "name"), [("", "kosong.csv"), (ROWS, "lowongan.exe"), ("bukan", "buku.xlsx")])
def test_a_file_that_cannot_be_read_is_told_on_the_form(firm: Firm, content: str, name: str) -> None:
    answer = sent(firm, content, name)
    assert answer.status_code == 303 and "isian=file" in answer.headers["location"]
    assert "Berkas tidak dapat dibaca" in firm.page(answer.headers["location"])


def test_the_report_downloads_from_the_page(firm: Firm) -> None:
    firm.send(BLANK, **CLEAN)
    href = re.search(r'href="(/v1/employer/report[^"]+)"', firm.page(FILES))
    assert href is not None
    answer = firm.client.get(href[1].replace("&amp;", "&"))
    assert answer.headers["content-type"].startswith("text/csv") and "Juru masak kantin" in answer.text
