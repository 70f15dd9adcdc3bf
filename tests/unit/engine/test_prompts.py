"""What an encoder is given: clean strings and the prompt of the role."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.engine.prompts import Role, checked_texts, role_prompt


@given(st.lists(st.text()))
def test_texts_without_lone_surrogates_are_kept(texts: list[str]) -> None:
    assert checked_texts(texts, "query") == texts


@given(st.lists(st.text(st.characters())))
def test_every_text_can_be_written_as_utf_8(texts: list[str]) -> None:
    for text in checked_texts([*texts, "\ud800x"], "passage"):
        text.encode()


@pytest.mark.parametrize("texts", ["satu teks", ["a", None], ["a", 3], [b"a"]])
def test_what_is_no_list_of_strings_is_refused(texts: object) -> None:
    with pytest.raises(InvalidInput):
        checked_texts(texts, "query")  # type: ignore[arg-type]


def test_unknown_role_is_refused() -> None:
    with pytest.raises(InvalidInput, match="say 'query' or 'passage'"):
        checked_texts([], "document")


@pytest.mark.parametrize(
    ("prompts", "role", "expected"),
    [
        ({"query": "q: ", "passage": "p: "}, "passage", "p: "),
        ({"query": "q: ", "document": "d: "}, "passage", "d: "),
        ({"query": "q: ", "document": "d: "}, "query", "q: "),
        ({}, "query", ""),
        ({"passage": None, "document": None}, "passage", ""),
    ],
)
def test_prompt_is_the_models_own(prompts: dict[str, str | None], role: Role, expected: str) -> None:
    assert role_prompt(prompts, role) == expected
