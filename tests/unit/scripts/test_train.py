"""``padan train encoder``: a few steps of a tiny encoder on invented material, twice with the same weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.engine.static_vectors import StaticVectors
from matcher.engine.training_material import FILES
from tests.command_line import CommandLine
from tests.packed_model import tiny_sentence_transformer
from tests.training_world import write_material, write_tiny_encoder

WORDS = ("query", ":", "worker", "maker", "en", "es", "de", "menata", "rak", "toko", "1", "2", "3", "4", "5")

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")  # peft 0.21, transformers 5


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with material, a base encoder, grades and job names."""
    root = tmp_path_factory.mktemp("school")
    write_material(root / "material")
    write_tiny_encoder(root, WORDS, n_layers=7)  # the second stage trains from the seventh layer up
    (root / "grades").mkdir()
    rows = [f"c{i}\tv{j}\t{(i + j) % 4}\t{'train' if i else 'validation'}" for i in range(4) for j in range(6)]
    text = "\n".join(["course_id\tvacancy_id\tgrade\tsplit", *rows])
    (root / "grades/pairs.tsv").write_text(text, encoding="utf-8")
    (root / "names.tsv").write_text("id\ten\npenata rak / juru rak\tworker 1\npembuat\tmaker\n", encoding="utf-8")
    return root


def _train(padan: CommandLine, school: Path, to: Path, *words: object) -> str:
    sources = ("--data", school / "material", "--judgements", school / "grades", "--names", school / "names.tsv")
    answer = padan("train", "encoder", *sources, "--base", school / "st", "--to", to, *words)
    assert answer.code == 0, answer.err
    return answer.out


def test_training_leaves_an_adapter_with_its_record(padan: CommandLine, school: Path, tmp_path: Path) -> None:
    said = _train(padan, school, tmp_path / "one", "--steps", 3, "--every", 2)
    record = json.loads((tmp_path / "one/training.json").read_text(encoding="utf-8"))
    assert list(record["material_sha256"]) == list(FILES)
    assert {"names", "graded_title", "graded_passage", "kin_en", "mean"} <= set(record["held_out"])
    judged = {line.split(":")[0] for line in said.splitlines() if line.startswith("stage-")}
    assert judged == {"stage-1-0002", "stage-1-0003", "stage-2-0002", "stage-2-0003"}
    assert record["checkpoint"] in judged
    assert not list(tmp_path.glob("**/stage-*.pt"))


def test_same_seed_gives_the_same_weights(padan: CommandLine, school: Path, tmp_path: Path) -> None:
    weights = []
    for name in ("one", "other"):
        _train(padan, school, tmp_path / name, "--steps", 3)
        weights.append((tmp_path / name / "adapter_model.safetensors").read_bytes())
    assert weights[0] == weights[1]


def test_average_holds_the_ranks_of_all_its_parts(padan: CommandLine, school: Path, tmp_path: Path) -> None:
    _train(padan, school, tmp_path / "one", "--steps", 1)
    answer = padan("train", "average", tmp_path / "one", tmp_path / "one", "--to", tmp_path / "mean")
    assert (answer.code, answer.err) == (0, "")
    sizes = [json.loads((tmp_path / name / "adapter_config.json").read_text())["r"] for name in ("one", "mean")]
    assert sizes[1] == 2 * sizes[0]
    assert "no such file" in padan("train", "average", tmp_path / "x", "--to", tmp_path / "y").refusal


def test_numbers_below_the_least_are_refused(padan: CommandLine, school: Path, tmp_path: Path) -> None:
    for words in (("--seed", -1), ("--steps", 0), ("--every", 0)):
        answer = padan("train", "encoder", "--data", school / "material", "--to", tmp_path / "x", *words)
        assert "give a seed from 0" in answer.refusal


def test_static_leaves_a_table_with_its_record(padan: CommandLine, school: Path, tmp_path: Path) -> None:
    base = tiny_sentence_transformer(tmp_path / "unigram")
    sources = ("--data", school / "material", "--names", school / "names.tsv", "--base", base)
    answer = padan("train", "static", *sources, "--to", tmp_path / "made", "--steps", 2, "--least-pairs", 3)
    assert (answer.code, answer.err.count("Error")) == (0, 0)
    record = json.loads((tmp_path / "made/training.json").read_text(encoding="utf-8"))
    assert list(record["material_sha256"]) == list(FILES) and {"names", "kin_en", "mean"} <= set(record["held_out"])
    assert len(StaticVectors.load(tmp_path / "made").whole) == record["n_pieces"]
    answer = padan("train", "static", *sources, "--to", tmp_path / "made", "--steps", 0)
    assert "give a seed from 0" in answer.refusal
