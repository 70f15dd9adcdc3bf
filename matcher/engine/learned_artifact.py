"""Takes an artifact and a learned ranker; gives the artifact that ranks by it. Everything else stays as it is."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from matcher.engine.artifact_folder import MANIFEST, put_in_place, seal
from matcher.engine.artifacts import Artifact, load
from matcher.engine.tree_ranker import RANKER_FILE, TreeRanker

_COMPUTED = ("schema", "artifact_id", "files")


def with_ranker(artifact: Artifact, ranker: TreeRanker, to: Path) -> Artifact:
    """Write the artifact with `ranker` into the folder `to`, all of it or nothing, and return it opened.

    Raises
    ------
    InvalidInput
        When `to` holds files that are no artifact.
    OSError
        When the folder cannot be written.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as scratch:
        draft = Path(scratch) / to.name
        shutil.copytree(artifact.folder, draft, ignore=shutil.ignore_patterns(MANIFEST))
        ranker.save(draft / RANKER_FILE)
        seal(draft, {name: value for name, value in artifact.manifest.items() if name not in _COMPUTED})
        put_in_place(draft, to, Path(scratch) / "replaced")
    return load(to, cache_folder=artifact.cache_folder)
