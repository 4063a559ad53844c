"""Signatures: the same text has the same one everywhere; near-duplicates share most of it."""

from __future__ import annotations

import hashlib
import random

import numpy as np
import pyarrow as pa
import pytest

from nlp.signature import BANDS, Signature, bands, jaccard
from store.schema import SIGNATURE_HASHES

TEXT = "Heute haben wir im Rathaus über die neue Unterkunft gesprochen, viele waren dagegen."


def signed(*texts: str | None) -> list[bytes | None]:
    batch = pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], names=["text"])
    found: list[bytes | None] = Signature()(batch).column("signature").to_pylist()
    return found


def similar(a: str, b: str) -> float:
    left, right = signed(a, b)
    assert left is not None
    assert right is not None
    return jaccard(left, right)


def test_a_signature_is_the_same_on_every_machine() -> None:
    (found,) = signed(TEXT)
    assert found is not None
    assert len(found) == 2 * SIGNATURE_HASHES
    # a change here parts all stories of every installation: it needs a migration
    assert hashlib.sha256(found).hexdigest()[:16] == "7451540b0ffcf6f5"


@pytest.mark.parametrize("text", ["", "one two three", "… 😀", "<PERSON> one two three", None])
def test_too_short_to_compare(text: str | None) -> None:
    assert signed(text) == [None]


@pytest.mark.parametrize(
    "other",
    [
        TEXT.upper(),
        TEXT.replace(" ", "  \n"),
        TEXT.replace(",", " –"),
        f"<PERSON> {TEXT} https://example.org/a?b=c",
        TEXT.replace("neue", "<ADDRESS> neue"),
    ],
)
def test_case_marks_placeholders_and_links_do_not_matter(other: str) -> None:
    assert similar(TEXT, other) == 1.0


def test_other_texts_share_nothing() -> None:
    assert similar(TEXT, "The council voted for more places in the reception centre.") < 0.1


def test_four_words_are_enough() -> None:
    assert similar("eins zwei drei vier", "eins zwei drei vier") == 1.0
    assert similar("eins zwei drei vier", "eins zwei drei fünf") < 0.7


def test_the_order_of_words_matters() -> None:
    assert similar("eins zwei drei vier fünf", "fünf vier drei zwei eins") < 0.1


def test_the_estimate_is_near_the_truth() -> None:
    chance = random.Random(1)
    errors = []
    for turn in range(200):
        words = [f"w{turn}x{n}" for n in range(60)]
        copy = words.copy()
        for _ in range(chance.randrange(12)):
            copy[chance.randrange(60)] = "other"
        left, right = ({tuple(t[n : n + 3]) for n in range(58)} for t in (words, copy))
        errors.append(similar(" ".join(words), " ".join(copy))
                      - len(left & right) / len(left | right))  # fmt: skip
    assert abs(float(np.mean(errors))) < 0.02
    assert float(np.std(errors)) < 0.08


def test_a_batch_is_its_rows() -> None:
    texts = [TEXT, "", "a b c d e", None, TEXT + " und mehr", "ß" * 50_000, "x " * 200_000]
    assert signed(*texts) == [signed(text)[0] for text in texts]


def test_bands_are_four_values_side_by_side() -> None:
    chance = np.random.default_rng(1)
    signatures = chance.integers(0, 1 << 16, (5, SIGNATURE_HASHES), dtype=np.uint16)
    signatures[1, 4:8] = signatures[0, 4:8]
    found = bands(signatures)
    assert found.shape == (5, BANDS)
    assert found.dtype == np.uint64
    assert np.flatnonzero(found[0] == found[1]).tolist() == [1]
    assert bands(np.empty((0, SIGNATURE_HASHES), np.uint16)).shape == (0, BANDS)
