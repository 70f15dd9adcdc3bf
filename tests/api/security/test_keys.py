"""The key ring: every purpose apart, old secrets read, new ones make, and the folder guards itself."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security.keys import Hashed, KeyRing, activate_secret, add_secret, fresh_ring, open_ring
from matcher.domain.errors import InvalidInput, MissingFile

RING = fresh_ring("first")
ROTATED = KeyRing({**RING.secrets, **fresh_ring("second").secrets}, "second")


def test_hashes_of_one_text_differ_by_purpose_and_by_secret() -> None:
    told = {ring.hashed(purpose, "3273014107990001") for ring in (RING, ROTATED) for purpose in get_args(Hashed)}
    assert len(told) == 2 * len(get_args(Hashed))
    assert all(len(one) == 64 and "3273014107990001" not in one for one in told)


def test_after_a_rotation_old_hashes_are_found_and_new_ones_come_first() -> None:
    stored = RING.hashed("nik", "3273014107990001")
    assert ROTATED.hashes("nik", "3273014107990001")[0] == ROTATED.hashed("nik", "3273014107990001") != stored
    assert ROTATED.is_hash("nik", "3273014107990001", stored)
    assert not ROTATED.is_hash("nik", "3273014107990002", stored)


@given(st.text(), st.text())
def test_encrypted_text_comes_back_for_its_own_row_only(text: str, about: str) -> None:
    sealed = RING.encrypt(text, about=about)
    assert ROTATED.decrypt(sealed, about=about) == text
    with pytest.raises(InvalidInput, match="cannot be opened"):
        RING.decrypt(sealed, about=about + "x")


def test_the_same_text_is_encrypted_differently_each_time() -> None:
    assert RING.encrypt("Wayan", about="a") != RING.encrypt("Wayan", about="a")


@pytest.mark.parametrize("broken", ["", "first", "first.", "none.AAAA", "first.****", "first.AAAA", "ä.ö"])
def test_broken_encryption_is_refused_without_its_content(broken: str) -> None:
    with pytest.raises(InvalidInput, match="restore the key folder"):
        RING.decrypt(broken, about="a")


def test_a_changed_letter_is_noticed() -> None:
    sealed = RING.encrypt("+6281234567890", about="a")
    changed = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    with pytest.raises(InvalidInput):
        RING.decrypt(changed[:-2] + "AA", about="a")


def test_reencryption_moves_to_the_active_secret_and_then_rests() -> None:
    sealed = ROTATED.reencrypted(RING.encrypt("Wayan", about="a"), about="a")
    assert sealed.startswith("second.") and ROTATED.reencrypted(sealed, about="a") == sealed
    with pytest.raises(InvalidInput):
        RING.decrypt(sealed, about="a")


def test_pseudonyms_differ_by_audience_and_only_that_audience_turns_them_back() -> None:
    names = [RING.pseudonym("a-1", audience=employer) for employer in ("e-1", "e-2", "e-1")]
    assert names[0] == names[2] != names[1]
    assert ROTATED.alumnus_of(names[0], audience="e-1") == "a-1"
    assert RING.alumnus_of(names[0], audience="e-2") is None
    assert [RING.alumnus_of(broken, audience="e-1") for broken in ("", "a-1", "ä", names[0][:-4])] == [None] * 4


def test_repr_tells_no_secret() -> None:
    assert repr(RING) == "KeyRing(active='first', names=['first'])"


def test_missing_folder_is_made_for_the_owner_alone_and_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "keys"
    ring = open_ring(folder)
    assert open_ring(folder) == ring
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_processes_that_start_at_once_end_with_the_same_ring(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(open_ring, [tmp_path / "keys"] * 8))
    assert all(ring == rings[0] for ring in rings)
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_rotation_adds_then_activates(tmp_path: Path) -> None:
    first = open_ring(tmp_path / "keys")
    add_secret(tmp_path / "keys", "second")
    assert open_ring(tmp_path / "keys").active == "first"
    activate_secret(tmp_path / "keys", "second")
    rotated = open_ring(tmp_path / "keys")
    assert rotated.active == "second" and rotated.secrets["first"] == first.secrets["first"]


@pytest.mark.parametrize("name", ["first", "", "Upper", "../out", "a" * 33])
def test_unusable_names_of_secrets_are_refused(tmp_path: Path, name: str) -> None:
    open_ring(tmp_path / "keys")
    with pytest.raises(InvalidInput, match="choose another name"):
        add_secret(tmp_path / "keys", name)


def test_a_secret_that_is_not_there_is_not_activated(tmp_path: Path) -> None:
    open_ring(tmp_path / "keys")
    with pytest.raises(InvalidInput, match="add it first"):
        activate_secret(tmp_path / "keys", "second")


def test_a_folder_without_its_secrets_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(MissingFile, match="restore it from its backup"):
        open_ring(tmp_path / "keys")
    assert list((tmp_path / "keys").iterdir()) == []


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_damaged_secret_is_refused_without_its_content(tmp_path: Path, content: str) -> None:
    open_ring(tmp_path / "keys")
    (tmp_path / "keys" / "first.key").write_text(content, encoding="ascii")
    with pytest.raises(InvalidInput) as refusal:
        open_ring(tmp_path / "keys")
    assert content == "" or content not in str(refusal.value)


def test_an_active_name_without_secret_is_refused(tmp_path: Path) -> None:
    open_ring(tmp_path / "keys")
    (tmp_path / "keys" / "first.key").rename(tmp_path / "keys" / "old.key")
    with pytest.raises(InvalidInput, match="active key 'first'"):
        open_ring(tmp_path / "keys")
