"""What a text file is written in: certain, guessed and said, or refused with the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.ingest.encodings import encoding_of

BLOCK = 1 << 20


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "x.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [b"judul,mode\n", "kedai café\n".encode(), "kedai café\n".encode("utf-8-sig")])
def test_utf8_is_certain(tmp_path: Path, content: bytes) -> None:
    assert encoding_of(_file(tmp_path, content)) == ("utf-8-sig", None)


def test_utf16_with_a_mark_is_read_and_said(tmp_path: Path) -> None:
    encoding, note = encoding_of(_file(tmp_path, "kedai café".encode("utf-16")))
    assert encoding == "utf-16"
    assert note is not None and "UTF-16" in note


def test_cp1252_is_a_guess_that_is_said_with_its_byte(tmp_path: Path) -> None:
    encoding, note = encoding_of(_file(tmp_path, "kedai café".encode("cp1252")))
    assert encoding == "cp1252"
    assert note is not None and "byte 9" in note and "cp1252" in note


def test_mixed_encodings_are_refused_with_the_byte(tmp_path: Path) -> None:
    content = "kedai café\n".encode() + "warung séhat\n".encode("cp1252")
    with pytest.raises(InvalidInput, match=r"mixed encodings.*byte 20 .*save the file as UTF-8"):
        encoding_of(_file(tmp_path, content))


def test_what_is_no_text_is_refused_with_the_byte(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="byte 5 is text in neither UTF-8 nor cp1252"):
        encoding_of(_file(tmp_path, b"kedai\x81"))


def test_a_letter_across_two_blocks_is_whole(tmp_path: Path) -> None:
    content = b"a" * (BLOCK - 1) + "é".encode()
    assert encoding_of(_file(tmp_path, content)) == ("utf-8-sig", None)
    with pytest.raises(InvalidInput, match=f"byte {BLOCK + 1} is not UTF-8"):
        encoding_of(_file(tmp_path, content + b"\xe9"))


@given(text=st.text(alphabet=st.characters(codec="utf-8")))
def test_any_utf8_text_reads_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = _file(tmp_path_factory.getbasetemp(), text.encode())
    assert path.read_text(encoding_of(path)[0]).lstrip("\ufeff") == text.replace("\r\n", "\n").replace(
        "\r", "\n"
    ).lstrip("\ufeff")
