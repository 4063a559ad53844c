"""What can go wrong between us and Elasticsearch, told as who must act would want to hear it.

store.index.IndexFault
├── Unreachable       Transient   no such host, nothing listens, cut off, timed out
├── Busy              Transient   it has too much to do now; `retry_after` where it says so
├── Unavailable       Transient   it answers, but shards or the master are missing (red)
├── NotWritable       Transient   an index is read-only, as when a disk is full
│                                 (also store.index.IndexNotWritten: what stood goes on answering)
├── NotTrusted        Terminal    its certificate is not the one that the settings trust
├── KeyRefused        Terminal    it demands a key and has none from us, or a wrong one
├── NotPermitted      Terminal    the key lacks a privilege (docs/elasticsearch.md lists them)
├── WrongServer       Terminal    no Elasticsearch, one of an older line, or http for https
├── IndexNewer        Terminal    (store.index) written by a newer version of this program
└── Refused           Terminal    any other refusal: its kind, never its words

The words of a refusal may hold the text of a post: only those that cannot are passed on. A key is
never said, nor an address's user or password: `store.elastic.door` takes no address with one.
"""

from __future__ import annotations

from base.errors import Terminal, Transient
from store.index import IndexFault, IndexNotWritten

URL, KEY, CA, FINGERPRINT, NAME, TIMEOUT = (
    f"unite_store_elastic_{name}".upper()  # settings are named here, never read
    for name in ("url", "api_key", "ca", "fingerprint", "name", "timeout")
)
PRIVILEGES = "docs/elasticsearch.md lists the privileges that the key needs"


class Unreachable(IndexFault, Transient):
    """No answer came."""


class Busy(IndexFault, Transient):
    """It has too much to do."""


class Unavailable(IndexFault, Transient):
    """It answers, but a part of it does not."""


class NotWritable(IndexNotWritten):
    """It answers questions but takes no change."""


class NotTrusted(IndexFault, Terminal):
    """It is not shown to be the server that the settings name."""


class KeyRefused(IndexFault, Terminal):
    """It does not know who asks."""


class NotPermitted(IndexFault, Terminal):
    """It knows who asks and does not allow it."""


class WrongServer(IndexFault, Terminal):
    """What answers is not what this program can talk to."""


class Refused(IndexFault, Terminal):
    """It does not do what was asked, for a reason that is not ours to guess."""
