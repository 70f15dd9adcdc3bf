"""An artifact folder is whole or refused, and gives the same slate after it was written and read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.domain.errors import ArtifactDamaged, ArtifactIncompatible, InvalidInput, MissingFile, UnknownIdentifier
from matcher.engine.artifacts import Artifact, load
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from tests.world import NOW, build_world_artifact, world_tables


def _copy(world: Artifact, to: Path) -> Path:
    return Path(shutil.copytree(world.folder, to / "copy"))


def test_loaded_artifact_gives_the_same_slate(world: Artifact, tmp_path: Path) -> None:
    again = load(_copy(world, tmp_path), cache_folder=world.cache_folder)
    for alumnus in world.alumni():
        assert again.recommender.recommend(again.alumnus(alumnus.alumnus_id), now=NOW) == world.recommender.recommend(
            alumnus, now=NOW
        )


def test_building_twice_gives_the_same_artifact_id(world: Artifact, tmp_path: Path) -> None:
    assert build_world_artifact(tmp_path).artifact_id == world.artifact_id


@pytest.mark.parametrize("name", ["scores.npy", "vacancies.parquet", "rows.json", "lexical.npz"])
def test_a_changed_byte_is_refused_by_name(world: Artifact, tmp_path: Path, name: str) -> None:
    folder = _copy(world, tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ArtifactDamaged, match=name):
        load(folder, cache_folder=world.cache_folder)


def test_a_missing_file_is_refused_by_name(world: Artifact, tmp_path: Path) -> None:
    folder = _copy(world, tmp_path)
    (folder / "scores.npy").unlink()
    with pytest.raises(ArtifactDamaged, match=r"scores\.npy"):
        load(folder, cache_folder=world.cache_folder)


@pytest.mark.parametrize(("key", "value"), [("schema", 0), ("text_recipe", "title only")])
def test_an_older_schema_is_refused(world: Artifact, tmp_path: Path, key: str, value: object) -> None:
    folder = _copy(world, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {key: value}))
    with pytest.raises(ArtifactIncompatible, match="padan build again"):
        load(folder, cache_folder=world.cache_folder)


@pytest.mark.parametrize(("written", "told"), [("{", "not readable as JSON"), ("[]", "no files"), ("{}", "no files")])
def test_an_unreadable_manifest_is_refused(world: Artifact, tmp_path: Path, written: str, told: str) -> None:
    folder = _copy(world, tmp_path)
    (folder / "manifest.json").write_text(written)
    with pytest.raises(ArtifactDamaged, match=told):
        load(folder, cache_folder=world.cache_folder)


def test_a_folder_without_artifact_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no artifact here"):
        load(tmp_path, cache_folder=tmp_path)


def test_a_failed_build_leaves_the_old_artifact(tmp_path: Path, broken_encoder: object) -> None:
    old = build_world_artifact(tmp_path)
    with pytest.raises(RuntimeError, match="power cut"):
        build(world_tables(), broken_encoder, to=old.folder, cache_folder=old.cache_folder, now=NOW)  # type: ignore[arg-type]
    assert load(old.folder, cache_folder=old.cache_folder).artifact_id == old.artifact_id
    assert sorted(path.name for path in tmp_path.iterdir()) == ["artifact", "cache"]


def test_build_replaces_an_artifact_but_nothing_else(tmp_path: Path) -> None:
    first = build_world_artifact(tmp_path)
    assert build_world_artifact(tmp_path).folder == first.folder
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("keep")
    encoder = load_encoder("tfidf", cache_folder=tmp_path / "cache")
    with pytest.raises(InvalidInput, match="no artifact"):
        build(world_tables(), encoder, to=tmp_path / "letters", cache_folder=tmp_path / "cache", now=NOW)
    assert (tmp_path / "letters" / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize("ask", [lambda a: a.alumnus("a-nobody"), lambda a: a.adverts(["v-nothing"])])
def test_an_unknown_id_is_refused(world: Artifact, ask: Callable[[Artifact], object]) -> None:
    with pytest.raises(UnknownIdentifier, match="check the id"):
        ask(world)


class _BreaksHalfWay:
    """An encoder that stops like a machine that loses power."""

    name, recipe, dimension = "breaks", "0" * 64, 8

    def encode(self, texts: list[str], *, role: str) -> object:
        raise RuntimeError(f"power cut at {len(texts)} {role} texts")


@pytest.fixture
def broken_encoder() -> _BreaksHalfWay:
    return _BreaksHalfWay()
