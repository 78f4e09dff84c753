#!/usr/bin/env bash
# Prépare l'environnement dans .venv/ : « run » (l'application), « test » (ce que demandent les tests), « browser » (Chromium).
set -euo pipefail
cd "$(dirname "$0")/.."
what=$1
mkdir -p .setup
say() { printf '%s\n' "$*" >&2; }

# Debian installs with apt-get; an ordinary user goes through sudo, and is told what to install where there is none.
debian_install() {
  command -v apt-get >/dev/null || { say "Il manque $*, et ce système n'a pas apt-get : installez-le puis relancez."; exit 1; }
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { say "Il manque $*. Demandez à un administrateur : apt-get install $*"; exit 1; }
    as_root=(sudo)
  fi
  say "Installation de $* (Debian)…"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

find_python() {
  local name
  for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$name"; return
    fi
  done
  say "Python 3.11 ou plus récent est nécessaire."; exit 1
}

environment() {
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    local python; python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null || debian_install python3-venv
    "$python" -m venv .venv
  fi
  [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
}

case $what in
  run|test)
    say "Installation de l'environnement dans .venv/ (quelques minutes la première fois)…"
    environment
    # The tests' lock holds everything that the application needs: never take away what the other target installed.
    lock=$what
    [ "$what" = run ] && [ -e .setup/test ] && [ .setup/test -nt requirements/test.lock ] && lock=test
    # The lock is complete, and its gunicorn is newer than what OpenFisca asks for: nothing is resolved again here.
    VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install --quiet --no-deps --require-hashes -r "requirements/$lock.lock"
    VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install --quiet --no-deps -e .
    # Compiled once, here: otherwise the first start would wait for it. Nothing depends on it.
    .venv/bin/python -m compileall -q -j 0 .venv/lib src >/dev/null 2>&1 || true
    warm=$(mktemp -d)
    .venv/bin/python -m tools.demo_run "$warm" >/dev/null 2>&1 || true
    rm -rf "$warm"
    ;;
  browser)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
      || debian_install chromium fonts-dejavu-core
    ;;
  *) say "setup.sh run|test|browser"; exit 1 ;;
esac
touch ".setup/$what"
