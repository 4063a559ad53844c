#!/bin/sh
# Validates compose.yaml, Dockerfile's neighbours and deploy/ against their schemas, without Docker
# or a cluster. Takes its tools from the package registries into a folder of its own; what is not
# on this machine (go, kubectl, promtool, caddy) is named and left out.
set -eu
cd "$(dirname "$0")/.."
tools=${XDG_CACHE_HOME:-$HOME/.cache}/uniteeurope/check-deploy
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check \
    kubernetes-validate==1.37.0 check-jsonschema==0.39.0 jsonschema==4.26.0 PyYAML==6.0.3
left_out() { echo "not here, left out: $1" >&2; }

echo "compose.yaml: the schema of the Compose specification"
"$tools/bin/check-jsonschema" --builtin-schema vendor.compose-spec compose.yaml

crd=""
if command -v go >/dev/null 2>&1; then
    operator=github.com/elastic/cloud-on-k8s/v3@v3.5.0
    GOFLAGS=-mod=mod go mod download "$operator"
    crd=$(go env GOMODCACHE)/$operator/config/crds/v1/resources/elasticsearch.k8s.elastic.co_elasticsearches.yaml
else
    left_out "go, which brings the schema of Elastic's operator"
fi
if command -v kubectl >/dev/null 2>&1; then
    echo "deploy/: as kubectl puts it together, against the schemas of Kubernetes"
    kubectl kustomize deploy | "$tools/bin/python" scripts/check_objects.py $crd
else
    left_out "kubectl, which puts deploy/kustomization.yaml together"
fi
if command -v promtool >/dev/null 2>&1; then
    promtool check rules deploy/prometheus/rules.yml
else
    left_out "promtool (apt install prometheus)"
fi
if command -v caddy >/dev/null 2>&1; then
    caddy adapt --config deploy/Caddyfile --adapter caddyfile >/dev/null && echo "deploy/Caddyfile: read"
else
    left_out "caddy (apt install caddy)"
fi
