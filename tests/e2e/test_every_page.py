"""Every page of tests/e2e/pages.py, judged by axe-core at phone and desktop width, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import Opener
from tests.e2e.pages import PUBLIC

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
LOOKS = [(360, "light"), (1280, "dark")]


def findings(page: Any) -> list[str]:
    """Return what axe-core finds wrong, each with its place."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_wrong_with_a_public_page(visit: Opener, name: str, width: int, scheme: str) -> None:
    view = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    assert findings(visit(PUBLIC[name], java_script_enabled=True, **view)) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_no_public_page_scrolls_sideways_on_a_small_telephone(visit: Opener, name: str) -> None:
    page = visit(PUBLIC[name], viewport={"width": 320, "height": 568})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
