"""Takes graded pairs and the tables they point into; prints the weights of the stored score.

Parses and prints; the library does the work.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np

from api.settings import Settings
from matcher.domain.errors import InvalidInput, MissingFile
from matcher.engine.encode import load_encoder
from matcher.engine.fit_fusion import fit_fusion
from matcher.engine.ready_encoder import ready
from matcher.engine.similarity import Views
from matcher.engine.texts import texts_of
from matcher.ingest.folders import load_folder
from scripts.arguments import cache_folder, tell_rejected


def register_part(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan train fusion`` to `parts`."""
    parser = parts.add_parser("fusion", help="fit the weights of the stored score on graded pairs")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with courses and vacancies")
    parser.add_argument("--judgements", type=Path, required=True, metavar="FILE.tsv", help="graded pairs")
    parser.add_argument("--encoder", help="encoder to use (default: PADAN_ENCODER)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fit on the training pairs and print weights and offset as JSON; return 0."""
    graded = _training_pairs(arguments.judgements)
    tables = load_folder(arguments.data, ("courses", "vacancies"), told=tell_rejected)
    vacancies, courses = texts_of(tables["vacancies"]), texts_of(tables["courses"])
    cache = cache_folder()
    named = load_encoder(arguments.encoder or Settings().encoder, cache_folder=cache)
    encoder = ready(named, vacancies.passages, cache_folder=cache)
    course_rows = {key: row for row, key in enumerate(tables["courses"]["course_id"].to_pylist())}
    vacancy_rows = {key: row for row, key in enumerate(tables["vacancies"]["vacancy_id"].to_pylist())}
    known = [pair for pair in graded if pair["course_id"] in course_rows and pair["vacancy_id"] in vacancy_rows]
    if not known:
        raise InvalidInput(f"{arguments.judgements}: none of its {len(graded)} pairs points into {arguments.data}")
    asked = sorted({course_rows[pair["course_id"]] for pair in known})
    place = {row: number for number, row in enumerate(asked)}
    rows = np.array([place[course_rows[pair["course_id"]]] for pair in known])
    columns = np.array([vacancy_rows[pair["vacancy_id"]] for pair in known])
    views = Views.fit(vacancies, encoder).pairs(courses.take(asked), encoder, rows, columns)
    grades = np.array([int(pair["grade"]) for pair in known])
    fitted = fit_fusion(views, grades, [pair["course_id"] for pair in known])
    print(json.dumps({"weights": fitted.weights, "offset": fitted.offset, "n_pairs": len(known)}))
    return 0


def _training_pairs(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise MissingFile(f"{path}: no such file; give the graded pairs as TSV")
    with path.open(encoding="utf-8", newline="") as stream:
        pairs = list(csv.DictReader(stream, delimiter="\t"))
    wanted = {"course_id", "vacancy_id", "grade", "reading", "split"}
    if not pairs or wanted - set(pairs[0]):
        raise InvalidInput.at(str(path), "not a table of graded pairs", f"give the columns {', '.join(sorted(wanted))}")
    return [pair for pair in pairs if pair["reading"] == "first" and pair["split"] == "train"]
