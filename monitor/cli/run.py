"""Serve the pages and keep the clock, in one command."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from base.errors import BadInput
from monitor.cli import options, output
from monitor.cli.serve import serve
from monitor.jobs.clock import Clock
from monitor.jobs.running import let_try, refused
from monitor.workspace import Workspace


def COMMAND(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the pages; 0 takes a free one.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser, too.")] = False,
) -> None:
    """Serve the pages and keep the clock: collect, bring into the figures, retain, ask again,
    look for what is wrong, measure. Runs until it is stopped (Ctrl-C, SIGTERM).

    What is due, and how often, stands in the settings; `unite job list` shows what ran and what is
    next. After a sleep or a kill it goes on where it was. What waited for somebody is tried again
    at each start.
    """
    workspace = options.workspace()
    with _alone(workspace):
        for name, error in refused(workspace).items():
            output.say(f"unite: job {name}: {error}")
        let_try(workspace)
        clock = Clock(workspace)
        # the pages' server ends on both and then raises them again
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        clock.start()
        try:
            serve(
                workspace,
                workspace.settings.dashboard_port if port is None else port,
                is_opened=open_,
            )
        except KeyboardInterrupt:
            pass
        finally:
            output.say("unite: ending; what is in hand is finished or done again at the next start")
            clock.end()


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Two clocks of one home would do the same. Raises BadInput where one runs."""
    _ = workspace.database  # makes the home
    file = os.open(workspace.home / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise BadInput(
            "`unite run` runs in this home already",
            where=f"UNITE_HOME ({workspace.home})",
            hint="stop the other one, or open more pages with `unite serve --port 0`",
        ) from error
    else:
        yield
    finally:
        os.close(file)
