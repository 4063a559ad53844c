"""Streets with their street word: before the name, behind it, or written onto it."""

from __future__ import annotations

from base.text import fold
from nlp.recognisers.street_run import ABBREVIATED, Run
from nlp.recognisers.streets import (
    ABROAD,
    AFTER,
    BEFORE,
    GLUED,
    OPENING,
    SURE_AFTER,
    SURE_BEFORE,
    SURE_GLUED,
    has_capital,
)  # fmt: skip

_LONG_WORD = 4  # a street word of so many letters needs no end behind its number
_LONG_GLUED = 8
_MOST_SMALL = 3  # words of a name in small letters
_PARTICLES = frozenset(("van", "von", "t"))  # begin a name in small letters
_ARTICLES = frozenset(("de", "den", "der", "het"))  # only behind one of them: van der Helst
_LONGEST_PARTICLE = 3
_OF = frozenset(("des", "der", "am", "zum", "zur"))
_DECLINED = ("er", "e", "en", "es", "em")  # Alte, Berliner: what stands before a German name
_INSIDE = frozenset(("-", "'", "’", ".-", ":", "."))  # between words of one name


def named_behind(run: Run) -> int:
    """A street word with its name behind it: Via Roma 7, ul. 3 Maja 27."""
    for k in range(run.last - 1, -1, -1):
        bits = run.bits[k]
        if not bits & BEFORE and not _is_pair(run, k):
            continue
        name = run.words[k + 1 :]
        if name[0].isdigit() and len(name) == 1:
            continue
        if all(fold(w) in run.houses.words for w in name):
            continue  # plaza número 3
        if run.streets.has_nouns and not bits & ABROAD and name[0] not in _OF:
            continue  # Platz der Republik 1
        is_dated = bits & SURE_BEFORE and name[0].isdigit()  # ул. 6-ти септември
        if (
            is_dated
            or _is_named(name)
            or (
                bits & SURE_BEFORE
                and len(name) <= _MOST_SMALL
                and (len(run.words[k]) > 1 or run.gap(k)[:1] == "/")
                and len(name[-1]) > 2
                and (run.is_end or run.is_large)
            )
        ):
            return run.start(_first_street_word(run, k))
    return -1


def _first_street_word(run: Run, k: int) -> int:
    """The street word that begins the name: P.zza Vittorio, rue du Faubourg Saint-Denis."""
    if k and _is_pair(run, k - 1):
        return k - 1
    for j in range(k - 1, max(-1, k - 3), -1):
        if run.bits[j] & BEFORE:
            return j
        if len(run.words[j]) > _LONGEST_PARTICLE:
            break
    return k


def _is_pair(run: Run, k: int) -> bool:
    """Whether word k and the next are one shortened street word: p.zza, b-dul, C.so."""
    if k + 1 >= run.last:
        return False
    return bool(run.streets[run.at.buffer[run.start(k) : run.found[k + 1].end()]] & BEFORE)


def _is_named(name: list[str]) -> bool:
    """Whether a name ends, or begins, with a capital."""
    letters = [w for w in name if not w.isdigit()]
    if not letters:
        return False
    return has_capital(letters[-1]) or (has_capital(letters[0]) and len(name) < 5)


def named_before(run: Run) -> int:
    """A name with a street word behind it: Pärnu mnt 112, Brīvības ielā 14."""
    last = run.last
    bits = run.bits[last]
    if not last or not bits & AFTER:
        return -1
    word, before = run.words[last], run.words[last - 1]
    is_dotted = run.is_dotted(last)
    if has_capital(before) and not (before.isdigit() and not last - 1 and not is_dotted):
        if bits & ABROAD and not bits & SURE_AFTER and not has_capital(word):
            return -1
        if before.isdigit() and not run.is_dotted(last - 1):
            is_numbered = last > 1 and run.bits[last - 2] & AFTER  # Lale mah. 64012 sok.
            return run.start(last - 1) if is_numbered else -1
        return run.start(_name_start(run, last - 1))
    is_long = len(word) > 2 or is_dotted or (len(word) > 1 and run.is_large)
    is_told = len(word) >= _LONG_WORD or not word.isascii() or run.is_large or run.is_end
    is_small = not word[:1].isupper()  # auf Platz 3
    if bits & SURE_AFTER and is_small and is_long and len(before) > 2 and is_told:
        is_dated = last > 1 and run.words[last - 2].isdigit()  # 13. janvāra iela
        is_line = 1 < last <= _MOST_SMALL and run.at.begins_line(run.start(0))
        return run.start(0 if is_line else last - 1 - is_dated)  # dózsa györgy út
    return -1


def glued(run: Run) -> int:
    """A name that ends with its street word: Lindenstraße 14, vaasankadulla 16."""
    bits, word = run.bits[run.last], run.words[run.last]
    if not bits & GLUED:
        return -1
    if has_capital(word):
        return run.start(_name_start(run, run.last))
    # abroad and small: in any language a part of some word
    is_told = len(word) >= _LONG_GLUED or run.is_large or run.is_end
    if not bits & SURE_GLUED or not is_told:
        return -1
    k = run.last
    while k and _is_inside(run, k):
        k -= 1
    return run.start(k)


def _name_start(run: Run, k: int) -> int:
    """The first word of a name that ends with word k: capitals before it belong to it."""
    has_nouns = run.streets.has_nouns
    while k:
        word = run.words[k - 1]
        if _is_inside(run, k):
            k -= 1
            continue
        if k > 1 and len(word) < 3 and run.words[k - 2].isdigit():
            k -= 2  # 1-я Советская
            continue
        is_ordinal = word[:1].isdigit() and not word.isdigit()  # 1e Jan Steenstraat
        is_small = word in _PARTICLES or (
            k > 1 and word in _ARTICLES and _bears_article(run.words[k - 2], has_nouns)
        )
        if word[:1].isupper() and run.bits[k - 1] & OPENING:
            return k - 1  # Am Alten Markt
        if not (word[:1].isupper() or is_ordinal or is_small):
            break
        if has_nouns and not word.endswith(_DECLINED) and not is_ordinal and not is_small:
            break
        k -= 1
    return k


def _is_inside(run: Run, k: int) -> bool:
    """Whether word k goes on with the name before it: karl-marx-str, gl. kongevej."""
    gap = run.gap(k - 1)
    return gap in _INSIDE or (gap == ". " and len(run.words[k - 1]) < ABBREVIATED)


def _bears_article(word: str, has_nouns: bool) -> bool:
    """van der Helst, Admiraal de Ruijter: what may stand before an article inside a name."""
    is_long = len(word) > _LONGEST_PARTICLE and word[:1].isupper()
    return word in _PARTICLES or (is_long and not has_nouns)
