"""An employer's adverts, inbox, hires and report, over HTTP and both databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from api.storage.consents import Consent, note_consents
from api.storage.employers import decide_employer
from api.storage.events import append_interactions, interactions_of_person, outcomes_of_person
from api.storage.reviews import waiting_reviews
from api.storage.trail import accesses_of
from api.storage.vacancies import vacancy_of
from api.storage.vacancy_feed import changes_after
from matcher.domain.records import Interaction
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import House, house, opened

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

ADVERT = {
    "title": "Juru masak kantin",
    "description": "Menyiapkan sarapan dan makan siang untuk dua ratus karyawan, menjaga dapur tetap bersih.",
    "province_code": "32",
    "district_code": "32.73",
    "education_min": "SMA",
    "salary_min_idr_month": 3_000_000,
    "n_openings": 2,
}


@dataclass
class Firm:
    """An employer signed in."""

    house: House
    employer_id: str
    headers: dict[str, str] = field(repr=False)

    def get(self, path: str, **query: Any) -> Response:
        return self.house.at().get(f"/v1/employer/{path}", headers=self.headers, params=query)

    def send(self, path: str, body: Any = None, *, method: str = "POST", **more: str) -> Response:
        return self.house.at().request(method, f"/v1/employer/{path}", json=body, headers=self.headers | more)

    def posted(self, **changes: Any) -> dict[str, Any]:
        answer = self.send("vacancies", ADVERT | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()


def firm(house: House, *, state: str = "verified") -> Firm:
    signed_in = house.officer("employer")
    employer_id = signed_in["account"]["employer_id"]
    with house.database.session.begin() as session:
        decide_employer(session, employer_id, state, by="acc-operator", now=house.clock())
    return Firm(house, employer_id, house.bearer(signed_in))


@pytest.fixture
def warung(house: House) -> Firm:
    """A verified employer."""
    return firm(house)


def applied(warung: Firm, vacancy_id: str, *consents: str, **about: Any) -> str:
    """Return the id of somebody registered who applied."""
    house = warung.house
    alumnus_id = house.register(**about)["account"]["alumnus_id"]
    now = house.app.state.serving.clock()
    event = Interaction(f"i-{alumnus_id}", alumnus_id, vacancy_id, "applied", now, source="self")
    with house.database.session.begin() as session:
        note_consents(session, [Consent(alumnus_id, one, True, now, "web") for one in consents])
        append_interactions(session, [event], now=now)
    return alumnus_id


def feed(house: House) -> list[str]:
    with house.database.reading() as reading:
        return [one.kind for one in changes_after(reading, 0)]


def test_a_clean_advert_of_a_verified_employer_opens_and_is_announced(warung: Firm) -> None:
    answer = warung.posted()
    assert (answer["state"], answer["version"], answer["flags"], answer["duplicate_of"]) == ("open", 1, [], None)
    assert answer["vacancy"]["employer_id"] == warung.employer_id and feed(warung.house) == ["posted"]
    [listed] = warung.get("vacancies").json()["items"]
    assert listed["vacancy_id"] == answer["vacancy_id"]


def test_a_blocking_phrase_waits_for_an_officer_with_its_remedy(warung: Firm) -> None:
    answer = warung.posted(description="Wanita, usia maksimal 25 tahun, belum menikah.")
    assert answer["state"] == "in_review" and feed(warung.house) == []
    flag = answer["flags"][0]
    assert answer["vacancy"]["description"][flag["start"] : flag["end"]] == flag["phrase"]
    assert flag["remedy"]["id"] and flag["remedy"]["en"] and flag["sources"]
    with warung.house.database.reading() as reading:
        [review] = waiting_reviews(reading)
    assert (review.vacancy_id, review.flags[0]["phrase"]) == (answer["vacancy_id"], flag["phrase"])


def test_low_pay_is_told_and_hides_nothing(warung: Firm) -> None:
    answer = warung.posted(salary_min_idr_month=900_000, employment_type="full_time")
    assert answer["state"] == "open" and [one["severity"] for one in answer["flags"]] == ["warns"]
    assert answer["minimum_wage_year"] == 2024


def test_an_unverified_employer_waits_and_a_refused_one_posts_nothing(house: House) -> None:
    assert firm(house, state="unverified").posted()["state"] == "in_review"
    assert firm(house, state="refused").send("vacancies", ADVERT).status_code == 403


def test_a_double_is_kept_as_a_draft_that_names_the_first(warung: Firm) -> None:
    first, second = warung.posted(), warung.posted()
    assert (second["state"], second["duplicate_of"]) == ("draft", first["vacancy_id"])
    other = firm(warung.house).posted()
    assert (other["state"], other["duplicate_of"]) == ("open", None)


def test_an_edit_replaces_the_version_that_was_read_and_what_waited(warung: Firm) -> None:
    posted = warung.posted(description="Hanya untuk pria berpenampilan menarik.")
    path, clean = f"vacancies/{posted['vacancy_id']}", ADVERT | {"version": 1}
    edited = warung.send(path, clean, method="PUT").json()
    assert (edited["state"], edited["version"]) == ("open", 2)
    with warung.house.database.reading() as reading:
        assert waiting_reviews(reading) == []
    assert warung.send(path, clean, method="PUT").status_code == 409


def test_what_an_officer_refused_is_looked_at_again(warung: Firm) -> None:
    vacancy_id = warung.posted(description="Wanita, belum menikah.")["vacancy_id"]
    operator = warung.house.bearer(warung.house.officer("operator"))
    queue = warung.house.at().get("/v1/operator/reviews", headers=operator).json()["items"]
    path = f"/v1/operator/reviews/{queue[0]['review_id']}/decide"
    refused = {"state": "refused", "note": "Syarat ini dilarang."}
    assert warung.house.at().post(path, json=refused, headers=operator).status_code == 204
    with warung.house.database.reading() as reading:
        posted = vacancy_of(reading, vacancy_id)
    assert posted is not None
    edited = warung.send(f"vacancies/{vacancy_id}", ADVERT | {"version": posted.version}, method="PUT")
    assert edited.json()["state"] == "in_review"


@pytest.mark.parametrize(("path", "state"), [("filled", "filled"), ("withdraw", "withdrawn")])
def test_an_ended_vacancy_is_announced_and_stays_ended(warung: Firm, path: str, state: str) -> None:
    vacancy_id = warung.posted()["vacancy_id"]
    answers = [warung.send(f"vacancies/{vacancy_id}/{path}") for _ in range(2)]
    assert [one.json()["state"] for one in answers] == [state, state]
    assert feed(warung.house) == ["posted", state]
    assert warung.send(f"vacancies/{vacancy_id}", ADVERT | {"version": 2}, method="PUT").status_code == 409


def test_another_employers_vacancy_is_unknown_everywhere(warung: Firm) -> None:
    vacancy_id = warung.posted()["vacancy_id"]
    stranger = firm(warung.house)
    for one in (vacancy_id, "v-1'OR'1'='1'--"):
        path = f"vacancies/{one}"
        assert stranger.send(path, ADVERT | {"version": 1}, method="PUT").status_code == 404
        assert {stranger.send(f"{path}/{end}").status_code for end in ("filled", "withdraw")} == {404}
        assert stranger.get(f"{path}/applicants").status_code == 404
        assert stranger.send(f"{path}/applicants/abc/answer", {"kind": "rejected"}).status_code == 404
    assert stranger.get("vacancies").json()["items"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"employer_id": "e-lain"}, {"state": "open"}, {"vacancy_id": "v-1"}, {"age_max": 25}, {"title": "x" * 201},
        {"description": "x" * 20_001}, {"skills": ["masak"] * 31}, {"title": "a\u0000b"}, {"province_code": "99"},
        {"district_code": "31.71"}, {"salary_max_idr_month": 1}, {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2027-01-01T00:00:00"},
    ],
)  # fmt: skip
def test_an_advert_that_is_none_is_refused(warung: Firm, changes: dict[str, Any]) -> None:
    assert warung.send("vacancies", ADVERT | changes).status_code == 422
    assert warung.get("vacancies").json()["items"] == []


def test_a_repeated_key_posts_once_and_with_other_words_is_a_conflict(warung: Firm) -> None:
    key = {"Idempotency-Key": "iklan-kantin-1"}
    answers = [warung.send("vacancies", ADVERT, **key) for _ in range(2)]
    assert answers[0].json() == answers[1].json() and len(warung.get("vacancies").json()["items"]) == 1
    assert warung.send("vacancies", ADVERT | {"title": "Pramusaji"}, **key).status_code == 409


def test_the_inbox_names_only_who_agreed_and_every_look_is_noted(warung: Firm) -> None:
    vacancy_id = warung.posted()["vacancy_id"]
    shy = applied(warung, vacancy_id, name="Ibu Rahmi", phone="0812 0000 1111")
    open_one = applied(warung, vacancy_id, "contact", name="Pak Budi", phone="0812 0000 2222")
    answer = warung.get(f"vacancies/{vacancy_id}/applicants")
    first, second = answer.json()["items"]
    assert (first["name"], first["phone"]) == (None, None)
    assert (second["name"], second["phone"]) == ("Pak Budi", "+6281200002222")
    assert "Rahmi" not in answer.text and shy not in answer.text and open_one not in answer.text
    assert not {"birth_year", "sex", "has_disability", "alumnus_id"} & set(first)
    with warung.house.database.reading() as reading:
        looks = [[one.act for one in accesses_of(reading, whom)] for whom in (shy, open_one)]
    assert looks == [["applicant"], ["applicant contact"]]


def test_the_inbox_pages_by_a_cursor_that_tells_no_id(warung: Firm) -> None:
    vacancy_id = warung.posted()["vacancy_id"]
    for number in range(3):
        applied(warung, vacancy_id, name=f"Orang {number}", phone=f"0812 0000 333{number}")
    path = f"vacancies/{vacancy_id}/applicants"
    first = warung.get(path, limit=2).json()
    rest = warung.get(path, limit=2, cursor=first["next_cursor"]).json()
    shown = [one["pseudonym"] for one in first["items"] + rest["items"]]
    assert len(set(shown)) == 3 and rest["next_cursor"] is None
    assert warung.get(path, cursor="bukan").status_code == 422


def test_one_tap_answers_and_a_hire_is_an_outcome(warung: Firm) -> None:
    vacancy_id = warung.posted()["vacancy_id"]
    alumnus_id = applied(warung, vacancy_id)
    path = f"vacancies/{vacancy_id}/applicants"
    pseudonym = warung.get(path).json()["items"][0]["pseudonym"]
    for kind in ("interviewed", "hired"):
        answer = warung.send(f"{path}/{pseudonym}/answer", {"kind": kind}, **{"Idempotency-Key": f"jawab-{kind}"})
        assert answer.status_code == 201, answer.text
    assert warung.get(path).json()["items"][0]["answer"] == "hired"
    assert warung.send(f"{path}/{pseudonym}/answer", {"kind": "viewed"}).status_code == 422
    assert warung.send(f"{path}/salah/answer", {"kind": "hired"}).status_code == 404
    with warung.house.database.reading() as reading:
        done = interactions_of_person(reading, alumnus_id)
        [outcome] = outcomes_of_person(reading, alumnus_id)
    assert [(one.kind, one.source) for one in done[1:]] == [("interviewed", "employer"), ("hired", "employer")]
    assert (outcome.kind, outcome.source, outcome.employer_id) == ("employed", "employer", warung.employer_id)


def test_ninety_days_are_told_only_of_a_hire_that_is_so_old(warung: Firm) -> None:
    vacancy_id = warung.posted()["vacancy_id"]
    applied(warung, vacancy_id)
    pseudonym = warung.get(f"vacancies/{vacancy_id}/applicants").json()["items"][0]["pseudonym"]
    hire = {"vacancy_id": vacancy_id, "pseudonym": pseudonym}
    assert warung.send("hires", hire | {"kind": "retained_90d"}).status_code == 409
    began = (warung.house.app.state.serving.clock() - timedelta(days=91)).date().isoformat()
    assert warung.send("hires", hire | {"started_on": began}).status_code == 201
    assert warung.send("hires", hire | {"kind": "retained_90d"}).status_code == 201
    assert firm(warung.house).send("hires", hire).status_code == 404


def test_the_report_counts_hires_and_no_cell_is_a_formula(warung: Firm) -> None:
    vacancy_id = warung.posted(title="=2+3 Juru masak")["vacancy_id"]
    since = (warung.house.app.state.serving.clock() - timedelta(days=30)).isoformat()
    [row] = warung.get("report", since=since).json()["rows"]
    assert (row["Nomor Lowongan"], row["Status"]) == (vacancy_id, "Terbuka")
    sheet = warung.get("report", since=since, format="csv")
    assert sheet.headers["content-type"].startswith("text/csv") and "'=2+3 Juru masak" in sheet.text
    assert firm(warung.house).get("report", since=since).json()["rows"] == []
    assert warung.get("report", since="2020-01-01T00:00:00Z").status_code == 422
