#!/usr/bin/env bash
# What the tests need from the system: a browser and PostgreSQL. Installs them when it is root and they are missing; otherwise says what to install.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
# initdb is not on the path where Debian puts it
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "make test needs: ${missing[*]} (Debian: sudo apt-get install ${missing[*]})" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
fi
