"""Streams followed into a lake from a local Jetstream: what is kept, forgotten, and goes on."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import mastodon_host as m
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from jetstream import START_US, Jetstream, account, commit, streaming
from test_http_host import running
from test_mastodon_stream import INSTANCE, LOCAL, event, instance, says
from test_mastodon_stream import STREAM as LOCAL_STREAM

from base.errors import BadInput
from benchmarks.posts import SINCE, UNTIL
from collectors.bluesky import stream as bluesky_stream
from collectors.collector import Source
from collectors.http import Http, Limits
from collectors.mastodon import stream as mastodon_stream
from monitor import questions
from monitor.cities import Registry
from monitor.sample import CITIES, sample
from monitor.settings import Settings
from monitor.streams import following, holding
from monitor.streams.following import Followed, chosen, follow
from monitor.streams.listed import read_streams
from monitor.streams.ties import Ties
from monitor.workspace import Workspace
from nlp.match import Match
from store.looked import looked_at

pytestmark = pytest.mark.unit
BEGIN = datetime.fromtimestamp(START_US / 1e6, UTC)
HOMES = "Neue Wohnungen für Geflüchtete in Wien, Teil {}"


@pytest.fixture
def workspace(tools: Workspace, tmp_path: Path) -> Workspace:
    found = Workspace(Settings(home=tmp_path / "home"))
    found.__dict__.update(tagger=tools.tagger, registry=tools.registry)
    return found


def stream_of(server: Jetstream, code: str = "jetstream") -> Source:
    return Source(code, "bluesky", "-", server.address, "personal", "UTC")


def run(
    workspace: Workspace, *streams: Source, until: Callable[[str], bool],
    cities: Collection[str] = (), http: Http | None = None, held: float = 0.0,
) -> tuple[Followed, list[str]]:  # fmt: skip
    """Follow until a line that is told says so."""
    said: list[str] = []
    stop = threading.Event()

    def tell(line: str) -> None:
        said.append(line)
        if until(line):
            stop.set()

    client = http or Http(limits=Limits(interval=0), now=lambda: BEGIN)
    found = follow(workspace, streams, cities, stop=stop, http=client, tell=tell, held=held)
    return found, said


def passed(count: int) -> Callable[[str], bool]:
    return lambda line: f" {count:,} that passed" in line


def kept(workspace: Workspace) -> list[tuple[str, str]]:
    rows = workspace.lake.read("posts", ["text", "city"]).to_pylist()
    return sorted((r["text"], r["city"]) for r in rows)


@pytest.fixture(autouse=True)
def _quick_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_stream, "PAGE_SECONDS", 0.05)


def test_only_posts_about_a_city_are_kept_and_the_rest_is_counted(workspace: Workspace) -> None:
    events = [
        commit(1, HOMES.format(1)),
        commit(2, "Breakfast again"),
        commit(3, "Wiener Schnitzel mit Erdäpfelsalat"),  # a dish: the words pass, the tagger not
        commit(4, "Un logement à Lyon pour les réfugiés"),
    ]
    with streaming(events=events) as server:
        found, _ = run(workspace, stream_of(server), until=passed(4))
    rows = workspace.lake.read("posts").to_pylist()
    assert {(r["city"], r["home"], r["source"]) for r in rows} == {
        ("wien", "-", "jetstream"), ("lyon", "-", "jetstream")}  # fmt: skip
    assert (found.passed, found.dropped, found.taken.new) == (4, 2, 2)
    windows = workspace.lake.read("windows").to_pylist()
    assert {(w["home"], w["reason"]) for w in windows} == {("-", None)}
    assert sum(w["fetched"] for w in windows) == 4
    assert sum(w["dropped"] for w in windows) == 2
    assert "Breakfast" not in str(rows)
    # and a city without a source of its own was looked at all the same
    day = BEGIN.date()
    seen = looked_at(workspace.lake.read("windows"), day, day.replace(day=day.day + 1))
    assert seen["-"].sources == ("jetstream",)
    assert questions.looked_of(workspace, day, day.replace(day=day.day + 1))["-"].share > 0


def test_posts_about_other_cities_than_the_named_are_dropped(workspace: Workspace) -> None:
    events = [commit(1, HOMES.format(1)), commit(2, "Un logement à Lyon pour les réfugiés"),
              commit(3, "Von Lyon nach Wien, Lyon, Lyon: Wohnungen für Geflüchtete")]  # fmt: skip
    with streaming(events=events) as server:
        found, _ = run(workspace, stream_of(server), until=passed(3), cities=["wien"])
    assert [city for _, city in kept(workspace)] == ["wien"]
    assert (found.dropped, found.taken.untied) == (2, 1)
    homes = workspace.lake.read("windows")["home"].to_pylist()
    assert set(homes) == {"wien"}  # nobody looked for the others


def test_what_is_taken_back_is_forgotten_and_stays_away(workspace: Workspace) -> None:
    first = [commit(n, HOMES.format(n), who=f"jemand{n}") for n in range(5)]
    with streaming(events=list(first)) as server:
        run(workspace, stream_of(server), until=passed(5))
        assert len(kept(workspace)) == 5
        server.events += [
            commit(10, operation="delete", key=0, who="jemand0"),
            commit(11, "nothing of a city any more", operation="update", key=1, who="jemand1"),
            account(12, "jemand2", active=False, status="deleted"),
            commit(13, operation="delete", key=777),  # of long ago
            commit(14, HOMES.format(14)),
            commit(15, operation="delete", key=14),  # before anybody brought it in
            commit(16, HOMES.format(16)),
        ]
        found, _ = run(workspace, stream_of(server), until=passed(3), held=0.5)
    assert found.forgotten == 3
    assert [text for text, _ in kept(workspace)] == [HOMES.format(n) for n in (16, 3, 4)]
    causes = workspace.lake.read("removed")["cause"].to_pylist()
    assert causes == ["gone at source"] * 3
    with streaming(events=first) as server:  # told again by somebody: it does not come back
        run(workspace, stream_of(server, "other"), until=passed(5))
    assert len(set(kept(workspace))) == 3


def test_it_goes_on_where_it_was_stopped(workspace: Workspace) -> None:
    events = [commit(n, HOMES.format(n)) for n in range(30)]
    with streaming(events=events, breaks=[7, 5]) as server:
        run(workspace, stream_of(server), until=passed(30))
        server.events += [commit(30 + n, HOMES.format(30 + n)) for n in range(5)]
        found, _ = run(workspace, stream_of(server), until=passed(5))
    assert found.taken.new == 5
    assert len(kept(workspace)) == 35
    spans = workspace.lake.read("windows").sort_by("since").to_pylist()
    assert spans[0]["since"] == BEGIN
    ends = [(w["since"], w["until"]) for w in spans]
    assert all(b[0] <= a[1] for a, b in pairwise(ends)), ends


def test_a_stream_that_fails_stops_no_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LONGEST_PAUSE", 0.01)
    events = [commit(1, HOMES.format(1))]
    with streaming(events=events, refuses=[503] * 2) as good, streaming(refuses=[401] * 9) as bad:
        found, said = run(workspace, stream_of(bad, "refused"), stream_of(good), until=passed(1))
    assert [source.code for source, _ in found.failed] == ["refused"]
    assert any(line.startswith("refused: refused (401)") for line in said)
    assert found.taken.new == 1


def test_a_stream_that_is_silent_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "SILENT", 0.05)
    monkeypatch.setattr(following, "_TURN", 0.01)
    with streaming() as server:
        _, said = run(workspace, stream_of(server), until=lambda line: "silent" in line)
    assert said.count(said[-1]) == 1


def test_a_break_that_is_told_by_nobody_is_a_gap(workspace: Workspace) -> None:
    events = [commit(1, HOMES.format(1)), commit(9_000, HOMES.format(2))]
    with streaming(events=events[:1]) as server:
        stop = passed(1)

        def more(line: str) -> bool:
            if stop(line):
                server.events.append(events[1])
            return passed(2)(line)

        run(workspace, stream_of(server), until=more)
    rows = workspace.lake.read("windows").to_pylist()
    (gap,) = (w for w in rows if w["reason"])
    assert (gap["until"] - gap["since"]).total_seconds() == pytest.approx(899.9, abs=0.1)


def test_a_server_of_mastodon_is_followed_for_its_city(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastodon_stream, "MOST_HELD", 2)
    posts = [m.status(f"Wohnungen für Geflüchtete, Teil {n}", m.START) for n in range(2)]
    posts[1]["id"] = m.number(m.START, 5)
    posts[1]["uri"] += "5"
    with running() as host, m.client(host) as http:
        host.ways |= {INSTANCE: instance("wss://streaming.kaffeehaus.invalid"),
                      LOCAL: m.timeline([]),
                      LOCAL_STREAM: says(*(event("update", p) for p in posts))}  # fmt: skip
        settings = workspace.settings.model_copy(
            update={"collectors_mastodon_token": _secret(f"{m.SERVER} geheim")}
        )
        workspace.settings = settings
        source = replace(m.source("/public/local"), home="wien")
        found, _ = run(
            workspace, source, until=lambda line: line.startswith(source.code), http=http
        )
    assert found.taken.new == 2
    assert {city for _, city in kept(workspace)} == {"wien"}
    state = workspace.database.cursor("wien", source.code)
    assert state is not None
    assert state["id"] == posts[1]["id"]


def _secret(value: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(value)


def test_which_streams_are_followed(workspace: Workspace, tools: Workspace) -> None:
    registry = tools.registry
    assert [s.home for s in chosen(workspace, [], None)] == ["-"] * len(registry.streams)
    wien = registry.city("wien")
    own = replace(wien.sources[0], code="own", options={"follow": "True"})
    workspace.__dict__["registry"] = Registry(
        {**registry.cities, "wien": replace(wien, sources=(own,))}, registry.platforms
    )
    assert chosen(workspace, ["wien"], None) == [own]
    with pytest.raises(BadInput, match="no stream"):
        chosen(workspace, ["berlin"], None)
    with pytest.raises(BadInput, match="unknown source"):
        chosen(workspace, [], "jetstraem")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ()),
        ('[[stream]]\ncode = "a"\n', "the key 'voice' is missing"),
        ('[[stream]]\ncode = "a"\nvoice = "loud"\n', "unknown voice"),
        ('[[stream]]\ncode = "a"\nvoice = "personal"\nplatform = "telefon"\n', "telefon"),
    ],
)
def test_a_wrong_line_of_the_streams_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "streams.toml"
    assert read_streams(path, ["bluesky"]) == ()
    path.write_text(text)
    if not says:
        assert read_streams(path, ["bluesky"]) == ()
        return
    with pytest.raises(BadInput, match=says) as caught:
        read_streams(path, ["bluesky"])
    assert re.search(r"streams\.toml:\d stream a", str(caught.value))


@pytest.mark.parametrize(
    ("text", "is_tied"),
    [
        ("Neue Wohnungen in Wien", True),
        ("NEUE WOHNUNGEN IN WIEN!", True),
        ("#wien #wohnen", True),
        ("Housing in Vienna", True),  # other languages have other names
        ("Жителі Відня", True),
        ("in Kreuzberg", True),
        ("Eine Wohnung in Malmo", True),
        ("Eine Wohnung in Malmo\u0308", True),
        ("Wiener Schnitzel", True),  # traps are the tagger's business
        ("im zehnten Stock", False),
        ("owienst", False),
        ("Gentlemen's agreement, urgently", False),
        ("", False),
    ],
)
def test_whether_a_text_may_be_about_a_city(tools: Workspace, text: str, is_tied: bool) -> None:
    patterns = next(s for s in tools.tagger.steps if isinstance(s, Match)).patterns
    ties = Ties(patterns, tools.registry)
    assert (ties(text) is not None) is is_tied
    assert Ties(patterns, tools.registry, ["lyon"])(text) is None


def test_whatever_the_tagger_ties_to_a_city_passes(tools: Workspace) -> None:
    patterns = next(s for s in tools.tagger.steps if isinstance(s, Match)).patterns
    ties = Ties(patterns, tools.registry)
    texts = [i["text"] for page in sample(1_500, 5, CITIES, SINCE, UNTIL) for i in page.items]
    tagged = tools.tagger(pa.RecordBatch.from_pydict({"text": texts}))
    is_tied = pc.is_valid(tagged.column("city")).to_pylist()
    assert sum(is_tied) > 300
    lost = [t for t, tied in zip(texts, is_tied, strict=True) if tied and ties(t) is None]
    assert len(lost) <= 0.01 * sum(is_tied), lost[:5]
