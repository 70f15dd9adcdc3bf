"""Links: only what is plainly the web or a telephone becomes one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.links import phone_link, web_link


@pytest.mark.parametrize(
    ("text", "host"),
    [("https://kerja.example/a?b=1#c", "kerja.example"), (" http://Kerja.example:8080 ", "kerja.example")],
)
def test_web_address_is_a_link_with_its_host(text: str, host: str) -> None:
    link = web_link(text)
    assert link is not None
    assert (link.href, link.host) == (text.strip(), host)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//kerja.example",
        "/v1/vacancies",
        "http:",
        "https://",
        "https:///path",
        "https://bank.example@kerja.example/",
        "https://kerja.example\\@bank.example",
        "https://kerja.example/a b",
        "http://[::1",
        "kerja.example",
    ],
)
def test_anything_else_is_no_link(text: str | None) -> None:
    assert web_link(text) is None


@given(st.text())
def test_any_text_gives_a_web_link_or_none(text: str) -> None:
    link = web_link(text)
    assert link is None or link.href.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("0812-3456-7890", "tel:+6281234567890"),
        ("javascript:alert(1)", None),
        ("", None),
        (None, None),
        ("tanya Bu Ani", None),
    ],
)
def test_only_a_telephone_number_is_a_phone_link(text: str | None, href: str | None) -> None:
    assert phone_link(text) == href
