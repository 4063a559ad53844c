"""What can go wrong with Spark.

SparkFault
├── SparkMissing   Terminal   pyspark, Java or Delta's archives are not in this environment
├── SparkFailed    Transient  a worker or the cluster gave up
└── WorkerDiffers  Terminal   a worker has other lists, another program or other keys
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from base.errors import BadInput, Terminal, Transient, UniteError

_MARK = re.compile(r"unite-worker:(\{.*?\}):end")


class SparkFault(UniteError):
    """Anything wrong with Spark."""


class SparkMissing(SparkFault, Terminal):
    """What Spark needs is not here."""


class SparkFailed(SparkFault, Transient):
    """A worker or the cluster gave up."""


class WorkerDiffers(SparkFault, Terminal):
    """A worker would not do what this process would."""


class WorkerError(Exception):
    """A worker's error as it travels through Spark: told without anything of a post."""


_KINDS = {kind.__name__: kind for kind in (BadInput, WorkerDiffers, SparkFailed)}


@contextmanager
def told() -> Iterator[None]:
    """In a worker: every error leaves without its message, which may hold a text."""
    try:
        yield
    except UniteError as error:
        kind = type(error).__name__
        said = {"kind": kind if kind in _KINDS else "SparkFailed", "what": error.what,
                "where": error.where, "expected": error.expected, "hint": error.hint}  # fmt: skip
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        said = {"kind": "SparkFailed", "what": f"an error in a worker ({place})"}
    else:
        return
    raise WorkerError(_marked(json.dumps(said)))


def _marked(said: str) -> str:
    # not written where it is raised: a traceback repeats that line
    return f"unite-worker:{said}:end"


@contextmanager
def translated(master: str) -> Iterator[None]:
    """In the driver: what Spark says of a failed job, as an error of ours."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        found = _MARK.search(str(error))
        if found is None:
            raise SparkFailed(
                f"Spark gave up ({type(error).__name__})",
                where=f"UNITE_MONITOR_SPARK_MASTER, {master}",
                hint="run it again: it goes on where it stopped; Spark's own log says why",
            ) from None
        said = json.loads(found[1])
        raise _KINDS[said.pop("kind")](said.pop("what"), **said) from None
