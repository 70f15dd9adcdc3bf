"""Takes the body of a request; gives it as a bounded file for as long as the request lasts. Reads no content."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import Depends, Query, Request

from api.arriving import MOST_BYTES_OF_A_FILE

FileFormat = Literal["csv", "jsonl", "jsonld", "xlsx", "parquet"]

FILE_BODY = {
    "requestBody": {
        "required": True,
        "description": f"The file itself, {MOST_BYTES_OF_A_FILE // 2**20} MiB at most",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""What OpenAPI says of a call that takes an `UploadedFile`."""


async def _uploaded(
    request: Request, file_format: Annotated[FileFormat, Query(alias="format", description="What the body is")] = "csv"
) -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="padan-import-") as folder:
        path = Path(folder) / f"upload.{file_format}"
        with path.open("wb") as file:
            async for part in request.stream():
                file.write(part)
        yield path


UploadedFile = Annotated[Path, Depends(_uploaded)]
"""The body as a file; deleted when the request ends."""
