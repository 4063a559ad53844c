"""The project's own training posts: every row is right, none is an example that judges."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import BadInput
from monitor.cities import DATA
from monitor.evaluation.examples import read as read_examples
from nlp.train.own import COLUMNS, read

pytestmark = pytest.mark.unit
HEADER = ",".join(COLUMNS)


def test_every_shipped_row_is_read() -> None:
    posts = list(read(DATA / "training"))
    assert posts
    assert len({(p.language, p.text) for p in posts}) == len(posts)


def test_no_example_post_is_a_training_post() -> None:
    trained = {p.text.casefold() for p in read(DATA / "training")}
    assert not [e.id for e in read_examples(DATA / "examples", sealed=False)
                if e.text.casefold() in trained]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Hallo,houzing,,plain,,neutral,,", "did you mean 'housing'"),
        ("Hallo,,,hatred,,neutral,,", "speech"),
        ("Hallo,,,plain,threat,neutral,,", "hate"),
        ("Hallo,,,hate,,negative,,", "hate"),
        ("Hallo,,,plain,,neutral,maybe,", "experience"),
    ],
)
def test_a_wrong_row_names_file_and_line(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "de.csv").write_text(f"{HEADER}\n{row}\n")
    with pytest.raises(BadInput, match=r"de\.csv:2") as caught:
        list(read(tmp_path))
    assert said in str(caught.value)
