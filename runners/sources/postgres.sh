#!/usr/bin/env bash
# Prints the folder of PostgreSQL's programs. Installs Debian's package where there are none and it may.
# PATRON_POSTGRES names another folder.
set -euo pipefail

find_postgres() {
  local folder
  for folder in "${PATRON_POSTGRES:-}" $(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -rV) \
    "$(dirname "$(command -v postgres || echo /none/postgres)")"; do
    if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ]; then
      echo "$folder"
      return 0
    fi
  done
  return 1
}

find_postgres && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >&2 || true
  find_postgres && exit 0
fi
echo "no PostgreSQL here: install Debian's package postgresql, or name the folder of its programs in PATRON_POSTGRES" >&2
exit 1
