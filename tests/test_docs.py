"""The documents cannot lie: commands, settings, columns, errors and audience pages are held against the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from api.settings import Settings
from matcher.domain import errors
from matcher.domain.text import TEXT_RECIPE
from scripts.cli import STAGES, parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRACT = (ROOT / "docs" / "CONTRACT.md").read_text(encoding="utf-8")


def test_readme_runs_within_the_first_screen() -> None:
    screen = README.splitlines()[:40]
    assert any("make demo" in line for line in screen) and any("make test" in line for line in screen)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_documented(stage: str) -> None:
    told = README + CONTRACT + (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    assert f"padan {stage}" in told


def test_every_documented_command_exists() -> None:
    pages = [
        README,
        *(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md") if page.name != "CONTRACT.md"),
    ]
    named = {name for page in pages for name in re.findall(r"(?:^|[`/ ])padan ([a-z][a-z-]+)", page, flags=re.M)}
    known = {action for group in parser()._subparsers._group_actions for action in group.choices}  # type: ignore[union-attr]
    assert named - known == set()


def test_every_setting_stands_in_the_example_and_the_operator_page() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    operator = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"PADAN_{name.upper()}=" in example
        assert f"PADAN_{name.upper()}" in operator


def test_the_example_names_no_unknown_setting() -> None:
    named = re.findall(r"^PADAN_(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), flags=re.M)
    assert {name.lower() for name in named} == set(Settings.model_fields)


def test_every_relative_link_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_there_are_at_most_ten_errors_each_a_builtin_too() -> None:
    children = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
    assert len(children) - 1 <= 10
    for kind in children:
        assert kind is errors.MatcherError or any(base.__module__ == "builtins" for base in kind.__mro__[1:-3])


def test_the_text_recipe_says_what_a_passage_holds() -> None:
    assert [part.split("[")[0] for part in TEXT_RECIPE.split(". ")] == [
        "title",
        "category",
        "skills",
        "fields of study",
        "description",
    ]


@pytest.mark.parametrize("page", ["untuk-alumni", "untuk-perusahaan", "untuk-pmo", "untuk-petugas"])
def test_every_audience_has_a_page(page: str) -> None:
    assert len((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8").split()) > 100


def test_the_house_page_names_every_room_and_only_those() -> None:
    page = (ROOT / "docs" / "HOUSE.md").read_text(encoding="utf-8")
    rooms = page[page.index("## Wings and rooms") : page.index("## The flow")]
    built = {
        name for line in rooms.splitlines() if not line.startswith("-") for name in re.findall(r"\b(\w+\.py)\b", line)
    }
    found = {
        path.name for wing in ("matcher", "api") for path in (ROOT / wing).rglob("*.py") if path.parent.name != "routes"
    }
    assert found - {"__init__.py"} - built == set()
    assert built - found - {"cli.py", "world.py", "test_docs.py", "test_house.py"} == set()
