"""The question: one Query for pages, API, commands, alerts, reports and both indexes.

Semantics, the one table (every index and the oracle of the tests obey it):

| field        | matches a post when                                                     |
| ------------ | ----------------------------------------------------------------------- |
| cities       | `city` is one of them; `at` or `eu`: sources of theirs that name no city |
| countries    | `city` is a city that lies in one of them, by the registry              |
| places       | one of `places` is one of them; `wien` also matches `wien/favoriten`    |
| areas, groups, rights | one of the post's codes is one of them                         |
| languages, platforms, sources, voices, kinds, tone, speech | the value is one of them  |
| since, until | `day` is in [since, until), the home city's calendar                    |
| text         | every word, "phrase" and trailing `wor*` stands in the words of `text`  |
| terms        | at least one of them does, each one word, one phrase (quoted or not) or `wor*` |
| hate         | `yes`, `no` for the flag, or a kind that was flagged                    |
| experience   | the value is the one asked for                                          |
| relevant     | the value is the one asked for; default True; None for either           |
| fold_stories | changes the unit: distinct stories are counted, not posts               |

- An empty field asks nothing. Values within a field are OR, fields are AND.
- A null in a post matches no value, `no` and False among them.
- A code that no list holds is an error, not an empty answer.
- `text` and `terms` match whole words as `base.text.words` makes them; no diacritics, no case.
- A row counts only when `stories.counted` says so; a post counts once in each of its areas.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from base.errors import BadInput, unknown
from base.text import words
from base.time import parse_day
from store.schema import HATE_KINDS, KINDS, SPEECHES, TONES, VOICES

HATE_VALUES = ("yes", "no", *HATE_KINDS)
_CLOSED: Mapping[str, Sequence[str]] = {
    "voices": VOICES,
    "kinds": KINDS,
    "tone": TONES,
    "speech": SPEECHES,
    "hate": HATE_VALUES,
}

# field → its name in an address, in JSON and (as --name) on the command line
NAMES: Mapping[str, str] = {
    "cities": "city",
    "places": "place",
    "countries": "country",
    "areas": "area",
    "languages": "language",
    "platforms": "platform",
    "sources": "source",
    "voices": "voice",
    "kinds": "kind",
    "since": "since",
    "until": "until",
    "text": "text",
    "terms": "term",
    "groups": "group",
    "rights": "right",
    "hate": "hate",
    "tone": "tone",
    "speech": "speech",
    "experience": "experience",
    "relevant": "relevant",
    "fold_stories": "fold-stories",
}

# Columns of the Post that no field asks for, and why.
UNASKED: Mapping[str, str] = {
    "id": "a post is opened by its id, not searched",
    "home": "where a post was found is coverage, shown as source_city; what it is about is city",
    "created": "periods are whole days in the city's calendar: since, until",
    "collected": "bookkeeping of retention; no question about the city",
    "month": "a partition; periods are since, until",
    "author": "no author search anywhere (DESIGN §5)",
    "fold": "a replicate for intervals; never shown",
    "thread": "opened from a post, not searched",
    "engagement": "not a filter: it would rank by loudness",
    "media": "described, not searched",
    "redactions": "a search for redacted types would look for persons",
    "lang_score": "the threshold is the tagger's",
    "signature": "used by stories",
    "matches": "evidence; asked by areas, groups, terms",
    "protected": "a safeguard, never a filter to find such posts",
    "terms_class": "decides exports, not questions",
    "tagger": "mixed versions are marked, not filtered",
}
# The Post column that a field reads, where their names differ; None changes the unit only.
_COLUMN_OF: Mapping[str, str | None] = {
    "cities": "city",
    "countries": "city",
    "languages": "lang",
    "platforms": "platform",
    "sources": "source",
    "voices": "voice",
    "kinds": "kind",
    "since": "day",
    "until": "day",
    "terms": "text",
    "fold_stories": None,
}


def column_of(name: str) -> str | None:
    """The Post column a Query field reads; None for a field that changes the unit."""
    return _COLUMN_OF.get(name, name)


@dataclass(frozen=True)
class Query:
    """A question about posts; the module's table says what each field means."""

    cities: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    text: str = ""
    terms: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    hate: tuple[str, ...] = ()
    tone: tuple[str, ...] = ()
    speech: tuple[str, ...] = ()
    experience: bool | None = None
    relevant: bool | None = True
    fold_stories: bool = False

    def __post_init__(self) -> None:
        for name in _TUPLES:
            values = getattr(self, name)
            if isinstance(values, str):
                raise BadInput(f"{name} takes several values", expected="a tuple of codes")
            # the order of choices is kept (city colours go by it), repeats are not
            object.__setattr__(self, name, tuple(dict.fromkeys(values)))
        for name, allowed in _CLOSED.items():
            for value in getattr(self, name):
                if value not in allowed:
                    raise unknown(NAMES[name], value, allowed)
        if self.since and self.until and self.since >= self.until:
            raise BadInput(
                f"the period {self.since} to {self.until} is empty",
                expected="since before until; until is the first day not asked for",
            )
        for given in (self.text, *self.terms) if self.text else self.terms:
            if not words(given):
                raise BadInput(f"{given!r} holds no word", expected="a word, a phrase or wor*")

    def check(self, known: Mapping[str, Iterable[str]]) -> Query:
        """Itself, if every code is in the open lists `known` (field → codes); else BadInput."""
        for name, codes in known.items():
            available = frozenset(codes)
            for value in getattr(self, name):
                if value not in available:
                    raise unknown(NAMES[name], value, available)
        return self

    def replace(self, **changes: Any) -> Query:
        """The same question with some fields changed."""
        return dataclasses.replace(self, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        """(name, value) for each value that is asked for: the address form, in field order."""
        found: list[tuple[str, str]] = []
        for name in NAMES:
            value = getattr(self, name)
            if value == _DEFAULTS[name]:
                continue
            values = value if isinstance(value, tuple) else (value,)
            found.extend((NAMES[name], _write(v)) for v in values)
        return found

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Query:
        """The Query of (name, value) pairs. Raises BadInput for an unknown name or value."""
        given: dict[str, Any] = {}
        for name, value in pairs:
            if name not in _FIELD_OF:
                raise unknown("filter", name, _FIELD_OF)
            target = _FIELD_OF[name]
            if target in _TUPLES:
                given[target] = (*given.get(target, ()), value)
            elif target in given:
                raise BadInput(f"{name} is given twice", expected="one value")
            else:
                given[target] = _READ[target](value)
        return cls(**given)

    def to_url(self) -> str:
        """The query string of an address, without `?`."""
        return urlencode(self.pairs())

    @classmethod
    def from_url(cls, text: str) -> Query:
        """The Query of a query string."""
        return cls.from_pairs(parse_qsl(text.lstrip("?"), keep_blank_values=True))

    def to_json(self) -> dict[str, Any]:
        """A JSON object that leaves out what is not asked."""
        found: dict[str, Any] = {}
        for name in NAMES:
            value = getattr(self, name)
            if value != _DEFAULTS[name]:
                found[NAMES[name]] = (
                    list(value) if isinstance(value, tuple)
                    else value.isoformat() if isinstance(value, date)
                    else value
                )  # fmt: skip
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Query:
        """The Query of a JSON object. Raises BadInput for an unknown name or value."""
        if not isinstance(given, Mapping):
            raise BadInput("no JSON object", expected="filters by name")
        pairs: list[tuple[str, str]] = []
        for name, value in given.items():
            values = value if isinstance(value, list | tuple) else [value]
            pairs.extend((name, v if isinstance(v, str) else _write(v)) for v in values)
        return cls.from_pairs(pairs)

    def to_cli(self) -> list[str]:
        """The words after the command: cities as they are, the rest as options."""
        cities = [v for n, v in self.pairs() if n == "city"]
        rest = [f"--{n}={v}" for n, v in self.pairs() if n != "city"]
        return cities + rest

    @classmethod
    def from_cli(cls, words_given: Sequence[str]) -> Query:
        """The Query of command line words."""
        pairs: list[tuple[str, str]] = []
        for word in words_given:
            if word.startswith("--"):
                name, _, value = word[2:].partition("=")
                pairs.append((name, value))
            else:
                pairs.append(("city", word))
        return cls.from_pairs(pairs)


def _write(value: Any) -> str:
    if value is None:
        return "any"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_choice(value: str) -> bool | None:
    choices = {"yes": True, "no": False, "any": None}
    if value not in choices:
        raise BadInput(f"{value!r} is neither yes, no nor any", available=choices)
    return choices[value]


def _read_flag(value: str) -> bool:
    chosen = _read_choice(value)
    if chosen is None:
        raise BadInput("any is no answer here", available=("yes", "no"))
    return chosen


_TUPLES = frozenset(f.name for f in dataclasses.fields(Query) if isinstance(f.default, tuple))
_DEFAULTS = {f.name: f.default for f in dataclasses.fields(Query)}
_FIELD_OF = {name: f for f, name in NAMES.items()}
_READ: Mapping[str, Callable[[str], Any]] = {
    "since": parse_day,
    "until": parse_day,
    "text": str,
    "experience": _read_choice,
    "relevant": _read_choice,
    "fold_stories": _read_flag,
}

_PIECE = re.compile(r'"([^"]*)"|(\S+)')


def phrases(given: str) -> list[tuple[tuple[str, ...], bool]]:
    """(words, open) of each word or "phrase" in a search; open = its last word may go on.

    `schul* "neue wohnung"` → [(("schul",), True), (("neue", "wohnung"), False)].
    A piece that the house's notion of a word splits (`e-mail`) is a phrase.
    """
    found = []
    for quoted, bare in _PIECE.findall(given):
        piece = (quoted or bare).strip()
        parts = tuple(words(piece))
        if parts:
            found.append((parts, piece.endswith("*")))
    return found


def lies_in(place: str, asked: str) -> bool:
    """`wien/favoriten` lies in `wien`, and `wien` in itself."""
    return place == asked or place.startswith(f"{asked}/")


def term_phrase(term: str) -> tuple[tuple[str, ...], bool]:
    """(words, open) of one of `terms`: its words stand side by side, quoted or not.

    `neue wohn*` → (("neue", "wohn"), True).
    """
    return tuple(words(term)), term.rstrip(' "').endswith("*")


@dataclass(frozen=True)
class View:
    """A Query, the page that shows it and that page's own parameters: what an address holds."""

    page: str
    query: Query = field(default_factory=Query)
    parameters: tuple[tuple[str, str], ...] = ()

    def to_url(self) -> str:
        """`/page?…`; parameters carry an underscore so that they never meet a filter's name."""
        pairs = self.query.pairs() + [(f"_{n}", v) for n, v in self.parameters]
        return f"/{self.page}" + (f"?{urlencode(pairs)}" if pairs else "")

    @classmethod
    def from_url(cls, address: str) -> View:
        """The View of an address. Raises BadInput for what no filter is called."""
        page, _, rest = address.lstrip("/").partition("?")
        pairs = parse_qsl(rest, keep_blank_values=True)
        own = tuple((n[1:], v) for n, v in pairs if n.startswith("_"))
        return cls(page, Query.from_pairs((n, v) for n, v in pairs if not n.startswith("_")), own)

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "page": self.page,
            "query": self.query.to_json(),
            "parameters": [list(p) for p in self.parameters],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> View:
        """The View of a JSON object. Raises BadInput for what is none."""
        try:
            page = str(given["page"])
            own = tuple((str(n), str(v)) for n, v in given.get("parameters", ()))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(
                "this is no view", expected="page, query and parameters as pairs"
            ) from error
        return cls(page, Query.from_json(given.get("query", {})), own)

    def key(self) -> str:
        """A text that is equal for equal Views: what caches are keyed by."""
        return json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
