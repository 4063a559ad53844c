#!/bin/sh
# Makes what compose.yaml asks for in deploy/secrets: passwords, an authority of this installation
# and the certificates it signs. What is there already stays. Usage: sh deploy/secrets.sh NAME
# (the name under which people open the pages, as monitor.example). A certificate of your own:
# put site.pem (with its chain) and site.key there first.
set -eu
NAME=${1:?usage: sh deploy/secrets.sh monitor.example}
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

written() { # written FILE: the file is there, or takes what comes
    if [ -s "$1" ]; then cat >/dev/null; else cat >"$1"; fi
}
KIND="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
random() { openssl rand -hex 32 | tr -d '\n'; }

random | written postgres_password
random | written elastic_password
random | written airflow_jwt_secret
random | written airflow_secret_key
random | written unite_dashboard_metrics_token
printf 'postgresql+psycopg://unite:%s@postgres:5432/unite' "$(cat postgres_password)" |
    written unite_database_url
printf 'postgresql+psycopg2://unite:%s@postgres:5432/airflow' "$(cat postgres_password)" |
    written airflow_database_url

if [ ! -s ca.pem ]; then
    openssl req -x509 $KIND -nodes -days 3650 -subj "/CN=UniteEurope $NAME" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -keyout ca.key -out ca.pem 2>/dev/null
fi
certificate() { # certificate FILE NAME…
    file=$1 && shift
    [ -s "$file.pem" ] && return
    names=$(printf ',DNS:%s' "$@")
    openssl req -new $KIND -nodes -subj "/CN=$1" -keyout "$file.key" -out "$file.csr" 2>/dev/null
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "${names#,}" >"$file.ext"
    openssl x509 -req -in "$file.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 \
        -extfile "$file.ext" -out "$file.pem" 2>/dev/null
    rm "$file.csr" "$file.ext"
}
certificate site "$NAME" app localhost
certificate elasticsearch elasticsearch localhost

# Each container reads its own as its own user; who has no business here cannot enter the folder.
chmod 644 -- *
chmod 600 ca.key
chmod 700 .
[ -s unite_store_elastic_api_key ] || echo "Still missing: unite_store_elastic_api_key" \
    "(docs/operations.md, \"The first start with Docker\")"
