"""The lake's files as they are at one moment, for whoever copies them.

The data files of a Delta table never change, so a copy needs those of one version and the log
that leads to it. Tables are pinned in the opposite order of writing: what a copy's `windows` say
was merged is in its `posts`, and each of its posts has its vault row. Hold the lake lock shared
until all is copied, so that no vacuum takes a file away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.fs as fs
from deltalake import DeltaTable

from store.lake import Lake

# The stories stage's own state first: what changed after it is judged again.
STATE = "stories.json"
ORDER = ("coverage", "stories", "windows", "posts", "vault", "removed", "forgotten")
_LOG = re.compile(r"(\d{20})\.(json|checkpoint\.parquet)")


@dataclass(frozen=True)
class Pinned:
    """versions: by table. files: paths below the lake's root, with `/`, in order of copying."""

    versions: Mapping[str, int]
    files: Sequence[str]


def pin(lake: Lake) -> Pinned:
    """The lake's present state, also of a lake with an older schema. Raises LakeMissing."""
    versions: dict[str, int] = {}
    files: list[str] = []
    for name in ORDER:
        table = lake.opened(name)
        versions[name] = table.version()
        log = _log(lake.place.files_of(name), table)
        files += [f"{name}/{path}" for path in (*log, *_data(table))]
    return Pinned(versions, files)


def _data(table: DeltaTable) -> list[str]:
    actions = pa.table(table.get_add_actions(flatten=True))
    return sorted(actions["path"].to_pylist())


def _log(files: fs.FileSystem, table: DeltaTable) -> list[str]:
    """The newest checkpoint up to the version, and what was committed after it."""
    there = files.get_file_info(fs.FileSelector("_delta_log"))
    found = [(int(m[1]), m[2], path.base_name) for path in there
             if (m := _LOG.fullmatch(path.base_name)) and int(m[1]) <= table.version()]  # fmt: skip
    checkpoint = max((v for v, kind, _ in found if kind != "json"), default=-1)
    return sorted(
        f"_delta_log/{name}" for version, kind, name in found
        if version > checkpoint or (version == checkpoint and kind != "json")
    )  # fmt: skip


def is_there(lake: Lake) -> bool:
    """Whether a file of any table stands at the lake's place."""
    wanted = fs.FileSelector("", allow_not_found=True)
    return any(lake.place.files_of(name).get_file_info(wanted) for name in ORDER)
