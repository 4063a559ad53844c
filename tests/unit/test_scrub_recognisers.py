"""What each recogniser finds, and what stands close to it and is left. All data are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import Naming, cue
from nlp.recognisers.numbers import read_numbers
from nlp.scrub import Scrub

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.unit

CUES = {
    "de": {
        "honorific": "Frau Herr Dr.",
        "introduction": "ich_heiße mein_Name_ist LG",
        "relation": "mein_Nachbar meine_Schwester",
        "greeting": "hallo",
        "office": "Bürgermeister Bürgermeisterin Stadträtin",
        "street": "gasse platz weg am",
        "street abroad": "straße",
        "born": "geboren_am geb.",
        "notname": "Mai Klein Wolf Paris Victoria",
    },
    "en": {
        "honorific": "Mr Mrs Sister",
        "introduction": "my_name_is",
        "relation": "my_friend",
        "office": "mayor",
        "street": "road park",
        "street abroad": "Street Square",
        "born": "born_on date_of_birth",
        "notname": "May Will Park Victoria",
    },
    "fr": {"street": "rue avenue", "introduction": "je_m'appelle", "born": "né_le"},
    "it": {"street": "piazza", "street abroad": "Via"},
    "sv": {"street": "gatan vägen", "introduction": "jag_heter"},
}
NAMING = Naming(
    {
        lang: tuple(
            cue(word.replace("_", " "), kind)
            for kind, listed in kinds.items()
            for word in listed.split()
        )
        for lang, kinds in CUES.items()
    }
)
SCRUB = Scrub(
    NAMING,
    read_names(ROOT / "data/names"),
    read_numbers(ROOT / "data/names"),
    public_names=frozenset({"Petra Steinfeld-Huber", "marko petrovic"}),
    institutions=frozenset({"@stadtwien", "unhcr@social.example"}),
    hotlines=frozenset({"01 4000", "+49 30 115"}),
)


def found(text: str, lang: str, *types: str) -> list[str]:
    return [text[s.start : s.end] for s in SCRUB.find(text, lang) if s.type in types]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schreib an anna.m+x@post.example.at bitte", ["anna.m+x@post.example.at"]),
        ("Mail: a_b-c@example.org.", ["a_b-c@example.org"]),
        ("josé@correo.example", ["josé@correo.example"]),
        ("max.m (at) example punkt de", ["max.m (at) example punkt de"]),
        ("max [at] example [dot] com!", ["max [at] example [dot] com"]),
        ("max at example dot com", ["max at example dot com"]),
        ("max(at)example.de", ["max(at)example.de"]),
        ("we met at example.com yesterday", []),  # a place on the web, not an address
        ("Treffen @ 18 Uhr", []),
        ("a@b", []),
    ],
)
def test_emails(text: str, expected: list[str]) -> None:
    assert found(text, "de", "email") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("danke @anna_m.", ["@anna_m"]),
        ("danke @anna@social.example!", ["@anna@social.example"]),
        ("danke @anna.bsky.social", ["@anna.bsky.social"]),
        ("wie u/wiener_kind sagt, und /u/andere1", ["u/wiener_kind", "/u/andere1"]),
        ("auf r/wien gelesen", []),  # a forum
        ("@StadtWien und @unhcr@social.example", []),  # institutions, by list
        ("und/oder, zu/von", []),
        ("um 5 @ Bahnhof", []),
        ("برجا@karim_b1 #wien@nina.k", ["@karim_b1", "@nina.k"]),  # glued to a word before it
        ("anna@post.example", []),  # an e-mail address
        ("die m@slims sind r@tten", []),  # letters in disguise
        ("danke@karim, mail an max@gmail", ["@karim", "@gmail"]),  # a name, a mailbox
        ("danke@karim_b und danke@zzzzzzzzzzzzz", ["@karim_b", "@zzzzzzzzzzzzz"]),
    ],
)
def test_handles(text: str, expected: list[str]) -> None:
    assert found(text, "de", "handle") == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("ruf an 0664 123 45 67", "de", ["0664 123 45 67"]),
        ("Tel. +43 (0)664/1234567 abends", "de", ["+43 (0)664/1234567"]),
        ("0049 30 12345678", "en", ["0049 30 12345678"]),
        ("bel 06-12345678", "nl", ["06-12345678"]),
        ("ring 070-174 06 35", "sv", ["070-174 06 35"]),
        ("appelle le 06 12 34 56 78", "fr", ["06 12 34 56 78"]),
        ("chiama 347 123 4567", "it", ["347 123 4567"]),
        ("call 020 7946 0958", "en", ["020 7946 0958"]),
        ("call me on 555 123 4567", "de", ["555 123 4567"]),  # in no plan, but told
        ("WhatsApp: 664 1234567", "de", ["664 1234567"]),
        ("Tel:06641234567", "de", ["06641234567"]),
        ("write to (212) 555-0187", "en", ["(212) 555-0187"]),  # the American shape
        ("bel 612345678", "nl", ["612345678"]),
        ("sie zählten 5551234567 Schritte", "de", []),
        ("call 1-800-555-0199", "en", []),  # freephone
        ("ring 250 000 000 kr", "sv", []),
        ("ruf an, seit 2015-2016", "de", []),
        ("+90 532 123 45 67", "und", ["+90 532 123 45 67"]),
        ("+43 664 1234567 12 12", "de", ["+43 664 1234567 12"]),
        ("+43 664 1234567 0699 1234567", "de", ["+43 664 1234567", "0699 1234567"]),
        ("§ 120 Abs. 1", "de", []),  # a law
        ("von 2015-2016 und 1558-1598", "de", []),  # years
        ("am 01.02.2020 um 10:30", "de", []),
        ("kostet 1.000.000 € oder 250 000 kr", "sv", []),
        ("Hotline der Stadt: 01 4000", "de", []),  # kept by list
        ("gratis 0800 123456", "de", []),  # freephone: a firm or an office
        ("it is 001-412-234-5678x123 now", "en", ["001-412-234-5678x123"]),
        ("(412)234-5678 ext. 12", "en", ["(412)234-5678 ext. 12"]),
        ("0316/123456 DW 12", "de", ["0316/123456 DW 12"]),
        ("it is (08) 8750 3247 now", "en", ["(08) 8750 3247"]),
        ("it is (19) 8234-4237 now", "en", ["(19) 8234-4237"]),  # brackets around a code
        ("06.12.34.56.78", "en", ["06.12.34.56.78"]),
        ("hier 532 123 45 67", "de", ["532 123 45 67"]),  # grouped as in Turkey
        ("it is 712 345 678 now", "en", ["712 345 678"]),
        ("30/123-4567", "hu", ["30/123-4567"]),
        ("8 (912) 345-67-89", "ru", ["8 (912) 345-67-89"]),
        ("8-612-34567", "lt", ["8-612-34567"]),
        ("٠٦٦٤ ١٢٣ ٤٥ ٦٧", "ar", ["٠٦٦٤ ١٢٣ ٤٥ ٦٧"]),
        ("+٤٣٦٦٤١٢٣٤٥٦٧", "ar", ["+٤٣٦٦٤١٢٣٤٥٦٧"]),
        ("0664 1234567 (2024)", "de", ["0664 1234567"]),
        ("250 000 000 votes", "en", []),
        ("the census counts 512 345 678 people", "en", []),
        ("de 612 345 678 euros", "es", []),
        ("8 912 345 678 рублей", "ru", []),
        ("20 12 34 56 kroner", "da", []),
        ("lottery: 12 17 23 34 45 48", "en", []),
        ("ISBN 3-16-148410-0", "en", []),
        ("from 10:30-11:45 and 12.30-13.45", "en", []),
        ("2.3 ( 2001 ) , 0.9 ( 2003 )", "en", []),
        ("resolution 2334 (2016) 1325 (2000)", "en", []),
        ("12.03.2023 - 14.03.2023", "en", []),
        ("48.2084, 16.3721", "en", []),
        ("Spielstand 21-19 21-17 19-21", "de", []),
        ("order 123-4567890-1234567", "en", []),
        ("ISBN 978-3-16-148410-0", "de", []),
    ],
)
def test_phones(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang, "phone") == expected


@pytest.mark.parametrize(
    ("text", "link", "profile"),
    [
        ("siehe https://news.example/a?b=c.", ["https://news.example/a?b=c"], []),
        ("(www.example.org/x)", ["www.example.org/x"], []),
        ("example.org/pfad hilft", ["example.org/pfad"], []),
        ("https://www.facebook.com/anna.mu", [], ["https://www.facebook.com/anna.mu"]),
        ("x.com/jemand und instagram.com/p/abc", ["instagram.com/p/abc"], ["x.com/jemand"]),
        ("https://social.example/@anna", [], ["https://social.example/@anna"]),
        ("linkedin.com/in/anna-m", [], ["linkedin.com/in/anna-m"]),
        ("wir sind wien.example", [], []),  # a name of an organisation
        ("und/oder 3/4", [], []),
    ],
)
def test_links(text: str, link: list[str], profile: list[str]) -> None:
    assert found(text, "de", "link") == link
    assert found(text, "de", "profile") == profile


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("IBAN AT61 1904 3002 3457 3201 danke", "iban", ["AT61 1904 3002 3457 3201"]),
        ("DE89370400440532013000", "iban", ["DE89370400440532013000"]),
        ("DE89 3704 0044 0532 0130 00 BIC X", "iban", ["DE89 3704 0044 0532 0130 00"]),
        ("AT61 1904 3002 3457 3202", "iban", []),  # wrong checksum
        ("Karte 4111 1111 1111 1111", "card", ["4111 1111 1111 1111"]),
        ("5500-0000-0000-0004", "card", ["5500-0000-0000-0004"]),
        ("4111 1111 1111 1111 12 Stück", "card", ["4111 1111 1111 1111"]),
        ("12 12 4111 1111 1111 1111", "card", ["4111 1111 1111 1111"]),  # numbers before it
        ("4111 1111 1111 1112", "card", []),
        ("1234567812345670", "card", []),  # right checksum, no issuer
        ("BSN 111222333", "id", ["111222333"]),
        ("saldo 111222333", "id", []),  # nothing says it is one
        ("811228-9874", "id", ["811228-9874"]),
        ("811228-9875", "id", []),
        ("RSSMRA85T10A562S", "id", ["RSSMRA85T10A562S"]),
        ("2 55 08 14 168 025 38", "id", ["2 55 08 14 168 025 38"]),
        ("Steuer-ID 36 574 261 809", "id", ["36 574 261 809"]),
        ("Aktenzahl 36 574 261 809", "id", ["36 574 261 809"]),  # somebody's file
        ("Rechnung 36 574 261 809", "id", []),
        ("Hetu 130185-912J", "id", ["130185-912J"]),  # announced: the checksum may be wrong
        ("AHV-Nr. 756.3819.4027.53", "id", ["756.3819.4027.53"]),
        ("ЛНЧ 1002847365", "id", ["1002847365"]),
        ("TAJ (118 345 277)", "id", ["118 345 277"]),
        ("nr sprawy WSC-II-P.6151.48213.2025", "id", ["WSC-II-P.6151.48213.2025"]),
        ("Aufenthaltstitel bis 12.05.2027", "id", []),  # a date
        ("Reisepass weg, Hotline 116 016", "id", []),  # too short
        ("Reisepass C01X00T47", "id", ["C01X00T47"]),
        ("dosar nr. 1234/3/2021", "id", []),  # what a court numbers by year
        ("Kennzeichen W-12345 A", "plate", ["W-12345 A"]),
        ("ein M-AB 1234 steht da", "plate", ["M-AB 1234"]),
        ("targa AB 123 CD", "plate", ["AB 123 CD"]),
        ("12-ABC-3", "plate", ["12-ABC-3"]),
        ("regnr ABC 123", "plate", ["ABC 123"]),
        ("SFI 101 und U-Bahn U6, EU 2015", "plate", []),
        ("valge Octavia 482 KLM", "plate", ["482 KLM"]),
        ("06 BDK 917 plakalı araç", "plate", ["06 BDK 917"]),  # the cue may follow
        ("bijeli Golf ZG 4821-KT", "plate", ["ZG 4821-KT"]),
        ("LJ 42-KTR und CJ 47 RVX", "plate", ["LJ 42-KTR", "CJ 47 RVX"]),
        ("Fehér Suzuki, AA BC-417", "plate", ["AA BC-417"]),
        ("nach 482 KLM oder KLM 482", "plate", []),  # nothing tells of a car
        ("das Auto, ein BMW 320, um 500 EUR", "plate", []),  # a model, a price
        ("bei 48.20849, 16.37208 oder", "coordinates", ["48.20849, 16.37208"]),
        ("48°12'30\"N 16°22'19\"E", "coordinates", ["48°12'30\"N 16°22'19\"E"]),
        ("zwischen 12.000, 15.000", "coordinates", []),  # amounts
        ("von 192.168.17.4 aus", "ip", ["192.168.17.4"]),
        ("§ 192.168.17.4", "ip", ["192.168.17.4"]),  # no law has such a paragraph
        ("§ 12.3.4.5", "ip", []),
        ("2001:db8::ff00:42:8329", "ip", ["2001:db8::ff00:42:8329"]),
        ("Version 10.2.3.4, Punkt 1.2.3.4, 12:30:45", "ip", []),
    ],
)
def test_numbers(text: str, kind: str, expected: list[str]) -> None:
    assert found(text, "und", kind) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("wohnt Favoritenstraße 5/12, 1100 Wien", "de", ["Favoritenstraße 5/12, 1100"]),
        ("in der Martin-Luther-Straße 7", "de", ["Martin-Luther-Straße 7"]),
        ("ich wohne Am Graben 5", "de", ["Am Graben 5"]),
        ("lives at 12 High Street", "en", ["12 High Street"]),
        ("habite 12 bis rue Victor Hugo", "fr", ["12 bis rue Victor Hugo"]),
        ("abito in Via Roma 7", "it", ["Via Roma 7"]),
        ("bor på Storgatan 12 B", "sv", ["Storgatan 12 B"]),
        ("wohnt in 12 Baker Street", "de", ["12 Baker Street"]),  # the street words of others
        ("she lives at Via Roma 12", "en", ["Via Roma 12"]),
        ("at Favoritenstraße 5 in Vienna", "en", ["Favoritenstraße 5"]),
        ("wohne Sonnenstraße 214, 2. OG links", "de", ["Sonnenstraße 214, 2. OG links"]),
        ("Gedimino g. 12-5", "lt", ["Gedimino g. 12-5"]),
        ("12 Bóthar Mhuire, Gaillimh", "ga", ["12 Bóthar Mhuire"]),
        ("elame Punane 47-12 praegu", "et", ["Punane 47-12"]),  # they live there
        ("elame Tallinn 5 aastat", "et", []),
        ("mieszkam na Grochowska 215.", "pl", ["Grochowska 215"]),
        ("Bydlíme v Dlouhé 12, třetí patro", "cs", ["Dlouhé 12, třetí patro"]),  # no street word
        ("Lale Mah. Gül Sok. No: 14 D: 7", "tr", ["Lale Mah. Gül Sok. No: 14 D: 7"]),
        ("in block 4 flat 12, Ashgrove Estate", "en", ["block 4 flat 12, Ashgrove Estate"]),
        ("Rua 25 de Abril, n.º 27", "pt", ["Rua 25 de Abril, n.º 27"]),
        ("uusi kämppä vaasankadulla 16 a 8", "fi", ["vaasankadulla 16 a 8"]),
        ("вул.героїв дніпра 71 кв 88", "uk", ["вул.героїв дніпра 71 кв 88"]),
        ("auf Platz 3 liegt Wien", "de", []),  # a rank
        ("v Praze 7 je to drahé", "cs", []),
        ("Polska 2, Niemcy 1", "pl", []),  # a score
        ("on Station Road 5 people were hurt", "en", []),  # what the number counts
        ("Wohne in Wien 10, Favoriten", "de", []),  # a district
        ("Treffen via Zoom 12 Uhr", "de", []),
        ("im Square 5", "de", []),
        ("auf der Favoritenstraße ist Stau", "de", []),  # a place, not an address
        ("am Montag 5 Leute", "de", []),
        ("seit 2015 in der Neubaugasse", "de", []),
    ],
)
def test_addresses(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang, "address") == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("geboren am 3.4.1980 in Graz", "de", ["3.4.1980"]),
        ("geboren am 3. April 1980", "de", ["3. April 1980"]),
        ("born on March 3, 1980", "en", ["March 3, 1980"]),
        ("Date of birth: 1980-03-04", "en", ["1980-03-04"]),
        ("* 3.4.1980", "und", ["3.4.1980"]),
        ("geb. dritter Mai 1994", "de", ["dritter Mai 1994"]),
        ("nacido el 4 de mayo del 98", "es", ["4 de mayo del 98"]),
        ("gimusi 2019 m. gruodžio 3 d.", "lt", ["2019 m. gruodžio 3 d."]),
        ("dzimusi 2015. gada 7. februārī", "lv", ["2015. gada 7. februārī"]),
        ("14.03.1979 doğumlu", "tr", ["14.03.1979"]),
        ("مولودة 5 أيار 2014", "ar", ["5 أيار 2014"]),
        ("on 3/4/92 I was born here", "en", ["3/4/92"]),  # the word may follow
        ("född 650709", "sv", ["650709"]),
        ("f. 3/5 1979", "sv", ["3/5 1979"]),
        ("03.05.1979 г.р.", "ru", ["03.05.1979 г"]),
        ("diarienummer 650709", "sv", []),
        ("geboren im schönen Wien 1994", "de", []),  # no month
        ("4 de mayo del 98", "es", []),
        ("geboren 1980", "de", []),  # a year says little
        ("Demo am 3.4.2025", "de", []),
        ("Er ist hier geboren. Am 3.4.2025 ist Demo.", "de", []),
    ],
)
def test_birthdates(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang, "birthdate") == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("gestern mit Fatma Yilmaz geredet", "de", ["Fatma Yilmaz"]),
        ("gestern mit Maria van der Berg", "nl", ["Maria van der Berg"]),
        ("Herr Dr. Özdemir sagt", "de", ["Özdemir"]),
        ("Frau Klein sagt", "de", ["Klein"]),
        ("Herr Amsalu Kebedewo sagt", "de", ["Amsalu Kebedewo"]),  # neither is listed
        ("hallo Fatma, danke", "de", ["Fatma"]),
        ("hallo Mai, hallo zusammen", "de", []),
        ("ich heiße Amsalu und", "de", ["Amsalu"]),
        ("ich heiße ahmed yilmaz", "de", ["ahmed yilmaz"]),
        ("mein Nachbar Ahmed hilft", "de", ["Ahmed"]),
        ("my friend Will said", "en", ["Will"]),
        ("laut M. Yilmaz und Ahmed K. gab es", "de", ["M. Yilmaz", "Ahmed K."]),
        ("Sean O'Brien sagt", "en", ["Sean O'Brien"]),
        ("Anna Huber war da. Hubers Hund auch, sagt Anna.", "de", ["Anna Huber", "Hubers", "Anna"]),
        ("we met fatima hussain there", "en", ["fatima hussain"]),
        ("قابلت أحمد محمود في الشارع", "ar", ["أحمد محمود"]),
        ("Зустріла Олена Шевченко вчора", "uk", ["Олена Шевченко"]),
        ("Είδα τον Άγγελος Παπαδόπουλος", "el", ["Άγγελος Παπαδόπουλος"]),
        ("Anna hat recht", "de", ["Anna"]),  # a first name of many countries
        ("Mai hat recht", "de", []),  # also a month
        ("Bürgermeisterin Anna Huber sagt", "de", []),  # an office
        ("Bürgermeister Dr. Karl Huber, also Herr Huber", "de", []),
        ("Petra Steinfeld-Huber kommt", "de", []),  # public, by list
        ("die Martin-Luther-Straße", "de", []),  # a street
        ("rue Victor Hugo", "fr", []),
        ("Im Mai in Paris", "de", []),
        ("in Victoria Park", "en", []),
        ("Herr Bürgermeister, bitte", "de", []),
        ("I will mark the date in may", "en", []),
        ("sarà già qui", "it", []),  # accents are not added: it is not Sara
        ("mehr Geld für Kinder und Familien", "de", []),
        ("z. B. Klein", "de", []),
    ],
)
def test_persons(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang, "person") == expected


def test_cues_of_all_languages_serve_a_language_without_its_own() -> None:
    assert found("ich heiße Amsalu", "pl", "person") == ["Amsalu"]
