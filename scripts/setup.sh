#!/bin/sh
# The environment: .venv with everything in requirements.lock, and the command `unite`.
set -eu
PYTHON=${PYTHON:-python3}

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "UniteEurope needs Python 3.11 or newer; $PYTHON is not." >&2
    echo "  do         install it (Debian, Ubuntu: apt install python3 python3-venv) or set PYTHON=" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ]; then
    if ! "$PYTHON" -m venv .venv; then
        rm -rf .venv
        echo "  do         apt install python3-venv" >&2
        exit 1
    fi
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
# The checkout itself, found where it stands; its own dependencies are in the lock.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
