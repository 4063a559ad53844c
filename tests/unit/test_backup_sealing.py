"""Sealed files: what comes out is what went in, and one altered byte is refused by name."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from base.errors import BadInput
from monitor.backup import BackupDamaged, BackupFault, BackupSealed, sealing
from monitor.backup.opening import HEADER, opened, prepare
from monitor.backup.sealing import seal, size_of, unseal
from monitor.backup.secrets import (
    Identity,
    Passphrase,
    make_key,
    read_identity,
    read_recipient,
    read_words,
)

pytestmark = pytest.mark.unit
WORDS = Passphrase(b"s" * 32)
NAME = "a1b2"
LONG = "correct horse battery"


def sealed(plain: list[bytes], name: str = NAME) -> bytes:
    return b"".join(seal(name, plain, WORDS))


def read(content: bytes, name: str = NAME, opener: Passphrase = WORDS) -> bytes:
    return b"".join(unseal(name, BytesIO(content), opener, "data/a1/a1b2"))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE", 16)


@given(st.lists(st.binary(max_size=40), max_size=6))
@settings(max_examples=60, deadline=None)
def test_what_comes_out_is_what_went_in_and_its_size_is_known(parts: list[bytes]) -> None:
    plain = b"".join(parts)
    content = sealed(parts)
    assert read(content) == plain
    assert len(content) == size_of(len(plain))


@given(st.binary(max_size=60), st.data())
@settings(max_examples=100, deadline=None)
def test_any_byte_altered_is_refused_by_name(plain: bytes, data: st.DataObject) -> None:
    content = bytearray(sealed([plain]))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BackupDamaged, match="data/a1/a1b2"):
        read(bytes(content))


def test_any_length_it_is_cut_to_and_any_byte_more_is_refused() -> None:
    for size in (0, 15, 16, 17, 48):  # full pieces and such with a rest
        content = sealed([b"x" * size])
        for cut in range(len(content)):
            with pytest.raises(BackupDamaged):
                read(content[:cut])
        with pytest.raises(BackupDamaged):
            read(content + b"x")


def test_pieces_cannot_change_places_and_files_not_their_names() -> None:
    content = sealed([b"a" * 16 + b"b" * 16 + b"c"])
    head = len(sealing.MAGIC) + sealing.SEED
    first, second = content[head : head + 32], content[head + 32 : head + 64]
    with pytest.raises(BackupDamaged):
        read(content[:head] + second + first + content[head + 64 :])
    with pytest.raises(BackupDamaged):
        read(content, name="another")
    with pytest.raises(BackupDamaged):
        read(content, opener=Passphrase(b"t" * 32))


def test_a_key_pair_seals_with_one_half_and_opens_with_the_other(tmp_path: Path) -> None:
    public = make_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    identity = read_identity(tmp_path / "key")
    content = b"".join(seal(NAME, [b"words"], read_recipient(public)))
    assert b"".join(unseal(NAME, BytesIO(content), identity, "f")) == b"words"
    make_key(tmp_path / "other")
    other = read_identity(tmp_path / "other")
    for wrong in (content, b"".join((content[:15], bytes(32), content[47:]))):  # no point at all
        with pytest.raises(BackupDamaged):
            b"".join(unseal(NAME, BytesIO(wrong), other, "f"))
    with pytest.raises(BadInput, match="that is not taken"):
        make_key(tmp_path / "key")


def test_a_key_that_is_none_says_so(tmp_path: Path) -> None:
    public = make_key(tmp_path / "key")
    for reader, path in ((read_identity, public), (read_recipient, tmp_path / "key")):
        with pytest.raises(BadInput, match="no such key"):
            reader(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_identity(tmp_path / "missing")
    (tmp_path / "words").write_text("short\n")
    with pytest.raises(BadInput, match="too short"):
        read_words(tmp_path / "words")


def test_a_folder_is_opened_with_what_it_was_made_with(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    identity: Identity = read_identity(tmp_path / "key")
    prepare(tmp_path / "words", LONG, work=2)
    prepare(tmp_path / "keyed", identity.recipient)
    assert isinstance(opened(tmp_path / "words", LONG).secret, Passphrase)
    assert opened(tmp_path / "keyed", identity).secret is identity
    for folder, wrong in (
        ("words", f"{LONG}!"),
        ("words", identity),
        ("keyed", LONG),
        ("keyed", Identity(X25519PrivateKey.generate())),
    ):
        with pytest.raises(BackupSealed):
            opened(tmp_path / folder, wrong)
    with pytest.raises(BadInput, match="no backup here"):
        opened(tmp_path, LONG)
    with pytest.raises(BadInput, match="holds something else"):
        prepare(tmp_path, LONG)


def test_every_byte_of_the_header_counts(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    identity = read_identity(tmp_path / "key")
    for folder, secret in (("words", LONG), ("keyed", identity)):
        prepare(tmp_path / folder, secret, work=2)
        path = tmp_path / folder / HEADER
        whole = path.read_bytes()
        for at in range(len(whole)):
            # one more, one less, another bit: some of them are other digits
            for other in (whole[at] ^ 1, whole[at] ^ 8, whole[at] ^ 32):
                path.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
                with pytest.raises(BackupFault, match=HEADER):
                    opened(tmp_path / folder, secret)
            path.write_bytes(whole[:at])
            with pytest.raises(BackupDamaged, match=HEADER):
                opened(tmp_path / folder, secret)
