"""What comes from outside is pinned and known to be sound, and nothing secret lies in what is kept.

The audit asks a public list of weaknesses; where that cannot be reached the test is skipped and says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_WORDS = {".safetensors", ".parquet", ".png", ".xlsx"}
CHECKSUMS = {"models/static-padan/training.json"}
"""Hold the SHA-256 of what a model was trained on, which look like keys."""


def tracked() -> list[str]:
    """Return every kept file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def scanned(*paths: str) -> subprocess.CompletedProcess[bytes]:
    """Look for keys and passwords in files."""
    hook = Path(sys.executable).parent / "detect-secrets-hook"
    return subprocess.run([hook, *paths], cwd=ROOT, capture_output=True, check=False)


def test_no_kept_file_holds_a_secret() -> None:
    kept = [name for name in tracked() if Path(name).suffix not in NOT_WORDS and name not in CHECKSUMS]
    found = scanned(*kept)
    assert found.returncode == 0, found.stdout.decode()
    assert len(kept) > 100


def test_secret_in_a_file_would_be_found(tmp_path: Path) -> None:
    planted = tmp_path / "settings.py"
    planted.write_text('password = "kata-' + 'sandi-yang-panjang-9183"\n')
    assert scanned(str(planted)).returncode == 1


def test_pinned_packages_have_no_known_weakness() -> None:
    audit = [sys.executable, "-m", "pip_audit", "-r", "constraints.txt", "--no-deps", "--disable-pip", "-f", "json"]
    told = subprocess.run(audit, cwd=ROOT, capture_output=True, check=False, timeout=300)
    if not told.stdout:
        pytest.skip("the list of known weaknesses cannot be reached from here")
    packages = json.loads(told.stdout)["dependencies"]
    audited = [one for one in packages if "skip_reason" not in one]
    if not audited:
        pytest.skip(f"the list of known weaknesses knows none of the {len(packages)} packages from here")
    assert [(one["name"], one["version"], one["vulns"]) for one in audited if one["vulns"]] == []
