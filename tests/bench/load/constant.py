"""The peer of the load test: the same framework and server, one route that gives a constant answer of the same size."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, Response
from starlette.middleware.gzip import GZipMiddleware

N_BYTES = 21_000
CONTENT = (b'{"items": "' + bytes(97 + place * 7919 % 26 for place in range(N_BYTES)) + b'"}')[:N_BYTES]

app = FastAPI()
app.add_middleware(GZipMiddleware, minimum_size=1024)


@app.get("/v1/me/recommendations")
def constant() -> Response:
    """Return the same bytes to everybody."""
    return Response(CONTENT, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run("tests.bench.load.constant:app", port=int(sys.argv[1]), workers=2, log_level="warning")
