#!/bin/sh
# What the tests run against and Python packages do not bring: Chromium, PostgreSQL, Caddy, npm,
# Elasticsearch, an object store, and the environments of Airflow and Spark. Installed where that is
# allowed; elsewhere the tests that need them say by name that they were skipped.
set -u
cd "$(dirname "$0")/.."
elastic=../shared/tools/elasticsearch-up
[ -z "${UNITE_TEST_ELASTICSEARCH_URL:-}" ] || elastic=

missing() { echo "Not here: $1. The tests that need it will be skipped." >&2; }

wanted=""
needs() { # command, Debian package
    command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"
}
command -v chromium-browser >/dev/null 2>&1 || needs chromium chromium
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || needs initdb postgresql
needs caddy caddy # stands before the pages
needs npm npm     # brings axe-core, which looks at pages
needs java openjdk-17-jre-headless
needs mvn maven
needs curl curl
needs unzip unzip
may_install=""
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && may_install=yes
packages() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
if [ -n "$wanted" ] && [ -z "$may_install" ]; then
    missing "$wanted (apt install$wanted)"
elif [ -n "$wanted" ]; then
    # shellcheck disable=SC2086 # one word a package
    apt-get update -q && packages $wanted || exit 1
fi

# Elasticsearch 9 needs Java 21 or newer, which Debian 12 does not have
fetch_elastic() {
    "$elastic" --fetch-only && return
    [ -n "$may_install" ] || return 1
    for java in openjdk-25-jre-headless openjdk-21-jre-headless; do
        apt-cache show "$java" >/dev/null 2>&1 || continue
        packages "$java" && "$elastic" --fetch-only && return
    done
    return 1
}
if [ -n "$elastic" ]; then
    [ -x "$elastic" ] && fetch_elastic || missing "Elasticsearch 9"
fi
sh scripts/test-object-store.sh || missing "an object store"
sh scripts/setup-airflow.sh || missing "Airflow"
sh scripts/setup-spark.sh || missing "Spark"
exit 0
