"""Takes JSON: a row a line, a list of rows, or JobPosting documents, also in HTML; gives the rows. Checks no cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.ingest.encodings import encoding_of
from matcher.ingest.job_posting import is_posting, objects_of, posting_cells
from matcher.ingest.raw import RawRow, Source


def read_json_lines(path: Path) -> Source:
    """Return the rows of a file with one JSON object a line; a JobPosting object becomes the cells of a vacancy.

    A line that is no JSON object becomes a row with a problem. Blank lines count in the numbering and are passed over.

    Raises
    ------
    InvalidInput
        When the encoding is unclear.
    """
    encoding, note = encoding_of(path)
    return Source(_lines(path, encoding), None, (note,) if note else ())


def read_json_document(path: Path) -> Source:
    """Return the rows of one JSON document: JobPosting objects (alone, in a list, in ``@graph``) or a list of rows.

    Raises
    ------
    InvalidInput
        When the file is no JSON or holds neither.
    """
    encoding, note = encoding_of(path)
    document = _parse(path.read_text(encoding=encoding), str(path))
    return Source(_numbered(_rows_of(document, str(path))), None, (note,) if note else ())


def read_web_page(path: Path) -> Source:
    """Return the JobPosting objects that a web page carries as ``application/ld+json``.

    Raises
    ------
    InvalidInput
        When one of its scripts is no JSON, or none holds a JobPosting.
    """
    encoding, note = encoding_of(path)
    page = _ScriptCollector()
    page.feed(path.read_text(encoding=encoding))
    documents = [_parse(script, str(path)) for script in page.scripts]
    return Source(_numbered(_rows_of(documents, str(path))), None, (note,) if note else ())


def _lines(path: Path, encoding: str) -> Iterator[RawRow]:
    with path.open(encoding=encoding) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = _parse(line, "line")
            except InvalidInput as problem:
                yield RawRow(number, {"line": line.strip()}, str(problem))
                continue
            if isinstance(row, dict):
                yield RawRow(number, posting_cells(row) if is_posting(row) else row)
            else:
                yield RawRow(number, {"line": line.strip()}, "line: no JSON object; write one {...} a line")


def _parse(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise InvalidInput.at(place, f"no JSON ({problem})", "write it with a JSON library") from problem


def _rows_of(document: Any, place: str) -> list[dict[str, Any]]:
    found = objects_of(document)
    postings = [posting_cells(item) for item in found if is_posting(item)]
    if postings:
        return postings
    if isinstance(document, list) and found and not any("@type" in item for item in found):
        return found
    raise InvalidInput.at(place, "holds neither a JobPosting nor a list of rows", "give one of the two")


def _numbered(rows: list[dict[str, Any]]) -> Iterator[RawRow]:
    return (RawRow(number, row) for number, row in enumerate(rows, start=1))


class _ScriptCollector(HTMLParser):
    """Collects the text of every JSON-LD script of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and (dict(attrs).get("type") or "").strip().casefold() == "application/ld+json":
            self._is_inside = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.scripts[-1] += data
