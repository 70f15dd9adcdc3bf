"""Bulk import: every row checked like an advert typed in, refused ones told by row and column, nothing twice."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from api.employer import bulk
from api.employer.refused_rows import CODES, COLUMN_CODES
from api.pages.texts import LANGUAGES, texts_in
from api.storage.employers import decide_employer
from api.storage.reviews import waiting_reviews
from api.storage.vacancy_feed import changes_after
from matcher.ingest.schemas import SCHEMAS
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import House, house, opened

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

HEADER = "vacancy_id,title,description,province_code,salary_min,expires_at"
COOK = "R-1,Juru masak kantin,Memasak untuk dua ratus orang,32,3500000,"
SEWER = "R-2,Penjahit kemeja,Menjahit kemeja pesanan,32,3400000,"


class Firm:
    """An employer signed in."""

    def __init__(self, house: House, *, state: str = "verified") -> None:
        signed_in = house.officer("employer")
        self.house, self.headers = house, house.bearer(signed_in)
        self.employer_id = signed_in["account"]["employer_id"]
        with house.database.session.begin() as session:
            decide_employer(session, self.employer_id, state, by="acc-operator", now=house.clock())

    def send(
        self, content: str | bytes, file_format: str = "csv", *, status: int = 200, lang: str = "id", **more: str
    ) -> dict[str, Any]:
        body = content.encode() if isinstance(content, str) else content
        headers = self.headers | {"Content-Type": "application/octet-stream"} | more
        path = f"/v1/employer/vacancies/import?format={file_format}&lang={lang}"
        answer = self.house.at().post(path, content=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def rows(self, *lines: str, **more: Any) -> dict[str, Any]:
        return self.send("\n".join((HEADER, *lines)), **more)

    def adverts(self) -> list[dict[str, Any]]:
        return self.house.at().get("/v1/employer/vacancies", headers=self.headers).json()["items"]


@pytest.fixture
def firm(house: House) -> Firm:
    """A verified employer."""
    return Firm(house)


def counts(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("posted", "edited", "repeated", "refused"))


def test_good_rows_open_and_bad_ones_are_told_by_row_and_column(firm: Firm) -> None:
    answer = firm.rows(COOK, "R-3,Kasir,Melayani,99,,", SEWER, "R-4,X,Satu huruf,32,,", "R-5,Sopir,Antar,32,banyak,")
    assert (counts(answer), answer["rows"]) == ((2, 0, 0, 3), 5)
    assert [(one["row"], one["column"]) for one in answer["problems"]] == [
        (2, "province_code"), (4, "title"), (5, "salary_min"),
    ]  # fmt: skip
    assert [(one["row"], one["reference"], one["state"]) for one in answer["items"]] == [
        (1, "R-1", "open"), (3, "R-2", "open"),
    ]  # fmt: skip
    assert {one["vacancy"]["employer"] for one in firm.adverts()} == {"Warung Sari Rasa"} and len(firm.adverts()) == 2


REFUSED = {
    "not_an_id": ("R 1,Kasir,,32,,", "vacancy_id"),
    "empty": ("R-2,,,32,,", "title"),
    "too_short": ("R-3,X,,32,,", "title"),
    "unknown_province": ("R-4,Kasir,,99,,", "province_code"),
    "not_an_amount": ("R-5,Kasir,,32,banyak,", "salary_min"),
    "out_of_range": ("R-6,Kasir,,32,9000000000,", "salary_min_idr_month"),
    "not_a_date": ("R-7,Kasir,,32,,besok", "expires_at"),
    "not_ahead": ("R-8,Kasir,,32,,2020-01-01", "expires_at"),
    "repeated": ("R-0,Sopir,,32,,", "vacancy_id"),
    "unreadable": ("R-9,Kasir", None),
}
"""Code -> a row that it keeps out, and the column."""


def test_each_refusal_has_a_code_that_stays_and_words_of_the_asked_language(firm: Firm) -> None:
    lines = ["R-0,Kasir kantin,,32,,", *(line for line, _ in REFUSED.values())]
    told = {lang: firm.rows(*lines, lang=lang)["problems"] for lang in ("id", "en")}
    for answers in told.values():
        assert [(one["code"], one["column"]) for one in answers] == [(code, at) for code, (_, at) in REFUSED.items()]
    assert told["id"][3]["reason"] == "'99' bukan provinsi." and "misalnya 32" in told["id"][3]["remedy"]
    assert told["en"][3]["reason"] == "'99' is no province." and "as 32" in told["en"][3]["remedy"]


def test_cells_that_contradict_are_told_with_the_one_to_correct(firm: Firm) -> None:
    header = "vacancy_id,title,district,salary_min,salary_max,posted_at,expires_at,employment_type,apply_how,n_openings"
    lines = (
        "R-1,Kasir,Negeri Dongeng,,,,,,,", "R-2,Kasir,,5000000,4000000,,,,,", "R-3,Kasir,,,,2026-12-02,2026-12-01,,,",
        "R-4,Kasir,,,,,,sesekali,,", "R-5,Kasir,,,,,,,pos,", "R-6,Kasir,,,,,,,,0",
    )  # fmt: skip
    assert [one["code"] for one in firm.send("\n".join((header, *lines)))["problems"]] == [
        "unknown_district", "pay_disorder", "days_disorder",
        "unknown_employment_type", "unknown_way_to_apply", "not_a_count",
    ]  # fmt: skip


def test_every_code_has_words_and_every_column_of_a_file_has_a_code_or_holds_words() -> None:
    for language in LANGUAGES:
        texts = texts_in(language).texts
        for part in ("wrong", "do"):
            start = f"import_{part}_"
            assert {key.removeprefix(start) for key in texts if key.startswith(start)} == CODES
    words = {one.name for one in SCHEMAS["vacancies"] if str(one.type) in {"string", "list<item: string>"}}
    assert set(SCHEMAS["vacancies"].names) - set(COLUMN_CODES) <= words


def test_each_row_meets_the_advert_check(firm: Firm) -> None:
    [item] = firm.rows("R-9,Pramuniaga,Wanita belum menikah usia maksimal 25 tahun,32,,")["items"]
    assert item["state"] == "in_review" and item["flags"][0]["remedy"]["id"]
    with firm.house.database.reading() as reading:
        assert [one.vacancy_id for one in waiting_reviews(reading)] == [item["vacancy_id"]]


def test_the_same_file_twice_changes_nothing_and_another_cell_edits(firm: Firm) -> None:
    first, again = firm.rows(COOK, SEWER), firm.rows(COOK, SEWER)
    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
    edited = firm.rows(COOK.replace("3500000", "3600000"), SEWER)
    assert counts(edited) == (0, 1, 1, 0) and len(firm.adverts()) == 2
    with firm.house.database.reading() as reading:
        assert [one.kind for one in changes_after(reading, 0)] == ["posted", "posted", "edited"]


def test_two_employers_may_have_the_same_ids(firm: Firm) -> None:
    other = Firm(firm.house)
    ids = {one.rows(COOK)["items"][0]["vacancy_id"] for one in (firm, other)}
    assert len(ids) == 2 and len(firm.adverts()) == len(other.adverts()) == 1


def test_rows_that_say_the_same_are_kept_as_drafts_that_name_the_first(firm: Firm) -> None:
    first, second = firm.rows(COOK, COOK.replace("R-1", "R-8"))["items"]
    kept = {first["vacancy_id"]: second, second["vacancy_id"]: first}
    [double] = [one for one in (first, second) if one["duplicate_of"]]
    assert double["state"] == "draft" and kept[double["duplicate_of"]] is double


def test_what_was_filled_is_not_opened_by_a_file(firm: Firm) -> None:
    vacancy_id = firm.rows(COOK)["items"][0]["vacancy_id"]
    firm.house.at().post(f"/v1/employer/vacancies/{vacancy_id}/filled", headers=firm.headers)
    answer = firm.rows(COOK, SEWER)
    assert counts(answer) == (1, 0, 0, 1)
    assert (answer["problems"][0]["row"], answer["problems"][0]["column"]) == (1, "vacancy_id")


def test_a_workbook_and_json_ld_say_the_same_as_csv(firm: Firm) -> None:
    book, written = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in (HEADER, COOK):
        sheet.append(line.split(","))
    book.save(written)
    assert counts(firm.send(written.getvalue(), "xlsx")) == (1, 0, 0, 0)
    posting = {
        "@context": "https://schema.org", "@type": "JobPosting", "identifier": "R-7", "title": "Montir sepeda motor",
        "description": "<p>Servis berkala.</p>", "employmentType": "FULL_TIME",
        "hiringOrganization": {"name": "Nama lain"},
    }  # fmt: skip
    [item] = firm.send(json.dumps([posting]), "jsonld")["items"]
    [advert] = [one["vacancy"] for one in firm.adverts() if one["vacancy_id"] == item["vacancy_id"]]
    assert (advert["employer"], advert["employment_type"]) == ("Warung Sari Rasa", "full_time")


def test_an_unverified_employer_waits_and_a_refused_one_is_turned_away(house: House) -> None:
    assert Firm(house, state="unverified").rows(COOK)["items"][0]["state"] == "in_review"
    Firm(house, state="refused").rows(COOK, status=403)


def test_a_repeated_key_gives_the_first_answer(firm: Firm) -> None:
    key = {"Idempotency-Key": "berkas-satu"}
    assert firm.rows(COOK, **key) == firm.rows(COOK, **key)
    firm.rows(SEWER, status=409, **key)


@pytest.mark.parametrize(
    ("content", "file_format"),
    [
        ("", "csv"), ("title\nKasir", "csv"), ("bukan berkas", "xlsx"), ("{", "jsonld"), ("[]", "jsonld"),
        (b"PAR1" + bytes(40), "parquet"), ("\n".join((HEADER, *[COOK] * (bulk.MOST_ROWS + 1))), "csv"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_without_the_place_it_was_put(
    firm: Firm, content: str | bytes, file_format: str
) -> None:
    told = firm.send(content, file_format, status=422)["detail"]
    assert "padan-import" not in told and firm.adverts() == []


def test_a_workbook_that_unpacks_too_far_is_refused(firm: Firm) -> None:
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(bulk.MOST_UNPACKED_BYTES + 1))
    assert "unpacks" in firm.send(written.getvalue(), "xlsx", status=422)["detail"]
