"""A city enters itself: found by name, districts from a file, feeds from its sites, tried first."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli_run import Said, command, environment, unite
from test_collecting import client, feed, gives
from test_http_host import Ask, Host, running

from base.errors import BadInput, UniteError
from monitor.entering import districts, drafting, effective, gathering, place
from monitor.entering.gathering import Candidate, Failed, Wanted
from monitor.settings import Settings
from monitor.sources.discovering import discover
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
WHO = ("--author", "A. Example", "--reason", "we want to know")
PAGE = b"""<html><head><base href="/news/"><title>t</title>
<link rel="alternate" type="application/rss+xml" href="rss">
<link rel="Alternate" type="application/atom+xml; charset=utf-8" href="/gone">
<link rel="alternate" hreflang="en" href="/en"><link rel="stylesheet" href="/a.css">
</head><body><a href="/feed">feed</a></body></html>"""


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


@pytest.mark.parametrize(
    ("name", "country", "found"),
    [
        ("Uppsala", None, ("Uppsala", "SE")),
        ("uppsala ", None, ("Uppsala", "SE")),
        ("Freiburg im Breisgau", None, ("Freiburg", "DE")),
        ("Freiburg", "de", ("Freiburg", "DE")),  # though Freiberg is called so somewhere too
        ("Βόλος", None, ("Volos", "GR")),
        ("Wien", None, ("Vienna", "AT")),
    ],
)
def test_a_place_is_found_by_the_names_people_use(
    name: str, country: str | None, found: tuple[str, str]
) -> None:
    there = place.find(name, country)
    assert (there.name, there.country) == found
    assert there.figure is not None
    assert "GeoNames" in str(there.figure["source"])


def test_a_place_that_is_not_one_is_asked_about() -> None:
    with pytest.raises(BadInput, match="4 places are called 'Freiburg'") as error:
        place.find("Freiburg")
    assert any("CH" in a for a in error.value.available)
    assert place.find("Freiburg", near=(46.80, 7.15)).country == "CH"
    with pytest.raises(BadInput, match="no place 'Nowhereham'") as error:
        place.find("Nowhereham")
    assert "--at" in (error.value.hint or "")
    small = place.find("Nowhereham", "GB", (51.0, -1.0))
    assert (small.name, small.country, small.population) == ("Nowhereham", "GB", None)
    for wrong in ("51", "a,b", "99,0", "1,2,3"):
        with pytest.raises(BadInput, match="is no point"):
            place.point(wrong)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Köln", "koln"), ("Cluj-Napoca", "cluj-napoca"), ("Łódź", "lodz"), ("Malmö", "malmo"),
     ("Freiburg im Breisgau", "freiburg-im-breisgau"), ("L'Aquila", "l-aquila")],
)  # fmt: skip
def test_a_code_is_the_local_name_in_ascii(name: str, code: str) -> None:
    assert place.code_of(name) == code


def test_a_name_of_another_script_asks_for_a_code() -> None:
    with pytest.raises(BadInput, match="no code") as error:
        place.code_of("Βόλος")
    assert error.value.hint == "--code"


def test_a_country_of_several_time_zones_asks_which() -> None:
    funchal = place.find("Funchal")
    with pytest.raises(BadInput, match="several time zones") as error:
        drafting.city("Funchal", funchal)
    assert "Atlantic/Madeira" in error.value.available
    cells = drafting.city("Funchal", funchal, time_zone="Atlantic/Madeira")
    assert (cells["languages"], cells["country"]) == (["pt"], "PT")


MAP = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"name": "Södra", "names": "South|Söder"}, "geometry": None},
    {"type": "Feature", "properties": {"name": "Norra"}, "geometry": None},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("a.csv", "name,names\nSödra,South|Söder\n\nNorra,\n".encode()),
        ("a.csv", "\ufeffnames;name\r\nSouth|Söder;Södra\r\n;Norra\r\n".encode()),
        ("a.geojson", json.dumps(MAP).encode()),
    ],
)
def test_districts_come_from_a_table_or_a_map(file: str, data: bytes) -> None:
    assert districts.read(data, file) == [
        {"code": "sodra", "name": "Södra", "city_names": ["Södra", "South", "Söder"]},
        {"code": "norra", "name": "Norra", "city_names": ["Norra"]},
    ]


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("a.csv", b"district\nNorth\n", "a.csv:1: no column 'name'"),
        ("a.csv", b"name,names\nNorth,a\n\nNorth,b\n", "a.csv:4: the district 'North' is there"),
        ("a.csv", b"name,names\nNorth\n", "a.csv:2: 1 cells"),
        ("a.csv", b"name\nNorth\n ...\n", "a.csv:3: a district without a name"),
        ("a.csv", b"name\nS\xf6der\n", "a.csv:2: not UTF-8"),
        ("a.csv", b"", "a.csv: no district in it"),
        ("a.geojson", b'{"features": [\n{,', "a.geojson:2: not JSON"),
        ("a.geojson", b'{"type": "Point"}', "no list 'features'"),
        ("a.geojson", b'{"features": [{"properties": {"NAME": "x"}}]}', "feature 1: no property"),
        ("a.geojson", b'{"features": [7]}', "feature 1: no property 'name'"),
    ],
)
def test_a_file_of_districts_names_the_line_that_is_wrong(
    file: str, data: bytes, said: str
) -> None:
    with pytest.raises(BadInput) as error:
        districts.read(data, file)
    assert said in str(error.value)


def test_feeds_are_those_that_the_page_names_and_that_answer(host: Host) -> None:
    host.ways = {"/": gives(PAGE), "/news/rss": gives(feed(1)), "/feed": gives(feed(2))}
    with client() as http:
        (found,) = discover(host.at("/"), http)
    assert (found.address, found.title, found.is_named) == (host.at("/news/rss"), "t", True)


def test_a_page_that_names_none_is_asked_at_the_usual_addresses(host: Host) -> None:
    host.ways = {"/": gives(b"<html><body>hello</body></html>"), "/rss.xml": gives(feed(1))}
    with client() as http:
        (found,) = discover(host.at("/"), http)
        assert (found.address, found.is_named) == (host.at("/rss.xml"), False)
        host.ways.pop("/rss.xml")
        with pytest.raises(BadInput, match="no feed was found"):
            discover(host.at("/"), http)
        host.ways["/feed"] = gives(feed(1))
        (found,) = discover(host.at("/feed"), http)  # the address of a feed itself
        assert found.address == host.at("/feed")


def test_what_robots_txt_forbids_is_not_looked_for(host: Host) -> None:
    host.ways = {
        "/robots.txt": gives(b"User-agent: *\nDisallow: /news/\nDisallow: /feed"),
        "/": gives(PAGE), "/news/rss": gives(feed(1)), "/feed": gives(feed(2)),
        "/rss": gives(feed(3)),
    }  # fmt: skip
    with client() as http:
        (found,) = discover(host.at("/"), http)
    assert found.address == host.at("/rss")
    assert not {"/news/rss", "/feed"} & set(host.paths())


def test_a_site_in_trouble_is_not_asked_ten_times_more(host: Host) -> None:
    def busy(ask: Ask) -> None:
        ask.give(503)

    host.ways = {"/": gives(b"<html></html>"), "/feed": busy}
    with client() as http, pytest.raises(UniteError):
        discover(host.at("/"), http)
    assert "/rss.xml" not in host.paths()


def test_a_candidate_says_what_it_would_bring_and_keeps_nothing(
    tools: Workspace, tmp_path: Path, host: Host
) -> None:
    workspace = Workspace(Settings(home=tmp_path / "home"))
    workspace.__dict__["tagger"] = tools.tagger
    host.ways = {"/": gives(PAGE), "/news/rss": gives(feed(1, 2, 3, days=9))}
    wanted = Wanted("testham", "Europe/Berlin", "media", "de", "r")
    with client() as http:
        sites = [host.at("/"), host.at("/nowhere")]
        failed, found = gathering.gather(workspace, http, wanted, ["t"], sites)
    assert isinstance(found, Candidate)
    assert isinstance(failed, Failed)
    assert found.cells["code"] == "t-2"  # t is taken
    assert found.tried.is_reached
    assert found.tried.posts == 3
    assert found.tried.touching == 1.0  # each is about housing
    assert 0.2 < found.tried.a_day < 0.4  # three in nine days
    assert found.tried.last is not None
    assert "a day" in str(found.tried)
    assert workspace.lake.files("posts") == {}
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"Neue Wohnungen" not in kept


def add(home: Path, *words: str, name: str = "Uppsala") -> Said:
    return unite(home, "city", "add", name, *WHO, *words)


def test_a_city_is_entered_and_undone_from_the_command_line(tmp_path: Path, host: Host) -> None:
    host.ways = {"/": gives(PAGE), "/news/rss": gives(feed(1, 2))}
    areas = tmp_path / "d.csv"
    areas.write_text("name\nGottsunda\nGränby\n", encoding="utf-8")
    home = tmp_path / "home"
    said = add(home, "--site", host.at("/"), "--districts", str(areas), "--name", "Upsala")
    assert said.code == 0, said.err
    assert "touch an area" in said.err
    assert "unite city undo 1" in said.err
    town = effective.registry(Settings(home=home)).city("uppsala")
    assert town.names == ("Uppsala", "Upsala")
    assert [d.code for d in town.districts] == ["gottsunda", "granby"]
    assert [(s.code, s.language) for s in town.sources] == [("t", "sv")]
    assert town.population is not None
    tried = json.loads(unite(home, "doctor", "--sources", "--offline", "uppsala", "--json").out)
    assert [r["state"] for r in tried["rows"]] == ["reached"]
    again = add(home)
    assert (again.code, "a city 'uppsala' already" in again.err) == (1, True)
    log = json.loads(unite(home, "city", "log", "--json").out)
    assert log["command"] == "city log"
    assert [(r["id"], r["state"], r["author"], r["codes"]) for r in log["rows"]] == [
        (1, "counts", "A. Example", ["t"])
    ]
    assert unite(home, "city", "undo", "1", "--author", "B. Example").code == 0
    assert "uppsala" not in effective.registry(Settings(home=home)).cities
    assert "B. Example" in unite(home, "city", "log").out


def test_a_source_that_fails_is_said_and_not_saved(tmp_path: Path, host: Host) -> None:
    host.ways = {"/a": gives(feed(1)), "/b": gives(b"<html></html>")}
    words = ("--feed", host.at("/a"), "--feed", host.at("/b"))
    said = add(tmp_path, *words)
    assert said.code == 1
    assert "a web page where a feed should be" in said.err
    assert len(effective.registry(Settings(home=tmp_path)).city("uppsala").sources) == 1
    unite(tmp_path, "city", "undo", "1", "--author", "B")
    assert add(tmp_path, *words, "--unverified").code == 0
    assert len(effective.registry(Settings(home=tmp_path)).city("uppsala").sources) == 2


def test_sources_are_added_changed_and_retired(tmp_path: Path, host: Host) -> None:
    host.ways = {"/a": gives(feed(1)), "/b": gives(b"", 403)}
    source = ("city", "source")
    added = unite(tmp_path, *source, "add", "malmo", "--platform", "feeds", "--address",
                  host.at("/a"), "--name", "The Gazette", *WHO)  # fmt: skip
    assert added.code == 0, added.err
    gone = unite(tmp_path, *source, "change", "malmo", "the-gazette", "--address", host.at("/b"),
                 *WHO)  # fmt: skip
    assert (gone.code, "refused (403)" in gone.err) == (1, True)
    ok = unite(tmp_path, *source, "change", "malmo", "the-gazette", "--voice", "political", *WHO)
    assert ok.code == 0, ok.err
    registry = effective.registry(Settings(home=tmp_path))
    assert registry.source("malmo", "the-gazette").voice == "political"
    assert registry.source("malmo", "the-gazette").address == host.at("/a")
    wrong = unite(tmp_path, *source, "retire", "malmo", "the-gazzette", *WHO)
    assert (wrong.code, "did you mean 'the-gazette'" in wrong.err) == (1, True)
    assert unite(tmp_path, *source, "retire", "malmo", "the-gazette", *WHO).code == 0
    malmo = effective.registry(Settings(home=tmp_path)).city("malmo")
    assert [s.code for s in malmo.retired] == ["the-gazette"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("city", "add", "Uppsala", "--reason", "r"), "--author"),
        (("city", "add", "Freiburg", *WHO), "--country"),
        (("city", "add", "Uppsala", "--country", "XX", *WHO), "unknown country 'XX'"),
        (("city", "add", "Uppsala", "--language", "swedish", *WHO), "unknown language"),
        (("city", "add", "Funchal", *WHO), "--time-zone"),
        (("city", "add", "Uppsala", "--districts", "nowhere.csv", *WHO), "cannot be read"),
        (("city", "source", "add", "malmo", *WHO), "no source is said"),
        (("city", "source", "add", "malmo", "--platform", "fedes", "--address", "a", *WHO),
         "did you mean 'feeds'"),
        (("city", "undo", "7", "--author", "A"), "unknown change '7'"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_by_its_option(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    found = unite(tmp_path, *words)
    assert found.code == 1
    assert said in found.err
    assert not list(tmp_path.glob("registry/*"))


def test_a_file_of_a_city_is_checked_without_a_network(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "data" / "cities" / "malmo.toml"
    copy = tmp_path / "malmo.toml"
    copy.write_bytes(shipped.read_bytes())
    found = unite(tmp_path, "city", "check", str(copy), "wien", "--json")
    assert found.code == 0
    assert [r["city"] for r in json.loads(found.out)["rows"]] == ["malmo", "wien"]
    copy.write_text(copy.read_text("utf-8").replace('country = "SE"', "country = 7"))
    wrong = unite(tmp_path, "city", "check", str(copy))
    assert (wrong.code, "the key 'country' is something else" in wrong.err) == (1, True)
    assert "malmo.toml:" in wrong.err


def test_on_a_terminal_it_asks_for_what_is_missing(tmp_path: Path) -> None:
    theirs, ours = pty.openpty()
    with subprocess.Popen(
        command("city", "add", "Linz"), env=environment(tmp_path, TERM="dumb"),
        stdin=ours, stdout=ours, stderr=ours,
    ) as process:  # fmt: skip
        os.close(ours)
        said = ""

        def answer(question: str, given: str) -> None:
            nonlocal said
            while question not in said:
                said += os.read(theirs, 4096).decode("utf-8", "replace")
            said = ""
            os.write(theirs, f"{given}\n".encode())

        answer("Which one", "1")
        answer("Addresses of sites", "")
        answer("Who enters it", "A. Example")
        answer("Why", "we want to know")
        answer("Save Linz with 0 sources?", "y")
        assert process.wait(60) == 0
    os.close(theirs)
    town = effective.registry(Settings(home=tmp_path)).city("linz")
    assert (town.country, town.sources) == ("AT", ())
