"""A server of Mastodon as a source names it, and the library's way to ask it.

Addresses are those of the server's own pages: `https://server/tags/<hashtag>`,
`https://server/public/local` and `https://server/@account` (an institution, a party, a medium:
never a person). The timelines of most servers are open; for the others the setting
`collectors_mastodon_token` holds `server token` pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from base.errors import BadInput, unknown
from collectors.collector import Access, Source, setting, where_to_get
from collectors.errors import WrongShape
from collectors.http.address import origin, read_address
from collectors.session import session, told

PLATFORM = "mastodon"
PAGE = 40  # the most statuses a server gives at a time

Status = dict[str, Any]
Ask = Callable[[Mapping[str, str]], list[Status]]

_TAG = re.compile(r"/tags/([\w·・\u200c-]+)/?")
_ACCOUNT = re.compile(r"/@([\w.-]+)/?")
_LOCAL = re.compile(r"/public/local/?")
_FORMS = ("https://server/tags/<hashtag>", "https://server/public/local", "https://server/@account")
_SCOPES = ("federated", "local")
_INDEXING = ("opt-out", "opt-in")


@dataclass(frozen=True)
class Place:
    """What a source's address and options name.

    server: host (and port). local: only posts written on the server. opt_in: only authors who
    have allowed search.
    """

    server: str
    base: str
    tag: str | None
    account: str | None
    local: bool
    opt_in: bool

    @property
    def is_late(self) -> bool:
        """Whether posts of other servers stand there, which may come hours after their date."""
        return not self.local


def read_place(source: Source, service: str | None = None) -> Place:
    """What a source names. `service`: where the API stands instead. Raises BadInput."""
    where = source.where
    address = read_address(source.address)
    path = unquote(address.path)
    tag, account = _TAG.fullmatch(path), _ACCOUNT.fullmatch(path)
    if not (tag or account or _LOCAL.fullmatch(path)):
        raise BadInput(
            "an address that is no hashtag, local timeline or account",
            where=where,
            expected=" or ".join(_FORMS),
        )
    if account and source.voice == "personal":
        raise BadInput(
            "an account is a source only where it speaks for an institution, a party or a medium",
            where=where,
            expected="voice institutional, political or media",
        )
    scope = _option(source, "scope", _SCOPES, where)
    return Place(
        server=address.netloc.decode("ascii"),
        base=service or origin(address),
        tag=tag[1] if tag else None,
        account=account[1] if account else None,
        local=tag is None or scope == "local",
        opt_in=_option(source, "indexing", _INDEXING, where) == "opt-in",
    )


def _option(source: Source, name: str, codes: tuple[str, ...], where: str) -> str:
    """A code among the source's options, the first where it says nothing."""
    found = source.options.get(name, codes[0])
    if found not in codes:
        raise unknown(name, found, codes, where=where)
    return found


def opened(place: Place, source: Source, access: Access, account_id: str | None) -> Timeline:
    """The server, ready to be asked for the statuses of a place.

    account_id: of a place that is an account, where it was looked up before.
    """
    where = source.where
    api = connect(place.base, access, token(access.keys.get("token", ""), place.server))
    if place.account and not account_id:
        found = asked(where, lambda: api.account_lookup(place.account))
        account_id = str(dict.get(found, "id") or "") if isinstance(found, dict) else ""
        if not account_id:
            raise WrongShape("the account has no id", where=where)

    def ask(span: Mapping[str, str]) -> list[Status]:
        def go() -> Any:
            if place.tag:
                return api.timeline_hashtag(place.tag, local=place.local, limit=PAGE, **span)
            if place.account:
                return api.account_statuses(account_id, exclude_reblogs=True, limit=PAGE, **span)
            return api.timeline_public(local=True, limit=PAGE, **span)

        found = asked(where, go)
        if not isinstance(found, list):
            raise WrongShape("no list of statuses", where=where)
        if found and not any(isinstance(s, dict) and dict.get(s, "id") for s in found):
            raise WrongShape("statuses without an id", where=where)
        return found

    return Timeline(ask, account_id)


@dataclass(frozen=True)
class Timeline:
    """ask: statuses newest first, of a span of ids (`min_id`, `max_id`). account_id: as found."""

    ask: Ask
    account_id: str | None


def connect(base: str, access: Access, key: str | None) -> Any:
    """The library's client: no waiting, no retries and no questions of its own."""
    from mastodon import Mastodon  # slow to import

    class Api(Mastodon):  # type: ignore[misc]  # the library's types are not read
        def timeline_is_available(self, *_: object, **__: object) -> bool:
            # It would ask for the server's whole description first, and at a server that has
            # none before every page. A closed timeline says so itself.
            return True

    return Api(
        api_base_url=base,
        access_token=key,
        session=session(access.http),
        ratelimit_method="throw",
        version_check_mode="none",
    )


def token(setting_value: str, server: str) -> str | None:
    """The token of a server among `server token` pairs. Raises BadInput that repeats none."""
    pairs = [pair.split() for pair in setting_value.split(",") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise BadInput(
            f"{setting(PLATFORM, 'token')} cannot be read",
            expected="`server token` pairs with commas between",
            hint=where_to_get(PLATFORM),
        )
    return {name.lower().removeprefix("https://"): key for name, key in pairs}.get(server.lower())


def asked(where: str, go: Callable[[], Any]) -> Any:
    """What the library answers. Raises CollectError for whatever the library raises."""
    from mastodon.errors import MastodonError

    try:
        with told(where, closed()):
            return go()
    except MastodonError:
        # not `from`: the library's message repeats the answer, words of posts with it
        raise WrongShape("an answer the library cannot read", where=where) from None


def closed() -> str:
    """What to do about a timeline or stream that a server does not show to everybody."""
    return f"a closed timeline needs {setting(PLATFORM, 'token')}; {where_to_get(PLATFORM)}"
