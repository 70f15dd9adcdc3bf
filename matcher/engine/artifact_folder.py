"""Takes a drafted folder; gives it sealed with checksums in its place, and a sealed folder's manifest once verified.

Knows nothing of what the files hold.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matcher.domain.errors import ArtifactDamaged, ArtifactIncompatible, InvalidInput, MissingFile
from matcher.domain.text import TEXT_RECIPE

SCHEMA = 7
"""Version of the folder's layout; a folder of another version is refused."""

MANIFEST = "manifest.json"


def seal(draft: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest of the files in `draft`: `about`, their checksums and the id that follows from them.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    files = {path.name: _checksum(path) for path in sorted(draft.iterdir()) if path.name != MANIFEST}
    artifact_id = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:12]
    manifest = {"schema": SCHEMA, "artifact_id": artifact_id, **about, "files": files}
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def verified_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of `folder`, every checksum verified.

    Raises
    ------
    MissingFile
        When the folder or its manifest is not there.
    ArtifactIncompatible
        When its schema or text recipe is another than this code's.
    ArtifactDamaged
        When a file is missing, added or changed since it was written.
    """
    manifest = _read_manifest(folder)
    expected = {"schema": SCHEMA, "text_recipe": TEXT_RECIPE}
    for key, value in expected.items():
        if manifest.get(key) != value:
            raise ArtifactIncompatible(
                f"{folder}: {key} is {manifest.get(key)!r}, this version reads {value!r}; run padan build again"
            )
    found = {path.name for path in folder.iterdir()} - {MANIFEST}
    changed = {name for name, checksum in manifest["files"].items() if _checksum(folder / name) != checksum}
    added = found - manifest["files"].keys()
    if changed or added:
        raise ArtifactDamaged(
            f"{folder}: {', '.join(sorted(changed | added))} missing, added or changed since the build; "
            "run padan build again"
        )
    return manifest


def put_in_place(draft: Path, to: Path, replaced: Path) -> None:
    """Rename `draft` to `to`; what stood there goes to `replaced` and is deleted.

    Raises
    ------
    InvalidInput
        When `to` holds files that are no artifact.
    """
    if to.exists():
        if not (to / MANIFEST).is_file() and any(to.iterdir()):
            raise InvalidInput(f"{to}: holds files that are no artifact; choose an empty or a new folder")
        to.rename(replaced)
    draft.rename(to)
    if replaced.exists():
        shutil.rmtree(replaced)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingFile(
            f"{folder}: no artifact here (no manifest.json); make one with padan build --data DIR --to {folder}"
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as problem:
        raise ArtifactDamaged(f"{path}: not readable as JSON ({problem}); run padan build again") from problem
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ArtifactDamaged(f"{path}: lists no files, so nothing can be verified; run padan build again")
    return manifest


def _checksum(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
