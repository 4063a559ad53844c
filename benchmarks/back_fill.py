"""Memory while many posts are collected: a Mastodon server on this machine, the way into the lake.

The server makes its statuses up as it is asked, so that nothing of them is held anywhere.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collectors.collector import Source
from collectors.http import Http, Limits
from monitor import collecting
from monitor.settings import Settings
from monitor.workspace import Workspace

_PAGE = 40
_START = datetime(2026, 3, 1, tzinfo=UTC)
_STEP = timedelta(seconds=1)
_BATCH = 10_000
_WORDS = ("eine wohnung zu finden ist schwer", "der kurs beginnt im herbst",
          "das amt antwortet nicht", "am markt gibt es neue stände",
          "der bus kommt wieder zu spät")  # fmt: skip


def measure(posts: int = 200_000) -> dict[str, Any]:
    """The most memory at a tenth and at the whole, MB; posts/s."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, posts), daemon=True
    )
    server.start()
    address = f"http://127.0.0.1:{mine.recv()}"
    with TemporaryDirectory() as folder:
        found = _collect(Path(folder), address, posts)
    server.terminate()
    return found


def _collect(folder: Path, address: str, posts: int) -> dict[str, Any]:
    settings = Settings(home=folder, nlp_batch=_BATCH, collectors_services=f"mastodon={address}")
    workspace = Workspace(settings)
    source = Source(
        "tag", "mastodon", "wien", "https://server.example/tags/wien", "personal", "UTC"
    )
    limits = Limits(interval=0)
    result: dict[str, Any] = {"posts": posts}
    began, since = perf_counter(), _START
    for name, share in (("a_tenth", 0.1), ("all", 1.0)):
        until = _START + int(posts * share) * _STEP
        with Http(limits=limits, now=lambda: _START + posts * _STEP) as http:
            _, failed = collecting.collect(workspace, [source], since=since, until=until, http=http)
        if failed:
            raise failed[0].error
        since = until
        result[f"peak_at_{name}_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    result["per_s"] = round(posts / (perf_counter() - began))
    result["in_the_lake"] = workspace.lake.read("posts", ["id"]).num_rows
    return result


def _serve(told: Connection, posts: int) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            last = posts - 1
            if "min_id" in asked:  # those after it
                first = max(0, _number(int(asked["min_id"])) + 1)
                last = min(first + _PAGE - 1, last)
            elif "max_id" in asked:
                last = min(_number(int(asked["max_id"]) - 1), last)
                first = last - _PAGE + 1
            else:
                first = last - _PAGE + 1
            body = json.dumps([_status(n) for n in range(last, max(first, 0) - 1, -1)]).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    told.send(server.server_address[1])
    server.serve_forever()


def _id(number: int) -> int:
    """The id that Mastodon gives to a status of that moment."""
    return int((_START + number * _STEP).timestamp() * 1000) << 16


def _number(native: int) -> int:
    return int((native / 65_536_000 - _START.timestamp()) // _STEP.total_seconds())


def _status(number: int) -> dict[str, Any]:
    account = {"id": str(number % 5_000), "acct": f"a{number % 5_000}", "note": "", "fields": [],
               "url": f"https://server.example/@a{number % 5_000}",
               "uri": f"https://server.example/users/a{number % 5_000}"}  # fmt: skip
    words = " ".join(_WORDS[(number // 5**i) % 5] for i in range(4))
    native = str(_id(number))
    return {
        "id": native, "created_at": (_START + number * _STEP).isoformat().replace("+00:00", "Z"),
        "uri": f"https://server.example/s/{native}", "url": f"https://server.example/s/{native}",
        "visibility": "public", "language": "de", "reblog": None, "account": account,
        "content": f"<p>In Wien {words}, zum {number}. Mal</p>", "media_attachments": [],
        "tags": [], "mentions": [], "in_reply_to_id": None, "replies_count": 0, "reblogs_count": 0,
        "favourites_count": number % 7, "spoiler_text": "", "poll": None,
    }  # fmt: skip
