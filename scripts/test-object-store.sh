#!/bin/sh
# An object store for the tests of a lake in a bucket: versitygw, an S3 server over a folder, built
# by Go from its module (two minutes, once) into the user's cache.
set -eu
version=v1.8.0
folder=${XDG_CACHE_HOME:-$HOME/.cache}/uniteeurope/versitygw-$version
[ -x "$folder/versitygw" ] && exit 0
if ! command -v go >/dev/null 2>&1; then
    echo "Not here: go. The tests of a lake in a bucket will be skipped (apt install golang)." >&2
    exit 0
fi
# built beside and moved: what breaks off leaves nothing half done
mkdir -p "$folder"
GOBIN="$folder/new" go install "github.com/versity/versitygw/cmd/versitygw@$version"
mv "$folder/new/versitygw" "$folder/versitygw"
rmdir "$folder/new"
