"""Job names in two languages: what is read, what is paired, what stays held out. Every name is invented."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.engine.training_material import Concept
from matcher.engine.training_names import JobName, name_pairs, name_question, read_names

CONCEPTS = [
    Concept("concept/1", "7212", {"en": ["welder", "arc joiner"]}),
    Concept("concept/2", "5120", {"en": ["cook"]}, is_held_out=True),
]
GROUPS = {"7212": {"en": "Joiners of metal"}, "5120": {"en": "Kitchen workers"}}


def _table(tmp_path: Path, text: str) -> Path:
    (tmp_path / "names.tsv").write_text(text, encoding="utf-8")
    return tmp_path / "names.tsv"


def test_names_are_parted_by_a_slash(tmp_path: Path) -> None:
    (job,) = read_names(_table(tmp_path, "id\ten\ntukang las / juru las\twelder\n"))
    assert (job.indonesian, job.english) == (("tukang las", "juru las"), ("welder",))


@pytest.mark.parametrize(
    ("text", "says"), [("id\tenglish\nx\ty\n", "column missing"), ("id\ten\ntukang las\t\n", "name is missing")]
)
def test_broken_tables_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_names(_table(tmp_path, text))
    with pytest.raises(MissingFile, match="columns id and en"):
        read_names(tmp_path / "absent.tsv")


def test_known_job_meets_the_labels_and_the_group_of_its_concept() -> None:
    found = name_pairs([JobName(("tukang las",), ("Welder",), False)], CONCEPTS, GROUPS, rng=random.Random(0))
    assert {pair.right for pair in found["names"]} == {"Welder", "welder", "arc joiner"}
    assert {(pair.group, pair.family) for pair in found["names"]} == {("concept/1", "7212")}
    assert [(pair.left, pair.right) for pair in found["isco"]] == [("tukang las", "Joiners of metal")]


def test_held_out_jobs_and_concepts_give_nothing() -> None:
    names = [JobName(("juru las",), ("welder",), True), JobName(("juru masak",), ("cook",), False)]
    found = name_pairs(names, CONCEPTS, GROUPS, rng=random.Random(0))
    assert [(pair.left, pair.right, pair.group) for pair in found["names"]] == [("juru masak", "cook", "cook")]
    assert found["isco"] == []


def test_question_asks_held_out_jobs_among_all() -> None:
    names = [JobName(("juru masak",), ("cook",), False), JobName(("tukang las", "juru las"), ("welder",), True)]
    question = name_question(names)
    assert question.queries == ["tukang las", "juru las"]
    assert (question.corpus, question.answers) == (["cook", "welder"], [frozenset({1})] * 2)
