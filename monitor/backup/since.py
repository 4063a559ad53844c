"""What was forgotten after a backup was made: read beside the backups, or from the home that is
replaced, so that a restore forgets it again (DESIGN §4)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from base.errors import BadInput
from monitor.backup.manifest import Manifest
from monitor.backup.place import Place
from monitor.backup.sealing import damaged
from store import schema
from store.lake import Lake


def forgotten_since(place: Place, made: Manifest, elsewhere: Sequence[Path]) -> pa.Table:
    """FORGOTTEN rows that are kept beside the backups, and elsewhere."""
    beside = place.forgotten()
    found = [] if beside is None else [_read_forgotten(beside)]
    found += [_known_elsewhere(place, made, path) for path in elsewhere]
    return pa.concat_tables([schema.FORGOTTEN.empty_table(), *found])


def _known_elsewhere(place: Place, made: Manifest, path: Path) -> pa.Table:
    """FORGOTTEN rows of the home that is replaced, or of a file beside other backups."""
    if (path / "lake" / "forgotten").is_dir():
        key = path / "keys" / "id.key"
        ours = [e.sha256 for e in made.files if e.path == "keys/id.key"]
        if key.exists() and ours != [hashlib.sha256(key.read_bytes()).hexdigest()]:
            raise BadInput(
                "this home is of another installation", where=path.name,
                expected="the home that the backup was made of",
            )  # fmt: skip
        lake = Lake(path / "lake")
        with lake.lock.shared():
            return lake.opened("forgotten").to_pyarrow_table().cast(schema.FORGOTTEN)
    found = Place(path.parent, place.secret).forgotten() if path.is_file() else None
    if found is not None:
        return _read_forgotten(found)
    raise BadInput(
        "nothing here says what was forgotten", where=path.name,
        expected="the home that is replaced, or the file `forgotten` of a folder of backups",
    )  # fmt: skip


def _read_forgotten(content: bytes) -> pa.Table:
    try:
        return pq.read_table(BytesIO(content)).cast(schema.FORGOTTEN)
    except (pa.ArrowException, OSError) as error:
        raise damaged("forgotten", "altered") from error
