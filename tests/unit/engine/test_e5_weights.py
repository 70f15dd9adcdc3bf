"""The packed weights: what stands in the file, what is refused, and what the unpacked folder holds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from matcher.domain.errors import ModelUnavailable
from matcher.engine.e5_weights import (
    PROMPTS,
    PackedModel,
    kept_pieces,
    parse_model_file,
    read_model_file,
    write_sentence_transformer,
)
from tests.packed_model import HIDDEN, PIECES, WORDS, packed_model

FILE = packed_model()


def test_parsed_file_holds_sizes_and_pieces() -> None:
    model = parse_model_file(FILE)
    assert (model.hidden, model.layers, model.heads, model.vocabulary) == (HIDDEN, 2, 4, len(PIECES))
    assert list(model.pieces) == PIECES
    assert model.scores[PIECES.index("a")] == -8


def test_four_bit_block_widens_to_scale_times_nibble() -> None:
    values = np.arange(-8, 8).repeat(2) * 0.5
    block = np.float16(0.5).tobytes() + bytes((low + 8) | ((high + 8) << 4) for low, high in _halves())
    model = PackedModel(32, 1, 1, 32, 1, 1, 1, 0.0, (), np.empty(0, np.float32), block, {"w": (0, 18)})
    np.testing.assert_array_equal(model.tensor("w", 1, 32)[0], values)


def _halves() -> list[tuple[int, int]]:
    wanted = np.arange(-8, 8).repeat(2).tolist()
    return list(zip(wanted[:16], wanted[16:], strict=True))


def test_tensor_of_another_size_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match=r"emb\.pos"):
        parse_model_file(FILE).tensor("emb.pos", 7, HIDDEN)


def test_tensor_that_is_not_there_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match=r"l9\.q\.w"):
        parse_model_file(FILE).tensor("l9.q.w", HIDDEN, HIDDEN)


@given(st.integers(0, len(FILE) - 1))
def test_file_cut_short_anywhere_is_refused(length: int) -> None:
    with pytest.raises(ModelUnavailable, match="install it with"):
        parse_model_file(FILE[:length])


@pytest.mark.parametrize("head", [b"GGUF", b"E5S1\x02\x00\x00\x00"])
def test_unknown_layout_is_refused(head: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="layout is unknown"):
        parse_model_file(head + FILE[len(head) :])


def test_model_file_of_another_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e5-small-q4.bin").write_bytes(FILE)
    with pytest.raises(ModelUnavailable, match="another release"):
        read_model_file(tmp_path / "e5-small-q4.bin")


def test_missing_model_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="is missing"):
        read_model_file(tmp_path / "e5-small-q4.bin")


def test_kept_pieces_are_those_latin_script_needs() -> None:
    pieces = ["<s>", "▁kerja", "é", "日本", "5", "😀", "раб", "C++", "ª", "แ"]
    assert [pieces[index] for index in kept_pieces(pieces)] == ["<s>", "▁kerja", "é", "5", "😀", "C++"]


def test_folder_carries_prompts_and_cut_vocabulary(tmp_path: Path) -> None:
    write_sentence_transformer(parse_model_file(FILE), tmp_path)
    settings = json.loads((tmp_path / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert settings["prompts"] == PROMPTS
    assert json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))["vocab_size"] == len(PIECES) - 1


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("juru masak", ["▁juru", "▁masak"]),
        (" juru\tmasak\u200b\n", ["▁juru", "▁masak", "▁"]),
        ("kerjaan", ["▁kerja", "an"]),
        ("ｋｅｒｊａ\x01", ["▁kerja"]),
        ("日本", ["▁", "日本"]),
    ],
)
def test_tokenizer_cuts_text_into_pieces(tmp_path: Path, text: str, pieces: list[str]) -> None:
    write_sentence_transformer(parse_model_file(FILE), tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert tokenizer.encode(text).tokens == ["<s>", *pieces, "</s>"]


def test_dropped_piece_becomes_unknown(tmp_path: Path) -> None:
    write_sentence_transformer(parse_model_file(FILE), tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert "日本" in WORDS
    assert tokenizer.encode("日本").ids[2] == tokenizer.token_to_id("<unk>")
