"""Takes training material; gives pairs of texts that mean the same work, by source, from what is not held out.

It encodes and trains nothing.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from matcher.domain.text import normalise
from matcher.engine.training_material import LANGUAGES, Advert, Concept, Material, TrainingCourse

DUTY_WORDS = (3, 18)
"""Fewest and most words of a line that may stand for a duty."""

OPENING_CHARACTERS = 220
"""How much of a text is paired with a title: duties stand first."""

_SKILL_CHARACTERS = 120
_LABELS_PER_LANGUAGE = {"en": 12, "es": 8, "de": 4}
_CROSS_PER_CONCEPT = 8
_GROUP_LABELS = 3
_DUTIES_PER_ADVERT = 3
_FIELD_PAIRS = 6000
_SYNONYM_WORDS = 5
_TALENTCLEF_PAIRS = 16000
_LINE_BREAK = re.compile(r"[\n;•●▪·]+|\s(?:\d{1,2}[.)]|[-–*])\s|(?<=[.:])\s+|(?<=[a-z)])(?=[A-Z][a-z]+ )")
_BOILERPLATE = re.compile(
    r"\b(?:pria|wanita|laki|perempuan|usia|umur|maksimal|minimal|minimum|pendidikan|lulusan|sma|smk|d3|s1|diploma|"
    r"sarjana|bachelor|degree|tahun|years?|bulan|hari|jam|gaji|salary|ktp|lamar\w*|apply|interview|penempatan|"
    r"lokasi|bersedia|jujur|sehat|pengalaman|experienced?|kualifikasi|qualifications?|requirements?|persyaratan|"
    r"hiredtoday|payment|kami|perusahaan|company|we|our|us|benefit\w*|jadwal|libur|pagi|siang|malam|pt|"
    r"tanggung jawab|responsibilit\w+|deskripsi|skill yang|kandidat|candidates?|join|bergabung)\b|\d{2,}",
    re.IGNORECASE,
)
_SLASH = re.compile(r"\s/\s|(?<=[a-zA-Z]{4})/(?=[a-zA-Z]{4})")
_RANKS = frozenset(
    {"staff", "staf", "officer", "senior", "junior", "manager", "supervisor", "leader", "head", "intern"}
)


class Pair(NamedTuple):
    """Two texts of the same work. Texts of one `group` are never each other's wrong answer.

    Groups of one `family` (sister occupations of one ISCO group) are alike without being the same; "" is no family.
    """

    left: str
    right: str
    group: str
    family: str = ""


def build_pairs(material: Material, *, rng: random.Random) -> dict[str, list[Pair]]:
    """Return the pairs of every source by name, shuffled; nothing held out is among them.

    Parameters
    ----------
    material : Material
        As ``read_material`` gives it.
    rng : random.Random
        Chooses labels, duties and openings; the same state gives the same pairs.

    Notes
    -----
    Raises nothing. Sources: ``esco`` (labels of one occupation in one language), ``cross`` (in two languages),
    ``talentclef``, ``isco`` (label to its group's name), ``esco_text`` (label to description), ``opening``
    (advert title to the start of its text), ``duty`` (title to one line), ``skills``, ``category``, ``fields``,
    ``synonym`` (two names in one title), ``course`` (course title to its target job or an advert title naming it).
    """
    concepts = [concept for concept in material.concepts.values() if not concept.is_held_out]
    adverts = [advert for advert in material.adverts if not advert.is_held_out]
    courses = [course for course in material.courses if not course.is_held_out]
    family = {concept.uri: concept.isco_code for concept in concepts}
    listed = [Pair(a, b, uri, family[uri]) for _, uri, a, b in material.title_pairs if uri in family and a != b]
    sources = {
        "esco": _label_pairs(concepts, rng),
        "cross": _cross_pairs(concepts, rng),
        "talentclef": rng.sample(listed, min(_TALENTCLEF_PAIRS, len(listed))),
        "isco": _group_pairs(concepts, material.isco_labels, rng),
        "esco_text": _description_pairs(concepts, rng),
        **advert_pairs(adverts, rng=rng),
        "course": course_pairs(courses, [advert.title for advert in adverts], rng=rng),
    }
    for pairs in sources.values():
        rng.shuffle(pairs)
    return {name: pairs for name, pairs in sources.items() if pairs}


def advert_pairs(adverts: Sequence[Advert], *, rng: random.Random) -> dict[str, list[Pair]]:
    """Return the pairs adverts give: opening, duty, skills, category, fields, synonym.

    Notes
    -----
    Raises nothing. Adverts of one normalised title are one group, and of a title that recurs at most four adverts
    with a description are used.
    """
    found: dict[str, list[Pair]] = {n: [] for n in ("opening", "duty", "skills", "category", "fields", "synonym")}
    common = common_lines(adverts)
    n_used: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for advert in rng.sample(list(adverts), len(adverts)):
        group = normalise(advert.title)
        n_used[group] += bool(advert.description)
        if advert.description and n_used[group] <= 4:
            _add_text_pairs(found, advert, common, rng)
        for name, right in _listed_parts(advert, rng):
            if (group, right) not in seen:
                seen.add((group, right))
                found[name].append(Pair(advert.title, right, group))
        found["synonym"] += [] if ("", group) in seen else synonym_pairs(advert.title)
        seen.add(("", group))
    found["fields"] = found["fields"][:_FIELD_PAIRS]
    return found


def duty_lines(description: str, common: frozenset[str] = frozenset()) -> list[str]:
    """Return the lines of an advert that read like duties or course modules, in order, each once.

    Parameters
    ----------
    description : str
        The advert's text.
    common : frozenset of str
        Normalised lines that many titles share and that therefore say nothing.

    Notes
    -----
    Raises nothing. Lines of 3 to 18 words without schooling, age, pay, place or application phrases.
    """
    lines = (re.sub(r"^[\W\d_]+|[\W_]+$", "", line) for line in _LINE_BREAK.split(description[:2000]))
    fewest, most = DUTY_WORDS
    kept = [x for x in lines if fewest <= len(x.split()) <= most and not _BOILERPLATE.search(x)]
    return [line for line in dict.fromkeys(kept) if normalise(line) not in common]


def common_lines(adverts: Iterable[Advert], *, n_titles: int = 3) -> frozenset[str]:
    """Return the normalised lines that stand under at least `n_titles` different titles.

    Notes
    -----
    Raises nothing.
    """
    titles: dict[str, set[str]] = defaultdict(set)
    for advert in adverts:
        for line in duty_lines(advert.description):
            titles[normalise(line)].add(normalise(advert.title))
    return frozenset(line for line, under in titles.items() if len(under) >= n_titles)


def synonym_pairs(title: str) -> list[Pair]:
    """Return the pairs of names that a title gives for one job: "Reporter / Jurnalis".

    Notes
    -----
    Raises nothing. Only names parted by a slash, without a shared word; what stands in brackets is mostly a place.
    A part of ranks alone ("senior", "supervisor") is no name.
    """
    parts = [part.strip(" -") for part in _SLASH.split(re.split(r"[(\[]| - ", title, maxsplit=1)[0])]
    words = [set(normalise(part).split()) for part in parts]
    named = [i for i, held in enumerate(words) if held - _RANKS and len(held) <= _SYNONYM_WORDS]
    return [
        Pair(parts[i], parts[j], normalise(title))
        for i, j in itertools.combinations(named, 2)
        if not words[i] & words[j]
    ]


def course_pairs(courses: Sequence[TrainingCourse], titles: Sequence[str], *, rng: random.Random) -> list[Pair]:
    """Return course titles with their target job, and with advert titles that hold every word of the target.

    Notes
    -----
    Raises nothing. At most six advert titles a course, none of them looked up outside `titles`.
    """
    by_word: dict[str, set[str]] = defaultdict(set)
    for title in dict.fromkeys(titles):
        for word in normalise(title).split():
            by_word[word].add(title)
    pairs = []
    for course in courses:
        target = normalise(course.target or "")
        if not target:
            continue
        named = set.intersection(*(by_word.get(word, set()) for word in target.split()))
        chosen = rng.sample(sorted(named), min(6, len(named)))
        pairs += [Pair(course.title, right, f"course/{target}") for right in (course.target or "", *chosen)]
    return pairs


def _label_pairs(concepts: Sequence[Concept], rng: random.Random) -> list[Pair]:
    pairs = []
    for concept in concepts:
        for language in LANGUAGES:
            labels = _forms(concept.labels.get(language, []))
            for _ in range(min(_LABELS_PER_LANGUAGE[language], len(labels) - 1)):
                left, right = rng.sample(labels, 2)
                right = labels[0] if rng.random() < 0.4 and left != labels[0] else right
                pairs.append(Pair(left, right, concept.uri, concept.isco_code))
    return pairs


def _cross_pairs(concepts: Sequence[Concept], rng: random.Random) -> list[Pair]:
    pairs = []
    for concept in concepts:
        languages = [language for language in LANGUAGES if concept.labels.get(language)]
        for _ in range(_CROSS_PER_CONCEPT if len(languages) > 1 else 0):
            one, other = rng.sample(languages, 2)
            left, right = rng.choice(_forms(concept.labels[one])), rng.choice(_forms(concept.labels[other]))
            pairs.append(Pair(left, right, concept.uri, concept.isco_code))
    return pairs


def _group_pairs(
    concepts: Sequence[Concept], labels: Mapping[str, Mapping[str, str]], rng: random.Random
) -> list[Pair]:
    pairs = []
    for concept in concepts:
        for language, group in labels.get(concept.isco_code, {}).items():
            forms = _forms(concept.labels.get(language, []))
            chosen = rng.sample(forms, min(_GROUP_LABELS, len(forms)))
            pairs += [Pair(form, group, concept.isco_code) for form in chosen]
    return pairs


def _description_pairs(concepts: Sequence[Concept], rng: random.Random) -> list[Pair]:
    return [
        Pair(rng.choice(_forms(labels)), concept.descriptions[language][:OPENING_CHARACTERS], concept.uri)
        for concept in concepts
        for language, labels in concept.labels.items()
        if labels and concept.descriptions.get(language)
    ]


def _forms(labels: Sequence[str]) -> list[str]:
    """Return `labels` with "actor/actriz" as two names, each once, in order."""
    return list(dict.fromkeys(form.strip() for label in labels for form in label.split("/") if form.strip()))


def _add_text_pairs(
    found: Mapping[str, list[Pair]], advert: Advert, common: frozenset[str], rng: random.Random
) -> None:
    group = normalise(advert.title)
    duties = duty_lines(advert.description, common)
    chosen = rng.sample(duties, min(_DUTIES_PER_ADVERT, len(duties)))
    found["duty"].extend(Pair(advert.title, duty, group) for duty in chosen)
    if len(advert.description) >= 80:
        about = "\n".join(duties) if len(duties) >= 3 and rng.random() < 0.5 else advert.description
        found["opening"].append(Pair(advert.title, about[:OPENING_CHARACTERS], group))


def _listed_parts(advert: Advert, rng: random.Random) -> list[tuple[str, str]]:
    parts = []
    if advert.skills:
        chosen = rng.sample(advert.skills, min(5, len(advert.skills)))
        parts.append(("skills", ", ".join(chosen)[:_SKILL_CHARACTERS]))
    if advert.fields:
        parts.append(("fields", ", ".join(rng.sample(advert.fields, min(3, len(advert.fields))))))
    if ">" in advert.category or " / " in advert.category:
        parts.append(("category", advert.category.replace(" >", ",")))
    return parts
