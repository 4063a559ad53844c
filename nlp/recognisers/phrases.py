"""Words and phrases that are looked for in a few words of text."""

from __future__ import annotations

from collections.abc import Iterable

from base.text import words


class Phrases:
    """Listed phrases, `word*` for the beginning of words; asked of a short piece of text."""

    def __init__(self, listed: Iterable[str]) -> None:
        whole = {tuple(words(phrase)) for phrase in listed if not phrase.endswith("*")}
        begun = {tuple(words(phrase)) for phrase in listed if phrase.endswith("*")}
        self._single = frozenset(phrase[0] for phrase in whole if len(phrase) == 1)
        self._begun = tuple(phrase[0] for phrase in begun if len(phrase) == 1)
        self._longer: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
        for phrase in sorted(whole | begun):
            if len(phrase) > 1:
                self._longer.setdefault(phrase[0], []).append((phrase, phrase in begun))

    def stand_in(self, text: str) -> bool:
        found = words(text)
        if not self._single.isdisjoint(found):
            return True
        return any(
            word.startswith(self._begun) or self._follow(found[i:]) for i, word in enumerate(found)
        )

    def _follow(self, found: list[str]) -> bool:
        """Whether a longer phrase begins with the first of the words."""
        for phrase, is_begun in self._longer.get(found[0], ()):
            *before, last = found[: len(phrase)]
            if (*before, last) == phrase:
                return True
            if is_begun and (*before, phrase[-1]) == phrase and last.startswith(phrase[-1]):
                return True
        return False
