"""Prints the pools for `airflow pools import`: `python dags/pools.py > pools.json`."""

from __future__ import annotations

import json

from monitor.pools import as_airflow, pools
from monitor.settings import load
from monitor.workspace import Workspace

if __name__ == "__main__":
    workspace = Workspace(load())
    found = pools(workspace.registry.platforms, workspace.settings.collectors_interval)
    print(json.dumps(as_airflow(found), indent=2))
