"""What X says when it refuses, in words for the person who must act.

A refusal of the API v2 is a problem (RFC 9457) with `type`, `title` and sometimes `reason`; old
ones list `errors` with a `code`. They are read, never shown: a `detail` may repeat the query.
https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from base.errors import BadInput, UniteError
from collectors.collector import setting
from collectors.errors import AccessRefused, CollectError, Gone, WrongShape
from collectors.session import reason

_PAGE = "docs/sources.md#x; the other sources go on"
_CONSOLE = "the developer console of X (console.x.com)"

# sign in the problem → what it means, what to do; the first that is found counts
_REFUSALS = (
    (("usage-capped", "usagecapexceeded"),
     "the posts that the plan of the X app may read this month are used up",
     f"wait for the day that {_CONSOLE} names, raise the plan or narrow the searches"),
    (("creditsdepleted", "problems/credits"),
     "the X account has no credits left",
     f"buy credits or raise the spending limit in {_CONSOLE}"),
    (("suspended", "code:416.", "code:64."),
     "X has suspended the app or its account",
     f"read the notice and appeal in {_CONSOLE}; until then import exports with `unite import`"),
    (("client-forbidden", "client-not-enrolled", "code:453."),
     "the X app belongs to no project or plan that may ask this",
     f"put the app into a project with a paid plan in {_CONSOLE}, then renew its token"),
    (("unsupported-authentication",),
     "X wants another kind of token here",
     "use the bearer token of the app (app-only), not a key, secret or user token"),
)  # fmt: skip

# of a list or an account that the app may not read, or that is no more
_PARTIAL = (
    (("suspended",), Gone, "X has suspended the account"),
    (("not-authorized", "forbidden", "protected"), AccessRefused, "the account or list is private"),
    (("not-found", "resource-unavailable"), Gone, "there is no such account or list"),
)
_WORDS = ("detail", "message")
_PARAMETERS = ("query", "start_time", "end_time", "since_id", "until_id", "max_results",
               "next_token", "pagination_token", "id", "ids", "username")  # fmt: skip


@contextmanager
def told(where: str) -> Iterator[None]:
    """Our errors for what X or the library raises, each with what to do."""
    try:
        yield
    except Exception as error:
        ours = reason(error)
        if ours is None and isinstance(error, requests.JSONDecodeError):
            ours = WrongShape("the answer is not JSON", where=where)
        if ours is None:
            raise
        better = _better(ours, where)
        if better is error:
            raise
        raise better from error


def check_answer(answer: Any, where: str) -> Mapping[str, Any]:
    """The answer, if it is one: `data`, or `meta` that says there is none.

    Raises Gone and AccessRefused for an account or list that X names as the fault, WrongShape
    for anything else.
    """
    if not isinstance(answer, dict):
        raise WrongShape("X answered no object", where=where, expected="a JSON object")
    if "data" in answer or "meta" in answer:
        return answer
    signs = _signs(answer, *_WORDS)
    for found, kind, what in _PARTIAL:
        if any(f in signs for f in found):
            raise kind(what, where=where, hint="check the address of the source; " + _PAGE)
    raise WrongShape("X answered in an unknown shape", where=where, expected="'data' or 'meta'")


def _better(error: UniteError, where: str) -> UniteError:
    """The same refusal, told by what X says of it."""
    said = _read(error.said) if isinstance(error, CollectError) else {}
    # what X cannot use (400) it repeats: a search for the word "suspended" is no suspended app
    signs = _signs(said, *(() if isinstance(error, WrongShape) else _WORDS))
    for found, what, do in _REFUSALS:
        if any(f in signs for f in found):
            return AccessRefused(what, where=where, hint=f"{do}; {_PAGE}")
    if isinstance(error, WrongShape) and said:
        names = [n for n in _PARAMETERS if n in _named(said)]
        return BadInput(
            f"X cannot use the {' and the '.join(names) or 'request'} (400)",
            where=where,
            expected="a query in X's own language, within its length, of times it can search",
            hint=f"try the query in X's own search; {_PAGE}",
        )
    if isinstance(error, AccessRefused) and error.where != where:  # not told by us already
        if "(401)" in error.what:
            error.what = "X does not know the bearer token (401)"
        if error.expected is None:
            error.expected = f"a bearer token in {setting('x', 'bearer_token')}"
        error.where, error.hint = where, f"check the token, the plan and the address; {_PAGE}"
    elif isinstance(error, CollectError):
        error.where = where
    return error


def _read(said: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(said) if said else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _signs(said: Mapping[str, Any], *words: str) -> str:
    """Type, title, reason and codes of a problem and of those it lists, in lower case."""
    problems = [said, *_listed(said)]
    parts = [str(p[k]) for p in problems for k in ("type", "title", "reason", *words) if k in p]
    parts += [f"code:{p['code']}." for p in problems if "code" in p]
    return " ".join(parts).lower()


def _named(said: Mapping[str, Any]) -> set[str]:
    """The parameters that the listed errors name."""
    found = (error.get("parameters") for error in _listed(said))
    return {
        str(name) for parameters in found if isinstance(parameters, dict) for name in parameters
    }


def _listed(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = said.get("errors")
    return [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
