"""Takes folders of model files; finds them, checks that they are whole, and publishes one whole or not at all.

A manifest of sizes and checksums tells an intact folder of our own from a damaged one. Loads no model.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from matcher.domain.errors import ModelUnavailable

MANIFEST = "manifest.json"
WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
_MEANINGFUL = frozenset({".json", ".safetensors", ".bin", ".txt", ".model", ".npy", ".onnx"})
_REMEDY = "fetch the model again, or name another"


def find_model_folder(folder_or_name: Path | str) -> Path:
    """Return the folder of a model given by path or by its name in the hub cache of this machine.

    Raises
    ------
    ModelUnavailable
        When there is no such folder and the hub cache holds no such model. Nothing is downloaded.
    """
    folder = Path(folder_or_name)
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, IncompleteSnapshotError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(str(folder_or_name), local_files_only=True))
    except (HFValidationError, IncompleteSnapshotError, LocalEntryNotFoundError, OSError) as error:
        raise ModelUnavailable(
            f"no model folder and no cached model is called '{folder_or_name}'; give the path of a "
            "sentence-transformers folder, or use e5-small, which is installed with this package"
        ) from error


def check_model_folder(folder: Path) -> None:
    """Refuse a sentence-transformers folder with parts missing or cut short.

    Raises
    ------
    ModelUnavailable
        When modules.json, a module's folder, the weights or the tokenizer are missing, or a file ends early.
    """
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        paths = [folder / module["path"] for module in modules]
    except FileNotFoundError as error:
        raise ModelUnavailable(
            f"{folder} is no sentence-transformers folder: modules.json is missing; {_REMEDY}"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(f"{folder / 'modules.json'} is damaged: {error}; {_REMEDY}") from error
    # A module without settings (Normalize) has a folder that some downloads leave out, so only the first must be there.
    if not paths or not paths[0].is_dir():
        raise ModelUnavailable(f"{folder} lacks the module folder that modules.json names; {_REMEDY}")
    _check_files(folder, WEIGHTS, "weights")
    _check_files(folder, TOKENIZERS, "tokenizer")
    for path in folder.rglob("*.safetensors"):
        _check_safetensors(path)


def _check_files(folder: Path, patterns: tuple[str, ...], what: str) -> None:
    found = [path for pattern in patterns for path in folder.rglob(pattern)]
    if not found:
        raise ModelUnavailable(f"{folder} holds no {what} ({', '.join(patterns)}); {_REMEDY}")
    for path in found:
        if path.stat().st_size == 0:
            raise ModelUnavailable(f"{path} is empty; {_REMEDY}")


def _check_safetensors(path: Path) -> None:
    """Compare the size of a file with what its own header promises (safetensors: u64 length, JSON, tensors)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length) if length < size else b""
    try:
        entries = json.loads(header)
        end = max((entry["data_offsets"][1] for name, entry in entries.items() if name != "__metadata__"), default=0)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelUnavailable(f"{path} is cut short or damaged: its header cannot be read; {_REMEDY}") from error
    if size != 8 + length + end:
        raise ModelUnavailable(f"{path} is cut short: {size} bytes of {8 + length + end}; {_REMEDY}")


def publish(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make `folder` hold what `fill` writes, with a manifest, in one rename.

    Parameters
    ----------
    folder : Path
        The final place. What stands there is replaced: the caller found it damaged.
    fill : callable
        Writes the files into the empty folder it is given.

    Raises
    ------
    OSError
        When the parent cannot be written. Whatever `fill` raises passes through; nothing is published then.

    Notes
    -----
    Two processes may publish the same folder: the files are the same, the later rename finds the earlier one's
    folder intact and leaves it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fill(draft)
        (draft / MANIFEST).write_text(json.dumps(_describe(draft), indent=2) + "\n", encoding="utf-8")
        draft.chmod(0o755)
        if not is_intact(folder):
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def is_intact(folder: Path) -> bool:
    """Return whether `folder` is there and each file has the size and SHA-256 its manifest names.

    Notes
    -----
    Raises nothing: an unreadable manifest or file means no.
    """
    try:
        described = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(described) and described == _describe(folder)
    except (OSError, ValueError):
        return False


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 (hex) over the names and bytes of the settings and weights in `folder`.

    Raises
    ------
    OSError
        When a file cannot be read.

    Notes
    -----
    Cards, licences and other files that change no vector are left out.
    """
    paths = [path for path in _files(folder) if path.suffix in _MEANINGFUL]
    return digest(*(f"{path.relative_to(folder).as_posix()} {_sha256(path)}".encode() for path in paths))


def digest(*parts: bytes) -> str:
    """Return the SHA-256 (hex) over `parts`, each preceded by its length so that no two lists run together.

    Notes
    -----
    Raises nothing.
    """
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "little") + part)
    return total.hexdigest()


def _describe(folder: Path) -> dict[str, dict[str, int | str]]:
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in _files(folder)
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
