"""Takes a text file; gives the encoding it can be read in, and says when that was a guess. Keeps no content."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from matcher.domain.errors import InvalidInput

_BLOCK_BYTES = 1 << 20
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_REMEDY = "save the file as UTF-8"


def encoding_of(path: Path) -> tuple[str, str | None]:
    """Return the Python name of the encoding of `path`, and a note where it is not UTF-8.

    UTF-8 (with or without a byte order mark) and UTF-16 with a mark are certain; text that is no UTF-8 is read as
    cp1252, which the note says.

    Raises
    ------
    InvalidInput
        When the file mixes UTF-8 with another encoding, or is text in none of the three. The byte is named, from 0.
    """
    with path.open("rb") as stream:
        opening = stream.read(2)
    if opening in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        _refuse_undecodable(path, "utf-16")
        return "utf-16", f"{path}: read as UTF-16"
    wrong = _wrong_byte(path, "utf-8")
    if wrong is None:
        return "utf-8-sig", None
    if _has_utf8_letters(path):
        raise InvalidInput.at(str(path), f"mixed encodings, UTF-8 text but byte {wrong} is not UTF-8", _REMEDY)
    _refuse_undecodable(path, "cp1252")
    return "cp1252", f"{path}: not UTF-8 (byte {wrong}), read as cp1252; check names with accents, or {_REMEDY}"


def _refuse_undecodable(path: Path, encoding: str) -> None:
    wrong = _wrong_byte(path, encoding)
    if wrong is not None:
        raise InvalidInput.at(str(path), f"byte {wrong} is text in neither UTF-8 nor {encoding}", _REMEDY)


def _wrong_byte(path: Path, encoding: str) -> int | None:
    """Return the place of the first byte that `encoding` cannot read, or ``None``."""
    decoder = codecs.getincrementaldecoder(encoding)()
    place = 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as problem:
                return place - pending + problem.start
            if not block:
                return None
            place += len(block)


def _has_utf8_letters(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    with path.open("rb") as stream:
        return any(
            _BEYOND_ASCII.search(decoder.decode(block)) for block in iter(lambda: stream.read(_BLOCK_BYTES), b"")
        )
