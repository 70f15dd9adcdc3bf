"""Takes run and qrels files (TREC, TSV, CSV, Parquet); gives checked tables, and writes them. Computes no metric.

A *run* is the answer: the columns of ``RUN_SCHEMA``. *Qrels* are the truth: the columns of ``QRELS_SCHEMA``, and a
(query, document) that stands in none of its rows is unjudged.

Order of a run, after trec_eval: the score decides, larger first. trec_eval breaks ties by document id in falling order;
here the rank that the run states breaks them, then the document id in rising order, so that a file that says how its
author broke the ties is believed.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput, MissingFile

RUN_SCHEMA = pa.schema(
    [("query_id", pa.string()), ("doc_id", pa.string()), ("rank", pa.int64()), ("score", pa.float64())]
)
QRELS_SCHEMA = pa.schema([("query_id", pa.string()), ("doc_id", pa.string()), ("rel", pa.float64())])

_TREC_FIELDS = "query_id Q0 doc_id rank score tag"
_DELIMITERS = {".tsv": "\t", ".csv": ","}
_WHOLE = r"^[0-9]{1,18}$"
_DECIMAL = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"


def read_run(path: Path) -> pa.Table:
    """Return the hits of a run in file order, with the columns of ``RUN_SCHEMA``.

    Parameters
    ----------
    path : Path
        ``*.parquet`` with the columns query_id, doc_id, rank, score; anything else is a TREC run: lines of
        ``query_id Q0 doc_id rank score tag`` parted by spaces or tabs, without a header.

    Raises
    ------
    MissingFile
        When there is no such file.
    InvalidInput
        When the file is empty or unreadable, a line has not six fields, a rank is no whole number, a score is no finite
        number, or a (query, document) comes twice. The message names the row, counted from 1.
    """
    place = str(path)
    texts = _read_parquet(path, RUN_SCHEMA.names) if path.suffix == ".parquet" else _read_trec(path)
    run = pa.table(
        [
            _ids(texts, "query_id", place),
            _ids(texts, "doc_id", place),
            _numbers(texts, "rank", place, pattern=_WHOLE, wanted="a whole number").cast(pa.int64()),
            _numbers(texts, "score", place, pattern=_DECIMAL, wanted="a finite number"),
        ],
        schema=RUN_SCHEMA,
    )
    _refuse_repeats(run, ("query_id", "doc_id"), place)
    return run


def read_qrels(path: Path, *, keyed_by: str = "doc_id") -> pa.Table:
    """Return the judgements of a qrels file in file order, with the columns of ``QRELS_SCHEMA``.

    Parameters
    ----------
    path : Path
        ``*.parquet``, ``*.csv``, or a tab-separated file with a header row (any other name).
        Further columns are ignored.
    keyed_by : str
        The column that names the judged document; it comes back as ``doc_id``.

    Raises
    ------
    MissingFile
        When there is no such file.
    InvalidInput
        When the file is empty or unreadable, a column is missing, a grade is no number of at least 0, or a
        (query, document) comes twice. The message names the row, the header not counted.
    """
    place = str(path)
    texts = read_columns(path, ("query_id", keyed_by, "rel"))
    grades = _numbers(texts, "rel", place, pattern=_DECIMAL, wanted="a finite number")
    _refuse(grades.to_numpy() < 0, texts, "rel", place, "is below 0; write 0 for an irrelevant document")
    qrels = pa.table([_ids(texts, "query_id", place), _ids(texts, keyed_by, place), grades], schema=QRELS_SCHEMA)
    _refuse_repeats(qrels, ("query_id", "doc_id"), place)
    return qrels


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Return the named columns of a Parquet, CSV or TSV file as text, in file order; further columns are ignored.

    Raises
    ------
    MissingFile
        When there is no such file.
    InvalidInput
        When the file holds no row, cannot be read, or lacks one of `columns`.
    """
    texts = _read_parquet(path, columns) if path.suffix == ".parquet" else _read_delimited(path, columns)
    if not len(texts):
        raise InvalidInput.at(str(path), "holds no row", f"give rows with the columns {', '.join(columns)}")
    return texts


def write_run(run: pa.Table, path: Path, *, tag: str = "padan") -> None:
    """Write `run` in rank order, ranks counted anew from 1: Parquet where `path` ends in it, a TREC run otherwise.

    Raises
    ------
    MissingFile
        When the folder of `path` does not exist.
    InvalidInput
        When `path` is a folder, or a TREC run is asked for and an id or `tag` is empty or holds white space.
    """
    _refuse_place(path)
    ordered = in_rank_order(run)
    if path.suffix == ".parquet":
        pq.write_table(ordered.select(RUN_SCHEMA.names), path)
        return
    columns = [ordered[name].to_pylist() for name in RUN_SCHEMA.names]
    for name, ids in (("tag", [tag]), ("query_id", columns[0]), ("doc_id", columns[1])):
        _refuse_spaces(str(path), name, ids)
    lines = (f"{query} Q0 {doc} {rank} {score!r} {tag}\n" for query, doc, rank, score in zip(*columns, strict=True))
    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines)


def write_qrels(qrels: pa.Table, path: Path) -> None:
    """Write `qrels` in their order: Parquet where `path` ends in it, a TSV with a header row otherwise.

    Raises
    ------
    MissingFile
        When the folder of `path` does not exist.
    InvalidInput
        When `path` is a folder, or a TSV is asked for and an id holds a tab or a line break.
    """
    _refuse_place(path)
    table = qrels.select(QRELS_SCHEMA.names)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    for name in ("query_id", "doc_id"):
        _refuse(_matches(table[name], r"[\t\r\n]"), table, name, str(path), "breaks the line; write Parquet")
    rows = zip(*(table[name].to_pylist() for name in QRELS_SCHEMA.names), strict=True)
    with path.open("w", encoding="utf-8") as out:
        out.write("\t".join(QRELS_SCHEMA.names) + "\n")
        out.writelines(f"{query_id}\t{doc_id}\t{rel!r}\n" for query_id, doc_id, rel in rows)


def in_rank_order(run: pa.Table) -> pa.Table:
    """Return `run` sorted by query_id, then as the module says, with ``rank`` counted anew from 1 within each query.

    Columns beyond ``RUN_SCHEMA`` travel along.

    Notes
    -----
    Raises nothing.
    """
    keys = [("query_id", "ascending"), ("score", "descending"), ("rank", "ascending"), ("doc_id", "ascending")]
    ordered = run.sort_by(keys)
    position = ordered.schema.get_field_index("rank")
    return ordered.set_column(position, RUN_SCHEMA.field("rank"), pa.array(_positions(ordered["query_id"])))


def _positions(query_ids: pa.ChunkedArray) -> NDArray[np.int64]:
    codes = query_ids.combine_chunks().dictionary_encode().indices.to_numpy()
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    lengths = np.diff(starts, append=len(codes))
    return np.arange(1, len(codes) + 1) - np.repeat(starts, lengths)


def _read_trec(path: Path) -> pa.Table:
    try:
        text = _existing(path).read_text(encoding="utf-8-sig").rstrip()
    except UnicodeDecodeError as error:
        raise InvalidInput.at(str(path), f"not UTF-8 text at byte {error.start}", "save the run as UTF-8") from None
    if not text:
        raise InvalidInput.at(str(path), "the run is empty", f"give lines of '{_TREC_FIELDS}'")
    for row, line in enumerate(text.split("\n"), start=1):
        if (n_fields := len(line.split())) != 6:
            raise InvalidInput.at(str(path), f"{n_fields} fields", f"write '{_TREC_FIELDS}', six a line", row=row)
    # One flat list: a list for each of a million lines would keep the garbage collector busy for seconds.
    fields = text.split()
    return pa.table([fields[0::6], fields[2::6], fields[3::6], fields[4::6]], names=RUN_SCHEMA.names)


def _read_parquet(path: Path, columns: Sequence[str]) -> pa.Table:
    source = _existing(path)
    try:
        with pq.ParquetFile(source) as file:
            _refuse_missing(file.schema_arrow.names, columns, str(path))
            return file.read(list(columns)).select(list(columns)).cast(_all_text(columns))
    except (pa.ArrowException, OSError) as error:
        raise InvalidInput.at(str(path), f"not readable as Parquet ({error})", "write the file anew") from None


def _read_delimited(path: Path, columns: Sequence[str]) -> pa.Table:
    delimiter = _DELIMITERS.get(_existing(path).suffix, "\t")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        _refuse_missing(next(csv.reader(lines, delimiter=delimiter), []), columns, str(path))
    # A TSV is read without quoting: a title may open with a quotation mark.
    quote = '"' if delimiter == "," else False
    try:
        return pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, quote_char=quote, newlines_in_values=bool(quote)),
            convert_options=pa_csv.ConvertOptions(include_columns=list(columns), column_types=_all_text(columns)),
        )
    except pa.ArrowException as error:
        raise InvalidInput.at(str(path), str(error), "give every row as many fields as the header, in UTF-8") from None


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise MissingFile(f"{path}: no such file; check the path")
    return path


def _refuse_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise MissingFile(f"{path}: the folder {path.parent} does not exist; make it first")
    if path.is_dir():
        raise InvalidInput(f"{path}: is a folder; name a file to write")


def _all_text(columns: Sequence[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in columns])


def _ids(texts: pa.Table, name: str, place: str) -> pa.ChunkedArray:
    _refuse(~_matches(texts[name], "."), texts, name, place, "is empty; give every row its id")
    return texts[name]


def _numbers(texts: pa.Table, name: str, place: str, *, pattern: str, wanted: str) -> pa.ChunkedArray:
    _refuse(~_matches(texts[name], pattern), texts, name, place, f"is not {wanted}; correct it")
    unsigned = pc.call_function("utf8_ltrim", [texts[name]], pc.TrimOptions("+"))
    numbers = unsigned.cast(pa.float64())
    _refuse(~np.isfinite(numbers.to_numpy()), texts, name, place, f"is not {wanted}; correct it")
    return numbers


def _matches(column: pa.ChunkedArray, pattern: str) -> NDArray[np.bool_]:
    found = pc.call_function("match_substring_regex", [column], pc.MatchSubstringOptions(pattern))
    return found.fill_null(False).to_numpy()


def _refuse(is_wrong: NDArray[np.bool_], texts: pa.Table, name: str, place: str, problem_and_remedy: str) -> None:
    if is_wrong.any():
        index = int(np.argmax(is_wrong))
        problem, remedy = problem_and_remedy.split("; ")
        raise InvalidInput.at(place, f"{texts[name][index].as_py()!r} {problem}", remedy, row=index + 1, column=name)


def _refuse_missing(found: Sequence[str], columns: Sequence[str], place: str) -> None:
    for name in columns:
        if name not in found:
            heads = ", ".join(found) or "none"
            raise InvalidInput.at(
                place, f"missing; the header has {heads}", "add the column or give another file", column=name
            )


def _refuse_repeats(table: pa.Table, columns: Sequence[str], place: str) -> None:
    if table.group_by(list(columns)).aggregate([]).num_rows == len(table):
        return
    seen = set()
    for row, pair in enumerate(zip(*(table[name].to_pylist() for name in columns), strict=True), start=1):
        if pair in seen:
            raise InvalidInput.at(
                place, f"{' '.join(pair)} came before", "keep one row for each query and document", row=row
            )
        seen.add(pair)


def _refuse_spaces(place: str, name: str, ids: Sequence[str]) -> None:
    for row, text in enumerate(ids, start=1):
        if text.split() != [text]:
            raise InvalidInput.at(
                place, f"{text!r} is empty or holds white space", "write Parquet or mend the id", row=row, column=name
            )
