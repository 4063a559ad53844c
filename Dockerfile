# The pages, the clock and every command; and, as target `airflow`, Airflow with the same code.
# docker build -t uniteeurope .        docker build -t uniteeurope-airflow --target airflow .
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY scripts/setup.sh scripts/
COPY base base
COPY taxonomy taxonomy
COPY store store
COPY collectors collectors
COPY nlp nlp
COPY analysis analysis
COPY monitor monitor
COPY dashboard dashboard
COPY data data
# From the lock, with hashes; what only develops and tests goes again.
RUN sh scripts/setup.sh \
    && .venv/bin/python -c "import re, tomllib; \
print(*(re.split('[<>=~]', n)[0] for n in tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['dev']))" \
    | xargs .venv/bin/python -m pip uninstall --quiet --yes \
    && .venv/bin/python -m compileall -q base taxonomy store collectors nlp analysis monitor dashboard

# Airflow has an environment of its own
FROM build AS code
RUN rm -rf .venv

FROM apache/airflow:3.3.2-python3.11 AS airflow
COPY requirements-airflow.lock /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements-airflow.lock
COPY --from=code --chown=root:root /app /app
COPY --chown=root:root dags /app/dags
ENV PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    AIRFLOW__CORE__DAGS_FOLDER=/app/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    UNITE_HOME=/var/lib/uniteeurope \
    UNITE_NLP_CACHE=/tmp/uniteeurope

FROM python:3.11.14-slim-bookworm AS app
RUN groupadd --gid 10001 unite \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/uniteeurope \
       --shell /usr/sbin/nologin unite \
    && install -d -o 10001 -g 10001 -m 700 /var/lib/uniteeurope
COPY --from=build --chown=root:root /app /app
# The root stays read-only; what is read once of the lists, and locks of fonts, lie in memory.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    UNITE_HOME=/var/lib/uniteeurope \
    UNITE_NLP_CACHE=/tmp/uniteeurope \
    UNITE_LOG_JSON=true \
    UNITE_LOG_LEVEL=info
WORKDIR /var/lib/uniteeurope
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8050/health/live', timeout=4)"]
ENTRYPOINT ["unite"]
CMD ["run"]
