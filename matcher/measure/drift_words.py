"""Takes a drift; gives it as lines in Bahasa Indonesia, as one sentence and as plain records. Computes no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from babel.dates import format_date

from matcher.measure.drift import LEAST_ROWS, ColumnDrift, Drift
from matcher.measure.outcome_words import number

_VERDICTS: Mapping[str | None, str] = MappingProxyType(
    {"steady": "tetap", "shifting": "bergeser", "moved": "berpindah", None: "terlalu sedikit baris"}
)
_ADVICE: Mapping[str | None, str] = MappingProxyType(
    {
        "steady": "Pasar masih seperti saat artefak dibuat.",
        "shifting": "Pasar mulai bergeser: bangun artefak dari tabel baru, lalu nilai kembali dengan padan evaluate.",
        "moved": "Pasar sudah berpindah: bangun artefak dari tabel baru dan latih ulang sebelum angka lama dipercaya.",
        None: "Terlalu sedikit baris untuk membandingkan.",
    }
)

_SENTENCES: Mapping[str, Mapping[str | None, str]] = MappingProxyType(
    {
        "id": {
            "steady": "Sejak {since} ({days} hari) pasar kerja tetap: dari {n} hal yang dibandingkan tidak ada yang "
            "berubah nyata.",
            "shifting": "Sejak {since} ({days} hari) pasar kerja mulai bergeser: {changed} dari {n} hal berubah. "
            "Susun urutan dari data baru, lalu nilai kembali.",
            "moved": "Sejak {since} ({days} hari) pasar kerja sudah berpindah: {changed} dari {n} hal berubah. "
            "Susun urutan dari data baru dan latih ulang sebelum angka lama dipercaya.",
            None: "Perubahan sejak {since} belum dapat dinilai: ada kurang dari {least} baris di salah satu sisi.",
        },
        "en": {
            "steady": "Since {since} ({days} days) the market has stayed: of {n} things compared none changed beyond "
            "chance.",
            "shifting": "Since {since} ({days} days) the market shifts: {changed} of {n} things changed. Build the "
            "order from newer data, then judge it again.",
            "moved": "Since {since} ({days} days) the market has moved: {changed} of {n} things changed. Build the "
            "order from newer data and train it again before old figures are trusted.",
            None: "What changed since {since} cannot be judged yet: one side has fewer than {least} rows.",
        },
    }
)


def drift_sentence(drift: Drift, language: str) -> str:
    """Return the drift in one sentence or two, in `language` id or en. Raises nothing for these two."""
    verdicts = [one for one in (*(column.verdict for column in drift.columns), drift.words.verdict) if one]
    return _SENTENCES[language][drift.verdict].format(
        since=format_date(drift.built_at, "d MMMM y", locale=language),
        days=number(max((drift.now - drift.built_at).days, 0), language),
        changed=sum(one != "steady" for one in verdicts),
        n=len(verdicts),
        least=LEAST_ROWS,
    )


def drift_lines(drift: Drift) -> Iterator[str]:
    """Yield the drift in Bahasa Indonesia. Raises nothing."""
    age_days = (drift.now - drift.built_at).days
    yield f"Artefak dari {drift.built_at:%Y-%m-%d}, data pada {drift.now:%Y-%m-%d} ({number(age_days)} hari)."
    yield _ADVICE[drift.verdict]
    yield ""
    yield f"{'kolom':<28}{'dulu':>9}{'kini':>9}{'PSI':>8}{'kebetulan':>11}{'JS':>8}  keadaan"
    yield from (_line(column) for column in drift.columns)
    words = drift.words
    if words.unseen_share is not None:
        told = f" ({', '.join(words.examples)})" if words.examples else ""
        yield (
            f"Kata judul yang belum dikenal: {number(100 * words.unseen_share, decimals=1)} % dari "
            f"{number(words.n_words)}{told}: {_VERDICTS[words.verdict]}."
        )
    yield "PSI di bawah 0,10 tetap, mulai 0,25 berpindah; di bawah batas kebetulan selalu tetap."


def drift_records(drift: Drift) -> dict[str, Any]:
    """Return the drift as plain records. Raises nothing."""
    return {
        "built_at": drift.built_at.isoformat(),
        "as_of": drift.now.isoformat(),
        "verdict": drift.verdict,
        "columns": [asdict(column) for column in drift.columns],
        "title_words": asdict(drift.words),
    }


def _line(column: ColumnDrift) -> str:
    name = f"{column.table}.{column.column}"
    counts = f"{name:<28}{number(column.n_then):>9}{number(column.n_now):>9}"
    if column.psi is None or column.by_chance is None or column.divergence is None:
        return f"{counts}{'':>27}  {_VERDICTS[None]}"
    moved = f": naik {column.risen}, turun {column.fallen}" if column.verdict != "steady" else ""
    figures = "".join(
        f"{number(value, decimals=3):>{width}}"
        for value, width in ((column.psi, 8), (column.by_chance, 11), (column.divergence, 8))
    )
    return f"{counts}{figures}  {_VERDICTS[column.verdict]}{moved}"
