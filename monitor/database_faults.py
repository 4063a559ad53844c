"""What can go wrong with the application database, each told in a sentence of its own.

DatabaseFault
├── DatabaseRefused   BadInput    address, account or right: somebody must change something
│   ├── DatabaseOlder             made by an older version: `unite upgrade`
│   └── DatabaseNewer             made by a newer version of this program
└── DatabaseAway      Transient   not there at the moment, or others were faster every time

What PostgreSQL says while it lets nobody in has no code, only words; what it says later has one
(https://www.postgresql.org/docs/current/errcodes-appendix.html). Words of a statement that failed
are never passed on: they may hold what was to be written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from base.errors import BadInput, Transient, UniteError

WHERE = "UNITE_DATABASE_URL"
_FILE = "unite.db in UNITE_HOME"
# the transaction is undone as a whole: the same again may pass
_AGAIN = {"40001", "40P01"}


class DatabaseFault(UniteError):
    """Anything wrong with the application database."""


class DatabaseRefused(DatabaseFault, BadInput):
    """Goes on failing until somebody changes something."""


class DatabaseOlder(DatabaseRefused):
    """Made by an older version."""


class DatabaseNewer(DatabaseRefused):
    """Made by a newer version."""


class DatabaseAway(DatabaseFault, Transient):
    """May pass by itself."""


@dataclass(frozen=True)
class _Told:
    """A sentence with {host}, {port}, {user}, {name} of the address; what to do."""

    what: str
    hint: str
    kind: type[DatabaseFault] = DatabaseRefused


_STARTING = _Told("PostgreSQL at {host}:{port} is starting up or shutting down",
                  "try again in a moment", DatabaseAway)  # fmt: skip
_LOST = _Told("the connection to PostgreSQL at {host}:{port} was lost",
              "try again; what was not finished was not written", DatabaseAway)  # fmt: skip
_FULL = _Told("the disk of the application database is full", "make room, then run it again",
              DatabaseAway)  # fmt: skip

_CONTRADICTS = _Told("a row contradicts what is in the database", "please report this line")

_AT_THE_DOOR = (
    (r"resolve host|translate host name|Name or service",
     _Told("the host {host!r} is not known", "check the name between @ and : in the address")),
    (r"Connection refused",
     _Told("nothing listens at {host}:{port}",
           "check host and port; is PostgreSQL running and listening there?", DatabaseAway)),
    (r"timeout|timed out|No route|unreachable",
     _Told("{host}:{port} does not answer",
           "check host, port and firewall (connect_timeout=SECONDS in the address waits longer)",
           DatabaseAway)),
    (r"invalid response|expected authentication|SSL negotiation",
     _Told("what listens at {host}:{port} is no PostgreSQL", "check the port")),
    (r"certificate|SSL|TLS",
     _Told("PostgreSQL at {host}:{port} and this program agree on no encryption",
           "check sslmode and sslrootcert in the address")),
    (r"no pg_hba\.conf entry|pg_hba\.conf rejects",
     _Told("PostgreSQL at {host}:{port} lets {user!r} into {name!r} from this machine by no rule",
           "add a line to its pg_hba.conf")),
    (r"password authentication failed|no password supplied|authentication failed",
     _Told("PostgreSQL refused the password of {user!r}", "check the password in the address")),
    (r'role ".*" does not exist',
     _Told("PostgreSQL knows no role {user!r}", "create role … login password '…'")),
    (r'role ".*" is not permitted to log in',
     _Told("the role {user!r} may not log in", "alter role … login")),
    (r'database ".*" does not exist',
     _Told("PostgreSQL has no database {name!r}", "create database … owner …")),
    (r"too many (clients|connections)|remaining connection slots",
     _Told("PostgreSQL at {host}:{port} has no connection left",
           "raise max_connections, or run fewer processes", DatabaseAway)),
    (r"starting up|shutting down|recovery", _STARTING),
    (r"closed the connection|connection (is|was) (closed|lost)|terminating connection", _LOST),
)  # fmt: skip

_BY_CODE = {
    "25006": _Told("the database {name!r} at {host}:{port} only reads",
                   "name the primary, not a standby, in the address"),
    "42501": _Told("the role {user!r} lacks a right in the database {name!r}",
                   "make it the owner of the database: alter database … owner to …"),
    "53100": _FULL,
    "57P03": _STARTING,
    "42P01": _Told("a table of the application database is missing", "restore it from a backup"),
    "22P05": _Told("the database {name!r} cannot hold every letter",
                   "create it again with encoding 'UTF8'"),
    "SQLITE_BUSY": _Told("another process holds the application database", "try again",
                         DatabaseAway),
    "SQLITE_FULL": _FULL,
    "SQLITE_CANTOPEN": _Told("the application database cannot be opened",
                             "check that its folder is there and this user's to write"),
    "SQLITE_CONSTRAINT": _CONTRADICTS,
    "SQLITE_READONLY": _Told("the application database only reads",
                             "check that the file and its folder are this user's to write"),
}  # fmt: skip
_CLASSES = {"08": _LOST, "23": _CONTRADICTS, "57": _LOST}
_CONFLICT = _Told("other processes were faster every time", "run it again", DatabaseAway)


def may_pass_again(error: sa.exc.DBAPIError) -> bool:
    """Whether the transaction lost against another and was undone as a whole."""
    return _code(error) in _AGAIN


def translated(error: sa.exc.DBAPIError, url: sa.URL) -> DatabaseFault:
    """What is said of a driver's error."""
    told = _told(error)
    where = WHERE if url.get_backend_name() != "sqlite" else f"{WHERE}, or {_FILE}"
    if told is None:
        return DatabaseRefused(
            f"the database cannot be used ({type(error.orig).__name__} {_code(error)})".rstrip(),
            where=where,
            hint="restore it from a backup",
        )
    words = {"host": url.host or "this machine", "port": url.port or 5432,
             "user": url.username or "of this user", "name": url.database or ""}  # fmt: skip
    return told.kind(told.what.format(**words), where=where, hint=told.hint)


def _told(error: sa.exc.DBAPIError) -> _Told | None:
    code = _code(error)
    if code in _AGAIN:
        return _CONFLICT
    # SQLITE_READONLY_DIRECTORY is a kind of SQLITE_READONLY
    found = _BY_CODE.get(code) or _BY_CODE.get("_".join(code.split("_")[:2]))
    if found or code:
        return found or _CLASSES.get(code[:2])
    said = str(error.orig)
    for pattern, told in _AT_THE_DOOR:
        if re.search(pattern, said):
            return told
    return _LOST if error.connection_invalidated else None


def _code(error: sa.exc.DBAPIError) -> str:
    """SQLSTATE, or SQLite's name of the error; empty where there is none."""
    found = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return found or ""
