"""Are the kept posts still public? Asked at their source; what is gone there is forgotten here.

Posts are asked in batches, and what is gone is forgotten once a batch. A run that is killed
has forgotten whole batches; the posts of the last one are asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.dataset as ds

from base import log
from base.time import now
from collectors.collector import setting
from collectors.http import Http
from monitor import permits, pipeline
from monitor.retention import due as turns
from monitor.retention.due import Asking, Due, Post
from monitor.retention.gone_hosts import Hosts
from monitor.retention.rechecks import Rechecks
from monitor.retention.standing import (
    NOT_ASKED,
    Standing,
    ask_address,
    ask_platform,
    host_of,
    listed_hosts,
    needed_keys,
    own_way,
    read,
    takes,
)
from monitor.workspace import Workspace
from store import upkeep
from store.lock import exclusive
from store.vault import Origin, Vault, VaultFault

BATCH = 500


@dataclass(frozen=True)
class Rechecked:
    """What asking brought, in posts.

    due: whose turn it was. gone: forgotten. unknown: by reason, asked again another day.
    skipped: by reason. suspicious: by host, posts that wait for somebody to vouch for it.
    """

    due: int = 0
    asked: int = 0
    there: int = 0
    gone: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    suspicious: Mapping[str, int] = field(default_factory=dict)


def forecast(workspace: Workspace, limit: int | None) -> Rechecked:
    """Whose turn it is; nothing is opened or asked."""
    found = _due(workspace, limit)
    return Rechecked(due=len(found.posts), skipped=found.skipped)


def recheck(
    workspace: Workspace,
    http: Http,
    *,
    limit: int | None = None,
    believed: Sequence[str] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> Rechecked:
    """Ask the posts whose turn it is, at most `limit`, and forget those that are gone.

    believed: hosts whose answers count even if nearly everything there is gone.
    """
    with exclusive(workspace.home / "recheck.lock"):
        found = _due(workspace, limit)
        run = _Run(workspace, http, Hosts(believed))
        count = len(found.posts)
        for start in range(0, count, BATCH):
            run.ask(found.posts[start : start + BATCH])
            tell(f"{min(start + BATCH, count):,} of {count:,} posts looked at")
        done = run.finish(found)
        rechecks = Rechecks(workspace.database)
        rechecks.drop(turns.unkept(workspace.lake, rechecks.all()))
    log.event("rechecking", "rechecked", asked=done.asked, gone=done.gone)
    if found.posts:  # the vault was opened
        view = {"asked": done.asked, "gone": done.gone}
        workspace.database.log_access("local", "recheck", purpose=None, view=view, rows=done.due)
    return done


def _due(workspace: Workspace, limit: int | None) -> Due:
    platforms = workspace.registry.platforms
    asking = Asking(
        a_day=workspace.settings.monitor_recheck_posts,
        within=permits.delete_within(platforms),
        costly=[p.code for p in platforms.values() if p.asking_costs],
        silent=[p.code for p in platforms.values() if not p.address_tells],
        own_way=[code for code in platforms if own_way(code) is not None],
        keyless=_keyless(workspace),
    )
    asked = Rechecks(workspace.database).all()
    return turns.due(workspace.lake, asked, asking, limit=limit, at=now())


def _keyless(workspace: Workspace) -> dict[str, str]:
    """Platforms whose own way needs a key that is not set: why, with the setting."""
    found = {}
    for code in workspace.registry.platforms:
        keys = workspace.settings.keys(code)
        missing = [setting(code, name) for name in needed_keys(code) if not keys.get(name)]
        if missing:
            found[code] = f"no key for {code} ({', '.join(missing)})"
    return found


class _Run:
    """One run over the posts whose turn it is."""

    def __init__(self, workspace: Workspace, http: Http, hosts: Hosts) -> None:
        self._workspace = workspace
        self._http = http
        self._hosts = hosts
        self._vault = Vault(workspace.keys.vault)
        platforms = workspace.registry.platforms.values()
        self._silent = frozenset(p.code for p in platforms if not p.address_tells)
        homes = workspace.registry.homes.values()
        self._listed = listed_hosts(s for home in homes for s in home.sources)
        self._told: Counter[Standing] = Counter()
        self._forgotten = 0

    def ask(self, posts: Sequence[Post]) -> None:
        """Ask a batch, remember who was asked and still stands, forget what is gone."""
        others: dict[bool, list[str]] = {True: [], False: []}
        for post, standing in self._standings(posts):
            self._told[standing] += 1
            if standing is not Standing.GONE:
                others[standing is Standing.THERE].append(post)
        rechecks = Rechecks(self._workspace.database)
        rechecks.stood(others[True], now())
        rechecks.asked(others[False], now())
        self._forget(self._hosts.release(at_end=False))

    def finish(self, found: Due) -> Rechecked:
        """Forget what was held back without a reason to; what the run brought."""
        self._forget(self._hosts.release(at_end=True))
        return Rechecked(
            due=len(found.posts),
            asked=sum(n for standing, n in self._told.items() if standing not in NOT_ASKED),
            there=self._told[Standing.THERE],
            gone=self._forgotten,
            unknown={str(s): n for s, n in sorted(self._told.items())
                     if s not in (Standing.THERE, Standing.GONE)},
            skipped=found.skipped,
            suspicious=self._hosts.suspicious(),
        )  # fmt: skip

    def _forget(self, gone: Sequence[str]) -> None:
        if gone:
            upkeep.forget(self._workspace.lake, gone=gone, at=now())
            pipeline.refresh(self._workspace, forget=True)
            self._forgotten += len(gone)

    def _standings(self, posts: Sequence[Post]) -> Iterator[tuple[str, Standing]]:
        """(id, standing) of each post."""
        origins = self._opened(posts)
        by_platform: dict[str, list[tuple[str, str]]] = {}
        for post in posts:
            origin = origins.get(post.id)
            if origin is None:
                yield post.id, Standing.CLOSED
            elif origin.native_id is not None and takes(post.platform, origin.native_id):
                by_platform.setdefault(post.platform, []).append((post.id, origin.native_id))
            elif post.platform in self._silent:
                yield post.id, Standing.FOREIGN
            else:
                yield post.id, self._by_address(post.id, origin)
        for platform, pairs in by_platform.items():
            told = self._by_platform(platform, [native for _, native in pairs])
            for post_id, native in pairs:
                self._hosts.note(platform, post_id, told[native])
                yield post_id, told[native]

    def _by_platform(self, platform: str, native_ids: Sequence[str]) -> dict[str, Standing]:
        way = own_way(platform)
        if way is None or self._hosts.is_left_alone(platform):
            return dict.fromkeys(native_ids, Standing.LEFT)
        access = self._workspace.access(platform, self._http)
        return ask_platform(way, native_ids, access)

    def _by_address(self, post: str, origin: Origin) -> Standing:
        if origin.address is None:
            return Standing.FOREIGN
        address = read(origin.address, self._listed)
        if address is None:
            return Standing.PRIVATE
        host = host_of(address)
        if self._hosts.is_left_alone(host):
            return Standing.LEFT
        standing = ask_address(address, self._http)
        self._hosts.note(host, post, standing)
        return standing

    def _opened(self, posts: Sequence[Post]) -> dict[str, Origin]:
        """What the vault holds of the posts, where it can be opened."""
        ids = pa.array([p.id for p in posts], pa.string())
        where = ds.field("id").isin(ids) & ds.field("sealed").is_valid()
        partitions = sorted({(p.home, p.month) for p in posts})
        lake = self._workspace.lake
        with lake.lock.shared():  # no vacuum while the files are read
            rows = lake.read("vault", ["id", "sealed"], where, partitions)
        found = {}
        for post, sealed in zip(rows["id"].to_pylist(), rows["sealed"].to_pylist(), strict=True):
            try:
                found[post] = self._vault.open(post, sealed)
            except VaultFault:
                continue
        return found
