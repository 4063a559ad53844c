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

import pyarrow as pa
from elasticsearch import Elasticsearch, helpers

from benchmarks.copies import Copies, questions
from benchmarks.measuring import times
from store.elastic.documents import PostScribe
from store.elastic.names import Names
from store.elastic.writer import Server, put_templates
from store.elastic_index import ElasticIndex
from store.index import Month, Snapshot

_RAW = 20_000  # posts that are fed both ways
_ROUNDS = 15


def measure(folder: str, posts: int) -> dict[str, Any]:
    """Rates, milliseconds (p50, p95) and seconds; see the names.

    afresh: nothing is remembered by the server. again: it may remember; a month that did not
    change since somebody asked the same is not counted again.
    """
    client = Elasticsearch(os.environ["UNITE_TEST_ELASTICSEARCH_URL"], request_timeout=120)
    name = f"bench-{secrets.token_hex(4)}"
    made = Copies(Path(folder))
    copies = max(1, posts // made.posts)
    index = ElasticIndex(client, made.workspace.registry.countries, name=name)

    def afresh(call: Callable[[], object]) -> Callable[[], object]:
        def ask() -> object:
            client.indices.clear_cache(index=f"{name}-*", request=True)
            return call()

        return ask

    try:
        found = {"posts": copies * made.posts, **_feeding(client, made, f"{name}-raw")}
        start = time.perf_counter()
        index.catch_up(made.lake(copies))
        found["first build, posts/s"] = round(found["posts"] / (time.perf_counter() - start))
        asked = questions(index)
        found["afresh, ms p50, p95"] = {n: _ms(afresh(call)) for n, call in asked.items()}
        found["again, ms p50, p95"] = {n: _ms(call) for n, call in asked.items()}
        more = _RAW // made.of_largest + 1
        start = time.perf_counter()
        index.catch_up(made.lake(copies, more))
        found["catching up, s"] = round(time.perf_counter() - start, 1)
        found["with new posts"] = more * made.of_largest
        found["in a month of"] = copies * made.of_largest
        return found
    finally:
        for listed in client.indices.get(index=f"{name}*"):
            client.indices.delete(index=listed)
        for template in ("posts", "coverage"):
            client.options(ignore_status=404).indices.delete_index_template(
                name=f"{name}-{template},{name}-raw-{template}"
            )


def _ms(call: Callable[[], object]) -> list[float]:
    return [round(t, 1) for t in times(call, _ROUNDS)]


def _feeding(client: Elasticsearch, made: Copies, name: str) -> dict[str, Any]:
    """The same posts through the raw helper, as ready dicts, and through the index's own way."""
    rows = made.rows(_RAW)
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
