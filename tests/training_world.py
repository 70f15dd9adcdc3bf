"""Invented material to train on, in the real layout, and an encoder of two layers that knows its words."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from matcher.engine.training_material import LANGUAGES

N_CONCEPTS = 40
N_ADVERTS = 80


def _csv(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _concept(index: int, language: str) -> dict[str, str]:
    return {
        "conceptUri": f"concept/{index}",
        "iscoGroup": f"{1000 + index % 7}",
        "preferredLabel": f"worker {language} {index}",
        "altLabels": "\n".join(f"{name} {language} {index}" for name in ("maker", "fixer", "keeper/keepress")),
        "description": f"They {language} make and mend thing number {index}.",
    }


def write_material(root: Path) -> None:
    """Write a training folder of the real layout to `root`."""
    for language in LANGUAGES:
        concepts = [_concept(index, language) for index in range(N_CONCEPTS)]
        groups = [{"code": f"{1000 + i}", "preferredLabel": f"group {language} {i}"} for i in range(7)]
        _csv(root / f"bench/esco_v1.2/occupations_{language}.csv", concepts)
        _csv(root / f"bench/esco_v1.2/ISCOGroups_{language}.csv", groups)
    train = root / "bench/talentclef2025_taskA/train"
    train.mkdir(parents=True)
    for language in ("es", "de"):
        lines = [f"isco\tconcept/{i}\tuno {language} {i}\tdos {language} {i}" for i in range(N_CONCEPTS)]
        (train / f"taskA_training_{language}.tsv").write_text("\n".join(lines), encoding="utf-8")
    duties = "Menata rak barang {0}\nMelayani pembeli toko {0}\nMencatat stok gudang {0}\nPria usia maksimal 25 tahun"
    adverts = [
        {
            "vacancy_id": f"v{i}",
            "title": f"Pramuniaga {i}",
            "company": f"Toko {i}",
            "description": duties.format("abcdefgh"[i // 10] + "abcdefghij"[i % 10]),
            "category": "Ritel > Toko",
            "skills": "Program studi: Manajemen; Pemasaran" if i % 2 else "kasir; menata rak",
        }
        for i in range(N_ADVERTS)
    ]
    (root / "data").mkdir()
    pq.write_table(pa.Table.from_pylist(adverts), root / "data/vacancies.parquet")
    courses = [
        {"course_id": f"c{i}", "title": f"Menata Rak bagi Penjaga Butik {i}", "category": "Ritel"} for i in range(30)
    ]
    pq.write_table(pa.Table.from_pylist(courses), root / "data/courses.parquet")
    listed = root / "bench/prakerja_relevance/training_course_ids.txt"
    listed.parent.mkdir(parents=True)
    listed.write_text("\n".join(f"c{i}" for i in range(20)), encoding="utf-8")


def write_tiny_encoder(folder: Path, words: Sequence[str], *, n_layers: int = 2) -> Path:
    """Write a BERT of few layers and 16 dimensions over `words`, weights drawn at random; return its folder."""
    vocabulary = {word: index for index, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder / "bert")
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": n_layers, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(vocabulary), **shape)).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(16), Normalize()], device="cpu").save(str(folder / "st"))
    return folder / "st"
