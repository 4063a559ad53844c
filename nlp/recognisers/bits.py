"""What a word may be for the name rules, one bit each; a word is any number of them."""

from __future__ import annotations

from enum import IntFlag


class Is(IntFlag):
    """What a word may be; CAPITAL, TITLE and CASELESS say how it is written."""

    FIRST = 1  # listed as a first name
    LAST = 2  # listed as a last name
    WEAK = 4  # also an everyday word of the language
    NOTNAME = 8  # in the list of words that only look like names
    CAPITAL = 16  # begins with a capital
    TITLE = 32  # and goes on in small letters
    CASELESS = 64  # a script without capitals
    CUE = 128  # the longest word of a cue
    STREET = 256  # a street word, alone or at the end
    PARTICLE = 512
    OFFICE = 1024  # a whole office cue
    TRIGGER = 2048  # a name may begin here, or a cue stands here
    ALONE = 4096  # a name that tells a person though nothing stands beside it
    FORM = 8192  # a form of a listed name, or one that only sounds like it; or a word as well
    COMMON = 16384  # a first name of many countries
    FAMILY = 32768  # in no list, but ends as family names do
    SPEECH = 65536  # what somebody does with words: said
    HOUSE = 131072  # what is named after people: museum, saint
    PLACE = 262144  # a name that is a place, a month or a day somewhere as well
    TITLED = 524288  # stands after a name: Bey, úr, kungs
    LIKELY = 1048576  # in no list, but may be a name by its letters, if what is beside it says so


FIRST, LAST, WEAK, NOTNAME, CAPITAL, TITLE, CASELESS, CUE, STREET, PARTICLE = map(
    int, list(Is)[:10]
)
OFFICE, TRIGGER, ALONE, FORM, COMMON, FAMILY, SPEECH, HOUSE, PLACE, TITLED, LIKELY = map(
    int, list(Is)[10:]
)
NAME = FIRST | LAST
NO_NAME = NOTNAME | CUE | STREET | OFFICE | HOUSE  # is something else, whatever its capital
STRANGER = NO_NAME | WEAK  # no part of a name by its capital alone
