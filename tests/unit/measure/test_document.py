"""One document, two renderings; what stands in a cell can never become markup."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from matcher.measure.document import Drawing, Heading, Paragraph, Table, render_html, render_markdown

BLOCKS = [
    Heading("Angka"),
    Paragraph("Dua baris."),
    Table(("nama", "nilai"), [("q1", "0.5"), ("q2", "1.0")]),
    Drawing("gambar.svg", '<svg role="img"></svg>', "Sebuah gambar"),
]


def test_markdown_has_every_block() -> None:
    assert render_markdown("Judul", BLOCKS) == (
        "# Judul\n\n## Angka\n\nDua baris.\n\n"
        "| nama | nilai |\n| --- | ---: |\n| q1 | 0.5 |\n| q2 | 1.0 |\n\n"
        "![Sebuah gambar](gambar.svg)\n"
    )


def test_html_holds_the_table_and_the_drawing() -> None:
    page = render_html("Judul", BLOCKS)
    assert '<th scope="row">q1</th><td>0.5</td>' in page
    assert '<svg role="img"></svg>' in page and "gambar.svg" not in page
    assert "<title>Judul</title>" in page and "<h1>Judul</h1>" in page


def test_html_is_well_formed() -> None:
    page = render_html("A & B", BLOCKS).replace("<!doctype html>", "").replace('<meta charset="utf-8">', "")
    body = page[page.index("<body>") : page.index("</html>")]
    assert [element.tag for element in ElementTree.fromstring(body)] == ["h1", "h2", "p", "table", "svg"]


@pytest.mark.parametrize("text", ["<b>tebal</b>", "a|b", "[tautan](x)", "*q_1*", "`kode`"])
def test_markup_in_text_stays_text(text: str) -> None:
    blocks = [Table(("nama", "nilai"), [(text, text)]), Paragraph(text), Heading(text)]
    assert text not in render_markdown(text, blocks)
    assert "<b>" not in render_html(text, blocks)
