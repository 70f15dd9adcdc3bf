"""``padan rank`` as it is typed: a TREC run that keeps the filters, and every refusal in one line and no run."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.domain.eligibility import is_eligible
from matcher.domain.records import Alumnus
from matcher.domain.regions import provinces
from matcher.ingest.datasets import read_table, vacancies_of
from matcher.measure.trec import read_run
from tests.command_line import Answer, CommandLine
from tests.world import NOW, VACANCIES

GOOD = '{"query_id": "q1", "course_ids": ["c-cook"], "province_code": "32", "education": "SMA/SMK"}'
EVERY_VACANCY = {row["vacancy_id"] for row in VACANCIES}


class Ranking:
    """Calls ``padan rank`` on the tables of the world."""

    def __init__(self, padan: CommandLine, tables: Path, folder: Path) -> None:
        self._padan, self._tables, self._folder = padan, tables, folder
        self.queries, self.out = folder / "queries.jsonl", folder / "made.run"

    def __call__(self, queries: str | bytes | None, *words: object) -> Answer:
        """Return the answer to `queries`, the text of the file; ``None`` leaves the file away."""
        if queries is not None:
            self.queries.write_bytes(queries if isinstance(queries, bytes) else queries.encode())
        files = ["--courses", self._tables / "courses.parquet", "--vacancies", self._tables / "vacancies.parquet"]
        return self._padan("rank", *files, "--queries", self.queries, "--out", self.out, *words)

    def found(self, *words: object, **fields: object) -> list[str]:
        """Return the vacancies of one query, best first."""
        assert self(json.dumps({"query_id": "q1"} | fields), *words).code == 0
        return read_run(self.out)["doc_id"].to_pylist() if self.out.stat().st_size else []

    def refused(self, queries: str | bytes | None, *words: object) -> str:
        """Return the refusal of `queries`, sure that no run was written."""
        refusal = self(queries, *words).refusal
        assert not self.out.exists() and not list(self._folder.glob(".*"))
        return refusal


@pytest.fixture
def rank(padan: CommandLine, world_data: Path, tmp_path: Path) -> Ranking:
    return Ranking(padan, world_data, tmp_path)


def test_run_is_in_trec_form_with_ranks_from_1_and_falling_scores(rank: Ranking) -> None:
    answer = rank(f'{GOOD}\n\n{{"query_id": "q2", "course_ids": ["c-cook", "c-sew"]}}\n')
    hits = defaultdict(list)
    for line in rank.out.read_text(encoding="utf-8").splitlines():
        query_id, q0, _, place, score, tag = line.split(" ")
        assert (q0, tag) == ("Q0", "padan")
        hits[query_id].append((int(place), float(score)))
    assert {query_id: [place for place, _ in found] for query_id, found in hits.items()} == {
        "q1": [1, 2, 3], "q2": [1, 2, 3, 4, 5],
    }  # fmt: skip
    assert all(found == sorted(found, key=lambda hit: -hit[1]) for found in hits.values())
    assert (answer.code, answer.out) == (0, f"{rank.out}: 8 ranked vacancies for 2 queries\n")


def test_the_vacancy_of_the_course_comes_first(rank: Ranking) -> None:
    first = {course: rank.found("--no-filters", course_ids=[course])[0] for course in ("c-cook", "c-sew", "c-guard")}
    assert first == {"c-cook": "v-cook-city", "c-sew": "v-sew", "c-guard": "v-guard"}
    assert set(rank.found("--no-filters", course_ids=["c-sew", "c-cook"])[:2]) == {"v-sew", "v-cook-city"}


@pytest.mark.parametrize("now", ["2026-11-01T08:00:00+07:00", "2026-11-16", "2026-11-22T12:00:00+07:00"])
@pytest.mark.parametrize("education", [None, "none", "SD", "SMP", "SMK", "SMA/SMK", "D3", "S1"])
@pytest.mark.parametrize("province_code", [None, "32", "33", "91", "11"])
def test_run_holds_exactly_what_is_eligible(
    rank: Ranking, world_data: Path, province_code: str | None, education: str | None, now: str
) -> None:
    found = rank.found("--now", now, course_ids=["c-cook"], province_code=province_code, education=education)
    asker = Alumnus("q1", province_code=province_code, education=education or "S3")
    instant = datetime.fromisoformat(now if "T" in now else f"{now}T00:00:00+07:00").astimezone(UTC)
    adverts = vacancies_of(read_table("vacancies", world_data))
    assert sorted(found) == sorted(one.vacancy_id for one in adverts if is_eligible(asker, one, now=instant))


def test_no_filters_gives_every_vacancy(rank: Ranking) -> None:
    found = rank.found("--no-filters", course_ids=["c-cook"], province_code="91", education="none")
    assert set(found) == EVERY_VACANCY and len(found) == len(EVERY_VACANCY)


def test_an_expired_vacancy_appears_with_an_earlier_now(rank: Ranking) -> None:
    assert "v-care-lapsed" in rank.found("--now", "2026-11-01", course_ids=["c-care"])
    assert "v-care-lapsed" not in rank.found("--now", NOW.isoformat(), course_ids=["c-care"])


def test_k_keeps_the_best(rank: Ranking) -> None:
    everything = rank.found("--no-filters", course_ids=["c-cook"])
    assert rank.found("--no-filters", "-k", "3", course_ids=["c-cook"]) == everything[:3]


def test_a_second_call_gives_the_same_bytes(rank: Ranking) -> None:
    rank(GOOD)
    first = rank.out.read_bytes()
    rank(GOOD)
    assert rank.out.read_bytes() == first and first.startswith(b"q1 Q0 v-cook-city 1 ")


def test_a_query_that_nothing_is_open_to_has_no_line(rank: Ranking) -> None:
    answer = rank('{"query_id": "q1", "course_ids": ["c-cook"], "province_code": "91", "education": "SD"}\n' + GOOD[:-1]
                  .replace("q1", "q2") + "}")  # fmt: skip
    assert answer.code == 0
    assert {line.split()[0] for line in rank.out.read_text(encoding="utf-8").splitlines()} == {"q2"}


@pytest.mark.parametrize("code", [code for code in provinces() if code not in ("32", "33", "91")][:3])
def test_a_remote_vacancy_reaches_every_province(rank: Ranking, code: str) -> None:
    assert rank.found(course_ids=["c-office"], province_code=code, education="S1") == ["v-office"]


def test_a_byte_order_mark_and_a_line_separator_are_read(rank: Ranking) -> None:
    assert rank("\ufeff" + GOOD).code == 0
    assert rank(GOOD[:-1] + ', "catatan": "satu\u2028dua"}').code == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"query_id": "q2", ', "write {"),
        ("bukan json", "write {"),
        ("[]", "no JSON object"),
        ("3", "no JSON object"),
        ("null", "no JSON object"),
        ("[" * 100_000, "write {"),
        ('{"query_id": "q2", "course_ids": [' + "1" * 5_000 + "]}", "write {"),
        ('{"course_ids": ["c-cook"]}', "query_id"),
        ('{"query_id": null, "course_ids": ["c-cook"]}', "query_id"),
        ('{"query_id": "", "course_ids": ["c-cook"]}', "query_id"),
        ('{"query_id": "dua kata", "course_ids": ["c-cook"]}', "'dua kata'"),
        ('{"query_id": {"a": 1}, "course_ids": ["c-cook"]}', "query_id"),
        ('{"query_id": "q\\ud800", "course_ids": ["c-cook"]}', "query_id"),
        ('{"query_id": "q2"}', "course_ids"),
        ('{"query_id": "q2", "course_ids": []}', "course_ids is no list of at least one id"),
        ('{"query_id": "q2", "course_ids": "c-cook"}', "course_ids is no list of at least one id"),
        ('{"query_id": "q2", "course_ids": ["c-hilang"]}', "no course 'c-hilang'"),
        ('{"query_id": "q2", "course_ids": ["c-cook"], "province_code": "99"}', "province code '99' is unknown"),
        ('{"query_id": "q2", "course_ids": ["c-cook"], "province_code": ""}', "province code '' is unknown"),
        ('{"query_id": "q2", "course_ids": ["c-cook"], "education": "TK"}', "'TK' is no schooling; write one of"),
        ('{"query_id": "q1", "course_ids": ["c-cook"]}', "query_id 'q1' came before; give every query its own id"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_line_that_is_no_query_is_named_by_file_and_row(rank: Ranking, line: str, told: str) -> None:
    refusal = rank.refused(f"{GOOD}\n{line}\n")
    assert f"{rank.queries}, row 2" in refusal and told in refusal and len(refusal) < 600


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file; give a JSONL file of queries"),
        ("", "no query in it; write one JSON object a line"),
        ("\n  \n", "no query in it; write one JSON object a line"),
        (b"\x93tiga\x94", "UTF-8"),
    ],
)
def test_a_file_without_queries_is_one_line(rank: Ranking, content: str | bytes | None, told: str) -> None:
    refusal = rank.refused(content)
    assert str(rank.queries) in refusal and told in refusal


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--now", "besok"), "'besok': not a date; write 2026-11-22"),
        (("--encoder", "tidak-ada"), "'tidak-ada'; give the path of a sentence-transformers folder"),
        (("--courses", "tiada.parquet"), "tiada.parquet: no such file"),
        (("--vacancies", "tiada.csv"), "tiada.csv: no such file"),
        (("--vacancies", "README.md"), "README.md"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_line(rank: Ranking, words: tuple[str, ...], told: str) -> None:
    assert told in rank.refused(GOOD, *words)


def test_a_corrupt_table_is_one_line(rank: Ranking, tmp_path: Path) -> None:
    (tmp_path / "rusak.parquet").write_bytes(b"PAR1 setengah jalan")
    for option in ("--courses", "--vacancies"):
        refusal = rank.refused(GOOD, option, tmp_path / "rusak.parquet")
        assert "rusak.parquet: no whole Parquet file" in refusal and "export it again" in refusal


def test_courses_given_as_vacancies_are_one_line_that_names_the_column(rank: Ranking, world_data: Path) -> None:
    refusal = rank.refused(GOOD, "--vacancies", world_data / "courses.parquet")
    assert "courses.parquet, column 'vacancy_id'" in refusal and "rename the one that holds it" in refusal


def test_a_place_that_no_run_can_be_written_to_is_one_line(rank: Ranking, tmp_path: Path) -> None:
    assert "the folder" in rank.refused(GOOD, "--out", tmp_path / "tiada" / "a.run")
    assert "is a folder; name a file to write" in rank.refused(GOOD, "--out", tmp_path)
    assert list(tmp_path.glob("**/*.run")) == []
