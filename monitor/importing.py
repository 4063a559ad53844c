"""Files as looks: which source, platform and city their posts get."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from base.ids import keyed
from collectors import files
from collectors.collector import Page, Source
from collectors.files.opening import FileLimits
from monitor.pipeline import Look
from monitor.workspace import Workspace


@dataclass(frozen=True)
class Import:
    """What the user said about files to import; None leaves it to the file."""

    city: str
    shape: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    platform: str | None = None
    source: str | None = None
    voice: str = "personal"
    encoding: str | None = None
    author_rule: str = "source"


def looks(workspace: Workspace, paths: Sequence[Path], wanted: Import) -> Iterator[Look]:
    """One look a file. Raises BadInput that names a file by its place in the list."""
    for number, path in enumerate(paths, start=1):
        source, code = source_of(workspace, path, wanted)
        yield look(source, code, read(path, source, wanted, number), wanted)


def look(source: Source, code: str, pages: Iterable[Page], wanted: Import) -> Look:
    """A file's look. It has no place to go on from: a file that is given again is read again."""
    whole = (replace(page, cursor=None) for page in pages)
    return Look(source, None, whole, wanted.author_rule, part=code)


def source_of(workspace: Workspace, path: Path, wanted: Import) -> tuple[Source, str]:
    """The source a file's posts get, and the code of its content."""
    home = workspace.registry.home(wanted.city)
    if wanted.platform is not None:
        workspace.registry.platform(wanted.platform)
    code = code_of(workspace, path)
    source = Source(
        code=wanted.source or code,
        platform=wanted.platform or files.COLLECTOR,
        home=home.code,
        address="",
        voice=wanted.voice,
        time_zone=home.time_zone,
    )
    return source, code


def read(
    path: Path, source: Source, wanted: Import, number: int,
    *, latest: datetime | None = None, limits: FileLimits | None = None,
) -> Iterator[Page]:  # fmt: skip
    """The pages of a file; `latest` and `limits` as `files.read` takes them."""
    return files.read(
        path,
        source,
        shape=wanted.shape,
        columns=wanted.columns,
        platform=wanted.platform,
        encoding=wanted.encoding,
        number=number,
        latest=latest,
        limits=limits,
    )


def code_of(workspace: Workspace, path: Path) -> str:
    """`import-` and 8 hex digits of a keyed hash of the content; a file's name may be personal."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as handle:
            while part := handle.read(1 << 20):
                digest.update(part)
    except OSError:
        pass  # the reader says what is wrong with it, by the file's place in the list
    return "import-" + keyed(workspace.keys.id, "file", digest.hexdigest())[:8]
