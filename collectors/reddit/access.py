"""How Reddit is asked: praw's read-only OAuth over our own client, listings as decoded JSON.

praw's models are left aside: one that lacks an attribute asks Reddit again behind our back.
praw neither waits nor repeats here; the client does both. What praw and prawcore raise
becomes our own tree in `_door`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from base.errors import UniteError
from collectors.collector import Access, setting, where_to_get
from collectors.errors import AccessRefused, Gone, WrongShape
from collectors.session import reason, session, told

PLATFORM = "reddit"
_OAUTH = "https://oauth.reddit.com"
_SITE = "https://www.reddit.com"
_CLOSED = (
    "403: the community is private, quarantined or closed to this app, choose another; "
    f"401: the key lost its right, {where_to_get(PLATFORM)}"
)
_NO_NAME = "no community of this name"
_NOWHERE = "the community was banned, or no community has this name: check the address"


class Api:
    """One read-only connection. Raises AccessRefused when the keys are missing or refused."""

    def __init__(self, access: Access, where: str) -> None:
        """where: the source and its city, for messages."""
        import praw  # 0.2 s to import, needed by this platform alone

        self._where = where
        oauth, site = (f"{access.service or own}".rstrip("/") for own in (_OAUTH, _SITE))
        self._host = urlsplit(oauth).hostname or ""
        asking = session(access.http)
        asking.hooks["response"].append(_look_over)
        with self._door(urlsplit(site).hostname or "", _keys()):
            self._reddit = praw.Reddit(
                "DEFAULT",  # what follows wins over any praw.ini and praw's own environment
                client_id=access.key(PLATFORM, "client_id"),
                client_secret=access.key(PLATFORM, "client_secret"),
                username=None,
                password=None,
                refresh_token=None,
                user_agent="UniteEurope",  # the client names itself
                oauth_url=f"{oauth}/",
                reddit_url=site,
                requestor_kwargs={"session": asking},
                ratelimit_seconds=0,
                check_for_updates=False,
                check_for_async=False,
            )
            self._reddit.auth.scopes()  # asks for the token: a refusal here is the key's

    def listing(self, path: str, params: Mapping[str, Any]) -> tuple[list[Any], str | None]:
        """What a listing holds, and after which full name it goes on, None at its end."""
        with self._door(self._host, _CLOSED):
            answer = self._reddit.request(method="GET", path=path, params=dict(params))
        data = answer.get("data") if isinstance(answer, dict) else None
        children = data.get("children") if isinstance(data, dict) else None
        if data is None or not isinstance(children, list):
            raise WrongShape("not a listing", where=self._where, expected="data.children")
        after = data.get("after")
        return children, after if isinstance(after, str) else None

    @contextmanager
    def _door(self, host: str, hint: str) -> Iterator[None]:
        """Errors of ours, with the source they are about. host: whom we ask."""
        from prawcore.exceptions import OAuthException, PrawcoreException

        try:
            with told(self._where, hint), _led_by(host):
                yield
        except Gone as error:
            error.where, error.hint = self._where, _NOWHERE
            raise
        except UniteError:
            raise
        except OAuthException as error:
            raise AccessRefused("refused the key", where=self._where, hint=_keys()) from error
        except (PrawcoreException, ValueError, KeyError, TypeError, AttributeError):
            # not `from error`: it may hold the answer
            raise WrongShape(
                "an answer that Reddit does not promise", where=self._where, expected="JSON"
            ) from None


@contextmanager
def _led_by(host: str) -> Iterator[None]:
    """An unknown name leads to the search for names, which may refuse us at another host."""
    try:
        yield
    except Exception as error:
        ours = reason(error)
        if isinstance(ours, (AccessRefused, Gone)) and ours.where not in (None, host):
            raise Gone(_NO_NAME) from error
        raise


def _keys() -> str:
    names = " and ".join(setting(PLATFORM, n) for n in ("client_id", "client_secret"))
    return f"check {names}: {where_to_get(PLATFORM)}"


def _look_over(response: Any, **_: Any) -> None:
    """Take away what would make prawcore sleep; see where redirects led. Raises Gone."""
    for name in [n for n in response.headers if n.lower().startswith("x-ratelimit-")]:
        del response.headers[name]  # the client has obeyed it
    if "/subreddits/" in urlsplit(response.url).path:
        raise Gone(_NO_NAME)
