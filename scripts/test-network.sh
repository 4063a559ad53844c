#!/bin/sh
# Bluesky's own software for the tests marked `network`: Node.js, Redis, PostgreSQL, and
# @atproto/dev-env in the user's cache (360 MB; a minute or two, once, longer on a busy machine).
set -eu
sh "$(dirname "$0")/test-servers.sh"
if ! command -v redis-server >/dev/null 2>&1; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "Not here: redis-server (apt install redis-server)." >&2
        exit 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends redis-server
fi
folder=${UNITE_TEST_BLUESKY_FOLDER:-${XDG_CACHE_HOME:-$HOME/.cache}/uniteeurope/bluesky-network}
[ -d "$folder/node_modules/@atproto/dev-env" ] && exit 0
# installed beside and moved: what breaks off leaves nothing half done
rm -rf "$folder.new"
mkdir -p "$folder.new"
cd "$folder.new"
echo '{}' > package.json
npm install --no-audit --no-fund --silent @atproto/dev-env@0.3.215
rm -rf "$folder"
mv "$folder.new" "$folder"
