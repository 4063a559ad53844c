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
from pathlib import Path

import pyarrow as pa
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
        files += [f"{name}/{path}" for path in (*_log(lake.root / name, table), *_data(table))]
    return Pinned(versions, files)


def _data(table: DeltaTable) -> list[str]:
    actions = pa.table(table.get_add_actions(flatten=True))
    return sorted(actions["path"].to_pylist())


def _log(root: Path, table: DeltaTable) -> list[str]:
    """The newest checkpoint up to the version, and what was committed after it."""
    found = [(int(m[1]), m[2], path.name) for path in (root / "_delta_log").iterdir()
             if (m := _LOG.fullmatch(path.name)) and int(m[1]) <= table.version()]  # fmt: skip
    checkpoint = max((v for v, kind, _ in found if kind != "json"), default=-1)
    return sorted(
        f"_delta_log/{name}" for version, kind, name in found
        if version > checkpoint or (version == checkpoint and kind != "json")
    )  # fmt: skip
