#!/bin/sh
# Spark's own environment: .venv-spark with everything in requirements-spark.lock and the command
# `unite`, and Delta's two Java archives in its folder `delta`. Offline afterwards.
#   scripts/setup-spark.sh          make it, or bring it up to the lock
#   scripts/setup-spark.sh --lock   write the lock anew, beside the versions of requirements.lock
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
FOLDER=.venv-spark
# pandas: mapInArrow asks for it. Delta 4.4 is built for Spark 4.2 and fails on 4.3.
SPARK='pyspark>=4.2,<4.3'
DELTA=4.4.0

if [ "${1:-}" = --lock ]; then
    wanted=$(mktemp)
    trap 'rm -f "$wanted"' EXIT
    .venv/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > "$wanted"
    printf '%s\npandas>=2.2\nsetuptools>=77\n' "$SPARK" >> "$wanted"
    exec .venv/bin/uv pip compile --quiet --universal --generate-hashes \
        --no-annotate --no-header --python-version 3.11 \
        -c requirements.lock -o requirements-spark.lock "$wanted"
fi

stamp=$(cat requirements-spark.lock pyproject.toml scripts/setup-spark.sh | sha256sum | cut -d' ' -f1)
[ "$(cat $FOLDER/.installed 2>/dev/null)" = "$stamp" ] && exit 0

[ -x $FOLDER/bin/python ] || "$PYTHON" -m venv $FOLDER
$FOLDER/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r requirements-spark.lock
$FOLDER/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation --editable .

archive() { # artefact, sha256
    file=$FOLDER/delta/$1-$DELTA.jar
    if [ ! -f "$file" ]; then
        command -v mvn >/dev/null 2>&1 || {
            echo "Not here: mvn, which fetches Delta's archives (apt install maven)." >&2
            echo "  do         or put $1-$DELTA.jar of io.delta into $FOLDER/delta" >&2
            exit 1
        }
        mvn --quiet --batch-mode dependency:copy -Dartifact="io.delta:$1:$DELTA" \
            -DoutputDirectory="$PWD/$FOLDER/delta"
    fi
    echo "$2  $file" | sha256sum --check --quiet || {
        rm -f "$file"
        echo "$1-$DELTA.jar is not the file it was; it is removed again." >&2
        exit 1
    }
}
archive delta-spark_2.13 27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead
archive delta-storage c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc
printf '%s\n' "$stamp" > $FOLDER/.installed
