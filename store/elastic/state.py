"""What the index holds and who may write: a few documents in `<name>-state`.

now           {generation, moving, version}: which state answers. `moving` names the change that is
              being shown at this moment, else null
month-<m>     {index, homes: {home: [file names]}}: what stands in a month's index
coverage      {index, homes: {"home month": [digest]}}: what stands in coverage's index
writer        the lease of the one writer

All are read by id, in real time. A writer marks `now` as moving, shows what it fed, and writes the
new generation with the mark gone: who reads `now` before and after asking, and finds it the same
and not moving, was answered by one generation (a sequence lock).

Raises IndexMissing, IndexDamaged (an older version), IndexNewer.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError
from elasticsearch.helpers import scan

from store.elastic.faults import NAME
from store.elastic.names import Names
from store.elastic.template import STATE, VERSION
from store.elastic.translate import check_bulk
from store.index import IndexDamaged, IndexMissing, IndexNewer

_NOW = "now"
_MONTH = "month-"
COVERAGE = "coverage"
Files = Mapping[str, list[str]]


@dataclass(frozen=True)
class Now:
    """The state that answers. generation: empty before the first one."""

    generation: str = ""
    moving: str | None = None
    version: int = VERSION

    def next(self) -> str:
        """The name of the generation that follows."""
        number = self.generation.partition("-")[0]
        return f"{int(number or 0) + 1:06d}-{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Held:
    """What one index holds: a month's posts, files by home; or coverage."""

    index: str
    homes: Files


def read(client: Elasticsearch, names: Names) -> Now:
    """The state that answers. Raises IndexMissing, IndexDamaged, IndexNewer."""
    now = _read(client, names)
    if now is None or not now.generation:
        raise IndexMissing("no index has been built yet", hint="unite index")
    return now


def read_or_new(client: Elasticsearch, names: Names, *, rebuild: bool) -> Now:
    """The state a writer begins from; a new one where there is none.

    Raises IndexDamaged, and also for `rebuild` IndexNewer.
    """
    try:
        return _read(client, names) or Now()
    except IndexDamaged:
        if not rebuild:
            raise
        return Now()


def _read(client: Elasticsearch, names: Names) -> Now | None:
    try:
        found = client.get(index=names.state, id=_NOW)["_source"]
    except NotFoundError:
        return None
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise IndexNewer(
            f"a newer version of this program wrote the index {names.prefix!r} (schema {version})",
            where=NAME, expected=f"schema {VERSION} or older",
            hint="use that version here too, or give this one another name",
        )  # fmt: skip
    if version != VERSION:
        raise IndexDamaged(
            f"the index {names.prefix!r} is of version {version}", where=NAME,
            expected=f"version {VERSION}", hint="unite index --rebuild",
        )  # fmt: skip
    return Now(**found)


def write(client: Elasticsearch, names: Names, now: Now) -> None:
    """Make `now` the state that answers."""
    client.index(index=names.state, id=_NOW, document=asdict(now))


def mark(client: Elasticsearch, names: Names, now: Now) -> Now:
    """Say that what answers is changing; `write` without the mark ends it."""
    moving = replace(now, moving=secrets.token_hex(4))
    write(client, names, moving)
    return moving


def held(client: Elasticsearch, names: Names, *, at_once: bool = True) -> dict[str, Held]:
    """What is held, by month, and COVERAGE. at_once: as it is now, for the writer."""
    if at_once:
        client.indices.refresh(index=names.state)
    query: dict[str, Any] = {"query": {"match_all": {}}}
    return {
        hit["_id"].removeprefix(_MONTH): Held(**hit["_source"])
        for hit in scan(client, index=names.state, query=query)
        if hit["_id"] == COVERAGE or hit["_id"].startswith(_MONTH)
    }


def write_held(
    client: Elasticsearch, names: Names, before: Mapping[str, Held], after: Mapping[str, Held]
) -> None:
    """Write what differs, delete what is gone."""
    operations: list[dict[str, Any]] = []
    for part, held in after.items():
        if before.get(part) != held:
            operations += [{"index": {"_id": _id(part)}}, asdict(held)]
    operations += [{"delete": {"_id": _id(part)}} for part in before.keys() - after.keys()]
    if operations:
        check_bulk(client.bulk(index=names.state, operations=operations).body)


def _id(part: str) -> str:
    return part if part == COVERAGE else f"{_MONTH}{part}"


def prepare(client: Elasticsearch, names: Names) -> None:
    """The state's own index, if it is not there yet."""
    client.options(ignore_status=400).indices.create(
        index=names.state, mappings=STATE["mappings"], settings=STATE["settings"]
    )
