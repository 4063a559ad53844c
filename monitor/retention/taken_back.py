"""Posts that a stream says are no longer public: taken back, or of accounts that were closed.

They go as `unite retain` lets go what is gone at its source. Of a closed account only posts are
found that were collected while their month's author key exists; the others are asked for by
`unite retain` in their turn.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.dataset as ds

from base.ids import keyed
from base.time import now
from monitor import pipeline
from monitor.sealing import pseudonyms
from monitor.workspace import Workspace
from store import upkeep


def forget(
    workspace: Workspace,
    platform: str,
    native_ids: Iterable[str],
    authors: Iterable[str],
    *,
    rewritten: Iterable[str] = (),
) -> int:
    """Forget those that are kept here; how many.

    authors: as the platform names them. rewritten: ids of posts that stand there with other
    words, which are not to be kept.
    """
    keys = workspace.keys
    ids = [*(keyed(keys.id, "id", platform, native) for native in native_ids), *rewritten]
    names = [name for author in authors for name in pseudonyms(keys, platform, author)]
    if not ids and not names:
        return 0
    wanted = ds.field("id").isin(pa.array(ids, pa.string()))
    wanted |= ds.field("author").isin(pa.array(names, pa.string()))
    lake = workspace.lake
    with lake.lock.shared():  # no vacuum while the files are read
        here = lake.read("posts", ["id", "author"], wanted)["id"].unique().to_pylist()
    if here:
        upkeep.forget(lake, gone=here, at=now())
        pipeline.refresh(workspace, forget=True)
    return len(here)
