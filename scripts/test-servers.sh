#!/bin/sh
# What the tests run against and Python packages do not bring: Chromium, PostgreSQL, Caddy, npm, and
# Elasticsearch with its Java. Installed where that is allowed; elsewhere the tests that need them
# say by name that they were skipped.
elastic="$(dirname "$0")/../../shared/tools/elasticsearch-up"

wanted=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    wanted="$wanted chromium"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
    wanted="$wanted postgresql"
command -v caddy >/dev/null 2>&1 || wanted="$wanted caddy"  # stands before the pages
command -v npm >/dev/null 2>&1 || wanted="$wanted npm"  # brings axe-core, which looks at pages
if [ -x "$elastic" ] && [ -z "$UNITE_TEST_ELASTICSEARCH_URL" ]; then
    for tool in curl unzip; do
        command -v "$tool" >/dev/null 2>&1 || wanted="$wanted $tool"
    done
    command -v mvn >/dev/null 2>&1 || wanted="$wanted maven"
fi
may_install=""
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && may_install=yes
if [ -n "$wanted" ] && [ -z "$may_install" ]; then
    echo "Not here:$wanted. The tests that need it will be skipped (apt install$wanted)." >&2
elif [ -n "$wanted" ]; then
    apt-get update -q && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends $wanted || exit 1
fi
[ -x "$elastic" ] && [ -z "$UNITE_TEST_ELASTICSEARCH_URL" ] || exit 0

# Elasticsearch 9 needs Java 21 or newer, which Debian 12 does not have
"$elastic" --fetch-only && exit 0
if [ -n "$may_install" ]; then
    for java in openjdk-25-jre-headless openjdk-21-jre-headless; do
        apt-cache show "$java" >/dev/null 2>&1 || continue
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$java" &&
            "$elastic" --fetch-only && exit 0
    done
fi
echo "Not here: Elasticsearch 9. The tests that need it will be skipped." >&2
exit 0
