"""The Post: one Arrow schema, every column with its type, unit, origin and null meaning.

The codebook, the lake, the index and the exports are made from this list. `ITEM` is what a
collector yields before ids, scrubbing and tags: it lives in memory only and touches no disk.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

VERSION = 1
SIGNATURE_HASHES = 64  # MinHash values a signature holds, 16 bits each

MOMENT = pa.timestamp("us", tz="UTC")
CODES = pa.list_(pa.string())
ENGAGEMENT = pa.struct([("replies", pa.int32()), ("reposts", pa.int32()), ("likes", pa.int32())])
MEDIA = pa.struct([("image", pa.bool_()), ("video", pa.bool_())])
REDACTION = pa.struct([("type", pa.string()), ("count", pa.int32())])
MATCH = pa.struct(
    [
        ("list", pa.string()),
        ("code", pa.string()),
        ("term", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
    ]
)
TONE = pa.struct([("label", pa.string()), ("score", pa.float32())])
HATE = pa.struct([("score", pa.float32()), ("flag", pa.bool_()), ("kind", pa.string())])

KINDS = ("post", "reply", "quote", "article", "comment")
VOICES = ("personal", "institutional", "political", "media")
TONES = ("negative", "neutral", "positive")
SPEECHES = ("plain", "hate", "counter", "quote")
HATE_KINDS = ("insult", "dehumanisation", "exclusion", "threat")
UNKNOWN_LANGUAGE = "und"
REST = "REST"  # in redactions: characters of a text that are not kept any more
STREAM = "-"  # home of what no registry city's source brought


@dataclass(frozen=True)
class Column:
    """One column of a table: what it holds and what an empty cell means."""

    name: str
    type: pa.DataType
    meaning: str
    origin: str
    null: str = "never null"


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([pa.field(c.name, c.type, nullable=c.null != "never null") for c in columns])


POST_COLUMNS = (
    Column("id", pa.string(), "keyed hash of platform and native id, 32 hex digits", "pipeline"),
    Column("platform", pa.string(), "code of data/platforms.toml", "source"),
    Column("source", pa.string(), "code of the source that brought it", "source"),
    Column("home", pa.string(), "registry city, country or `eu` of the source, `-` for streams",
           "source"),
    Column("city", pa.string(), "city code the post is about; a country's code or `eu` where a "
           "source of theirs names no city", "nlp places, else home",
           "the text names no city and the source has none"),
    Column("created", MOMENT, "when it was published, UTC", "platform; else collected"),
    Column("collected", MOMENT, "when it was fetched, UTC", "pipeline"),
    Column("day", pa.date32(), "calendar day of created in the home's time zone", "pipeline"),
    Column("month", pa.string(), "YYYY-MM of the first-seen created; never changes", "lake"),
    Column("kind", pa.string(), "post, reply, quote, article, comment", "platform"),
    Column("voice", pa.string(), "personal, institutional, political, media", "source"),
    Column("author", pa.string(), "month key and pseudonym under it, `YYYYMM:hex`", "pipeline",
           "the platform names no author"),
    Column("fold", pa.int8(), "replicate 0–63 from the author, else the id; not shown", "pipeline"),
    Column("thread", pa.string(), "keyed hash of the thread it belongs to", "platform",
           "the platform has no threads or names none"),
    Column("engagement", ENGAGEMENT, "counts when collected", "platform",
           "not given, or dropped because the post is not relevant"),
    Column("media", MEDIA, "whether an image or a video is attached", "platform", "not given"),
    Column("text", pa.string(), "scrubbed text, NFC; personal data are typed placeholders", "nlp"),
    Column("redactions", pa.list_(REDACTION), "what was taken out, by type; REST: characters not "
           "kept any more", "nlp scrub, retain"),
    Column("lang", pa.string(), "ISO 639-1 code, `und` when unsure", "nlp language"),
    Column("lang_score", pa.float32(), "probability of lang, 0–1", "nlp language"),
    Column("signature", pa.binary(), "MinHash of the scrubbed text, 64 × 16 bits", "nlp signature",
           "too short to compare"),
    Column("relevant", pa.bool_(), "an area, or hate or counter at a group; and a city", "nlp"),
    Column("areas", CODES, "codes of taxonomy/areas.csv, sorted", "nlp areas"),
    Column("matches", pa.list_(MATCH), "evidence: list, code, term, code-point offsets", "nlp"),
    Column("places", CODES, "`city` or `city/district`, sorted", "nlp places"),
    Column("groups", CODES, "codes of taxonomy/groups.csv, sorted", "nlp groups"),
    Column("rights", CODES, "EU Charter articles, `art-21`, sorted", "nlp rights"),
    Column("tone", TONE, "feeling the text expresses; score is the label's", "nlp tone",
           "no tone head for the language"),
    Column("hate", HATE, "score 0–1, flag at the threshold, kind when flagged", "nlp hate",
           "no hate head for the language"),
    Column("speech", pa.string(), "plain, hate, counter, quote", "nlp speech",
           "no speech head for the language"),
    Column("experience", pa.bool_(), "somebody tells an own experience", "nlp experience",
           "no experience head for the language"),
    Column("protected", pa.bool_(), "own experience with irregular stay, asylum …", "nlp protect"),
    Column("terms_class", pa.string(), "what the platform's terms allow", "data/platforms.toml"),
    Column("tagger", pa.string(), "digest of taxonomy and models that tagged it", "nlp tagger"),
)  # fmt: skip
POST = _schema(POST_COLUMNS)

STORY_COLUMNS = (
    Column("id", pa.string(), "id of the post", "posts"),
    Column("home", pa.string(), "home of the post", "posts"),
    Column("month", pa.string(), "month of the post", "posts"),
    Column("story", pa.string(), "id of the earliest post of its group", "stories"),
    Column("story_fold", pa.int8(), "replicate 0–63 of the story; not shown", "stories"),
    Column("counted", pa.bool_(), "whether this row counts among rows of one id", "stories"),
    Column(
        "seen_as",
        pa.int64(),
        "digest of the signature, created and city it was judged by",
        "stories",
    ),
)
STORY = _schema(STORY_COLUMNS)

WINDOW_COLUMNS = (
    Column("home", pa.string(), "registry city, country or `eu` of the source", "collect"),
    Column("source", pa.string(), "code of the source", "collect"),
    Column("since", MOMENT, "first moment looked at", "collect"),
    Column("until", MOMENT, "first moment not looked at", "collect"),
    Column("fetched", pa.int64(), "items the platform gave", "collect"),
    Column("unmapped", pa.int64(), "items of unknown shape, in quarantine", "collect"),
    Column("dropped", pa.int64(), "items not tied to a city, or never to be collected", "collect"),
    Column("reason", pa.string(), "why a window brought nothing", "collect",
           "the window was looked at"),
    Column("author_rule", pa.string(), "`source` or `one-per-post`: who an item without author is",
           "import"),
)  # fmt: skip
WINDOW = _schema(WINDOW_COLUMNS)

COVERAGE_COLUMNS = (
    Column("home", pa.string(), "home of the posts", "posts"),
    Column("month", pa.string(), "month of the posts", "posts"),
    Column("city", pa.string(), "city of the posts", "posts", "city unknown"),
    Column("source", pa.string(), "source of the posts", "posts"),
    Column("platform", pa.string(), "platform of the posts", "posts"),
    Column("voice", pa.string(), "voice of the posts", "posts"),
    Column("lang", pa.string(), "language of the posts", "posts"),
    Column("day", pa.date32(), "day of the posts", "posts"),
    Column("seen", pa.int64(), "counted posts, relevant or not", "posts"),
    Column("relevant", pa.int64(), "counted relevant posts", "posts"),
    Column("stories", pa.int64(), "distinct stories of counted relevant posts", "stories"),
    Column("seen_folds", pa.list_(pa.int32()), "seen per fold, 64 numbers", "posts"),
    Column("frozen_at", MOMENT, "when posts of the day were dropped", "retain", "still open"),
    Column("late", pa.int64(), "posts found after the day was frozen", "posts"),
)
COVERAGE = _schema(COVERAGE_COLUMNS)

VAULT_COLUMNS = (
    Column("id", pa.string(), "id of the post", "pipeline"),
    Column("home", pa.string(), "home of the post", "pipeline"),
    Column("month", pa.string(), "month of the post", "pipeline"),
    Column("sealed", pa.binary(), "native id and address, AES-256-GCM", "pipeline",
           "the vault is off"),
    Column("lookup", pa.string(), "keyed hash of the normalised address", "pipeline",
           "the item has no address"),
)  # fmt: skip
VAULT = _schema(VAULT_COLUMNS)

FORGOTTEN_COLUMNS = (
    Column("kind", pa.string(), "id, address, author; gone at source: why an id went", "forget"),
    Column("key", pa.string(), "keyed hash of what must not come back", "forget"),
    Column("at", MOMENT, "when it was asked", "forget"),
)
FORGOTTEN = _schema(FORGOTTEN_COLUMNS)

REMOVED_COLUMNS = (
    Column("id", pa.string(), "id of a post that is gone", "forget, retain"),
    Column(
        "cause", pa.string(), "forgotten, gone at source, expired, irrelevant", "forget, retain"
    ),
    Column("day", pa.date32(), "when it went, UTC", "forget, retain"),
)
REMOVED = _schema(REMOVED_COLUMNS)

ITEM_COLUMNS = (
    Column("native_id", pa.string(), "the platform's id", "collector", "the item has none"),
    Column("address", pa.string(), "public address", "collector", "the item has none"),
    Column("author", pa.string(), "the platform's name or number of the author", "collector",
           "not given"),
    Column("created", MOMENT, "when published, UTC", "collector", "not given"),
    Column("date_given", pa.string(), "the date as given, for the id of items without one",
           "collector", "not given"),
    Column("kind", pa.string(), "post, reply, quote, article, comment", "collector"),
    Column("thread", pa.string(), "native id of the thread", "collector", "none"),
    Column("text", pa.string(), "title and text as published", "collector"),
    Column("replies", pa.int32(), "replies when collected", "collector", "not given"),
    Column("reposts", pa.int32(), "reposts when collected", "collector", "not given"),
    Column("likes", pa.int32(), "likes when collected", "collector", "not given"),
    Column("image", pa.bool_(), "an image is attached", "collector", "not given"),
    Column("video", pa.bool_(), "a video is attached", "collector", "not given"),
    Column("lang", pa.string(), "language the platform declares", "collector", "not given"),
    Column("platform", pa.string(), "platform where it differs from the source's", "collector",
           "the source's"),
    Column("voice", pa.string(), "voice where it differs from the source's", "collector",
           "the source's"),
)  # fmt: skip
ITEM = _schema(ITEM_COLUMNS)
