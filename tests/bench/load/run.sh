#!/usr/bin/env bash
# The load test: ARTIFACT=DIR [SECONDS_LONG=600] [RATE=100] [WORKERS=2] tests/bench/load/run.sh; needs locust (pip install locust==2.47.0).
# Serves the artifact to 10,000 signed-in alumni from a fresh SQLite file, then the constant peer, each under the same load.
set -euo pipefail
cd "$(dirname "$0")/../../.."
: "${ARTIFACT:?name the folder of an artifact}"
BIN=${BIN:-.venv/bin} LOCUST=${LOCUST:-.venv/bin/locust} RATE=${RATE:-100} SECONDS_LONG=${SECONDS_LONG:-600} WORKERS=${WORKERS:-2}
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; wait; rm -rf "$folder"' EXIT
export PADAN_TOKENS=$folder/tokens PADAN_DATABASE_URL=sqlite:///$folder/padan.db PADAN_KEYS=$folder/keys PADAN_ERASURES=$folder/erasures
export PADAN_ARTIFACT=$ARTIFACT PADAN_WORKERS=$WORKERS PADAN_PORT=8071
"$BIN"/python -m tests.bench.load.accounts --artifact "$ARTIFACT" --database "$PADAN_DATABASE_URL" --keys "$PADAN_KEYS" --to "$PADAN_TOKENS"
load() { # port name seconds
  until curl -sf "http://127.0.0.1:$1/v1/vacancies" >/dev/null || curl -sf "http://127.0.0.1:$1/v1/me/recommendations" >/dev/null; do sleep 1; done
  "$LOCUST" -f tests/bench/load/locustfile.py --headless --host "http://127.0.0.1:$1" -u "$RATE" -r "$RATE" -t "$3s" --only-summary --csv "$folder/$2" 2>&1 \
    | grep -E 'GET|Aggregated|50%' || true
}
"$BIN"/padan serve >"$folder/served.log" 2>&1 & server=$!
echo "padan, $WORKERS workers, $RATE requests a second, $SECONDS_LONG s:"; load 8071 padan "$SECONDS_LONG"
kill $server; wait $server || true
"$BIN"/python -m tests.bench.load.constant 8072 >/dev/null 2>&1 & server=$!
echo "constant answer, same framework:"; load 8072 constant "$((SECONDS_LONG / 5))"
