"""How documents lie in Elasticsearch: strict mappings, one a kind of index.

A document of posts is a row that counts: the Post's columns under their own names where a Query
or a cell reads them, the others in `rest`, which is kept and not searched. Made for counting:

  words                      the words of the text as `base.text.words` makes them, one space
                             between: text, terms, phrases and `wor*` read this field only
  text.<lang>                the text under its language's own analyzer: ranking and highlight
  created                    µs since 1970 · day, week (its Monday): days since 1970
  day_month                  months since 1970, of day
  within                     places and the places they lie in
  hate, hate_kind, tone      yes or no; the kind; the label
  who                        1 person with an author, 2 person without, 3 another voice
  author, akey               hash of the author; the month of his key
  story, is_head             hash of the story; 1 when it is named after this post
  key_high, key_low          halves of the first 32 bits of id, so that a sum in a double is exact
  digest                     of the whole row: what catching up compares
  is_whole                   nothing of the text was cut away since

A document of coverage is a row of that table: its keys, `seen`, and f0 … f63 of `seen_folds`.
A null is fed as a null and makes the value NULL in the cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION = 1  # of the documents and mappings below
NULL = "∅"
PERSON, NAMELESS, VOICE = 1, 2, 3  # values of who
MOST_BUCKETS = 65_536  # search.max_buckets as it stands

SEEN_FOLDS = tuple(f"f{i}" for i in range(64))  # posts seen, by fold

# language → its analyzer among those of every server; a language without one is `other`
ANALYZERS: Mapping[str, str] = {
    "ar": "arabic", "bg": "bulgarian", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hu": "hungarian", "it": "italian", "lt": "lithuanian",
    "lv": "latvian", "nl": "dutch", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip
OTHER = "other"

_CODE = {"type": "keyword", "null_value": NULL}
_CODES = {"type": "keyword"}
# never searched by: only read in cells
_NUMBER = {"type": "integer", "index": False}
_COUNT = {"type": "long", "index": False}
_FOLD = {"type": "byte", "index": False}
_SMALL = {"type": "byte"}
_HASH = {"type": "long"}
_FLAG = {"type": "boolean"}
_KEPT = {"type": "object", "enabled": False}

_POSTS: Mapping[str, Any] = {
    "id": {"type": "keyword", "index": False},
    "home": {"type": "keyword"},
    **dict.fromkeys(
        ("city", "platform", "source", "voice", "kind", "lang", "speech", "tone", "hate",
         "hate_kind", "tagger", "akey"), _CODE),
    **dict.fromkeys(("areas", "groups", "rights", "places", "within"), _CODES),
    "created": {"type": "long"},
    "day": {"type": "integer"},
    **dict.fromkeys(("week", "day_month", "key_high", "key_low"), _NUMBER),
    **dict.fromkeys(("fold", "story_fold"), _FOLD),
    **dict.fromkeys(("who", "is_head"), _SMALL),
    **dict.fromkeys(("experience", "relevant", "is_whole"), _FLAG),
    "author": {"type": "long", "index": False},
    "story": _HASH,
    "digest": {"type": "long", "index": False},
    "words": {"type": "text", "analyzer": "words", "norms": False},
    "text": {
        "type": "object",
        "dynamic": "strict",
        "properties": {
            **{lang: {"type": "text", "analyzer": name} for lang, name in ANALYZERS.items()},
            OTHER: {"type": "text", "analyzer": "standard"},
        },
    },
    "rest": _KEPT,
}  # fmt: skip
_COVERAGE: Mapping[str, Any] = {
    **dict.fromkeys(("home", "month", "city", "source", "platform", "voice", "lang"), _CODE),
    "day": {"type": "integer"},
    **dict.fromkeys(("week", "day_month"), _NUMBER),
    **dict.fromkeys(("seen", *SEEN_FOLDS, "digest"), _COUNT),
}

# A word is cut off here, when it is fed and when it is asked for: Lucene takes 32,766 bytes.
LONGEST_WORD = 8_000
_ANALYSIS = {
    "analyzer": {"words": {"type": "custom", "tokenizer": "words"}},
    "tokenizer": {"words": {"type": "whitespace", "max_token_length": LONGEST_WORD}},
}


def posts_template(pattern: str, shards: int, replicas: str) -> dict[str, Any]:
    """The template of a month's index. replicas: as auto_expand_replicas takes it, `0-1`."""
    return _template(pattern, _POSTS, shards, replicas, analysis=_ANALYSIS)


def coverage_template(pattern: str, replicas: str) -> dict[str, Any]:
    """The template of coverage's index."""
    return _template(pattern, _COVERAGE, 1, replicas)


def _template(
    pattern: str, properties: Mapping[str, Any], shards: int, replicas: str, **settings: Any
) -> dict[str, Any]:
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "_meta": {"version": VERSION},
        "template": {
            "mappings": {"dynamic": "strict", "properties": dict(properties)},
            "settings": {
                "number_of_shards": shards,
                "auto_expand_replicas": replicas,
                # what is fed shows when the writer says so, all at once
                "refresh_interval": "-1",
                # deleted posts leave the segments when they are asked to, however few
                "merge.policy.expunge_deletes_allowed": 0,
                **settings,
            },
        },
    }


STATE: Mapping[str, Any] = {
    "mappings": {"dynamic": False, "properties": {}},
    "settings": {"number_of_shards": 1, "refresh_interval": "1s"},
}
