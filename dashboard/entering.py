"""Entering a city from a page: what was typed, what was found and tried, what somebody saves.

Comes in: the fields of the form. Goes out: a Draft with its sources tried, kept in memory until
it is saved under a name and a reason. The command `unite city add` asks the same functions.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from base.errors import BadInput
from monitor import collecting
from monitor.entering import districts, drafting, editing, gathering, place
from monitor.entering.gathering import Candidate, Failed, Wanted
from monitor.entering.overlay import Change
from monitor.entering.place import Place
from monitor.workspace import Workspace

_KEPT = 20
_MOST_SITES = 8
_MOST_BYTES = 5_000_000  # of a file of districts


@dataclass(frozen=True)
class Form:
    """The fields as they were typed; empty where nothing was. upload: as Dash gives a file."""

    name: str = ""
    country: str = ""
    at: str = ""
    also: str = ""
    languages: str = ""
    time_zone: str = ""
    upload: str = ""
    file: str = ""
    sites: str = ""
    voice: str = "media"


@dataclass(frozen=True)
class Draft:
    """A city that could be saved. is_known: the city is there, and only sources are added."""

    cells: dict[str, Any]
    found: Place | None
    candidates: tuple[Candidate, ...]
    failed: tuple[Failed, ...]
    is_known: bool


class Drafts:
    """The drafts that were last looked at, each under a token that only its page knows."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, draft: Draft) -> str:
        """The token of a draft."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._found[token] = draft
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return token

    def of(self, token: str) -> Draft:
        """The draft of a token. Raises BadInput after a restart, or many drafts later."""
        with self._lock:
            if token not in self._found:
                raise BadInput("what was found is not at hand any more", hint="look for it again")
            return self._found[token]


def drafted(workspace: Workspace, form: Form) -> Draft:
    """Find the place, read the districts, look for feeds and try them. Raises BadInput."""
    if not form.name.strip():
        raise BadInput("the city has no name", expected="what its people call it")
    sites = form.sites.split()
    if len(sites) > _MOST_SITES:
        raise BadInput(f"{len(sites)} sites at once", expected=f"at most {_MOST_SITES}",
                       hint="add the others when these are saved")  # fmt: skip
    cells: dict[str, Any]
    known = _known(workspace, form.name)
    if known is not None:
        there = workspace.registry.city(known)
        cells = {"code": known, "name": there.name, "languages": list(there.languages),
                 "time_zone": there.time_zone}  # fmt: skip
        found, taken = None, [s.code for s in (*there.sources, *there.retired)]
        if _districts(form):
            raise BadInput(f"{there.name} is there already: here only sources are added to it",
                           hint=f"unite city districts {known} FILE")  # fmt: skip
    else:
        found = place.find(form.name, form.country.strip() or None,
                           place.point(form.at) if form.at.strip() else None)  # fmt: skip
        cells = drafting.city(
            form.name, found, languages=_listed(form.languages),
            time_zone=form.time_zone.strip() or None, also=_listed(form.also, only=","),
            districts=_districts(form),
        )  # fmt: skip
        taken = []
    wanted = Wanted(cells["code"], cells["time_zone"], form.voice, cells["languages"][0], "")
    gathered: list[Candidate | Failed] = []
    if sites:
        with collecting.client(workspace) as http:
            gathered = list(gathering.gather(workspace, http, wanted, taken, sites))
    return Draft(
        cells, found, tuple(g for g in gathered if isinstance(g, Candidate)),
        tuple(g for g in gathered if isinstance(g, Failed)), known is not None,
    )  # fmt: skip


def save(
    workspace: Workspace, draft: Draft, chosen: Sequence[str], author: str, reason: str
) -> Change:
    """Save a draft with the sources that were ticked. Raises BadInput."""
    ticked = [one for one in draft.candidates if one.cells["code"] in chosen]
    sources = [{**one.saved, "why": reason} for one in ticked]
    if draft.is_known:
        if not sources:
            raise BadInput(f"{draft.cells['name']} is there already, and no source is ticked")
        change = editing.propose(workspace, "add", "source", draft.cells["code"],
                                 {"source": sources}, author=author, reason=reason)  # fmt: skip
    else:
        change = editing.propose(workspace, "add", "city", draft.cells["code"],
                                 {**draft.cells, "source": sources},
                                 author=author, reason=reason)  # fmt: skip
    gathering.remember(workspace, ticked)
    return change


def _known(workspace: Workspace, name: str) -> str | None:
    """The code of a city that the registry has under this name."""
    wanted = name.strip().casefold()
    for city in workspace.registry.cities.values():
        if wanted in (city.code, city.name.casefold()):
            return city.code
    return None


def _districts(form: Form) -> list[dict[str, Any]]:
    if not form.upload:
        return []
    try:
        data = base64.b64decode(form.upload.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise BadInput("the file did not arrive whole", where=form.file) from error
    if len(data) > _MOST_BYTES:
        raise BadInput("the file is too large", where=form.file,
                       expected="names alone: at most 5 MB")  # fmt: skip
    return districts.read(data, form.file)


def _listed(given: str, *, only: str = "") -> list[str]:
    """The parts of a field, with commas between, or spaces where a part has none."""
    parts = given.split(only) if only else given.replace(",", " ").split()
    return [p.strip() for p in parts if p.strip()]
