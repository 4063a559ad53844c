"""How each language writes the places: what counts in which language, and what is refused."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from base.errors import BadInput
from monitor import cities
from monitor.places import loose, places, problems, repeats
from nlp.match import Match
from nlp.patterns import Patterns
from nlp.places import Place, Places
from taxonomy import compiled
from taxonomy.taxonomy import SHIPPED, check, load

pytestmark = pytest.mark.unit
HEADER = "place,kind,text,note\n"
REGISTRY = cities.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped codes and three languages that have endings and no words."""
    for path in SHIPPED.glob("*.csv"):
        shutil.copy(path, tmp_path)
    for language in ("de", "fi", "lt"):
        (tmp_path / language).mkdir()
        shutil.copy(SHIPPED / language / "endings.csv", tmp_path / language)
        # a language is told apart from others by its terms
        (tmp_path / language / "terms.csv").write_text(
            "term,area,match,with,without,source,example,note\nxyz,housing,exact,,,u,,\n"
        )
    (tmp_path / "places").mkdir()
    return tmp_path


def write(folder: Path, language: str, *rows: str) -> None:
    (folder / "places" / f"{language}.csv").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")


def found(folder: Path, text: str, lang: str, *more: Place) -> list[str]:
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": [lang]})
    (matches,) = Match(Patterns(load(folder), more))(batch).column("matches").to_pylist()
    return [text[m["start"] : m["end"]] for m in matches if m["list"] == "places"]


@pytest.mark.parametrize(
    ("row", "lang", "text", "hits"),
    [
        ("helsinki,name,Helsinki,", "fi", "Helsingissä ja Helsinkiin", ["Helsingissä",
                                                                        "Helsinkiin"]),
        ("helsinki,name,Helsinki,", "fi", "helsinkiläinen", []),  # no ending of the noun
        ("helsinki,form,helsinkiläinen,", "fi", "Helsinkiläinen helsinkiläiset",
         ["Helsinkiläinen"]),
        ("helsinki,prefix,helsinkiläi,", "fi", "helsinkiläisille, helsinki",
         ["helsinkiläisille"]),
        ("wien,case,Viena,", "lt", "Viena viena VIENA", ["Viena"]),
        ("wien,name,Viena,", "fi", "Viena", []),  # another language's word
        ("wien,case,Viena,", "und", "Viena", ["Viena"]),  # the language is unknown
    ],
)  # fmt: skip
def test_a_row_counts_in_its_language(
    folder: Path, row: str, lang: str, text: str, hits: list[str]
) -> None:
    write(folder, "lt" if "Viena" in row else "fi", row)
    assert found(folder, text, lang) == hits


@pytest.mark.parametrize(
    ("rows", "text", "hits"),
    [
        (("wien,form,Wiener,", "wien,trap,Wiener Schnitzel,"),
         "Wiener Schnitzel für Wiener", ["Wiener"]),
        # a trap that is the name itself takes away that spelling only
        (("essen,form,Essen,", "essen,trap,essen,"), "Wir essen in Essen", ["Essen"]),
        (("essen,form,Essen,", "essen,trap,zum Essen,"), "Kommt zum Essen nach Essen", ["Essen"]),
        # and takes nothing from another place
        (("berlin,form,Wiener,", "wien,trap,Wiener Schnitzel,"), "Wiener Schnitzel", ["Wiener"]),
    ],
)  # fmt: skip
def test_a_trap_takes_its_place_away(
    folder: Path, rows: tuple[str, ...], text: str, hits: list[str]
) -> None:
    write(folder, "de", *rows)
    assert found(folder, text, "de") == hits


def test_a_trap_of_a_language_holds_in_it_for_the_names_of_the_registry_too(folder: Path) -> None:
    write(folder, "lt", "wien,trap,viena,", "wien,trap,Viena diena,")
    wien = Place("wien", ("Viena",))
    assert found(folder, "viena Viena, Viena diena", "lt", wien) == ["Viena"]
    assert found(folder, "viena Viena, Viena diena", "de", wien) == ["viena", "Viena", "Viena"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("wien,stem,Wien,", "unknown kind of place name"),
        ("wien,prefix,Wien,", "prefix 'Wien' is too short"),
        (",name,Wien,", "the code of the place is missing"),
        ("wien,name,,", "a term is missing"),
        ("wien,name,--,", "no word"),
        ("wien,name,WIEN,", "'WIEN' stands twice"),
    ],
)
def test_a_wrong_row_is_named(folder: Path, row: str, said: str) -> None:
    write(folder, "de", "wien,name,Wien,", row)
    (problem,) = check(folder)
    assert said in str(problem)
    assert problem.where == "places/de.csv:3"


def test_a_place_of_no_language_is_named(folder: Path) -> None:
    write(folder, "ed", "wien,name,Wien,")
    (problem,) = check(folder)
    assert "places/ed.csv" in str(problem)
    assert "de, fi, lt" in str(problem)


def test_a_place_that_the_registry_does_not_have_is_named(folder: Path) -> None:
    write(folder, "de", "wien,name,Wien,", "wein,trap,Weinberg,", "wien/favoriten,form,Favo,")
    (problem,) = problems(load(folder), REGISTRY)
    assert isinstance(problem, BadInput)
    assert problem.where == "places/de.csv:3"
    assert "did you mean 'wien'" in str(problem)


def test_a_row_that_only_repeats_the_city_s_file_is_told(folder: Path) -> None:
    write(
        folder, "de", "wien,form,wien,", "wien,case,Vienna,", "wien,name,Wien,", "wien,form,Wean,",
        "wien,trap,Wiener Schnitzel,",
    )  # fmt: skip
    told = [(f.kind, f.where, f.other) for f in repeats(load(folder), REGISTRY)]
    assert told == [("repeats", f"places/de.csv:{n}", "wien.toml") for n in (2, 3, 6)]


def test_place_lists_are_part_of_the_digest_and_of_what_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    write(folder, "de", "wien,form,Wean,")
    before = compiled.load(folder, tmp_path / "cache")
    assert compiled.load(folder, tmp_path / "cache").digest == before.digest
    write(folder, "de", "wien,form,Weana,")
    after = compiled.load(folder, tmp_path / "cache")
    assert after.digest != before.digest
    assert [e.term for e in after.of("places", "de")] == ["Weana"]


def test_the_shipped_lists_know_the_registry() -> None:
    taxonomy = load()
    assert [str(problem) for problem in problems(taxonomy, REGISTRY)] == []
    assert list(repeats(taxonomy, REGISTRY)) == []
    assert {path.stem for path in (SHIPPED / "places").glob("*.csv")} == set(taxonomy.languages)


@cache
def shipped() -> tuple[Match, Places]:
    every = tuple(places(REGISTRY))
    return Match(Patterns(load(), every)), Places(every)


def codes(text: str, lang: str, home: str | None = None) -> list[str]:
    """The places of a post as the shipped lists find them."""
    match, step = shipped()
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": [lang], "home": [home]})
    found: list[str] = step(match(batch)).column("places").to_pylist()[0]
    return found


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ar", "نسكن في برلين منذ سنة", ["berlin"]),
        ("bg", "Живеем в София, не в Пловдив", ["plovdiv", "sofia"]),
        ("cs", "Byt v Praze, práce v Brně a léto v Krakově", ["brno", "krakow", "praha"]),
        ("cs", "Hledáme byt na Vinohradech", ["praha/vinohrady"]),
        ("da", "Vi bor på Nørrebro i København", ["kobenhavn", "kobenhavn/norrebro"]),
        ("de", "In Hamburg-Altona, nicht in Rom", ["hamburg/altona", "roma"]),
        ("el", "Ζούμε στην Αθήνα, στα Εξάρχεια", ["athina", "athina/exarcheia"]),
        ("el", "Από την Αθήνα στη Θεσσαλονίκη", ["athina", "thessaloniki"]),
        ("en", "Renting in Cork is worse than in Dublin", ["cork", "dublin"]),
        ("es", "Vivo en Lavapiés, Madrid", ["madrid", "madrid/lavapies"]),
        ("et", "Elame Tallinnas, mitte Helsingis", ["helsinki", "tallinn"]),
        ("fi", "Asumme Helsingissä, emme Tallinnassa", ["helsinki", "tallinn"]),
        ("fr", "Elle habite à Bruxelles, à Molenbeek", ["bruxelles", "bruxelles/molenbeek"]),
        ("ga", "Táimid inár gcónaí i mBaile Átha Cliath", ["dublin"]),
        ("hr", "Stan u Zagrebu skuplji je nego u Ljubljani", ["ljubljana", "zagreb"]),
        ("hu", "Budapesten, a Józsefvárosban lakunk", ["budapest", "budapest/8-kerulet"]),
        ("it", "Da Napoli a Milano, zona Quarto Oggiaro",
         ["milano", "milano/quarto-oggiaro", "napoli"]),
        ("lt", "Gyvename Vilniuje, anksčiau Kaune", ["kaunas", "vilnius"]),
        ("lv", "Dzīvojam Rīgā, Ķengaragā", ["riga", "riga/kengarags"]),
        ("mt", "Noqogħdu l-Belt Valletta", ["valletta"]),
        ("nl", "Een kamer in Gent of in de Bijlmer", ["amsterdam/bijlmer", "gent"]),
        ("pl", "Mieszkamy w Krakowie, w Nowej Hucie, nie we Wrocławiu",
         ["krakow", "krakow/nowa-huta", "wroclaw"]),
        ("pt", "Moramos em Lisboa, na Mouraria", ["lisboa", "lisboa/mouraria"]),
        ("ro", "Stăm în București, nu la Cluj", ["bucuresti", "cluj-napoca"]),
        ("ro", "Am venit din Cluj-Napoca", ["cluj-napoca"]),
        ("ru", "Живём в Риге, раньше в Киеве", ["kyiv", "riga"]),
        ("sk", "Bývame v Bratislave, v Petržalke", ["bratislava", "bratislava/petrzalka"]),
        ("sl", "Stanujemo v Ljubljani, ne v Mariboru", ["ljubljana", "maribor"]),
        ("sv", "Vi bor i Göteborg, i Angered", ["goteborg", "goteborg/angered"]),
        ("tr", "Berlin'de oturuyoruz, İstanbul'dan geldik", ["berlin", "istanbul"]),
        ("uk", "Живемо у Києві на Троєщині", ["kyiv", "kyiv/desnianskyi"]),
    ],
)  # fmt: skip
def test_each_language_writes_the_places_its_own_way(
    lang: str, text: str, expected: list[str]
) -> None:
    assert codes(text, lang) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Heute Wiener Schnitzel, gleich essen wir"),
        ("de", "Ein Rom aus der Nachbarschaft"),  # one of the Roma, not the city
        ("de", "5 Euro zzgl. Porto"),
        ("de", "Splitt und Split fürs Pflaster"),
        ("de", "Er ist ein Dublin-Fall, jetzt droht die Überstellung"),
        ("en", "Have a nice day, and split the rent"),
        ("en", "Split second decisions"),
        ("en", "The bath tub leaks"),
        ("en", "Roma tomatoes, and a Roma family next door"),
        ("en", "Paris Hilton moved"),
        ("en", "A glass of Porto wine"),
        ("en", "pull the cork"),
        ("en", "The Dublin Regulation and the Istanbul Convention"),
        ("fr", "Je vis une vie tranquille, un lion dort"),
        ("fr", "Il fait des paris sportifs"),
        ("fr", "Elle jette un œil au panier"),
        ("fr", "De l'eau de Cologne"),
        ("es", "¿Vienes mañana? Besos, te saca una sonrisa"),
        ("es", "No creo que la haya visto"),
        ("it", "Una riga rossa sul quaderno, a nord del porto"),
        ("lt", "Viena diena, viena moteris"),
        ("lv", "Vilna ir silta"),
        ("cs", "Byl viděn včera a víc nevím"),
        ("cs", "Dal to Turku od vedle"),
        ("fi", "Paras päivä, virta vie"),
        ("nl", "De man wiens fiets weg is"),
        ("pl", "Zero osłon socjalnych, łamać prawo"),
        ("pt", "A campanha da raça"),
        ("ro", "Dat pe șatră, cu piciorul în prag"),
        ("sv", "Jag måste backa, en djup brunn"),
        ("tr", "Aşkım, bu kışta ayağa kalk, ne varsa al"),
        ("el", "Η λαϊκή σοφία"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_place(lang: str, text: str) -> None:
    assert codes(text, lang) == []


@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        ("Mülheim ist bunt", None, []),
        ("Mülheim ist bunt", "koln", ["koln/mulheim"]),
        ("In Köln ist Mülheim bunt", None, ["koln", "koln/mulheim"]),
        ("Mülheim ist bunt", "essen", []),
    ],
)
def test_a_district_with_namesakes_needs_its_city(
    text: str, home: str | None, expected: list[str]
) -> None:
    assert codes(text, "de", home) == expected


@pytest.mark.parametrize(
    ("home", "source", "text", "city", "places"),
    [
        ("vilnius", "reddit-vilnius", "Gyvename mieste", "vilnius", []),
        ("vilnius", "lrt", "Gyvename mieste", None, []),  # speaks of the whole country
        ("vilnius", "lrt", "Gyvename Vilniuje", "vilnius", ["vilnius"]),
        ("lt", "lrt", "Gyvename mieste", "lt", []),
        ("lt", "lrt", "Gyvename Vilniuje", "vilnius", ["vilnius"]),
        ("lt", "lrt", "Gyvename Vilniuje ir Kaune", "vilnius", ["kaunas", "vilnius"]),
        # a quarter whose name is another thing elsewhere counts in its own city's talk alone
        ("vilnius", "reddit-vilnius", "Butas, Naujamiestis", "vilnius", ["vilnius/naujamiestis"]),
        ("vilnius", "lrt", "Butas, Naujamiestis", None, []),
    ],
)
def test_what_a_source_of_the_whole_country_tells_counts_for_a_city_that_is_named(
    home: str, source: str, text: str, city: str | None, places: list[str]
) -> None:
    match, step = shipped()
    step = Places(step.places, loose(REGISTRY))
    batch = pa.RecordBatch.from_pydict(
        {"text": [text], "lang": ["lt"], "home": [home], "source": [source]}
    )
    (found,) = step(match(batch)).select(["city", "places"]).to_pylist()
    assert found == {"city": city, "places": places}
