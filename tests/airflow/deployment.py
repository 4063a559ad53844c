"""A real Airflow on this machine: API server, scheduler and dag processor on PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import pytest
import sqlalchemy as sa
from servers import free_port
from town import BIN, Town

Found = TypeVar("Found")
COMPONENTS = ("api-server", "scheduler", "dag-processor")
PATIENCE = 240.0  # seconds that anything may take on the busiest machine


class Airflow:
    """A running Airflow, by its API and its database."""

    def __init__(self, address: str, database: str) -> None:
        self.engine = sa.create_engine(database)
        self._http = httpx.Client(base_url=address, trust_env=False, timeout=30)

    def sign_in(self) -> None:
        """Everybody is an administrator of this one."""
        token = self._http.get("/auth/token").raise_for_status().json()["access_token"]
        self._http.headers["authorization"] = f"Bearer {token}"

    def is_up(self) -> bool:
        """Whether all of it beats."""
        with contextlib.suppress(httpx.HTTPError):
            found = self._http.get("/api/v2/monitor/health").json()
            parts = ("metadatabase", "scheduler", "dag_processor")
            return all(found[part]["status"] == "healthy" for part in parts)
        return False

    def unpause(self, dag: str) -> None:
        """Let the scheduler run a DAG, once it was read."""
        found = until(f"{dag} is known", lambda: self._patched(dag))
        assert found.json()["is_paused"] is False

    def _patched(self, dag: str) -> httpx.Response | None:
        found = self._http.patch(f"/api/v2/dags/{dag}", json={"is_paused": False})
        return found if found.is_success else None

    def back_fill(self, dag: str, since: str, until: str) -> None:
        """`airflow backfill create`: the intervals that begin from `since` to `until`."""
        given = {"dag_id": dag, "from_date": since, "to_date": until, "max_active_runs": 3}
        found = self._http.post("/api/v2/backfills", json=given)
        assert found.is_success, found.text

    def tasks(self, dag: str, run_type: str) -> list[Mapping[str, Any]]:
        """The tasks of a DAG's runs of a type, oldest first: state, try_number, pid."""
        query = (
            "select t.state, t.try_number, t.pid from task_instance t join dag_run r "
            "on r.dag_id = t.dag_id and r.run_id = t.run_id "
            "where r.dag_id = :dag and r.run_type = :type order by r.run_after, r.logical_date"
        )
        given = {"dag": dag, "type": run_type}
        with self.engine.connect() as connection:
            return [dict(r._mapping) for r in connection.execute(sa.text(query), given)]

    def ended(self, dag: str, run_type: str, count: int = 1) -> list[Mapping[str, Any]]:
        """The same, once so many came to an end."""

        def look() -> list[Mapping[str, Any]] | None:
            found = self.tasks(dag, run_type)
            done = [t for t in found if t["state"] in ("success", "failed", "skipped")]
            return done if len(done) >= count else None

        return until(f"{count} {run_type} runs of {dag} end", look)

    def contents(self) -> bytes:
        """Every row of every table."""
        inspector = sa.inspect(self.engine)
        with self.engine.connect() as connection:
            rows = [
                repr(tuple(row))
                for table in inspector.get_table_names()
                for row in connection.execute(sa.text(f'select * from "{table}"'))
            ]
        return "\n".join(rows).encode()


def until(what: str, look: Callable[[], Found | None]) -> Found:
    """What is looked for, as soon as it is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    pytest.fail(f"not in {PATIENCE:.0f} s: {what}")


@contextmanager
def deployed(place: Town, database: str) -> Iterator[Airflow]:
    """The town's Airflow, its DAGs paused, its pools made."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    place.settings |= {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.replace("+psycopg:", "+psycopg2:"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__PARALLELISM": "3",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": "x" * 64,
        "AIRFLOW__API_AUTH__JWT_SECRET": "x" * 64,
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
    }
    place.run("airflow", "db", "migrate")
    with _started(place):
        found = Airflow(address, database)
        pools = place.airflow / "pools.json"
        pools.write_text(place.run("python", str(BIN.parents[1] / "dags" / "pools.py")))
        place.run("airflow", "pools", "import", str(pools))
        until("Airflow is up", found.is_up)
        found.sign_in()
        try:
            yield found
        finally:
            found.engine.dispose()


@contextmanager
def _started(place: Town) -> Iterator[None]:
    """The components, each with its children in a group of its own, which ends as a whole."""
    processes = []
    try:
        for component in COMPONENTS:
            log = (place.airflow / f"{component}.log").open("w")
            processes.append(subprocess.Popen(
                [BIN / "airflow", component], env=place.environment, cwd=place.airflow,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            ))  # fmt: skip
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
