"""How commands print: tables for people, one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from base import log
from monitor import reading
from monitor.pipeline import Taken
from monitor.purposes import Purpose
from monitor.versions import versions
from monitor.workspace import Workspace
from store.query import Query, View


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table; figures (columns that start with `#`) stand to the right."""
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column.lstrip("#"), justify="right" if column[0] == "#" else "left")
    for row in rows:
        shown.add_row(*row)
    # a pipe gets whole lines, a terminal its own width
    Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False).print(shown)


def as_json(given: Mapping[str, Any]) -> None:
    """One JSON object on stdout; codes and figures only, or scrubbed posts."""
    json.dump(given, sys.stdout, ensure_ascii=False, default=str, allow_nan=False)
    sys.stdout.write("\n")


def say(line: str) -> None:
    """A line of progress or result, to stderr, so that stdout holds the answer alone."""
    log.say(line)


def taken(result: Taken) -> None:
    """What became of the items of an import or a collection."""
    parts = [
        f"{result.new:,} new posts",
        f"{result.known:,} known",
        f"{result.relevant:,} relevant",
    ]
    if result.forgotten:
        parts.append(f"{result.forgotten:,} kept out because they were forgotten")
    if result.rejected:
        parts.append(f"{result.rejected:,} in quarantine (unite doctor says why)")
    say(", ".join(parts) + ".")
    if result.other_text:
        say(
            f"{result.other_text:,} took the place of a post with the same id and another text: "
            "edited posts, or a file whose ids are row numbers (then: --columns native_id=)."
        )


def posts(
    workspace: Workspace, command: str, sheet: Purpose, query: Query, *, limit: int, is_json: bool
) -> None:
    """Single posts, newest first, with what they matched, as the purpose allows; logged."""
    found = reading.posts(workspace, query, limit=limit)
    workspace.database.log_access(
        "local", "query", purpose=sheet.name, view=query.to_json(), rows=len(found)
    )
    taggers = sorted({p["tagger"] for p in found})
    mixed(workspace, taggers)
    if is_json:
        answer(command, query, "posts", workspace.index.generation(), taggers, found)
        return
    columns = ["day", "city", "platform", "terms", "areas, because of", "text"]
    table(f"{len(found)} posts", columns, [_line(p) for p in found])


def _line(post: Mapping[str, Any]) -> list[str]:
    text = " ".join(post["text"].split())
    return [
        str(post["day"]), reading.about(dict(post)), post["platform"], post["terms_class"],
        reading.because(dict(post)), text if len(text) <= 90 else text[:89] + "…",
    ]  # fmt: skip


def mixed(workspace: Workspace, taggers: Collection[str]) -> None:
    """Mark an answer that rests on posts which other word lists tagged."""
    note = versions(workspace).note(taggers) if taggers else None
    if note:
        say(note)


def answer(
    command: str, query: Query | None, tier: str | None, generation: str | None,
    tagger: Sequence[str], rows: Sequence[Mapping[str, Any]], **more: Any,
) -> None:  # fmt: skip
    """The one shape of every --json: {command, view, tier, generation, tagger, rows}.

    query, tier, generation: None where the command asks nothing of the posts. more: what only
    this command has to say beside its rows.
    """
    as_json(
        {
            "command": command,
            "view": None if query is None else View(command, query).to_json(),
            "tier": None if tier is None else str(tier),
            "generation": generation,
            "tagger": list(tagger),
            "rows": list(rows),
            **more,
        }
    )
