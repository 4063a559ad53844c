"""Elasticsearch as the index: feeding beside the raw bulk helper, questions, and how far it lags.

Needs a server with 1 GB of heap: UNITE_TEST_ELASTICSEARCH_URL. Posts are a tagged sample many times
over: each copy has ids, authors and stories of its own; the words are those of the sample.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from elasticsearch import Elasticsearch, helpers

from benchmarks.measuring import times
from benchmarks.posts import SINCE, UNTIL, write
from monitor import importing, pipeline, stories
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.elastic.documents import PostScribe
from store.elastic.names import Names
from store.elastic.writer import Server, put_templates
from store.elastic_index import ElasticIndex
from store.index import Month, Snapshot
from store.query import Query
from store.snapshot import snapshot

_SAMPLE = 10_000
_RAW = 20_000  # posts that are fed both ways
_COPY = """
    SELECT s.* REPLACE (
        md5(id || c) AS id, md5(story || c) AS story,
        CASE WHEN author IS NULL THEN NULL
            ELSE split_part(author, ':', 1) || ':' || md5(author || c)[:8] END AS author,
        (hash(coalesce(author, id), c) % 64)::TINYINT AS fold,
        (hash(story, c) % 64)::TINYINT AS story_fold
    ) FROM sample s, (SELECT unnest(range({first}, {last})) AS c)
"""


def measure(folder: str, posts: int) -> dict[str, Any]:
    """Rates, milliseconds (p50, p95) and seconds; see the names."""
    client = Elasticsearch(os.environ["UNITE_TEST_ELASTICSEARCH_URL"], request_timeout=120)
    name = f"bench-{secrets.token_hex(4)}"
    workspace = _sample(Path(folder))
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    held = snapshot(workspace.lake)
    rows = pa.concat_tables([held.read(m).read_all() for m in sorted(held.months)])
    con.execute("CREATE TABLE sample AS SELECT * FROM rows")
    copies = max(1, posts // rows.num_rows)
    index = ElasticIndex(client, workspace.registry.countries, name=name)
    try:
        found = {"posts": copies * rows.num_rows, **_feeding(client, con, f"{name}-raw")}
        start = time.perf_counter()
        index.catch_up(_lake(con, workspace, copies, 0))
        found["first build, posts/s"] = round(found["posts"] / (time.perf_counter() - start))
        found["ms p50, p95"] = {n: [round(t, 1) for t in times(call, 15)]
                                for n, call in _questions(index).items()}  # fmt: skip
        more = max(1, 20_000 // rows.num_rows)
        start = time.perf_counter()
        index.catch_up(_lake(con, workspace, copies, more))
        found["catching up, s"] = round(time.perf_counter() - start, 1)
        found["with new posts"] = more * rows.num_rows
        return found
    finally:
        for listed in client.indices.get(index=f"{name}*"):
            client.indices.delete(index=listed)
        for template in ("posts", "coverage"):
            client.options(ignore_status=404).indices.delete_index_template(
                name=f"{name}-{template},{name}-raw-{template}"
            )


def _sample(folder: Path) -> Workspace:
    """A home with a tagged sample."""
    write(folder / "files", _SAMPLE, 0.8)
    workspace = Workspace(Settings(home=folder / "home"))
    for path in sorted((folder / "files").glob("*.ndjson")):
        wanted = importing.Import(city=path.stem, source="bench")
        pipeline.take(workspace, importing.looks(workspace, [path], wanted))
    stories.follow(workspace.lake)
    return workspace


def _lake(con: duckdb.DuckDBPyConnection, workspace: Workspace, copies: int, more: int) -> Snapshot:
    """The copies as a lake; `more`: copies that came later, into the newest month alone."""
    months = {m for (m,) in con.execute("SELECT DISTINCT month FROM sample").fetchall()}
    newest = max(months)

    def read(month: str) -> pa.RecordBatchReader:
        last = copies + (more * len(months) if month == newest else 0)
        copied = _COPY.format(first=0, last=last)
        return con.cursor().sql(f"{copied} WHERE month = '{month}'").to_arrow_reader(10_000)

    homes = [h for (h,) in con.execute("SELECT DISTINCT home FROM sample").fetchall()]
    files = {
        m: Month(m, {h: (f"{copies} {more if m == newest else 0}",) for h in homes}) for m in months
    }
    return Snapshot(f"{copies} {more}", files, read, lambda: workspace.lake.read("coverage"))


def _feeding(client: Elasticsearch, con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The same posts through the raw helper, as ready dicts, and through the index's own way."""
    copied = _COPY.format(first=0, last=_RAW // _SAMPLE)
    rows = con.sql(f"{copied} LIMIT {_RAW}").to_arrow_table()
    put_templates(Server(client, Names(name)))
    with PostScribe() as scribe:
        lines = [
            line for some in scribe.rows(rows.to_reader(10_000)) for line in scribe.documents(some)
        ]
    actions = []
    for line in lines:
        action, document = line.split(b"\n")
        actions.append({**json.loads(action)["index"], "_source": json.loads(document)})
    rates: dict[str, list[float]] = {"raw": [], "own": []}
    for turn in range(2):  # in turn: the server warms up
        start = time.perf_counter()
        helpers.bulk(client, actions, index=f"{name}-posts-{turn}", refresh=True)
        rates["raw"].append(len(actions) / (time.perf_counter() - start))
        files = {"2026-01": Month("2026-01", {"wien": (str(turn),)})}
        lake = Snapshot("", files, lambda _: rows.to_reader(10_000), _no_coverage)
        index = ElasticIndex(client, {}, name=f"{name}-own{turn}")
        start = time.perf_counter()
        index.catch_up(lake)
        rates["own"].append(len(actions) / (time.perf_counter() - start))
    return {"raw bulk helper, posts/s": round(max(rates["raw"])),
            "catch_up of the same, posts/s": round(max(rates["own"])),
            "share": round(max(rates["own"]) / max(rates["raw"]), 2)}  # fmt: skip


def _no_coverage() -> pa.Table:
    from store.schema import COVERAGE

    return COVERAGE.empty_table()


def _questions(index: ElasticIndex) -> dict[str, Callable[[], object]]:
    """Those of `asking`, each time another period, so that no answer is a remembered one."""
    year = Query(since=SINCE, until=UNTIL)
    return {
        "compare, all areas, a year": lambda: index.counts(year, ("city", "area")),
        "all posts": lambda: index.counts(year),
        "one city by area": lambda: index.counts(year.replace(cities=("wien",)), ("area",)),
        "one word": lambda: index.counts(Query(text="wohnung"), ("city",)),
        "a phrase": lambda: index.counts(Query(text='"zu hoch"'), ("city",)),
        "wor*": lambda: index.counts(Query(text="integration*"), ("city",)),
        "weeks of one area": lambda: index.counts(
            year.replace(areas=("housing",)), ("city", "week")
        ),
        "twenty posts": lambda: index.posts(year, limit=20),
        "coverage by city and week": lambda: index.seen(Query(), ("city", "week")),
    }
