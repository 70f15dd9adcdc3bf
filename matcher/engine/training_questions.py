"""Takes held-out training material; gives retrieval questions with known answers, and how well scores answer them.

Checkpoints and recipes are compared on these questions, so that no benchmark chooses anything. It encodes nothing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.text import normalise
from matcher.engine.training_material import LANGUAGES, Concept, Material
from matcher.engine.training_pairs import OPENING_CHARACTERS, duty_lines


@dataclass(frozen=True, slots=True)
class Question:
    """A retrieval task with known answers: `answers[i]` are indices into `corpus` for `queries[i]`."""

    name: str
    queries: list[str]
    corpus: list[str]
    answers: list[frozenset[int]]


def build_questions(material: Material, *, rng: random.Random, n_adverts: int = 600) -> list[Question]:
    """Return the held-out questions that checkpoints and recipes are compared on.

    Parameters
    ----------
    material : Material
        As ``read_material`` gives it.
    rng : random.Random
        Chooses at most four labels an occupation and the adverts.
    n_adverts : int
        How many held-out adverts are asked about.

    Notes
    -----
    Raises nothing; a question without queries is left out. ``esco_en``, ``esco_es``: a held-out occupation's other
    label -> preferred labels of all; ``esco_es_en``: across languages; ``isco_en``: preferred label -> four-digit
    group; ``alike_en``: preferred label -> every other label of held-out occupations; ``kin_en``, ``kin_es``: preferred
    label -> those of the other occupations in its ISCO group, among all; ``opening``, ``duty``: advert
    title -> texts of held-out adverts.
    """
    concepts = [c for c in material.concepts.values() if all(c.labels.get(language) for language in LANGUAGES)]
    held = [adv for adv in material.adverts if adv.is_held_out and adv.description]
    rng.shuffle(held)
    questions = [
        _label_question("esco_en", concepts, ("en", "en"), rng),
        _label_question("esco_es", concepts, ("es", "es"), rng),
        _label_question("esco_es_en", concepts, ("es", "en"), rng),
        _group_question(concepts, material.isco_labels),
        _alike_question(concepts),
        _kin_question("kin_en", concepts, "en"),
        _kin_question("kin_es", concepts, "es"),
        _advert_question("opening", [(a.title, a.description[:OPENING_CHARACTERS]) for a in held], n_adverts),
        _advert_question("duty", [(a.title, d) for a in held for d in duty_lines(a.description)[1:2]], n_adverts),
    ]
    return [question for question in questions if question.queries]


def answer_quality(scores: NDArray[np.float32], answers: Sequence[frozenset[int]]) -> NDArray[np.float64]:
    """Return the average precision of each query (its reciprocal rank where it has one answer): (n_queries,), 0 to 1.

    Parameters
    ----------
    scores : float32 (n_queries, n_corpus)
        Larger is nearer; ties go to the lower index.
    answers : sequence of frozenset of int
        The right indices of each query, at least one.

    Notes
    -----
    Raises nothing.
    """
    quality = np.zeros(len(answers))
    for row, right in enumerate(answers):
        order = np.argsort(-scores[row], kind="stable")
        hits = np.flatnonzero(np.isin(order, list(right))) + 1
        quality[row] = np.mean(np.arange(1, len(hits) + 1) / hits)
    return quality


def _label_question(name: str, concepts: Sequence[Concept], languages: tuple[str, str], rng: random.Random) -> Question:
    asked, answered = languages
    queries, answers = [], []
    for index, concept in enumerate(concepts):
        preferred = concept.labels[answered][0]
        others = [label for label in concept.labels[asked] if label != preferred]
        for label in rng.sample(others, min(4, len(others))) if concept.is_held_out else []:
            queries.append(label)
            answers.append(frozenset({index}))
    return Question(name, queries, [concept.labels[answered][0] for concept in concepts], answers)


def _group_question(concepts: Sequence[Concept], labels: Mapping[str, Mapping[str, str]]) -> Question:
    codes = sorted(code for code in labels if len(code) == 4)
    place = {code: index for index, code in enumerate(codes)}
    held = [concept for concept in concepts if concept.is_held_out and concept.isco_code in place]
    answers = [frozenset({place[concept.isco_code]}) for concept in held]
    return Question("isco_en", [c.labels["en"][0] for c in held], [labels[code]["en"] for code in codes], answers)


def _alike_question(concepts: Sequence[Concept]) -> Question:
    held = [concept for concept in concepts if concept.is_held_out and len(concept.labels["en"]) > 1]
    corpus = [(label, index) for index, concept in enumerate(held) for label in concept.labels["en"][1:]]
    own: dict[int, set[int]] = defaultdict(set)
    for position, (_, index) in enumerate(corpus):
        own[index].add(position)
    answers = [frozenset(own[index]) for index in range(len(held))]
    return Question("alike_en", [c.labels["en"][0] for c in held], [label for label, _ in corpus], answers)


def _kin_question(name: str, concepts: Sequence[Concept], language: str) -> Question:
    kin: dict[str, set[int]] = defaultdict(set)
    for index, concept in enumerate(concepts):
        kin[concept.isco_code].add(index)
    asked = [(index, kin[c.isco_code] - {index}) for index, c in enumerate(concepts) if c.is_held_out]
    corpus = [concept.labels[language][0] for concept in concepts]
    queries = [corpus[index] for index, others in asked if others]
    return Question(name, queries, corpus, [frozenset(others) for _, others in asked if others])


def _advert_question(name: str, pairs: Sequence[tuple[str, str]], n_asked: int) -> Question:
    by_title = dict.fromkeys(pairs[: 4 * n_asked])
    kept = list(by_title)[:n_asked]
    same: dict[str, set[int]] = defaultdict(set)
    for index, (title, _) in enumerate(kept):
        same[normalise(title)].add(index)
    answers = [frozenset(same[normalise(title)]) for title, _ in kept]
    return Question(name, [title for title, _ in kept], [text for _, text in kept], answers)
