#!/bin/sh
# A folder from which UniteEurope installs on a machine without internet: sh scripts/wheels.sh FOLDER
# Everything in requirements.lock, checked against its hashes, and our own wheel. For the same kind
# of machine and the same Python as this one (PYTHON=python3.12 chooses another).
set -eu
FOLDER=${1:?usage: sh scripts/wheels.sh FOLDER}
PYTHON=${PYTHON:-python3}
cd "$(dirname "$0")/.."

mkdir -p "$FOLDER"
if [ -n "$(ls -A "$FOLDER")" ]; then
    echo "wheels.sh: $FOLDER is not empty" >&2
    echo "  do         name a new folder: what an earlier version left there would be installed" >&2
    exit 1
fi
FOLDER=$(cd "$FOLDER" && pwd)
BUILD=$(mktemp -d)
trap 'rm -rf "$BUILD"' EXIT

"$PYTHON" -m venv "$BUILD/venv"
PIP="$BUILD/venv/bin/python -m pip --disable-pip-version-check --quiet"
$PIP wheel --require-hashes --requirement requirements.lock --wheel-dir "$FOLDER"
# Ours is built with the setuptools of the lock, from a copy: no build folder stays in the checkout.
$PIP install --no-index --find-links "$FOLDER" --upgrade setuptools
mkdir "$BUILD/source"
tar cf - --exclude=__pycache__ base taxonomy store collectors nlp analysis monitor dashboard data \
    pyproject.toml README.md LICENSE | tar xf - -C "$BUILD/source"
$PIP wheel --no-index --no-deps --no-build-isolation --wheel-dir "$FOLDER" "$BUILD/source"

# Some packages come as source and are built here, so the folder has hashes of its own.
"$BUILD/venv/bin/python" - "$FOLDER" <<'PYTHON'
import hashlib
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
lines = []
for wheel in sorted(folder.glob("*.whl")):
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
(folder / "requirements.txt").write_text("".join(lines), encoding="utf-8")
PYTHON
cp scripts/install-offline.sh "$FOLDER/"
echo "$(ls "$FOLDER"/*.whl | wc -l) wheels in $FOLDER; there: sh install-offline.sh . TARGET"
