#!/usr/bin/env bash
# The load test: ARTIFACT=DIR [SECONDS_LONG=600] [RATE=100] [WORKERS=2] tests/bench/load/run.sh; needs wrk (Debian: apt-get install wrk).
# Serves the artifact to 10,000 signed-in alumni from a fresh SQLite file, then the constant peer, each under the same load.
set -euo pipefail
cd "$(dirname "$0")/../../.."
: "${ARTIFACT:?name the folder of an artifact}"
BIN=${BIN:-.venv/bin} RATE=${RATE:-100} SECONDS_LONG=${SECONDS_LONG:-600} WORKERS=${WORKERS:-2}
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; wait; rm -rf "$folder"' EXIT
export PADAN_TOKENS=$folder/tokens PADAN_DATABASE_URL=sqlite:///$folder/padan.db PADAN_KEYS=$folder/keys PADAN_ERASURES=$folder/erasures
export PADAN_ARTIFACT=$ARTIFACT PADAN_WORKERS=$WORKERS PADAN_PORT=8071
"$BIN"/python -m tests.bench.load.accounts --artifact "$ARTIFACT" --database "$PADAN_DATABASE_URL" --keys "$PADAN_KEYS" --to "$PADAN_TOKENS"
answering() { for _ in $(seq 300); do curl -so /dev/null "http://127.0.0.1:$1/health/ready" && return; sleep 1; done; echo "port $1: nobody answers; see $folder" >&2; exit 1; }
load() { # port seconds
  answering "$1"; sleep 5 # every worker is up
  wrk -t2 -c"$RATE" -d"$2s" --timeout 10s -s tests/bench/load/alumni.lua "http://127.0.0.1:$1" | tail -2
}
"$BIN"/padan serve >"$folder/served.log" 2>&1 & server=$!
echo "padan, $WORKERS workers, about $RATE requests a second, $SECONDS_LONG s:"; load 8071 "$SECONDS_LONG"
kill $server; wait $server || true
"$BIN"/python -m tests.bench.load.constant 8072 >/dev/null 2>&1 & server=$!
echo "constant answer, same framework:"; load 8072 "$((SECONDS_LONG / 5))"
