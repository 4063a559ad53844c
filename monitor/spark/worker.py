"""What every worker has once: the installation, opened as the driver's settings say.

Settings travel without secrets; keys are read from UNITE_HOME, never sent. Whether a worker's
lists are those of the driver is checked before it tags.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from monitor.retagging import retagger
from monitor.settings import Settings
from monitor.spark.errors import WorkerDiffers
from monitor.workspace import Workspace
from nlp.tagger import Tagger

# of the settings those that decide what becomes of a post; none of them is a secret
_SENT = (
    "home", "nlp_language_least", "nlp_cache", "nlp_batch", "taxonomy_reviewers",
    "taxonomy_lenient", "monitor_registry_lenient", "store_vault",
)  # fmt: skip


@dataclass(frozen=True)
class Installation:
    """What a worker must know to open the driver's installation. digest: of its tagger."""

    settings: Mapping[str, Any]
    digest: str

    @classmethod
    def of(cls, workspace: Workspace, digest: str) -> Installation:
        values = {name: getattr(workspace.settings, name) for name in _SENT}
        return cls({n: str(v) if isinstance(v, Path) else v for n, v in values.items()}, digest)

    def workspace(self) -> Workspace:
        """The installation, opened once in a process."""
        return _opened(tuple(self.settings.items()))

    def retagger(self) -> Tagger:
        """The tagger of scrubbed posts. Raises WorkerDiffers."""
        return self._checked(_retagger(self.workspace()))

    def tagger(self) -> Tagger:
        """The tagger of raw posts. Raises WorkerDiffers."""
        return self._checked(self.workspace().tagger)

    def _checked(self, tagger: Tagger) -> Tagger:
        if tagger.digest != self.digest:
            raise WorkerDiffers(
                f"a worker would tag as {tagger.digest}, this process as {self.digest}",
                where="word lists, cities, their changes under UNITE_HOME, or the program",
                expected="the same program and the same UNITE_HOME on every worker",
                hint="docs/spark.md",
            )
        return tagger


@cache
def _opened(settings: tuple[tuple[str, Any], ...]) -> Workspace:
    given = dict(settings)
    if not Path(given["home"]).is_dir():
        raise WorkerDiffers(
            "a worker does not see UNITE_HOME",
            where=given["home"],
            expected="one folder under the same name on every worker",
            hint="docs/spark.md",
        )
    pa.set_cpu_count(1)  # Spark gives a worker one core
    os.environ["UNITE_HOME"] = given["home"]  # there stands unite.toml
    return Workspace(Settings(**given))


@cache
def _retagger(workspace: Workspace) -> Tagger:
    return retagger(workspace)
