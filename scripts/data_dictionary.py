"""Takes the schemas of the tables; gives data/README.md, the data dictionary. Knows nothing the code does not hold.

Run ``python -m scripts.data_dictionary`` after a change of the schemas.
"""

from __future__ import annotations

from pathlib import Path

from matcher.ingest.datasets import COLUMN_NOTES, KEYS, SCHEMA_VERSION, SCHEMAS
from matcher.ingest.door import INGESTED_TABLES, SUFFIXES
from matcher.ingest.mapping import ALIASES, DOOR_COLUMNS
from matcher.ingest.raw import CELL_CHARACTERS
from matcher.ingest.schemas import DAY, FLAG, INSTANT, REAL, TEXT, WHOLE, WORDS

PAGE = Path(__file__).parent.parent / "data" / "README.md"

_TYPES = {
    TEXT: "text",
    WORDS: "list of text",
    WHOLE: "whole number",
    REAL: "number",
    FLAG: "true or false",
    DAY: "day",
    INSTANT: "instant (UTC)",
}

_OPENING = f"""# Data dictionary

Written from `matcher/ingest/schemas.py` by `python -m scripts.data_dictionary`; do not edit by hand.

The home form of a table is `NAME.parquet` (zstd, schema version {SCHEMA_VERSION} in its metadata); a file of another
version is refused. Only the columns marked *obligatory* must be filled: unknown is null, never a made-up value.
`data/sample` holds our own synthetic tables; nothing else in this folder is kept in the repository.

## At the door

`padan ingest TABLE FILE... [--mapping FILE.toml] --to DIR` takes {", ".join(INGESTED_TABLES)} from
{", ".join(f"`{suffix}`" for suffix in SUFFIXES)};
JSON and HTML may hold schema.org JobPosting objects.

* Codes are Kemendagri codes (`32`, `32.73`; `3273` is accepted); columns `province` and `district` may hold names.
  Where district and province disagree the district wins, and the row is flagged.
* Dates are ISO 8601. A time without zone is Jakarta time; a bare date is its first moment in Jakarta.
* Lists in text are parted by `;` (skills also by `,` where there is no `;`).
* Text is UTF-8, or UTF-16 with its mark; text that is neither is read as cp1252, and a note says so.
* A row is rejected, with file, row, column, value and remedy, for an empty obligatory cell, an unknown value of a
  closed list, an unknown code, a number out of range, a contradiction, a cell above {CELL_CHARACTERS:,} characters, or
  a key that came before in the same ingest. `TABLE.rejected.csv` keeps what the last ingest rejected.
* A later ingest into the same folder replaces rows with the same key; the same ingest twice leaves the same bytes.
* An employer without id gets one from its name; anonymous employers get none, so they never count as one.

A mapping file renames columns, translates values and fills gaps:

```toml
[columns]                   # the file's name = our name
"Nama Lowongan" = "title"

[values.employment_type]    # what the file says = our value
"Tetap" = "full_time"

[constants]                 # our name = the value of every row that has none
source = "dinas"
```
"""


def render() -> str:
    """Return the data dictionary as Markdown.

    Notes
    -----
    Raises KeyError for a column type that has no name here yet.
    """
    return "\n".join([_OPENING, *(_section(name) for name in SCHEMAS)])


def _section(name: str) -> str:
    lines = [f"## {name}", "", f"Key: {', '.join(f'`{column}`' for column in KEYS[name])}.", ""]
    lines += _understood(name)
    lines += ["| column | type | meaning |", "|---|---|---|"]
    for field in SCHEMAS[name]:
        marked = "" if field.nullable else " *Obligatory.*"
        lines.append(f"| {field.name} | {_TYPES[field.type]} | {COLUMN_NOTES[name][field.name]}.{marked} |")
    return "\n".join([*lines, ""])


def _understood(name: str) -> list[str]:
    aliases = [f"`{written}` = `{ours}`" for written, ours in ALIASES.get(name, {}).items()]
    door = [f"`{column}`" for column in DOOR_COLUMNS.get(name, ())]
    return [f"Also understood: {', '.join([*aliases, *door])}.", ""] if aliases or door else []


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
