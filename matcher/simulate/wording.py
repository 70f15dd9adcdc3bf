"""Takes an advert's own words and the facts of one vacancy; gives its title and text as a small employer types them.

Chooses no fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from matcher.simulate.content import AdvertText, phrases
from matcher.simulate.draws import between, chance, pick, pick_some

_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")


def written_title(rng: np.random.Generator, title: str, place: str | None) -> str:
    """Return a title as a portal prints it: now and then with its place if it has one, in capitals or in small letters.

    Notes
    -----
    Raises nothing.
    """
    how = pick(rng, ("plain", "place", "capitals", "small"), (84, 8, 5, 3))
    if how == "place" and place:
        return f"{title} - {place.removeprefix('Kota ').removeprefix('Kabupaten ')}"
    return title.upper() if how == "capitals" else title.lower() if how == "small" else title


def written_text(rng: np.random.Generator, advert: AdvertText, vacancy: Mapping[str, Any]) -> str | None:
    """Return the text of an advert, its words shortened and misspelled at times; ``None`` for one advert in ten.

    Parameters
    ----------
    rng : numpy.random.Generator
    advert : AdvertText
    vacancy : mapping
        The settled columns of the vacancy.

    Notes
    -----
    Raises nothing. What an advert says of schooling, experience and licences never contradicts its columns; it may be
    silent about them.
    """
    if chance(rng, 0.1):
        return None
    parts = _english(rng, advert, vacancy) if advert.is_english else _indonesian(rng, advert, vacancy)
    text = " ".join(part for part in parts if part)
    if not advert.is_english and chance(rng, 0.25):
        text = _shortened(rng, text)
    return _misspelled(rng, text) if chance(rng, 0.1) else text


def _indonesian(rng: np.random.Generator, advert: AdvertText, vacancy: Mapping[str, Any]) -> list[str]:
    said = phrases()
    parts = [pick(rng, said["openers"]) if chance(rng, 0.15) else "", advert.text]
    parts += _asked(rng, vacancy)
    if chance(rng, 0.02):
        parts.append(pick(rng, said["asking"]["flagged"]))
    is_loose = vacancy["employment_type"] in ("freelance", "daily", "seasonal")
    parts += pick_some(rng, said["perks_loose"], 2) if is_loose else pick_some(rng, said["perks"], 3)
    return [*parts, _closing(rng, said["closing"], vacancy)]


def _english(rng: np.random.Generator, advert: AdvertText, vacancy: Mapping[str, Any]) -> list[str]:
    said = phrases()
    licences = [
        said["asking"]["licence_english"][0].format(licence=required) for required in vacancy["required_certificates"]
    ]
    perks = pick_some(rng, said["perks_english"], 2)
    return [advert.text, *licences, *perks, _closing(rng, said["closing_english"], vacancy)]


def _asked(rng: np.random.Generator, vacancy: Mapping[str, Any]) -> list[str]:
    asking = phrases()["asking"]
    parts = [pick(rng, asking["licence"]).format(licence=required) for required in vacancy["required_certificates"]]
    if vacancy["education_hint"]:
        parts.append(pick(rng, asking["hint"]).format(level=vacancy["education_hint"]))
    elif vacancy["education_min"] and chance(rng, 0.5):
        level = vacancy["education_min"]
        parts.append(pick(rng, asking["no_schooling" if level == "none" else "education"]).format(level=level))
    years = vacancy["min_experience_years"]
    if years is not None and chance(rng, 0.6):
        parts.append(pick(rng, asking["experience"] if years else asking["no_experience"]).format(n=int(years)))
    return parts


def _closing(rng: np.random.Generator, closings: Mapping[str, list[str]], vacancy: Mapping[str, Any]) -> str:
    how = vacancy["apply_how"]
    return pick(rng, closings[how]) if how and chance(rng, 0.6) else ""


def _shortened(rng: np.random.Generator, text: str) -> str:
    short = phrases()["short"]
    words = [short.get(word, word) if chance(rng, 0.8) else word for word in text.split(" ")]
    return " ".join(words).lower() if chance(rng, 0.4) else " ".join(words)


def _misspelled(rng: np.random.Generator, text: str) -> str:
    """Swap two letters inside one long word, or drop one."""
    found = list(_LONG_WORD.finditer(text))
    if not found:
        return text
    word = pick(rng, found)
    at = between(rng, word.start() + 1, word.end() - 3)
    kept = text[at + 1] if chance(rng, 0.5) else text[at + 1] + text[at]
    return text[:at] + kept + text[at + 2 :]
