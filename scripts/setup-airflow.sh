#!/bin/sh
# Airflow's environment: .venv-airflow with everything in requirements-airflow.lock, and this
# checkout, for its tasks run our functions in process. Made anew where the lock has changed.
set -eu
PYTHON=${PYTHON:-python3}
cd "$(dirname "$0")/.."
folder=.venv-airflow
if [ -e "$folder/.installed" ] && cmp -s requirements-airflow.lock "$folder/.installed"; then
    exit 0
fi
[ -x "$folder/bin/python" ] || "$PYTHON" -m venv "$folder"
if [ -x .venv/bin/uv ]; then  # seconds; pip takes a minute
    .venv/bin/uv pip install --quiet --python "$folder/bin/python" --require-hashes \
        -r requirements-airflow.lock
else
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        -r requirements-airflow.lock
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation --editable .
cp requirements-airflow.lock "$folder/.installed"
