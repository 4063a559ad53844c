"""What a page is: a name, a frame that paints at once, and cards that load by themselves.

A page is one module of `dashboard/pages/` with a constant `PAGE`; the folder's listing is the
menu. A card is asked by its name, `trend` or `city:wien` (the part behind the colon is its
argument), and gets the Visit: the address as given and the Query that its defaults make of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from dash import dcc, html

from base.time import now
from dashboard import address, roles
from dashboard.callback import Callbacks
from dashboard.components import faces
from dashboard.site import Site
from store.query import Query, View


@dataclass(frozen=True)
class Visit:
    """One look at one page. given: the View of the address. query: with its defaults."""

    site: Site
    given: View
    query: Query

    @property
    def is_filtered(self) -> bool:
        """Whether the figures are of a part of the posts."""
        return bool(self.query.languages or self.query.platforms or self.query.voices)


@dataclass(frozen=True)
class Page:
    """One page.

    path: of the address, without slashes. title: in the menu. cities: the most it shows.
    order: place in the menu. layout: the frame. cards: name → what draws it. action: what a role
    must be allowed to do to see it (`dashboard.roles`). register: adds the callbacks of a page
    that does more than show.
    """

    path: str
    title: str
    cities: int
    order: int
    layout: Callable[[Visit], Any]
    cards: Mapping[str, Callable[[Visit, str], Any]]
    action: str = roles.READ
    register: Callable[[Callbacks, Site], None] | None = None


def visit(site: Site, given: str, pages: Mapping[str, Page]) -> Visit:
    """The visit that an address asks for. Raises BadInput with the names there are."""
    view = address.read(site, given, pages)
    shown = address.with_defaults(site, view, pages[view.page].cities)
    return Visit(site, view, shown.query)


def find() -> dict[str, Page]:
    """All pages by path, in the order of the menu."""
    folder = Path(__file__).parent / "pages"
    names = sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
    found: Sequence[Page] = [import_module(f"dashboard.pages.{n}").PAGE for n in names]
    return {p.path: p for p in sorted(found, key=lambda p: p.order)}


def slot(
    seen: Visit, name: str, title: str, *, size: str = "", height: int = 320,
    is_fresh: bool = False,
) -> Any:  # fmt: skip
    """The place of a card: a skeleton of its size until the card is drawn into it.

    height: of the card in px as it will be, so that nothing jumps. is_fresh: drawn anew on every
    visit, as what it shows changes without the posts.
    """
    asked = {"card": name, "address": seen.given.to_url()}
    return html.Section(
        [
            dcc.Store(
                id={"type": "asked", "card": name},
                data=asked | ({"at": now().isoformat()} if is_fresh else {}),
            ),
            html.Div(
                faces.loading(title),
                id={"type": "card", "card": name},
                className="slot",
                style={"minHeight": height},
            ),
        ],
        className=f"place {size}",
        **{"aria-label": title},
    )
