#!/bin/sh
# What the tests run against and Python packages do not bring: Chromium, PostgreSQL, npm, Spark.
# Installed where that is allowed; elsewhere the tests that need them say by name that they were
# skipped.
spark() {
    sh "$(dirname "$0")/spark.sh" || echo "Not here: Spark. The tests that need it will be skipped." >&2
}
trap spark EXIT # whichever way this ends
wanted=""
command -v java >/dev/null 2>&1 || wanted="$wanted openjdk-17-jre-headless"
command -v mvn >/dev/null 2>&1 || wanted="$wanted maven"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    wanted="$wanted chromium"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
    wanted="$wanted postgresql"
command -v npm >/dev/null 2>&1 || wanted="$wanted npm"  # brings axe-core, which looks at pages
[ -z "$wanted" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Not here:$wanted. The tests that need it will be skipped (apt install$wanted)." >&2
    exit 0
fi
apt-get update -q && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $wanted
