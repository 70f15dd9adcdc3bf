"""Folders of model files: whole or not there, and known again by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.engine.model_folders import MANIFEST, digest, fingerprint, is_intact, publish


def fill(draft: Path) -> None:
    (draft / "inner").mkdir()
    (draft / "inner" / "a.json").write_text("{}", encoding="utf-8")
    (draft / "weights.bin").write_bytes(b"\x00\x01")


def test_published_folder_is_intact(tmp_path: Path) -> None:
    publish(tmp_path / "models" / "m", fill)
    assert is_intact(tmp_path / "models" / "m")
    assert (tmp_path / "models" / "m" / "weights.bin").read_bytes() == b"\x00\x01"


def test_failed_filling_leaves_nothing(tmp_path: Path) -> None:
    def fail(draft: Path) -> None:
        fill(draft)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        publish(tmp_path / "m", fail)
    assert list(tmp_path.iterdir()) == []


def test_damaged_folder_is_replaced(tmp_path: Path) -> None:
    publish(tmp_path / "m", fill)
    (tmp_path / "m" / "weights.bin").write_bytes(b"\x00\x02")
    assert not is_intact(tmp_path / "m")
    publish(tmp_path / "m", fill)
    assert is_intact(tmp_path / "m")


def test_folder_published_meanwhile_by_another_is_kept(tmp_path: Path) -> None:
    def fill_twice(draft: Path) -> None:
        publish(tmp_path / "m", fill)
        fill(draft)

    publish(tmp_path / "m", fill_twice)
    assert is_intact(tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize("change", ["missing", "extra", "shorter", "no manifest", "broken manifest"])
def test_changed_folder_is_not_intact(tmp_path: Path, change: str) -> None:
    publish(folder := tmp_path / "m", fill)
    actions = {
        "missing": lambda: (folder / "weights.bin").unlink(),
        "extra": lambda: (folder / "b.bin").write_bytes(b""),
        "shorter": lambda: (folder / "weights.bin").write_bytes(b""),
        "no manifest": lambda: (folder / MANIFEST).unlink(),
        "broken manifest": lambda: (folder / MANIFEST).write_text("{", encoding="utf-8"),
    }
    actions[change]()
    assert not is_intact(folder)


def test_folder_that_is_not_there_is_not_intact(tmp_path: Path) -> None:
    assert not is_intact(tmp_path / "nowhere")


def test_fingerprint_follows_weights_and_names_but_not_cards(tmp_path: Path) -> None:
    fill(tmp_path)
    first = fingerprint(tmp_path)
    (tmp_path / "README.md").write_text("a card", encoding="utf-8")
    assert fingerprint(tmp_path) == first
    (tmp_path / "weights.bin").rename(tmp_path / "other.bin")
    assert fingerprint(tmp_path) != first


def test_digest_keeps_parts_apart() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc") != digest(b"abc")
