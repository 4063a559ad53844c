"""The faults of the client and of the server as ours (`store.elastic.faults` draws the tree)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from elastic_transport import (
    ApiError,
    ApiResponseMeta,
    ConnectionError,
    ConnectionTimeout,
    TransportError,
)
from elasticsearch.helpers import BulkIndexError

from base.errors import BadInput, UniteError
from store.elastic.faults import (
    KEY,
    NAME,
    PRIVILEGES,
    TIMEOUT,
    URL,
    Busy,
    KeyRefused,
    NotPermitted,
    NotWritable,
    Refused,
    Unavailable,
    Unreachable,
    WrongServer,
)
from store.index import IndexMissing


@contextmanager
def translated() -> Iterator[None]:
    """Every fault of the client and the server as one of ours, without the foreign traceback."""
    try:
        yield
    except ApiError as error:
        raise _of_answer(error) from None
    except TransportError as error:
        raise _of_connection(error) from None
    except BulkIndexError as error:  # it holds the rows: none of it may be printed
        raise Refused(f"{len(error.errors)} rows were refused") from None


def check_bulk(answer: Mapping[str, Any]) -> None:
    """Raises the fault of the first row that was refused, whatever its cause."""
    for item in answer["items"] if answer["errors"] else ():
        (told,) = item.values()
        if "error" in told:
            raise _of_status(told["status"], told["error"], None, None)


def of_item(status: int, error: Mapping[str, Any]) -> UniteError | None:
    """The fault of one row of a bulk: None where the row itself is wrong, to be quarantined.

    status: HTTP status of the row. error: what the server says of it.
    """
    if status in (401, 403, 429) or status >= 500 or error.get("type") in _NOT_OF_THE_ROW:
        return _of_status(status, error, None, None)
    return None


_NOT_OF_THE_ROW = {"cluster_block_exception", "index_not_found_exception",
                   "index_closed_exception"}  # fmt: skip


def check_product(answer: ApiResponseMeta, place: str) -> None:
    """Raises where not Elasticsearch answered but something before it, or in its place."""
    if answer.headers.get("x-elastic-product") == "Elasticsearch":
        return
    status = answer.status
    if status in (429, 502, 503, 504):  # a failed connection is tried again
        raise ConnectionError(f"HTTP {status}")
    if status in (401, 403):
        raise _of_status(status, {}, place, None)
    raise WrongServer(
        f"what answers there is not Elasticsearch (HTTP {status})", where=f"{URL} {place}",
        expected="the address of the Elasticsearch itself, with its port",
        hint=f"curl {place} shows what it is",
    )  # fmt: skip


def _of_answer(error: ApiError) -> UniteError:
    body = error.body.get("error") if isinstance(error.body, dict) else None
    told = body if isinstance(body, dict) else {}
    node = error.meta.node
    place = f"{node.scheme}://{node.host}:{node.port}{node.path_prefix}"
    return _of_status(error.meta.status, told, place, error.meta.headers.get("retry-after"))


def _of_status(
    status: int, told: Mapping[str, Any], place: str | None, retry_after: str | None
) -> UniteError:
    kind, reason = _first_cause(told)
    where = f"{URL} {place}" if place else URL
    if kind == "cluster_block_exception":
        return _of_block(reason, where)
    if kind == "media_type_header_exception":
        return _old_line(str((told.get("caused_by") or {}).get("reason")), where)
    if kind == "invalid_index_name_exception":
        return BadInput("Elasticsearch takes no index of this name", where=NAME,
                        expected="lower-case letters, digits, - and _")  # fmt: skip
    if kind == "validation_exception" and "shards open" in reason:
        return Refused(
            "the cluster holds as many shards as it allows", where=where,
            hint="raise cluster.max_shards_per_node, add a node, or keep posts for a shorter time",
        )  # fmt: skip
    if kind == "index_not_found_exception":
        return IndexMissing("the index is not there", where=where, hint="unite index")
    if kind == "search_context_missing_exception":
        return Unavailable("the answer's next page was asked for too late", where=where,
                           hint="ask again")  # fmt: skip
    if status == 401:
        is_missing = "missing authentication credentials" in reason
        return KeyRefused(
            "it demands a key and none is set" if is_missing else "it refused the key",
            where=f"{KEY}, at {place}" if place else KEY,
            expected="the `encoded` form of an API key of this cluster that has not expired",
            hint="make one as docs/elasticsearch.md shows",
        )
    if status == 403:
        return _of_privilege(reason, f"{KEY}, at {place}" if place else KEY)
    if status == 429:
        busy = Busy(f"it has too much to do ({kind or 'HTTP 429'})", where=where,
                    hint="the next catch-up goes on where this one stopped")  # fmt: skip
        if retry_after and retry_after.isdigit():
            busy.retry_after = float(retry_after)
        return busy
    if status >= 500:
        return Unavailable(
            f"it answers, but not whole ({kind or f'HTTP {status}'})", where=where,
            expected="a cluster that is green or yellow",
            hint="look at GET _cluster/health and _cluster/allocation/explain; "
            "the next catch-up goes on where this one stopped",
        )  # fmt: skip
    return Refused(f"it refused what was asked ({kind or 'no reason given'}, HTTP {status})",
                   where=where)  # fmt: skip


def _first_cause(told: Mapping[str, Any]) -> tuple[str, str]:
    """(type, reason) of an error; of one that only says that parts failed, of the first part."""
    causes = told.get("root_cause") or ()
    if told.get("type") == "search_phase_execution_exception" and causes:
        told = causes[0]
    return str(told.get("type") or ""), str(told.get("reason") or "")


def _of_block(reason: str, where: str) -> UniteError:
    # index [NAME] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, …]
    said = ", ".join(dict.fromkeys(re.findall(r"\[[A-Z_]+/\d+/([^\]]+)\]", reason)))
    if "state not recovered" in said or "no master" in said:
        return Unavailable(f"the cluster is not ready ({said})", where=where,
                           hint="it may be starting; try again")  # fmt: skip
    is_full = "flood-stage" in said
    return NotWritable(
        f"it takes no change now ({said or 'blocked'})", where=where,
        expected="an index that may be written to",
        hint="make room on the disks of the cluster; it then lifts the block itself" if is_full
        else "lift the block: PUT INDEX/_settings {\"index.blocks.write\": null, "
        "\"index.blocks.read_only\": null}",
    )  # fmt: skip


def _of_privilege(reason: str, where: str) -> UniteError:
    # action [ACTION] is unauthorized for API key id […], this action is granted by the index
    # privileges [A,B]
    action = re.search(r"action \[(\S+)\] is", reason)
    granted = re.search(r"granted by the (\w+ privileges \[[\w,-]+\])", reason)
    return NotPermitted(
        f"the key may not do this ({action[1] if action else 'HTTP 403'})", where=where,
        expected=granted[1].replace(",", ", ") if granted else None, hint=PRIVILEGES,
    )  # fmt: skip


def _old_line(reason: str, where: str) -> WrongServer:
    speaks = re.search(r"version (\d+)", reason)
    return WrongServer(
        f"it is an Elasticsearch of version {speaks[1]}" if speaks
        else "it is an Elasticsearch of another version",
        where=where, expected="Elasticsearch 9", hint="upgrade the cluster first",
    )  # fmt: skip


def _of_connection(error: TransportError) -> UniteError:
    """No whole answer came. The node put its address into the error's notes."""
    return unreachable(error, " ".join(dict.fromkeys(getattr(error, "__notes__", ()))))


def unreachable(error: BaseException, place: str) -> Unreachable:
    """No answer, or not a whole one, came from a place."""
    where = f"{URL} {place}".strip()
    causes = list(chain(error))
    if any(isinstance(c, ConnectionTimeout | TimeoutError) for c in causes):
        return Unreachable(
            "no answer came in time", where=where, expected=f"one within the seconds of {TIMEOUT}",
            hint="is it overloaded, or does a firewall swallow the question?",
        )  # fmt: skip
    said = " ".join(f"{type(c).__name__} {getattr(c, 'message', c)}" for c in causes)
    for sign, what, hint in _CONNECTION:
        if re.search(sign, said):
            return Unreachable(what, where=where, hint=hint)
    return Unreachable(f"the connection failed ({type(error).__name__})", where=where,
                       hint="is Elasticsearch running?")  # fmt: skip


def is_cut(error: BaseException) -> bool:
    """Whether the other side ended a connection that stood."""
    return any(re.search(_CUT, type(c).__name__) for c in chain(error))


_CUT = "RemoteDisconnected|ConnectionReset|ProtocolError|IncompleteRead|BrokenPipe|BadStatusLine"
# what the causes say → what it means, what to do
_CONNECTION = (
    (r"HTTP \d+", "a proxy on the way has no answer from it", "is Elasticsearch running?"),
    ("SerializationError", "its answer cannot be read", "does a proxy on the way change it?"),
    ("NameResolutionError|gaierror", "there is no host of this name", "correct the address"),
    ("[Cc]onnection refused", "nothing listens there",
     "is Elasticsearch running, and is the port right (9200)?"),
    ("No route|unreachable", "there is no way to this host", "is the network up?"),
    (_CUT, "the connection was cut off", "did it stop or restart? try again"),
)  # fmt: skip


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, what caused it, and what caused that."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
