"""What near-duplicates share: a MinHash of 64 × 16 bits of the scrubbed text.

Reads `text`; assigns `signature` (128 bytes, little-endian; null under four words). Set of a
text: its folded word 3-grams. Words, because copies differ by whole words (a name, a hashtag, a
line before it) and one number for a word is ten times cheaper than for each of its letters; three
of them, because shorter runs join what is only about the same thing. A text of four words has
two, so nothing shorter is needed. Placeholders and links are left out: copies differ in them.

The same text has the same signature on every machine and in every version: hashes are computed
here from code points with fixed numbers, and a test holds one signature. numpy rather than
rensa: 2 µs a post either way, but rensa hands its digests out as Python lists (14 µs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nlp.line import CHUNK, HIDDEN, LINK, PLACEHOLDER, Line, chunks, line
from nlp.step import assign
from store.schema import SIGNATURE_HASHES

LEAST_WORDS = 4
BANDS = 16
ROWS = SIGNATURE_HASHES // BANDS
_SHINGLE = 3
_NO_MATTER = re.compile(f"{PLACEHOLDER.pattern}|{LINK.pattern}")

Hashes = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint16]


def _mixed(values: Hashes) -> Hashes:
    """Each number spread over all 64 bits (the finalizer of splitmix64, Steele et al., 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SEEDS = _mixed(np.arange(1, 2 * SIGNATURE_HASHES + 1, dtype=np.uint64))
_FACTORS = (_SEEDS[:SIGNATURE_HASHES] >> np.uint64(32)).astype(np.uint32) | np.uint32(1)
_SUMMANDS = (_SEEDS[SIGNATURE_HASHES:] >> np.uint64(32)).astype(np.uint32)
# what a letter counts for by its place in the word; letters behind the last place share it
_PLACE = _mixed(np.arange(1_000, 1_064, dtype=np.uint64)) | np.uint64(1)
_WORD_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Signature:
    """requires text; assigns signature."""

    requires = ("text",)
    assigns = ("signature",)

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        texts = [text or "" for text in posts.column("text").to_pylist()]
        found: list[bytes | None] = []
        for first, last in chunks(texts, CHUNK):
            numbers, known = signatures(texts[first:last])
            rows = numbers.astype("<u2", copy=False).tobytes()
            width = 2 * SIGNATURE_HASHES
            found += [
                rows[n * width : (n + 1) * width] if is_known else None
                for n, is_known in enumerate(known.tolist())
            ]
        return assign(posts, "signature", pa.array(found, pa.binary()))


def signatures(texts: list[str]) -> tuple[Signatures, npt.NDArray[np.bool_]]:
    """The signature of each text, and whether it has one (else its numbers mean nothing)."""
    folded = line(texts, hide=_NO_MATTER)
    words, rows = _words(folded)
    counts = np.bincount(rows, minlength=len(texts))
    result = np.zeros((len(texts), SIGNATURE_HASHES), np.uint16)
    known = counts >= LEAST_WORDS
    whole = rows[_SHINGLE - 1 :] == rows[: 1 - _SHINGLE]
    whole &= known[rows[_SHINGLE - 1 :]]
    if not whole.any():
        return result, known
    shingles = words[: 1 - _SHINGLE].copy()
    for n in range(1, _SHINGLE):
        shingles = _mixed(shingles + _WORD_STEP) + words[n : len(words) - _SHINGLE + 1 + n]
    short = (_mixed(shingles[whole]) >> np.uint64(32)).astype(np.uint32)
    of = rows[_SHINGLE - 1 :][whole]
    starts = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
    turned = np.empty_like(short)
    for n in range(SIGNATURE_HASHES):
        np.multiply(short, _FACTORS[n], out=turned)
        np.add(turned, _SUMMANDS[n], out=turned)
        least = np.minimum.reduceat(turned, starts)
        # the upper half of a minimum is nearly zero: fold it into the lower
        result[of[starts], n] = (least ^ (least >> np.uint32(16))).astype(np.uint16)
    return result, known


def _words(folded: Line) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """A number for each word, and the text it belongs to; hidden words are left out."""
    spaces, points = folded.spaces, folded.points
    if len(spaces) < 2:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    first = spaces[:-1] + 1
    size = spaces[1:] - first
    # the place of each letter in its word: the line from the first word on, spaces included
    places = np.arange(len(points) - 1) - np.repeat(spaces[:-1], size + 1)
    letters = points[1:] * _PLACE[np.minimum(places, len(_PLACE) - 1)]
    sums = np.concatenate([np.zeros(2, np.uint64), np.cumsum(letters)])
    words = _mixed(sums[first + size] - sums[first])
    shown = points[first] != HIDDEN
    return words[shown], folded.word_rows[shown]


def jaccard(a: bytes, b: bytes) -> float:
    """How much two texts share, 0–1, estimated from their signatures (± 0.06 at one half)."""
    left, right = np.frombuffer(a, "<u2"), np.frombuffer(b, "<u2")
    return float((left == right).mean())


def bands(signatures: Signatures) -> Hashes:
    """n × 16 numbers: two texts that share one are candidates for one story.

    A band is four values side by side: texts with Jaccard 0.5 share one of the 16 with
    probability 0.64, with 0.7 0.99, with 0.2 0.03.
    """
    rows = np.ascontiguousarray(signatures, dtype="<u2").reshape(-1, SIGNATURE_HASHES)
    return rows.view("<u8").astype(np.uint64, copy=False).reshape(-1, BANDS)


STEP = Signature
