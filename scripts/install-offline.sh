#!/bin/sh
# Installs UniteEurope from a folder of wheels (scripts/wheels.sh), without internet:
# sh install-offline.sh FOLDER TARGET. The command is then TARGET/bin/unite; run again, it upgrades.
set -eu
FOLDER=${1:?usage: sh install-offline.sh FOLDER TARGET}
TARGET=${2:?usage: sh install-offline.sh FOLDER TARGET}
PYTHON=${PYTHON:-python3}

if [ ! -f "$FOLDER/requirements.txt" ]; then
    echo "install-offline.sh: $FOLDER holds no requirements.txt" >&2
    echo "  do         sh scripts/wheels.sh FOLDER, on a machine with internet" >&2
    exit 1
fi
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "UniteEurope needs Python 3.11 or newer; $PYTHON is not." >&2
    echo "  do         install it (Debian, Ubuntu: apt install python3 python3-venv) or set PYTHON=" >&2
    exit 1
fi
[ -x "$TARGET/bin/python" ] || "$PYTHON" -m venv "$TARGET"
"$TARGET/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$FOLDER" --require-hashes --no-deps --requirement "$FOLDER/requirements.txt"
"$TARGET/bin/python" -m pip check --disable-pip-version-check
echo "$TARGET/bin/unite is there; after an upgrade: unite upgrade --backup FOLDER"
