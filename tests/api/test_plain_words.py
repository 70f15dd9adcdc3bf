"""What an alumnus reads is short and plain: few words a sentence, and no word that is not listed or explained."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import fmean

from api.pages.texts import texts_in

ROOT = Path(__file__).parents[2]
TEMPLATES = (
    "ask", "base", "business", "courses", "data", "error", "forgotten", "home", "invitations", "marked", "no_consent",
    "outcome", "parts", "register", "register_code", "sheet", "sign_in", "slate", "slip", "vacancies", "vacancy",
)  # fmt: skip
ROOMS = (
    *sorted((ROOT / "api/alumni").glob("*.py")), *sorted((ROOT / "api/routes/pages").glob("alumni_*.py")),
    ROOT / "api/routes/pages/sign_in.py", ROOT / "api/pages/cards.py", ROOT / "api/pages/filters.py",
)  # fmt: skip
BUILT = (
    "apply_", "consent_", "course_", "done_hidden_", "done_invitation_",
    "filter_", "gap_", "message_", "notice_", "officer_", "reason_",
    "refused_", "relax_",
)  # fmt: skip
"""How keys begin that the code puts together."""

MOST_WORDS_ON_AVERAGE, MOST_WORDS = 12, 20


def read_words() -> dict[str, str]:
    """Return the plain words, each with its explanation where it needs one: lines `word` or `word = explanation`."""
    lines = (ROOT / "tests/plain_words.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" = ") for line in lines if line and not line.startswith("#"))
    return {word: explained for word, _, explained in pairs}


def told_to_alumni() -> dict[str, str]:
    """Return the texts of the pages, messages and papers of an alumnus, by key."""
    sources = [ROOT / f"api/templates/{name}.html" for name in TEMPLATES]
    named = {word for path in (*sources, *ROOMS) for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    texts = texts_in("id")
    every = {**texts.texts, **{key: " ".join(forms) for key, forms in texts.plurals.items()}}
    done = {f"done_{word}" for word in named}
    return {key: text for key, text in every.items() if key in named | done or key.startswith(BUILT)}


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence, in small letters; places that a value takes count as one word."""
    bare = re.sub(r"https?://\S+|\b\w+(\.\w+)+\b|/[\w/]+", " ", re.sub(r"\{\w*\}", " satu ", text))
    parts = re.split(r"(?<=[.?!:;])\s+", bare)
    return [words for part in parts if (words := re.findall(r"[a-z][a-z'-]*", part.casefold()))]


def test_sentences_are_short() -> None:
    told = {key: sentences(text) for key, text in told_to_alumni().items()}
    lengths = [len(one) for found in told.values() for one in found]
    assert len(told) > 150
    assert fmean(lengths) <= MOST_WORDS_ON_AVERAGE
    assert {key: found for key, found in told.items() if any(len(one) > MOST_WORDS for one in found)} == {}


def test_every_word_is_plain_or_explained() -> None:
    known, texts = read_words(), told_to_alumni()
    used = {word: key for key, text in texts.items() for one in sentences(text) for word in one}
    assert {word: key for word, key in used.items() if word not in known} == {}
    assert set(known) <= set(used), "a word nobody reads any more"
    everything = " ".join(texts.values()).casefold()
    assert {word: told for word, told in known.items() if told and told not in everything} == {}


def test_guide_for_alumni_is_as_plain() -> None:
    text = (ROOT / "docs/untuk-alumni.md").read_text(encoding="utf-8")
    bare = re.sub(r"^\|.*$|^#.*$|`[^`]*`|[*>_]", " ", text, flags=re.MULTILINE)
    lengths = [len(one) for line in bare.split("\n\n") for one in sentences(" ".join(line.split()))]
    assert fmean(lengths) <= MOST_WORDS_ON_AVERAGE
