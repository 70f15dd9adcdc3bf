"""Takes what slates led to; gives a ranker learned from the earlier part, judged on the later one, and a decision.

Learning and judging meet here, in arrays: neither wing imports the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Impression, SlateItem
from matcher.engine.artifacts import Artifact, load
from matcher.engine.features import FEATURES
from matcher.engine.fit_ranker import Lessons, fit_ranker
from matcher.engine.learned_artifact import with_ranker
from matcher.engine.logged_heads import LoggedHead, SetAside, relive
from matcher.engine.tree_ranker import TreeRanker
from matcher.ingest.datasets import alumni_of, empty_table, read_table
from matcher.measure.audit import examination_of
from matcher.measure.feedback import EVENT_TABLES, judge
from matcher.measure.full_vacancies import full_vacancies
from matcher.measure.promotion import Decision, decide, decision_record
from matcher.measure.reranking import Reorder
from scripts.arguments import add_now, cache_folder, now_of

HIRED = 6
ATTRIBUTES = ("sex", "has_disability", "education", "province_code")


@dataclass(frozen=True, slots=True)
class Shown:
    """m vacancies shown, ripe, in order of time: the list of each, its place in the slate, and how far it got."""

    heads: Sequence[LoggedHead]
    head: NDArray[np.int64]
    place: NDArray[np.int64]
    depth: NDArray[np.int64]


def register_part(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan train ranker`` to `parts`."""
    parser = parts.add_parser("ranker", help="learn the order from what slates led to; promoted only if it is better")
    parser.add_argument("--events", type=Path, required=True, metavar="DIR", help="what padan export-events wrote")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with the people (default: that of --events)")
    parser.add_argument("--artifact", type=Path, required=True, metavar="DIR", help="artifact that made the slates")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="artifact to write when promoted")
    parser.add_argument("--json", action="store_true", help="print the decision as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Learn, judge, write the decision beside TO and the artifact when it is promoted; return 0."""
    now = now_of(arguments)
    artifact = load(arguments.artifact, cache_folder=cache_folder())
    data, aside = arguments.data or arguments.events, SetAside()
    feedback = judge({name: arguments.events / f"{name}.parquet" for name in EVENT_TABLES}, now=now)
    weights, is_measured = examination_of(feedback.judgements)
    people = _people(data)
    heads = relive(artifact.recommender, _impressions(arguments.events, tqdm), people, aside=aside)
    shown = _shown(heads, feedback.judgements)
    early = shown.head < len(heads) // 2
    record: dict[str, Any] = {
        "champion": artifact.recommender.policy, "as_of": f"{now:%Y-%m-%d}", "n_slates": len(heads),
        "set_aside": dict(aside.reasons), "is_examination_measured": is_measured, "n_shown": len(shown.head),
    }  # fmt: skip
    ranker = _learned(shown, early, weights, record)
    if ranker is None:
        return _tell(arguments, record)
    full = full_vacancies(feedback.judgements, feedback.organic, _vacancies(arguments.events, artifact), now=now)
    decision = _judged(shown, ~early, weights, ranker, people=people, full=full)
    record |= decision_record(decision)
    if decision.is_promoted:
        record["challenger"] = with_ranker(artifact, ranker, arguments.to).recommender.policy
    return _tell(arguments, record)


def _learned(
    shown: Shown, early: NDArray[np.bool_], weights: NDArray[np.float64], record: dict[str, Any]
) -> TreeRanker | None:
    """Return the ranker of the earlier part; None, with the reason in the record, where there is too little of it."""
    rows = np.flatnonzero(early)
    values = [shown.heads[shown.head[row]].values[_rank(shown, row)] for row in rows]
    lessons = Lessons(
        np.array(values, dtype=np.float32).reshape(len(rows), len(FEATURES)), shown.depth[rows],
        weights[shown.place[rows]] if len(rows) else np.ones(0),
    )  # fmt: skip
    try:
        return fit_ranker(lessons, FEATURES)
    except InvalidInput as refusal:
        record |= {"is_promoted": False, "reasons": [str(refusal)]}
        return None


def _judged(
    shown: Shown, late: NDArray[np.bool_], weights: NDArray[np.float64], ranker: TreeRanker, *,
    people: dict[str, Alumnus], full: Collection[str],
) -> Decision:  # fmt: skip
    rows = np.flatnonzero(late)
    now = {number: shown.heads[number].looks(weights) for number in np.unique(shown.head[rows])}
    then = {number: shown.heads[number].looks(weights, ranker) for number in now}
    ids = [shown.heads[number].alumnus_id for number in shown.head[rows]]
    pairs = list(zip(shown.head[rows].tolist(), shown.place[rows].tolist(), strict=True))
    vacancy_ids = [shown.heads[head].vacancy_ids[place] for head, place in pairs]
    reorder = Reorder(
        reward=(shown.depth[rows] >= HIRED).astype(np.float64),
        looks_now=np.array([now[head][place] for head, place in pairs]),
        looks_then=np.array([then[head][place] for head, place in pairs]),
        slate=shown.head[rows],
        person=_numbered(ids),
        vacancy=_numbered(vacancy_ids),
        is_full=np.array([one in full for one in vacancy_ids], dtype=bool),
    )
    groups = {name: np.array([_group(people[one], name) for one in ids], dtype=str) for name in ATTRIBUTES}
    return decide(reorder, groups)


def _numbered(ids: list[str]) -> NDArray[np.int64]:
    return np.unique(np.array(ids, dtype=str), return_inverse=True)[1].astype(np.int64)


def _group(person: Alumnus, name: str) -> str:
    value = getattr(person, name)
    return "" if value is None else str(value)


def _rank(shown: Shown, row: np.intp) -> int:
    return int(shown.heads[shown.head[row]].ranks[shown.place[row]])


def _shown(heads: Sequence[LoggedHead], judgements: pa.Table) -> Shown:
    """Return the ripe rows of the lists that came out as logged, in order of time."""
    place_of = {
        (head.impression_id, vacancy_id): (number, place)
        for number, head in enumerate(heads)
        for place, vacancy_id in enumerate(head.vacancy_ids)
    }
    columns = judgements.select(["impression_id", "vacancy_id", "depth", "is_ripe_for_answer"]).to_pydict()
    rows = [
        (*place_of[key], depth)
        for key, depth, is_ripe in zip(
            zip(columns["impression_id"], columns["vacancy_id"], strict=True),
            columns["depth"], columns["is_ripe_for_answer"], strict=True,
        )
        if is_ripe and key in place_of
    ]  # fmt: skip
    table = np.array(sorted(rows), dtype=np.int64).reshape(len(rows), 3)
    return Shown(heads, table[:, 0], table[:, 1], table[:, 2])


def _impressions(folder: Path, watch: Any) -> Iterator[Impression]:
    entries: dict[str, list[SlateItem]] = {}
    for row in pq.read_table(folder / "impression_entries.parquet").to_pylist():
        item = SlateItem(row["vacancy_id"], row["position"], row["score"] or 0.0, row["propensity"] or 0.0)
        entries.setdefault(row["impression_id"], []).append(item)
    slates = pq.read_table(folder / "impressions.parquet").sort_by("shown_at").to_pylist()
    for row in watch(slates, unit=" slates", disable=None):
        yield Impression(
            row["impression_id"], row["shown_at"], row["alumnus_id"], row["policy"],
            entries=tuple(entries.get(row["impression_id"], ())),
        )  # fmt: skip


def _vacancies(folder: Path, artifact: Artifact) -> pa.Table:
    """Give the vacancies of the artifact and those exported since, which may tell that one was filled."""
    exported = read_table("vacancies", folder) if (folder / "vacancies.parquet").is_file() else empty_table("vacancies")
    return pa.concat_tables([artifact.vacancies, exported])


def _people(folder: Path) -> dict[str, Alumnus]:
    tables = [
        read_table(name, folder) if (folder / f"{name}.parquet").is_file() else empty_table(name)
        for name in ("alumni", "certificates", "licences")
    ]
    return {person.alumnus_id: person for person in alumni_of(*tables)}


def _tell(arguments: argparse.Namespace, record: dict[str, Any]) -> int:
    beside = arguments.to.parent / f"{arguments.to.name}.decision"
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    beside.with_suffix(".decision.json").write_text(text + "\n", encoding="utf-8")
    page = "\n".join(_lines(record))
    beside.with_suffix(".decision.md").write_text(page + "\n", encoding="utf-8")
    print(text if arguments.json else page)
    return 0


def _lines(record: dict[str, Any]) -> Iterator[str]:
    yield f"# {'Promoted' if record['is_promoted'] else 'Not promoted'}: challenger of {record['champion']}"
    yield ""
    n_slates, n_shown = record["n_slates"], record["n_shown"]
    yield f"{record['as_of']}: {n_slates:,} slates made again, {n_shown:,} vacancies shown and ripe."
    for reason, n in record["set_aside"].items():
        yield f"* set aside, {reason}: {n:,} slates"
    gain = record.get("gain")
    if gain and gain["value"] is not None:
        value, never_full, low, high = (1000 * gain[name] for name in ("value", "if_never_full", "low", "high"))
        yield (
            f"Hires per 1,000 slates, later half: {1000 * gain['logged']:.1f} as shown; the challenger adds "
            f"{value:+.1f} [{low:+.1f}; {high:+.1f}] at {gain['level']:.0%}; {never_full:+.1f} if no vacancy fills."
        )
    yield from (f"* {reason}" for reason in record["reasons"])
    if "challenger" in record:
        yield f"Written as {record['challenger']}; serve it with POST /v1/operator/artifacts/NAME/activate."
