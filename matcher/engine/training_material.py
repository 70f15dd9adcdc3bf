"""Takes a folder of adverts, courses and ESCO labels; gives cleaned training records, each marked as held out or not.

What is held out is decided by a hash of the employer, the concept or the course, so that every run parts them alike.
It builds no pairs and trains nothing.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.text import normalise, target_occupation

LANGUAGES = ("en", "es", "de")
"""Languages of the ESCO labels; Bahasa Indonesia has none, so it is learnt from adverts and course titles."""

FILES = (
    "data/vacancies.parquet",
    "data/courses.parquet",
    "bench/prakerja_relevance/training_course_ids.txt",
    *(f"bench/esco_v1.2/{part}_{language}.csv" for part in ("occupations", "ISCOGroups") for language in LANGUAGES),
    "bench/talentclef2025_taskA/train/taskA_training_es.tsv",
    "bench/talentclef2025_taskA/train/taskA_training_de.tsv",
)
"""Every file training reads, below the data folder; none of them is a validation or a test file."""

_CONTACT = re.compile(
    r"https?://\S+|www\.\S+|\b\S+@\S+|\b\S+\.(?:com|co\.id|id|net|org)\b\S*|\+?\d[\d\s().-]{7,}\d|@\w+"
)
_TITLE_NOISE = re.compile(r"\d{6,}|\blowongan(?: kerja)?\b|\b(?:urgent(?:ly)?|dibutuhkan|hiring|loker)\b[:!]*", re.I)
_ANONYMOUS = re.compile(r"anonim|confidential|rahasia", re.I)
_SHINGLE_WORDS = 4
_BANDS = 6
_BAND_ROWS = 2


@dataclass(frozen=True, slots=True)
class Advert:
    """One advert, contacts stripped: `fields` are majors, `skills` what is asked for, both possibly empty."""

    title: str
    description: str
    category: str
    skills: tuple[str, ...]
    fields: tuple[str, ...]
    is_held_out: bool


@dataclass(slots=True)
class Concept:
    """One ESCO occupation: labels and description by language, its four-digit ISCO group."""

    uri: str
    isco_code: str = ""
    labels: dict[str, list[str]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    is_held_out: bool = False


@dataclass(frozen=True, slots=True)
class TrainingCourse:
    """One course of the training list: `target` is the job its title prepares for, where it names one."""

    course_id: str
    title: str
    category: str
    target: str | None
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class Material:
    """All that training may learn from: adverts, concepts, ISCO group labels by code, title pairs, courses."""

    adverts: list[Advert]
    concepts: dict[str, Concept]
    isco_labels: Mapping[str, Mapping[str, str]]
    title_pairs: list[tuple[str, str, str, str]]
    courses: list[TrainingCourse]


def read_material(folder: Path) -> Material:
    """Return the training material below `folder`, laid out as in ``FILES``.

    Raises
    ------
    MissingFile
        When one of ``FILES`` is absent.
    InvalidInput
        When a table lacks a column that training needs.
    """
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        raise MissingFile(f"{folder}: no {absent[0]}; give the folder that holds data/ and bench/")
    concepts = _read_concepts(folder / "bench/esco_v1.2")
    allowed = set((folder / FILES[2]).read_text(encoding="utf-8").split())
    return Material(
        adverts=adverts_of(_rows(folder / FILES[0], ("title", "company", "description", "category", "skills"))),
        concepts=concepts,
        isco_labels=_read_isco_labels(folder / "bench/esco_v1.2"),
        title_pairs=list(_read_title_pairs(folder / "bench/talentclef2025_taskA/train")),
        courses=courses_of(_rows(folder / FILES[1], ("course_id", "title", "category")), allowed),
    )


def material_hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 (hex) of every file of ``FILES``, in that order.

    Raises
    ------
    MissingFile
        When one of them is absent.
    """
    hashes = {}
    for name in FILES:
        if not (folder / name).is_file():
            raise MissingFile(f"{folder}: no {name}; give the folder that holds data/ and bench/")
        hashes[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return hashes


def is_held_out(key: str, *, one_in: int = 10) -> bool:
    """Return whether `key` (an employer, a concept, a course) falls in the held-out part: about one key in `one_in`.

    Notes
    -----
    Raises nothing. The sha256 of the key decides, so that the same key is held out in every run and every version.
    """
    return int.from_bytes(hashlib.sha256(f"padan-held-out/{key}".encode()).digest()[:8], "big") % one_in == 0


def without_contacts(text: str) -> str:
    """Return `text` with links, addresses, numbers to call and account names taken out, spaces single.

    Notes
    -----
    Raises nothing. Line breaks are kept: they part the duties of an advert.
    """
    kept = _CONTACT.sub(" ", text)
    return "\n".join(" ".join(line.split()) for line in kept.splitlines() if line.strip())


def clean_title(title: str) -> str:
    """Return an advert title without contacts, advert numbers and calls to apply.

    Notes
    -----
    Raises nothing.

    Examples
    --------
    >>> clean_title("URGENT: Kasir Toko 25083881")
    'Kasir Toko'
    """
    return " ".join(_TITLE_NOISE.sub(" ", without_contacts(title)).split()).strip(" -:|!,")


def adverts_of(rows: Iterable[Mapping[str, Any]]) -> list[Advert]:
    """Return the adverts of table rows, about a tenth of the employers held out.

    Parameters
    ----------
    rows : iterable of mappings
        With ``title, company, description, category, skills``; all but the title may be null.

    Notes
    -----
    Raises nothing. An anonymous employer is no employer: its adverts are grouped by near-duplicate text (shared
    bands of a min-hash over four-word shingles), and an advert whose text stands in the held-out part is held out too.
    """
    kept = [row for row in rows if clean_title(str(row["title"] or ""))]
    keys = _employer_keys(kept)
    held = [is_held_out(key) for key in keys]
    unseen = {_text_of(row) for row, out in zip(kept, held, strict=True) if out and row.get("description")}
    return [_advert(row, out or _text_of(row) in unseen) for row, out in zip(kept, held, strict=True)]


def courses_of(rows: Iterable[Mapping[str, Any]], allowed: set[str]) -> list[TrainingCourse]:
    """Return the courses whose id is in `allowed`, a tenth of them held out; no other course is looked at.

    Notes
    -----
    Raises nothing. The target is what the title names last; the table's own column holds more phrases that are no job.
    """
    courses = []
    for row in rows:
        if row["course_id"] not in allowed:
            continue
        title = clean_title(str(row["title"]))
        category = str(row.get("category") or "")
        held = is_held_out(row["course_id"])
        courses.append(TrainingCourse(row["course_id"], title, category, target_occupation(title), held))
    return courses


def _advert(row: Mapping[str, Any], out: bool) -> Advert:
    skills = without_contacts(str(row.get("skills") or ""))
    is_majors = skills.lower().startswith("program studi")
    parts = tuple(dict.fromkeys(p.strip() for p in re.split(r"[;,]", skills.split(":", 1)[-1]) if p.strip()))
    return Advert(
        title=clean_title(str(row["title"])),
        description=without_contacts(str(row.get("description") or "")),
        category=str(row.get("category") or ""),
        skills=() if is_majors else parts,
        fields=parts if is_majors else (),
        is_held_out=out,
    )


def _text_of(row: Mapping[str, Any]) -> str:
    return normalise(f"{row['title']} {row.get('description') or ''} {row.get('skills') or ''}")


def _employer_keys(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    named = [normalise(str(row.get("company") or "")) for row in rows]
    nameless = [i for i, name in enumerate(named) if not name or _ANONYMOUS.search(name)]
    groups = near_duplicate_groups([_text_of(rows[i]) for i in nameless])
    for i, group in zip(nameless, groups, strict=True):
        named[i] = f"anonymous/{group}"
    return named


def near_duplicate_groups(texts: Sequence[str]) -> list[str]:
    """Return one group name per text; texts that share a band of their min-hash share the group.

    Notes
    -----
    Raises nothing. Six bands of two minima over four-word shingles: texts with half of their shingles in common meet
    with probability .82 (1 - (1 - s^2)^6), texts with a tenth in common with .06. The name is the smallest band of the
    group, so it does not depend on the order of the texts.
    """
    leader: dict[str, str] = {}

    def find(band: str) -> str:
        while leader.setdefault(band, band) != band:
            band = leader[band]
        return band

    signatures = [_bands(text) for text in texts]
    for bands in signatures:
        first, *others = sorted(find(band) for band in bands)
        for other in others:
            leader[find(other)] = find(first)
    smallest: dict[str, str] = {}
    for bands in signatures:
        root = find(bands[0])
        smallest[root] = min(smallest.get(root, bands[0]), *bands)
    return [smallest[find(bands[0])] for bands in signatures]


def _bands(text: str) -> list[str]:
    words = text.split()
    shingles = {" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(max(1, len(words) - _SHINGLE_WORDS + 1))}
    digests = [hashlib.sha256(shingle.encode()).digest() for shingle in shingles]
    n_minima = _BANDS * _BAND_ROWS
    minima = [min(digest[2 * i : 2 * i + 8] for digest in digests).hex() for i in range(n_minima)]
    return [f"{i}-{'-'.join(minima[i : i + _BAND_ROWS])}" for i in range(0, n_minima, _BAND_ROWS)]


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    absent = set(columns) - set(pq.read_schema(path).names)
    if absent:
        raise InvalidInput.at(str(path), f"no column {min(absent)!r}", "give a table that has it", column=min(absent))
    return pq.read_table(path, columns=list(columns)).to_pylist()


def _read_csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _read_concepts(folder: Path) -> dict[str, Concept]:
    concepts: dict[str, Concept] = {}
    for language in LANGUAGES:
        for row in _read_csv(folder / f"occupations_{language}.csv"):
            uri = row["conceptUri"]
            concept = concepts.setdefault(uri, Concept(uri, row["iscoGroup"], is_held_out=is_held_out(uri)))
            labels = [row["preferredLabel"], *(row["altLabels"] or "").split("\n")]
            concept.labels[language] = list(dict.fromkeys(label.strip() for label in labels if label.strip()))
            concept.descriptions[language] = " ".join((row["description"] or "").split())
    return concepts


def _read_isco_labels(folder: Path) -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for row in _read_csv(folder / f"ISCOGroups_{language}.csv"):
            labels.setdefault(row["code"], {})[language] = row["preferredLabel"]
    return labels


def _read_title_pairs(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield (language, concept uri, title, title) of the TalentCLEF training files."""
    for language in ("es", "de"):
        with (folder / f"taskA_training_{language}.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if len(row) == 4:
                    yield language, row[1], row[2].strip(), row[3].strip()
