"""The only way to a callback: who asks, may they, was it answered before, and who waits.

A callback is a plain function from its inputs to what is drawn. It runs in a bounded pool of
threads, so that the event loop stays free; the role of the session is looked up in the table of
`dashboard.roles` before anything else happens; answers are kept by what was asked, the index'
generation, the role and the tier; an error becomes the error face, never a traceback.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from dash import Dash
from dash.exceptions import PreventUpdate

from base import log
from base.errors import UniteError
from base.foreign_log import origin
from dashboard import roles

TIER = "counts"
KEPT = 512
MARK = "__unite_action__"


class Callbacks:
    """Registers callbacks with one application.

    generation: of the index that answers now; asked before each answer. role: of the session
    whose request is being answered. on_error: the face of an error.
    """

    def __init__(
        self,
        app: Dash,
        *,
        threads: int,
        generation: Callable[[], str],
        role: Callable[[], str | None],
        on_error: Callable[[UniteError], Any],
    ) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._generation = generation
        self._role = role
        self._on_error = on_error
        self._kept = _Kept(KEPT)

    def add(
        self,
        action: str | Callable[..., str],
        answer: Callable[..., Any],
        output: Any,
        inputs: Sequence[Any],
        state: Sequence[Any] = (),
        *,
        keep: bool = False,
        first: bool = True,
        on_error: Callable[[UniteError], Any] | None = None,
        running: Sequence[Any] = (),
    ) -> None:
        """Let `answer` be called for `inputs` and `state`, by roles that may do `action`.

        action: its name, or what names it from the inputs, where some ask for more than others.
        keep: answers depend on nothing but inputs, generation and tier. first: also called when
        its inputs appear. on_error: what an error becomes, where the output is not a face.
        running: (output, while it is asked, after that): what somebody sees who has to wait.
        """

        async def called(*given: Any) -> Any:
            wanted = ""
            try:
                wanted = action if isinstance(action, str) else action(*given)
                role = self._role()
                roles.require(role, wanted)
                asked = partial(self._answer, wanted, role, answer, given, keep)
                return await asyncio.get_running_loop().run_in_executor(
                    self._pool, copy_context().run, asked
                )
            except PreventUpdate:
                raise
            except UniteError as error:
                return (on_error or self._on_error)(error)
            except Exception as error:
                # its message may hold a text: kind alone is logged, and nothing is shown
                told = origin(error)
                log.event("dashboard", "callback_failed", level="error", action=wanted,
                          kind=told.kind, places=told.places)  # fmt: skip
                shown = UniteError(
                    "an error in the program", hint="please report what you had asked for"
                )
                return (on_error or self._on_error)(shown)

        setattr(called, MARK, action)
        wait = {"running": list(running)} if running else {}
        self._app.callback(
            output, list(inputs), list(state), prevent_initial_call=not first, **wait
        )(called)

    def _answer(
        self, action: str, role: str | None, answer: Callable[..., Any], given: Any, keep: bool
    ) -> Any:
        if not keep:
            return answer(*given)
        asked = json.dumps(given, sort_keys=True, default=str)
        key = (action, answer.__qualname__, role, TIER, asked, self._generation())
        found = self._kept.get(key)
        if found is None:
            found = answer(*given)
            self._kept.put(key, found)
        return found

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Kept:
    """The answers last asked for."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> Any:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Any, value: Any) -> None:
        with self._lock:
            self._found[key] = value
            while len(self._found) > self._most:
                self._found.popitem(last=False)
