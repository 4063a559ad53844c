"""The tables of the application database: their columns, and what each is for.

A change here comes with a revision in `monitor/migrations`. None holds a post.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

CURSORS = sa.Table(
    "cursors",
    METADATA,
    sa.Column("home", sa.String(64), primary_key=True, comment="registry city of the source"),
    sa.Column("source", sa.String(128), primary_key=True, comment="code of the source"),
    sa.Column("state", sa.Text, nullable=False, comment="JSON in the platform's own terms"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was committed"),
    sa.Column("begun", sa.DateTime(timezone=True), comment="first moment of an unfinished look"),
    sa.Column("reached", sa.DateTime(timezone=True), comment="how far that look was merged"),
)
QUARANTINE = sa.Table(
    "quarantine",
    METADATA,
    sa.Column("home", sa.String(64), primary_key=True, comment="registry city of the source"),
    sa.Column("source", sa.String(128), primary_key=True, comment="code of the source"),
    sa.Column("window", sa.String(64), primary_key=True, comment="first moment of the window"),
    sa.Column("position", sa.BigInteger, primary_key=True, comment="where the item stood"),
    sa.Column("field", sa.String(64), nullable=False, comment="the field that could not be read"),
    sa.Column("reason", sa.String(256), nullable=False, comment="why; never the content"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
)
ACCESS_LOG = sa.Table(
    "access_log",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True, comment="running"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
    sa.Column("who", sa.String(128), nullable=False, comment="account, or local"),
    sa.Column("action", sa.String(64), nullable=False, comment="query, export, forget, open …"),
    sa.Column("purpose", sa.String(128), nullable=True, comment="purpose sheet that allowed it"),
    sa.Column("view", sa.Text, nullable=False, comment="what was asked, as JSON"),
    sa.Column("rows", sa.BigInteger, nullable=False, comment="how many rows were given"),
)
RECHECKS = sa.Table(
    "rechecks",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True, comment="id of the post; never its address"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was last asked"),
    sa.Column("stood", sa.DateTime(timezone=True), nullable=True,
              comment="when it was last told to be still public"),
)  # fmt: skip
SOURCE_CHECKS = sa.Table(
    "source_checks",
    METADATA,
    sa.Column("home", sa.String(64), primary_key=True, comment="registry city of the source"),
    sa.Column("source", sa.String(128), primary_key=True, comment="code of the source"),
    sa.Column("address", sa.String(64), nullable=False, comment="digest of the address tried"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was tried"),
    sa.Column("is_reached", sa.Boolean, nullable=False, comment="whether it gave items"),
    sa.Column("says", sa.String(512), nullable=False, comment="what was seen, or what went wrong"),
)
QUOTAS = sa.Table(
    "quotas",
    METADATA,
    sa.Column("platform", sa.String(64), primary_key=True, comment="platform that was asked"),
    sa.Column("host", sa.String(253), primary_key=True, comment="whose answers said so"),
    sa.Column("left", sa.Float, nullable=False, comment="questions or units that are left"),
    sa.Column("limit", sa.Float, comment="of how many; null where the host does not say"),
    sa.Column("resets_at", sa.DateTime(timezone=True), comment="when they are counted anew"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was said"),
)

SOURCE_FAILURES = sa.Table(
    "source_failures",
    METADATA,
    sa.Column("home", sa.String(64), primary_key=True, comment="registry city of the source"),
    sa.Column("source", sa.String(128), primary_key=True, comment="code of the source"),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="first failed look"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="last failed look"),
    sa.Column("times", sa.Integer, nullable=False, comment="looks that failed in a row"),
    sa.Column("kind", sa.String(64), nullable=False, comment="the error's name"),
    sa.Column("is_terminal", sa.Boolean, nullable=False, comment="whether somebody must mend it"),
    sa.Column("says", sa.String(512), nullable=False, comment="a sentence; no text of a post"),
)
ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True, comment="running"),
    sa.Column("home", sa.String(64), nullable=False, comment="registry city of the source"),
    sa.Column("source", sa.String(128), nullable=False, comment="code of the source"),
    sa.Column("what", sa.String(32), nullable=False, comment="what kind of event"),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="when it began"),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="last found so"),
    sa.Column("says", sa.String(512), nullable=False, comment="what is wrong, a sentence"),
    sa.Column("acknowledged_by", sa.String(128), nullable=True, comment="account, or local"),
    sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True, comment="when"),
    sa.Column("is_true", sa.Boolean, nullable=False, comment="known: the source itself was silent"),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="when it recovered"),
    # one open alert for each event, also where two processes look at once
    sa.Index("open_alerts", "home", "source", "what", unique=True,
             sqlite_where=sa.text("ended_at is null"),
             postgresql_where=sa.text("ended_at is null")),
)  # fmt: skip
WATCH_LISTS = sa.Table(
    "watch_lists",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True, comment="running"),
    sa.Column("name", sa.String(64), nullable=False, comment="what its makers call it"),
    sa.Column("purpose", sa.String(128), nullable=False, comment="purpose sheet; ends with it"),
    sa.Column("view", sa.Text, nullable=False, comment="the saved Query, as JSON"),
    sa.Column("least", sa.Integer, nullable=False, comment="posts that raise an alert"),
    sa.Column("days", sa.Integer, nullable=False, comment="within so many days of collection"),
    sa.Column("who", sa.String(128), nullable=False, comment="account, or local"),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="when it was made"),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="when it was ended"),
    sa.Index("open_watch_lists", "name", unique=True,
             sqlite_where=sa.text("ended_at is null"),
             postgresql_where=sa.text("ended_at is null")),
)  # fmt: skip
WATCH_ALERTS = sa.Table(
    "watch_alerts",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True, comment="running"),
    sa.Column("list", sa.Integer, nullable=False, comment="number of the watch list"),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="its first post came"),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="its last post came"),
    sa.Column("acknowledged_by", sa.String(128), nullable=True, comment="account, or local"),
    sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True, comment="when"),
    # one open alert a list, also where two processes bring posts in at once
    sa.Index("open_watch_alerts", "list", unique=True,
             sqlite_where=sa.text("acknowledged_at is null"),
             postgresql_where=sa.text("acknowledged_at is null")),
)  # fmt: skip
WATCH_HITS = sa.Table(
    "watch_hits",
    METADATA,
    sa.Column("list", sa.Integer, primary_key=True, comment="number of the watch list"),
    sa.Column("id", sa.String(32), primary_key=True, comment="id of the post, never its address"),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it came in"),
    sa.Column("alert", sa.Integer, nullable=True, comment="number of the alert it belongs to"),
)

JOBS = sa.Table(
    "jobs",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True, comment="kind of the job"),
    sa.Column("part", sa.String(64), primary_key=True, comment="part of it, a city; or -"),
    sa.Column("covered", sa.DateTime(timezone=True), comment="up to when it is done"),
    sa.Column("not_before", sa.DateTime(timezone=True), comment="not tried again before"),
    sa.Column("tries", sa.Integer, nullable=False, comment="runs in a row that did not end well"),
    sa.Column("is_waiting", sa.Boolean, nullable=False, comment="somebody must mend something"),
    sa.Column("is_paused", sa.Boolean, nullable=False, comment="somebody paused it"),
    sa.Column("run", sa.Integer, comment="number of its last run"),
)
RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True, comment="running"),
    sa.Column("name", sa.String(32), nullable=False, comment="kind of the job"),
    sa.Column("part", sa.String(64), nullable=False, comment="part of it, a city; or -"),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="window it stands for"),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="end of that window"),
    sa.Column("who", sa.String(16), nullable=False, comment="clock, airflow or person"),
    sa.Column("began", sa.DateTime(timezone=True), nullable=False, comment="when it began"),
    sa.Column("ended", sa.DateTime(timezone=True), comment="when it ended; null: killed, or runs"),
    sa.Column("counts", sa.Text, comment="what it did, counts by name as JSON"),
    sa.Column("error", sa.String(64), comment="the error's name"),
    sa.Column("says", sa.String(512), comment="the error's sentence; no text of a post"),
    sa.Index("runs_of_a_job", "name", "part", "number"),
)
