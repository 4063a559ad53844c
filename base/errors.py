"""The errors that a person reads: what went wrong, where, what was expected, what to do.

UniteError
├── Transient      mix-in: the same call may succeed later (network, lock, rate)
├── Terminal       mix-in: the same call fails again until somebody changes something
├── BadInput       a file, an argument or a value that cannot be used
├── NotAllowed     purpose, role or tier does not cover what was asked
└── Conflict       Transient   another writer was faster; read again and repeat

Each room's own tree derives from these and is drawn in its own module.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class UniteError(Exception):
    """One problem, told in parts so that every surface can lay it out itself.

    what: one sentence, no full stop needed. where: file:line, setting or source.
    expected: what would have been right. available: the names that exist.
    hint: what to do next, as a command where there is one.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        available: Iterable[str] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.available = tuple(available)
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.what if self.where is None else f"{self.where}: {self.what}"]
        if self.expected:
            lines.append(f"  expected   {self.expected}")
        if self.available:
            shown = ", ".join(self.available[:40])
            more = f" … and {len(self.available) - 40} more" if len(self.available) > 40 else ""
            lines.append(f"  available  {shown}{more}")
        if self.hint:
            lines.append(f"  do         {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only parts must survive a process pool
        return _rebuild, (type(self), self.__dict__.copy())


def _rebuild(kind: type[UniteError], state: dict[str, object]) -> UniteError:
    error = kind.__new__(kind)
    Exception.__init__(error, state["what"])
    error.__dict__.update(state)
    return error


class Transient:
    """Mix-in: try again; `retry_after` seconds when the other side said so."""

    retry_after: float | None = None


class Terminal:
    """Mix-in: do not try again before somebody changed something."""


class BadInput(UniteError, Terminal):
    """A file, argument or value that cannot be used as it is."""


class NotAllowed(UniteError, Terminal):
    """The purpose, role or tier at hand does not cover what was asked."""


class Conflict(UniteError, Transient):
    """Another writer changed the same thing first."""


def unknown(
    kind: str, code: str, available: Iterable[str], *, where: str | None = None
) -> BadInput:
    """The error for a code that no list holds; suggests the closest name."""
    names = sorted(available)
    close = get_close_matches(code, names, n=1)
    return BadInput(
        f"unknown {kind} {code!r}",
        where=where,
        expected=f"one of the {kind} codes",
        available=names,
        hint=f"did you mean {close[0]!r}?" if close else None,
    )
