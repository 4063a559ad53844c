"""The tables of a month's segment, and the SQL that makes them from its posts.

posts  the POST columns, story and `line` (the folded words), in the order of city and day, and
       small numbers made from them, so that counting reads no text. 0 is null or empty:
         row, _day (days since 1970), _key (first 32 bits of id)
         _city _platform _source _lang _tagger _akey   numbers of `codes`; akey: author's month
         _areas _groups _rights _places                numbers of `sets`: equal lists, one number
         _voice _kind _tone _speech _hkind             place in the schema's closed list, + 1
         _hate _experience _relevant                   1 no, 2 yes
         _story, _author (64 bits; of a person without author the source)
         _bits: 0–5 fold, 6–11 story fold, 12–13 who (1 person with an author, 2 person without,
         3 another voice), 14 head (the story is named after this post)
words  (word, row) in the order of word; each word of a post once
codes  (field, no, code) · sets (field, no, codes)
"""

from __future__ import annotations

from store.schema import HATE_KINDS, KINDS, POST, SPEECHES, TONES, VOICES

VERSION = 2  # of the tables above
CODES = {
    "city": "city", "platform": "platform", "source": "source", "lang": "lang",
    "tagger": "tagger", "akey": "split_part(author, ':', 1)",
}  # fmt: skip
SETS = ("areas", "groups", "rights", "places")
CLOSED = {
    "voice": ("voice", VOICES), "kind": ("kind", KINDS), "tone": ("tone.label", TONES),
    "speech": ("speech", SPEECHES), "hkind": ("hate.kind", HATE_KINDS),
}  # fmt: skip
PERSON, NAMELESS, VOICE = 1, 2, 3  # values of _who


def quoted(value: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"


def codes_sql() -> str:
    """Makes `codes` from `raw`."""
    codes = " UNION ALL ".join(
        f"SELECT '{field}' AS field, row_number() OVER (ORDER BY code) AS no, code FROM"
        f" (SELECT DISTINCT {value} AS code FROM raw) WHERE code IS NOT NULL"
        for field, value in CODES.items()
    )
    return f"CREATE TABLE seg.codes AS {codes} ORDER BY field, no"


def sets_sql() -> str:
    """Makes `sets` from `raw`."""
    sets = " UNION ALL ".join(
        f"SELECT '{field}' AS field, row_number() OVER (ORDER BY codes) AS no, codes FROM"
        f" (SELECT DISTINCT {_set(field)} AS codes FROM raw) WHERE len(codes) > 0"
        for field in SETS
    )
    return f"CREATE TABLE seg.sets AS {sets} ORDER BY field, no"


def words_sql() -> str:
    """Makes `words` from `posts`."""
    return (
        "CREATE TABLE seg.words AS SELECT word, row FROM (SELECT row, unnest("
        "list_distinct(string_split(trim(line), ' '))) AS word FROM seg.posts)"
        " WHERE word <> '' ORDER BY word, row"
    )


def _set(field: str) -> str:
    return f"list_sort(list_distinct({field}))"


def posts_sql() -> str:
    """Makes `posts` from `raw`, `codes` and `sets`."""
    joined, numbers = "", []
    for field, value in CODES.items():
        joined += (
            f" LEFT JOIN (SELECT * FROM seg.codes WHERE field = '{field}') c_{field}"
            f" ON c_{field}.code = {value}"
        )
        kind = "UINTEGER" if field == "source" else "USMALLINT"
        numbers.append(f"coalesce(c_{field}.no, 0)::{kind} AS _{field}")
    for field in SETS:
        joined += (
            f" LEFT JOIN (SELECT * FROM seg.sets WHERE field = '{field}') s_{field}"
            f" ON s_{field}.codes = {_set('raw.' + field)}"
        )
        numbers.append(f"coalesce(s_{field}.no, 0)::UINTEGER AS _{field}")
    for field, (value, codes) in CLOSED.items():
        listed = ", ".join(quoted(c) for c in codes)
        numbers.append(f"coalesce(list_position([{listed}], {value}), 0)::UTINYINT AS _{field}")
    numbers += [
        "epoch_us(day::TIMESTAMP) // 86400000000 AS _day",
        "('0x' || substr(id, 1, 8))::UINTEGER AS _key",
        "coalesce(hate.flag::UTINYINT + 1, 0)::UTINYINT AS _hate",
        "coalesce(experience::UTINYINT + 1, 0)::UTINYINT AS _experience",
        "md5_number_lower(story)::UBIGINT AS _story",
        # of rows that share an id before the stories stage has seen them, one is the head
        "(fold::INTEGER + 64 * story_fold::INTEGER + 4096 * who + 16384 * (story = id AND"
        " row_number() OVER (PARTITION BY id ORDER BY home) = 1)::INTEGER)::USMALLINT AS _bits",
        "coalesce(relevant::UTINYINT + 1, 0)::UTINYINT AS _relevant",
        f"(CASE who WHEN {PERSON} THEN md5_number_lower(author) WHEN {NAMELESS}"
        " THEN md5_number_lower(source) ELSE 0 END)::UBIGINT AS _author",
    ]
    kept = ", ".join(f"raw.{c}" for c in (*POST.names, "story", "line"))
    return (
        "CREATE TABLE seg.posts AS SELECT (row_number() OVER (ORDER BY _city, _day, id, home) - 1)"
        f"::UINTEGER AS row, * FROM (SELECT {kept}, {', '.join(numbers)} FROM ("
        f"SELECT *, CASE WHEN voice <> 'personal' THEN {VOICE} WHEN author IS NULL"
        f" THEN {NAMELESS} ELSE {PERSON} END AS who FROM raw) raw{joined})"
        " ORDER BY row"
    )
