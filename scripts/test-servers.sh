#!/bin/sh
# What the tests run against and Python packages do not bring: Chromium, PostgreSQL, npm. Installed
# where that is allowed; elsewhere the tests that need them say by name that they were skipped.
wanted=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    wanted="$wanted chromium"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
    wanted="$wanted postgresql"
command -v npm >/dev/null 2>&1 || wanted="$wanted npm"  # brings axe-core, which looks at pages
command -v redis-server >/dev/null 2>&1 || wanted="$wanted redis-server"  # for Bluesky's AppView
if [ -n "$wanted" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "Not here:$wanted. The tests that need it will be skipped (apt install$wanted)." >&2
    else
        apt-get update -q && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends $wanted
    fi
fi

# A Bluesky network for tests/server: once, kept in the user's cache (360 MB).
network=${UNITE_TEST_BLUESKY_FOLDER:-${XDG_CACHE_HOME:-$HOME/.cache}/uniteeurope/bluesky-network}
if [ ! -d "$network/node_modules/@atproto/dev-env" ] && command -v npm >/dev/null 2>&1; then
    mkdir -p "$network"
    # installed beside and moved: what breaks off leaves nothing half done
    if ! (mkdir -p "$network.new" && cd "$network.new" && echo '{}' > package.json &&
        timeout 175 npm install --no-audit --no-fund --silent @atproto/dev-env@0.3.215 &&
        rm -rf "$network" && mv "$network.new" "$network"); then
        rm -rf "$network.new"
        echo "No Bluesky network (npm could not install @atproto/dev-env); its tests are skipped." >&2
    fi
fi
exit 0
