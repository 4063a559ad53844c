"""Questions to Bluesky's API: the protocol's own client, whose every byte goes through ours.

Answers are taken as the client decodes them, not as its models: one post of a shape unknown to
them would fail the whole page, and they read 20,000 posts a second where the bare answer is
decoded at 140,000.
A session is opened once for an HTTP client and account (the network allows few a day), renewed
when it ran out, and never asks for a profile, as the client's own `login` does.
"""

from __future__ import annotations

import json
import re
from typing import Any
from weakref import WeakKeyDictionary

from atproto_client.client.raw import ClientRaw
from atproto_client.exceptions import ModelError
from atproto_client.models.com.atproto.server.create_session import Data as SessionData
from atproto_client.request import RequestBase, Response

from base.errors import BadInput
from collectors.collector import Access, setting, where_to_get
from collectors.errors import AccessRefused, CollectError, Gone, WrongShape
from collectors.http import Http

PLATFORM = "bluesky"
PUBLIC = "https://public.api.bsky.app"  # feeds and lists, nobody signed in
ENTRY = "https://bsky.social"  # searches, signed in

_RAN_OUT = frozenset({"ExpiredToken", "InvalidToken"})
# what the network's codes mean; its sentences are not repeated, they may name an account
_ENDED = frozenset(
    {
        "AccountTakedown", "AccountSuspended", "AccountDeactivated", "AccountDeleted",
        "RepoTakendown", "RepoSuspended", "RepoDeactivated", "RepoNotFound", "ActorNotFound",
        "NotFound", "UnknownFeed", "UnknownList", "ListNotFound", "HandleNotFound",
    }
)  # fmt: skip
_CLOSED = frozenset(
    {"BlockedActor", "BlockedByActor", "AuthFactorTokenRequired", "AuthRequired", "AuthMissing",
     "AuthenticationRequired", "InvalidCredentials", "Forbidden"}
)  # fmt: skip
_NOT_FOUND = re.compile(rb"not found|could not find|could not locate|unable to resolve", re.I)
_OURS = ("user-agent", "accept-encoding")
_KEYS = " and ".join(setting(PLATFORM, name) for name in ("handle", "password"))

_sessions: WeakKeyDictionary[Http, dict[tuple[str, str], dict[str, str]]] = WeakKeyDictionary()


class Through(RequestBase):  # type: ignore[misc]  # the library is not typed for us
    """The client's way to the network: ours."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._http = http

    def get(self, url: str, **given: Any) -> Response:
        answer = self._http.get(url, params=given.get("params"), headers=self._headers(given))
        return _response(answer)

    def post(self, url: str, **given: Any) -> Response:
        content = given.get("content") or b""
        content = content.encode() if isinstance(content, str) else content
        return _response(self._http.post(url, content=content, headers=self._headers(given)))

    def close(self) -> None:
        """The client is closed by whoever opened it."""

    def _headers(self, given: dict[str, Any]) -> dict[str, str]:
        found = self.get_headers(given.get("headers"))
        return {k: v for k, v in found.items() if k.lower() not in _OURS}


def _response(answer: Any) -> Response:
    return Response(True, answer.status, answer.json(), dict(answer.headers))


class Api:
    """The network as one collector asks it, signed in or not."""

    def __init__(self, access: Access, *, signed_in: bool) -> None:
        self._access = access
        self._base = access.service or (ENTRY if signed_in else PUBLIC)
        self._client = ClientRaw(self._base, Through(access.http))
        self._signed_in = signed_in

    def ask(self, method: str, params: Any) -> dict[str, Any]:
        """The answer to a query, decoded. Raises CollectError, BadInput."""
        try:
            if self._signed_in:
                self._use(self._session())
            try:
                found = self._client.invoke_query(method, params=params)
            except CollectError as error:
                if not self._signed_in or _code(error) not in _RAN_OUT:
                    raise
                self._forget_session()
                self._use(self._session())
                found = self._client.invoke_query(method, params=params)
        except CollectError as error:
            told = _told(error)
            if self._signed_in and isinstance(told, AccessRefused) and told.expected is None:
                told.expected = f"a handle and its app password in {_KEYS}"
            raise told from error
        if not isinstance(found.content, dict):
            raise WrongShape("the answer is no object", expected=f"what {method} promises")
        return found.content

    def _use(self, session: dict[str, str]) -> None:
        self._client.request.add_additional_header(
            "Authorization", f"Bearer {session['accessJwt']}"
        )

    def _session(self) -> dict[str, str]:
        open_sessions = _sessions.setdefault(self._access.http, {})
        handle = self._access.key(PLATFORM, "handle").strip().removeprefix("@")
        password = self._access.key(PLATFORM, "password")
        key = (self._base, handle)
        if key not in open_sessions:
            data = SessionData(identifier=handle, password=password)
            found = self._client.invoke_procedure(
                "com.atproto.server.createSession", data=data, input_encoding="application/json"
            ).content
            if not isinstance(found, dict) or not isinstance(found.get("accessJwt"), str):
                raise WrongShape("a session without a token", expected="accessJwt")
            open_sessions[key] = found
        return open_sessions[key]

    def _forget_session(self) -> None:
        _sessions.pop(self._access.http, None)
        self._client.request.set_additional_headers({})


def listed(answer: dict[str, Any], name: str) -> list[Any]:
    """The list of that name in an answer. Raises WrongShape."""
    found = answer.get(name)
    if not isinstance(found, list):
        raise WrongShape(f"an answer without {name!r}", expected=f"a list {name!r}")
    return found


def onward(answer: dict[str, Any]) -> str | None:
    """The cursor of the next answer, None at the end."""
    found = answer.get("cursor")
    return found if isinstance(found, str) and found else None


def checked(model: Any, **given: Any) -> Any:
    """Parameters as the protocol's own lexicon takes them. Raises BadInput."""
    try:
        return model(**given)
    except (ModelError, ValueError) as error:
        # not `from error`: it repeats what was given
        raise BadInput("the source cannot be asked for as it is written") from error


def _code(error: CollectError) -> str:
    try:
        found = json.loads(error.said or b"{}")
    except (ValueError, RecursionError):
        return ""
    code = found.get("error") if isinstance(found, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{1,40}", code) else ""


def _told(error: CollectError) -> CollectError:
    """The error that the network's own code means, where it says more than the status."""
    code = _code(error)
    if code in _ENDED or (code == "InvalidRequest" and _NOT_FOUND.search(error.said)):
        return Gone(
            f"nothing to read is there any more ({code})",
            where=error.where,
            hint="look whether the account, feed or list still stands; else take the source out",
        )
    if code in _CLOSED:
        return AccessRefused(f"refused ({code})", where=error.where, hint=where_to_get(PLATFORM))
    if code and isinstance(error, WrongShape):
        return WrongShape(f"the question was not understood ({code})", where=error.where)
    return error
