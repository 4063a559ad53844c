"""Design tokens: colours, type and spacing, light and dark. Pages and charts take them from here.

Comes in: nothing. Goes out: the style sheet `tokens.css`, which the application serves. Charts
are drawn without colours of their own and dressed by the same variables, so that a change of
theme needs no answer from the server. A test checks each pair of PAIRS against WCAG AA.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ink": "#1b2733",
    "muted": "#55636f",
    "paper": "#fbfaf7",
    "card": "#ffffff",
    "line": "#dcd8cf",
    "quiet": "#f1eee7",
    "accent": "#0b6e6e",
    "on-accent": "#ffffff",
    "socio-economic": "#2f6f9f",
    "socio-cultural": "#9a5b13",
    "legal-political": "#5b4b8a",
    "spatial": "#3f7d3a",
    "tone-negative": "#7b5296",
    "tone-neutral": "#8a8f94",
    "tone-positive": "#ad5d0f",
    "hate": "#84396b",
    "none": "#8c9299",
    "on-grey": "#12181e",
    "alarm": "#a52a1f",
}
DARK: Mapping[str, str] = {
    "ink": "#e8e6e1",
    "muted": "#a4afb8",
    "paper": "#12181e",
    "card": "#1a222a",
    "line": "#35414c",
    "quiet": "#232d37",
    "accent": "#5cc0bd",
    "on-accent": "#10201f",
    "socio-economic": "#79b3dd",
    "socio-cultural": "#dba365",
    "legal-political": "#ab9cdc",
    "spatial": "#8cc486",
    "tone-negative": "#b795d0",
    "tone-neutral": "#9aa1a8",
    "tone-positive": "#e39a4e",
    "hate": "#d28bb8",
    "none": "#858e97",
    "on-grey": "#12181e",
    "alarm": "#f08a7e",
}
THEMES: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK}

# (what stands, on what, least contrast): 4.5 for words, 3 for marks that carry meaning
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((word, ground, 4.5) for word in ("ink", "muted", "accent", "alarm")
      for ground in ("paper", "card", "quiet")),
    ("on-accent", "accent", 4.5),
    ("on-grey", "tone-neutral", 4.5),
    *(("card", part, 4.5) for part in ("tone-negative", "tone-positive", "hate", "accent")),
    *((mark, "card", 3.0) for mark in (
        "socio-economic", "socio-cultural", "legal-political", "spatial", "tone-negative",
        "tone-neutral", "tone-positive", "hate", "none",
    )),
)  # fmt: skip

SIZES: Mapping[str, str] = {"small": "13", "body": "15", "lead": "18", "head": "24", "title": "34"}
DIMENSIONS = ("socio-economic", "socio-cultural", "legal-political", "spatial")


def style_sheet() -> str:
    """The tokens as CSS variables; the theme is an attribute of the page."""
    sizes = "".join(f"--{name}:{int(px) / 16:g}rem;" for name, px in SIZES.items())
    hues = "".join(f".{name}{{--hue:var(--{name})}}" for name in DIMENSIONS)
    dark = ':root[data-mantine-color-scheme="dark"]'
    return (
        f":root{{color-scheme:light;{sizes}--radius:6px;{_variables(LIGHT)}}}\n"
        f"{dark}{{color-scheme:dark;{_variables(DARK)}}}\n"
        f"{hues}\n"
        f"@media print{{:root,{dark}{{{_variables(LIGHT)}--paper:#fff;}}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours written #rrggbb."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _variables(theme: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in theme.items())


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
