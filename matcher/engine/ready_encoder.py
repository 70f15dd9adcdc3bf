"""Takes an encoder as configured and the texts it will search; gives it ready to encode: fitted, or remembering.

Encodes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matcher.engine.embedding_cache import CachedEncoder
from matcher.engine.encode import Encoder, TfidfEncoder


def ready(encoder: Encoder, corpus: Sequence[str], *, cache_folder: Path) -> Encoder:
    """Return `encoder` ready for `corpus`: TF-IDF learns from it, a pretrained model keeps its rows in the cache.

    Raises
    ------
    InvalidInput
        When TF-IDF finds no word in the corpus.
    OSError
        When the cache cannot be made.
    """
    if isinstance(encoder, TfidfEncoder):
        return encoder if encoder.dimension else encoder.fit(corpus)
    return CachedEncoder(encoder, cache_folder)
