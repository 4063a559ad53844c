"""A Spark session for this installation, and what it needs.

Nothing personal may reach Spark's disks: raw text is never shuffled, what Spark spills is
encrypted under a key of the session, its scratch folder is private and goes with the session, and
there is neither an event log nor a page.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.spark import scratch
from monitor.spark.errors import SparkFailed, SparkMissing
from monitor.workspace import Workspace

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ARCHIVES = ("delta-spark_2.13", "delta-storage")
_ROWS = 20_000  # of a batch that a worker is given
_TASK_BYTES = 16 << 20  # files a task reads together
_FILE_BYTES = 1 << 20  # what opening one more file counts


def check() -> None:
    """Raise SparkMissing where pyspark, Java or Delta's archives are not here."""
    hint = "sh scripts/setup-spark.sh, then .venv-spark/bin/unite … --engine spark (docs/spark.md)"
    if find_spec("pyspark") is None:
        raise SparkMissing("pyspark is not in this environment", where=sys.prefix, hint=hint)
    if not _archives():
        raise SparkMissing(
            "Delta's archives are not here",
            where=str(_folder()),
            expected=" and ".join(f"{name}-….jar" for name in _ARCHIVES),
            hint=hint,
        )
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise SparkMissing(
            "there is no Java",
            where="JAVA_HOME, PATH",
            expected="Java 17 or 21",
            hint="apt install openjdk-17-jre-headless",
        )


@contextmanager
def session(workspace: Workspace) -> Iterator[SparkSession]:
    """A session at the master that the settings name; one at a time for a home."""
    check()
    from pyspark.sql import SparkSession

    master = workspace.settings.monitor_spark_master
    workspace.lake.create()
    with scratch.folder(workspace.home) as place:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        if master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        # mapInArrow asks for pandas and uses none of it
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        builder = SparkSession.builder.appName("unite")
        for name, value in _options(master, place).items():
            builder = builder.config(name, value)
        try:
            spark = builder.getOrCreate()
        except Exception as error:
            raise SparkFailed(
                f"no session ({type(error).__name__})",
                where=f"UNITE_MONITOR_SPARK_MASTER, {master}",
                expected="local[2], local[*], spark://host:7077 or k8s://…, and Java 17 or 21",
            ) from None
        try:
            spark.sparkContext.setLogLevel("OFF")  # its errors repeat what a worker said
            yield spark
        finally:
            spark.stop()


def _options(master: str, place: Path) -> dict[str, str]:
    options = {
        "spark.master": master,
        "spark.jars": ",".join(map(str, _archives())),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_ROWS),
        "spark.sql.files.maxPartitionBytes": str(_TASK_BYTES),
        "spark.sql.files.openCostInBytes": str(_FILE_BYTES),
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.sql.shuffle.partitions": "2",
        "spark.io.encryption.enabled": "true",
        "spark.eventLog.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
    }
    if master.startswith("local"):
        options |= {
            "spark.local.dir": str(place),
            "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={place}",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
        }
    return options


def _folder() -> Path:
    return Path(sys.prefix) / "delta"


def _archives() -> list[Path]:
    """Delta's archives, none where one of them is missing."""
    found = [sorted(_folder().glob(f"{name}-*.jar"))[-1:] for name in _ARCHIVES]
    return [path for one in found for path in one] if all(found) else []
