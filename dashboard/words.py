"""What the pages say about how a figure is made; the same words on every card."""

from __future__ import annotations

VOICES = {
    "personal": "People",
    "institutional": "Institutions",
    "political": "Parties and politicians",
    "media": "Media",
}
FEW = "of too few posts to say how many"
NOBODY = "nobody looked in this period"
WHOLE = "Of all languages and platforms: this figure takes no second filter. "
OF = {"seen": "collected", "relevant": "about integration"}
BASES = {
    "seen": "all posts collected from the city's sources, whatever they are about",
    "relevant": "the posts about integration (an area, or hate against a group and answers to it)",
}
SHARE = (
    "Share = posts about the subject ÷ {base}, in the same city and period. A post about several"
    " subjects counts once in each, so the shares do not add up to 100 %."
)
DOT = "Dot: share of posts {of}. Bar: 95 % interval"
INTERVAL = (
    "The bar around a dot is the 95 % interval. It counts authors and stories, not posts: many"
    " posts of one author, or copies of one text, are no independent voices. Where two intervals"
    " cannot be told apart, they are a tie."
)
ROUNDED = (
    "Figures are rounded to base 5, always to the same figure, and shown only from 5 posts and 3"
    " people on, so that nobody can be singled out."
)
LIMITS = (
    "Says what the collected posts talk about, not what inhabitants think. Sources differ between"
    " cities; coverage says how much of the time was looked at."
)
COVERAGE = (
    "One block a week, as high as the share of the sources' days that were looked at. Hatched:"
    " nobody looked. A gap is never zero posts."
)
GAPS = "Weeks that nobody looked at, or with too few posts, are left open in the line."
WEEK = (
    "Last week is set against the 13 weeks {usual}. An area is named only when the difference is"
    " larger than chance explains: its 95 % interval, widened for the number of areas tried,"
    " excludes zero."
)
TAGGED = "{share} of all posts were tagged by other word lists (mended by: unite retag)"
CHOSEN = "Shown because it can best be compared here; choose another under “about”."
HEADS = (
    "Tone, hate and speech come from models. A model that was not tested in a language is shown"
    " as unmeasured: neither low nor high."
)
ALERTS = (
    "An alert is raised where a source fails for good or for a day, where too many of its items can"
    " no longer be read, and where it gives nothing although by its own past it should. It ends by"
    " itself when the source recovers. Acknowledging says that somebody knows; the figures go on"
    " leaving a silent time out as lost. “It was truly silent” says that nothing was published:"
    " figures then take the time as looked at."
)
HEALTH = (
    "Failing: the last look failed. Unmapped: too many of the last items could not be read. Silent:"
    " no posts for so long that its own past gives this a chance below 1 in 10,000. Late: not"
    " looked at for three times its usual rhythm. New: known for less than two weeks. Retired: no"
    " longer listed, or brought in as a file.",
    "Usual: the same weekday of the eight weeks before, median and three robust standard"
    " deviations to each side. A small source may be without posts for weeks and is not called"
    " silent.",
    "A silent or unread time, and days that nobody looked at, are gaps in the city's figures:"
    " never a fall in debate.",
)
QUARANTINE = (
    "Of an item that cannot be read only the field and the reason are kept, never its content."
)


def figure(base_name: str) -> tuple[str, ...]:
    """What stands behind every share of that base."""
    return SHARE.format(base=BASES[base_name]), INTERVAL, ROUNDED, LIMITS
