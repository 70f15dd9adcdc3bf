"""Takes texts and the role they play; gives strings any tokenizer takes, and what a model reads before them.

Encodes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from matcher.domain.errors import InvalidInput

Role = Literal["query", "passage"]
"""A course or what someone asks for is a query; a vacancy or what is searched is a passage."""


def checked_texts(texts: Sequence[str], role: str) -> list[str]:
    """Return `texts` as a list of strings that any tokenizer takes: lone surrogates become U+FFFD.

    Raises
    ------
    InvalidInput
        When `texts` is itself a string, an entry is no string, or the role is unknown.
    """
    if role not in ("query", "passage"):
        raise InvalidInput(f"role {role!r} is unknown; say 'query' or 'passage'")
    if isinstance(texts, str):
        raise InvalidInput(f"one string ({texts[:40]!r}) was given where a list of texts belongs; put it in a list")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise InvalidInput(f"text {index} is {text!r}, no string; leave it out or give ''")
    return [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]


def role_prompt(prompts: Mapping[str, str | None], role: Role) -> str:
    """Return what a model reads in front of a text of `role`; "" where it names no prompt.

    Notes
    -----
    Raises nothing. sentence-transformers says "document" where e5 says "passage"; either is taken.
    """
    return prompts.get(role) or (prompts.get("document") if role == "passage" else None) or ""
