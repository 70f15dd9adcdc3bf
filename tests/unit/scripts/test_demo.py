"""``padan demo`` as it is typed: three alumni with reasons, from any folder of tables."""

from __future__ import annotations

import shutil
from pathlib import Path

from matcher.engine.artifacts import load
from tests.command_line import CommandLine


def test_demo_prints_three_alumni_with_reasons(padan: CommandLine, world_data: Path) -> None:
    answer = padan("demo", "--no-serve", "--data", world_data)
    people = answer.out.strip().split("\n\n")
    assert (answer.code, answer.err) == (0, "")
    assert [person.splitlines()[0] for person in people] == [
        "a-cook - Kota Bandung, Jawa Barat, SMA",
        "a-guard - Kota Jayapura, Papua, sekolah tidak diketahui",
        "a-two - Kota Bandung, Jawa Barat, SMK",
    ]
    assert all("  Sertifikat: " in person and "(semua dinilai)" in person for person in people)


def test_demo_prints_three_vacancies_with_their_reasons(padan: CommandLine, world_data: Path) -> None:
    cook = padan("demo", "--no-serve", "--data", world_data).out.strip().split("\n\n")[0]
    titles = [line for line in cook.splitlines() if line[:4].strip().rstrip(".").isdigit()]
    assert [title.split(" - ")[0] for title in titles] == [
        "  1. Juru Masak",
        "  2. Juru Masak Hotel",
        "  3. Penjahit Pakaian",
    ]
    assert "       + Pelatihan Anda menyiapkan untuk pekerjaan ini" in cook


def test_demo_says_it_where_nothing_is_open(padan: CommandLine, world_data: Path) -> None:
    guard = padan("demo", "--no-serve", "--data", world_data).out.strip().split("\n\n")[1]
    assert "  ! Belum ada lowongan yang terbuka untuk Anda di sini. Tanyakan kepada petugas." in guard
    assert "0 lowongan terbuka untuk orang ini, 0 dinilai (semua dinilai)" in guard


def test_demo_leaves_the_artifact_to_be_served(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    printed = padan("demo", "--no-serve", "--data", world_data).out
    assert f"[hand-set@{load(tmp_path / 'served', cache_folder=tmp_path).artifact_id}]" in printed


def test_demo_twice_prints_the_same(padan: CommandLine, world_data: Path) -> None:
    assert padan("demo", "--no-serve", "--data", world_data) == padan("demo", "--no-serve", "--data", world_data)


def test_now_decides_what_the_demo_shows(padan: CommandLine, world_data: Path) -> None:
    printed = padan("demo", "--no-serve", "--data", world_data, "--now", "2026-11-01T08:00:00+07:00").out
    assert "Perawat Lansia" in printed and "Warung Sari Rasa" not in printed


def test_demo_refuses_a_folder_without_tables_in_one_line(padan: CommandLine, tmp_path: Path) -> None:
    assert "tiada: no such folder" in padan("demo", "--no-serve", "--data", tmp_path / "tiada").refusal
    (tmp_path / "kosong").mkdir()
    assert "kosong: no courses in it" in padan("demo", "--no-serve", "--data", tmp_path / "kosong").refusal
    assert not (tmp_path / "served").exists()


def test_demo_refuses_tables_without_people_before_it_builds(
    padan: CommandLine, world_data: Path, tmp_path: Path
) -> None:
    (tmp_path / "tables").mkdir()
    for name in ("courses", "vacancies"):
        shutil.copy(world_data / f"{name}.parquet", tmp_path / "tables")
    refusal = padan("demo", "--no-serve", "--data", tmp_path / "tables").refusal
    assert f"{tmp_path / 'tables'}: no alumni in it" in refusal
    assert not (tmp_path / "served").exists()


def test_demo_refuses_to_replace_what_is_no_artifact(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "catatan.txt").write_text("penting", encoding="utf-8")
    refusal = padan("demo", "--no-serve", "--data", world_data).refusal
    assert "served: holds files that are no artifact" in refusal
    assert [path.name for path in (tmp_path / "served").iterdir()] == ["catatan.txt"]
