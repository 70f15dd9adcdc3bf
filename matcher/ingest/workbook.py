"""Takes an XLSX workbook; gives the rows of one sheet. Computes no formula: the values that were saved count."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from matcher.domain.errors import InvalidInput
from matcher.ingest.raw import RawRow, Source, header_names

_UNPACKED_BYTES = 2 << 30
_BLOCK_ROWS = 4096
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ParseError, InvalidFileException,
    AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError,
)  # fmt: skip


def read_workbook(path: Path, name: str) -> Source:
    """Return the rows of the sheet called `name`, or of the first sheet; its first row is the header.

    Raises
    ------
    InvalidInput
        When the file is no whole workbook, unpacks to more than 2 GiB, has no header, or repeats a column.
    """
    _check_archive(path)
    rows = _sheet_rows(path, name)
    header = next(rows, ())
    columns = _named(header, path)
    return Source(_numbered(rows, columns), columns)


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            damaged = archive.testzip() if size <= _UNPACKED_BYTES else None
    except _BROKEN as problem:
        raise _broken(path, problem) from problem
    if size > _UNPACKED_BYTES:
        raise InvalidInput.at(str(path), f"unpacks to {size:,} bytes", "split it or save it as CSV")
    if damaged is not None:
        raise _broken(path, f"part {damaged} is damaged")


def _sheet_rows(path: Path, name: str) -> Iterator[tuple[Any, ...]]:
    try:
        book = _quietly(lambda: load_workbook(path, read_only=True, data_only=True))
        try:
            sheet = book[name] if name in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            while block := _quietly(lambda: list(islice(rows, _BLOCK_ROWS))):
                yield from block
        finally:
            book.close()
    except (*_BROKEN, IndexError) as problem:
        raise _broken(path, problem) from problem


def _quietly(work: Callable[[], Any]) -> Any:
    """Do `work` without openpyxl's warnings, which speak of styles and validations that are not data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()


def _named(header: tuple[Any, ...], path: Path) -> tuple[str, ...]:
    names = ["" if cell is None else str(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    return header_names(names, str(path))


def _numbered(rows: Iterator[tuple[Any, ...]], columns: tuple[str, ...]) -> Iterator[RawRow]:
    for number, cells in enumerate(rows, start=1):
        if any(cell is not None for cell in cells):
            yield RawRow(number, dict(zip(columns, cells, strict=False)))


def _broken(path: Path, problem: object) -> InvalidInput:
    return InvalidInput.at(str(path), f"no whole XLSX workbook ({problem})", "save it again from the spreadsheet")
