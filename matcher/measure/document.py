"""Takes headings, paragraphs, tables and drawings; gives them as Markdown or one HTML page. Writes no file."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }}
table {{ border-collapse: collapse; margin: 1rem 0 }}
th, td {{ padding: .25rem .75rem; border-bottom: 1px solid #ccc; text-align: right }}
th:first-child, td:first-child {{ text-align: left }}
svg {{ max-width: 100%; height: auto }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's name."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under `head`; the first column names the row, the others are figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG and what it shows; Markdown names it by `file_name`, HTML holds it."""

    file_name: str
    svg: str
    description: str


Block = Heading | Paragraph | Table | Drawing


def render_markdown(title: str, blocks: Sequence[Block]) -> str:
    """Return the document as Markdown; drawings are links to files beside it.

    Notes
    -----
    Raises nothing. Characters that Markdown would read as markup are escaped.
    """
    return "\n\n".join([f"# {_plain(title)}", *map(_markdown, blocks)]) + "\n"


def render_html(title: str, blocks: Sequence[Block]) -> str:
    """Return the document as one HTML page that loads nothing from elsewhere.

    Notes
    -----
    Raises nothing. Text is escaped; the SVG of a drawing goes in as it is.
    """
    return _PAGE.format(title=html.escape(title), body="\n".join(map(_html, blocks)))


def _markdown(block: Block) -> str:
    match block:
        case Heading(text):
            return f"## {_plain(text)}"
        case Paragraph(text):
            return _plain(text)
        case Drawing(file_name, _, description):
            return f"![{_plain(description)}]({file_name})"
        case Table(head, rows):
            rule = ["---"] + ["---:"] * (len(head) - 1)
            lines = [list(map(_plain, head)), rule, *(list(map(_plain, row)) for row in rows)]
            return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _html(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{html.escape(text)}</h2>"
        case Paragraph(text):
            return f"<p>{html.escape(text)}</p>"
        case Drawing(_, svg, _):
            return svg
        case Table(head, rows):
            columns = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
            body = "\n".join(f"<tr>{_html_cells(row)}</tr>" for row in rows)
            return f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _html_cells(row: Sequence[str]) -> str:
    first, *others = map(html.escape, row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)


def _plain(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in text)
