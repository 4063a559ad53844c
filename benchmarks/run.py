"""`make bench`: every part in its own process; prints a line of JSON a part.

`python -m benchmarks.run --posts 100000` for a quick look; the default takes about an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks import spark
from benchmarks.measuring import alone

_PARTS = [
    "starting", "following", "collecting", "back_fill", "scrubbing", "matching", "tagging", "way",
    "merging", "running", "counting", "elastic", "bucket", "spark",
]  # fmt: skip


def main() -> None:
    """Run the parts that were asked for."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--posts", type=int, nargs="+", default=[100_000, 1_000_000])
    words.add_argument("--candidates", type=float, nargs="+", default=[0.25, 0.8])
    words.add_argument("--lake", type=int, default=5_000_000, help="rows of the merge's lake")
    words.add_argument("--collected", type=int, default=200_000, help="posts that are collected")
    words.add_argument("--events", type=int, default=300_000, help="events of a stream")
    words.add_argument("--only", nargs="+", default=_PARTS, choices=_PARTS)
    asked = words.parse_args()
    print(json.dumps({"cores": os.cpu_count(), "load": os.getloadavg()}), flush=True)
    folder = Path(tempfile.mkdtemp(prefix="unite-bench-"))
    try:
        _run(asked, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(asked: argparse.Namespace, folder: Path) -> None:
    if "starting" in asked.only:
        _say("unite tag starts", alone("benchmarks.starting"))
    if "following" in asked.only:
        _say("filter of a stream", alone("benchmarks.following", events=asked.events))
    if "back_fill" in asked.only:
        _say("memory of a back-fill", alone("benchmarks.back_fill", posts=asked.collected))
    if "running" in asked.only:
        _say("unite run at work", alone("benchmarks.running"))
    if "collecting" in asked.only:
        _say("collectors", alone("benchmarks.collecting"))
    for share in asked.candidates:
        for n in asked.posts:
            about = f"{n:,} posts, {share:.0%} about integration"
            posts, home = folder / f"{n}-{share}", folder / f"home-{n}-{share}"
            if {"scrubbing", "matching", "tagging", "way"} & set(asked.only):
                _say(about, alone("benchmarks.posts", folder=str(posts), n=n, candidates=share))
            if "scrubbing" in asked.only and n == min(asked.posts):
                _say(f"scrubber, {about}", alone("benchmarks.scrubbing", folder=str(posts)))
            if "matching" in asked.only and n == min(asked.posts):
                _say(f"matcher, {about}", alone("benchmarks.matching", folder=str(posts)))
            if "tagging" in asked.only and n == min(asked.posts):
                _say(f"tagger, {about}", alone("benchmarks.tagging", folder=str(posts)))
            if "way" in asked.only:
                _say(f"whole way, {about}",
                     alone("benchmarks.way", folder=str(posts), home=str(home)))  # fmt: skip
                _say(f"questions, {about}", alone("benchmarks.asking", home=str(home)))
            shutil.rmtree(posts, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)
    if "counting" in asked.only:
        for n in asked.posts:
            found = alone("benchmarks.counting", folder=str(folder / f"counting-{n}"), posts=n)
            _say(f"embedded index, {n:,} posts", found)
            shutil.rmtree(folder / f"counting-{n}", ignore_errors=True)
    if "elastic" in asked.only:
        for n in asked.posts:
            if "UNITE_TEST_ELASTICSEARCH_URL" in os.environ:
                found = alone("benchmarks.elastic", folder=str(folder / f"elastic-{n}"), posts=n)
                _say(f"Elasticsearch, {n:,} posts", found)
            else:
                _say("Elasticsearch", "not measured: UNITE_TEST_ELASTICSEARCH_URL names no server")
    if "spark" in asked.only:
        _say("retag, one process and Spark on two cores", spark.compare(folder, max(asked.posts)))
    if "merging" in asked.only:
        found = alone("benchmarks.merging", folder=str(folder / "lake"), rows=asked.lake)
        _say("merge", found)
    if "bucket" in asked.only:
        home = str(folder / "bucket")
        _say("lake in a bucket", alone("benchmarks.bucket", home=home, rows=asked.lake // 10))


def _say(about: str, found: object) -> None:
    print(json.dumps({about: found}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
