"""The open data sets of ../shared/data as real input: files imported, feeds collected, numbers.

    python scripts/real_input.py HOME_FOLDER [--data ../shared/data] [--rows N]

Every set of `real_input.csv` beside this file comes in by `unite import` as posts of the city
named there; nothing is trained on, so test sets come in too.
Parts of them become RSS 2.0 and Atom feeds that a server on this machine gives and collecting
reads. Then `unite index` and `unite compare`, and tables of what became of it: rows in and in
quarantine with the reasons, posts on integration, areas; by set, city and language. The home
must be empty. All of it is about 450,000 rows; --rows takes the first N of each set.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from real_feeds import atom, rss, served  # noqa: E402

from base.errors import BadInput  # noqa: E402
from collectors import files  # noqa: E402
from collectors.collector import Source  # noqa: E402
from collectors.http import Http, Limits  # noqa: E402
from monitor import collecting, importing, pipeline  # noqa: E402
from monitor.cli import output  # noqa: E402
from monitor.settings import Settings  # noqa: E402
from monitor.workspace import Workspace  # noqa: E402

SETS = Path(__file__).with_suffix(".csv")
FEED_ENTRIES = 100

Run = Callable[[Path, Sequence[str]], str]


@dataclass(frozen=True)
class Set:
    """One set, or one part of it, as the posts of one city."""

    file: Path
    name: str
    city: str
    languages: tuple[str, ...]
    keep: str
    columns: str
    platform: str

    @property
    def has_header(self) -> bool:
        """Whether the first line holds names: columns by place and lines have none."""
        return self.file.suffix != ".txt" and not self.columns.endswith("=1")


def sets(data: Path) -> Iterator[Set]:
    """The sets of the table whose files are there."""
    with SETS.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            for path in sorted(data.glob(row["file"])):
                name = path.name.partition(".")[0] + (f"_{row['city']}" if row["keep"] else "")
                languages = tuple(row["languages"].split())
                yield Set(path, name, row["city"], languages, row["keep"], row["columns"],
                          row["platform"])  # fmt: skip


def part(of: Set, rows: int | None, folder: Path) -> Set:
    """The set as it is, or the first rows of it and those of its languages in files of its own."""
    if rows is None and not of.keep:
        return of
    path = folder / f"{of.name}{''.join(e for e in of.file.suffixes if e != '.gz')}"
    with _text(of.file) as lines, path.open("w", encoding="utf-8") as to:
        place = 0
        if of.has_header:
            header = next(lines)
            to.write(header)
            place = next(csv.reader([header])).index(of.keep) if of.keep else 0
        chosen = (
            line for line in lines
            if not of.keep or next(csv.reader([line]))[place] in of.languages
        )  # fmt: skip
        to.writelines(islice(chosen, rows))
    return replace(of, file=path)


def _text(path: Path) -> io.TextIOWrapper:
    raw = gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")
    return io.TextIOWrapper(cast(BinaryIO, raw), encoding="utf-8", newline="\n")


def commands(brought: Sequence[Set]) -> Iterator[tuple[str, list[str]]]:
    """What is brought in and the command for it: sets that need the same words come together."""

    def alike(of: Set) -> tuple[str, str, str]:
        return of.city, of.columns, of.platform

    for (city, columns, platform), group in groupby(sorted(brought, key=alike), alike):
        found = list(group)
        said = ["import", *(str(s.file) for s in found), "--city", city]
        said += ["--authors", "one-per-post"]
        said += ["--columns", columns] if columns else []
        said += ["--platform", platform] if platform else []
        yield " ".join(s.name for s in found), said


def process(home: Path, said: Sequence[str]) -> str:
    """`unite …` as a process of its own; what it says. Raises BadInput where it fails."""
    environment = {**os.environ, "UNITE_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli.main", *said], cwd=ROOT, env=environment,
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    if done.returncode:
        raise BadInput(f"`unite {said[0]}` failed: {done.stderr.strip()}", where=str(said[-1]))
    return done.stdout + done.stderr


def feed_sources(workspace: Workspace, brought: Sequence[Set]) -> Iterator[tuple[Source, bytes]]:
    """Two feeds a city, of parts of its sets: a Source without host, and the document."""
    for city in sorted({s.city for s in brought}):
        zone = workspace.registry.city(city).time_zone
        here = [s for s in brought if s.city == city]
        for kind, write in (("rss", rss), ("atom", atom)):
            texts: list[str] = []
            for found in here:
                source = Source(found.name, "files", city, "", "personal", zone)
                columns = files.parse_columns(found.columns)
                page = next(files.read(found.file, source, columns=columns))
                share = -(-FEED_ENTRIES // len(here))
                taken = page.items["text"].to_pylist()
                texts += taken[:share] if kind == "rss" else taken[-share:]
            entries = [
                (datetime.now(UTC) - timedelta(hours=3 + n), text) for n, text in enumerate(texts)
            ]
            yield Source(f"feed-{kind}", "feeds", city, kind, "media", zone), write(city, entries)


def collect(workspace: Workspace, brought: Sequence[Set]) -> tuple[pipeline.Taken, list[str]]:
    """What the feeds gave, and what could not be read of them."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    listed = list(feed_sources(workspace, brought))
    with served({f"/{s.home}/{s.address}": body for s, body in listed}) as address:
        sources = [replace(s, address=f"{address}/{s.home}/{s.address}") for s, _ in listed]
        with Http(limits=Limits(interval=0)) as http:
            taken, failed = collecting.collect(workspace, sources, http=http)
    pipeline.refresh(workspace)
    return taken, [f"{f.source.home} {f.source.code}: {f.error}" for f in failed]


def main(arguments: Sequence[str], run: Run = process) -> dict[str, int]:
    """Brings everything in and prints what became of it; figures for a test."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--rows", type=int, default=None, help="first rows of each set only")
    given = parser.parse_args(arguments)
    home = given.home.resolve()
    if home.is_dir() and any(home.iterdir()):
        raise BadInput("the home is not empty", where="HOME_FOLDER", hint="name a new folder")
    workspace = Workspace(Settings(home=home))
    with tempfile.TemporaryDirectory() as folder:
        brought = [part(s, given.rows, Path(folder)) for s in sets(given.data)]
        for names, command in commands(brought):
            began = time.monotonic()
            said = run(home, command).strip().splitlines()[-1]
            output.say(f"{names} ({time.monotonic() - began:.0f} s): {said}")
        sources = {importing.code_of(workspace, s.file): s for s in brought}
        taken, failed = collect(workspace, brought)
    output.say(f"feeds: {taken.fetched} entries, {taken.new} new posts {failed or ''}")
    run(home, ["index"])
    run(home, ["purpose", "add", "real", "--who", "tests", "--task", "try real input",
               "--legal-basis", "none", "--question", "is it read", "--recipients", "nobody",
               "--end", "2099-01-01", "--city", "*", "--body", "research"])  # fmt: skip
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    first = tomorrow - timedelta(days=40)
    said = run(
        home,
        ["compare", "--since", str(first), "--until", str(tomorrow), "--purpose", "real", "--json"],
    )
    compared(json.loads(said.splitlines()[0])["rows"])
    return tables(workspace, sources)


def compared(rows: Sequence[dict[str, Any]]) -> None:
    """Prints the areas that each city talks about most."""
    told = sorted((r for r in rows if r["posts"]), key=lambda r: (r["city"], -r["share"]))
    shown = [
        [r["city"], r["area"], f"{r['posts']:,}", f"{r['base']:,}", f"{r['share']:.2%}",
         f"{r['low']:.2%} – {r['high']:.2%}"]
        for _, group in groupby(told, key=lambda r: r["city"]) for r in islice(group, 5)
    ]  # fmt: skip
    columns = ["city", "area", "#posts", "#of", "#share", "#interval"]
    output.table("unite compare: the five areas most talked about", columns, shown)


def tables(workspace: Workspace, sets: Mapping[str, Set]) -> dict[str, int]:
    """Prints what became of the rows by set (by source), city and language."""
    names = ["source", "home", "lang", "relevant", "areas", "hate"]
    posts = workspace.lake.read("posts", names).to_pylist()
    looked = workspace.lake.read("windows", ["home", "source", "fetched", "unmapped"]).to_pylist()
    fetched: Counter[str] = Counter()
    for row in looked:
        fetched[_name(row["source"], sets)] += row["fetched"]
        fetched[row["home"]] += row["fetched"]
    quarantine = workspace.database.quarantined()
    expected = {s.name: s.languages for s in sets.values()}
    for post in posts:
        post["source"] = _name(post["source"], sets)
    for about, key in (("set", "source"), ("city", "home"), ("language", "lang")):
        groups: dict[str, list[dict[str, Any]]] = {}
        for post in posts:
            groups.setdefault(post[key], []).append(post)
        rows = []
        for value, found in sorted(groups.items()):
            areas = Counter(a for p in found for a in p["areas"])
            right = sum(p["lang"] in expected.get(p["source"], ()) for p in found)
            rejected = Counter[str]()
            for where, source, reason, count in quarantine:
                if value in (where, _name(source, sets)):
                    rejected[reason] += count
            is_known = about == "set" and value in expected
            rows.append([
                value, f"{fetched[value]:,}" if about != "language" else "", f"{len(found):,}",
                f"{sum(p['relevant'] for p in found) / len(found):.1%}",
                f"{sum(bool(p['hate'] and p['hate']['flag']) for p in found) / len(found):.1%}",
                f"{right / len(found):.0%}" if is_known else "",
                ", ".join(f"{a} {n:,}" for a, n in areas.most_common(4)),
                ", ".join(f"{r} {n:,}" for r, n in rejected.items()),
            ])  # fmt: skip
        output.table(
            f"By {about}",
            [about, "#in", "#posts", "#relevant", "#hate", "#language", "areas", "quarantine"],
            rows,
        )
    return {
        "sets": len({p["source"] for p in posts}), "posts": len(posts),
        "relevant": sum(p["relevant"] for p in posts),
        "fetched": sum(r["fetched"] for r in looked),
        "quarantined": sum(n for *_, n in quarantine),
    }  # fmt: skip


def _name(source: str, sets: Mapping[str, Set]) -> str:
    return sets[source].name if source in sets else "feeds"


if __name__ == "__main__":
    main(sys.argv[1:])
