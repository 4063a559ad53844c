"""`unite evaluate`: how good the tagger is, by language, area and type of personal data."""

from __future__ import annotations

from typing import Annotated

import typer

from base.errors import unknown
from monitor import tagging
from monitor.cities import DATA
from monitor.cli import options, output
from monitor.evaluation import names, personal
from monitor.evaluation.evaluation import ALL, CODES, VALUES, Evaluation, evaluate
from monitor.evaluation.examples import read
from monitor.evaluation.measures import Score
from monitor.workspace import Workspace
from nlp.scrub import Scrub

_EXAMPLES = ("open", "sealed")
_SETS = ("examples", "names", "personal")


def COMMAND(
    language: Annotated[
        list[str] | None, typer.Option(help="Only this language; may be given several times.")
    ] = None,
    of: Annotated[
        str,
        typer.Option(
            "--set",
            help="What to measure on: `examples`; `names`, the names of people in Universal NER "
            "and the Broad Twitter Corpus; `personal`, Presidio's made-up personal data.",
        ),
    ] = "examples",
    examples: Annotated[
        str, typer.Option(help="Which examples: `open`, or `sealed`, which nothing was made from.")
    ] = "sealed",
    as_json: options.Json = False,
) -> None:
    """Compare what the tagger finds in the example posts with what a careful reader expects.

    The sets `names` and `personal` measure the scrubber alone on test data of others, read from
    the folder of the setting UNITE_SHARED_DATA. Names that a list or an office before them makes
    public are kept and counted apart.
    """
    if of not in _SETS:
        raise unknown("set", of, _SETS)
    if examples not in _EXAMPLES:
        raise unknown("set of examples", examples, _EXAMPLES)
    workspace = options.workspace()
    if of != "examples":
        _scrubber(workspace, of, language, as_json=as_json)
        return
    posts = list(read(DATA / "examples", sealed=examples == "sealed"))
    known = sorted({p.language for p in posts})
    for code in language or ():
        if code not in known:
            raise unknown("language", code, known)
    tagger = tagging.build(workspace.settings, workspace.registry, tie_city=False)
    scrub = next(step for step in tagger.steps if isinstance(step, Scrub))
    places = frozenset(workspace.registry.places)
    wanted = [p for p in posts if not language or p.language in language]
    result = evaluate(tagger, scrub, wanted, places)
    if as_json:
        output.answer("evaluate", None, None, None, [tagger.digest], _rows(result))
        return
    output.table(
        f"{len(wanted)} {examples} example posts: micro-F1 of codes, share right of values",
        ["language", "#posts", *(f"#{name}" for name in (*CODES, *VALUES))],
        [
            [code, str(sum(result.posts.values()) if code == ALL else result.posts[code]),
             *(_share(result.tasks[name, code].f1) for name in (*CODES, *VALUES))]
            for code in (*result.posts, ALL)
        ],
    )  # fmt: skip
    output.table(
        "areas, all languages",
        ["area", "#expected", "#precision", "#recall", "#F1"],
        [
            [code, str(s.expected), _share(s.precision), _share(s.recall), _share(s.f1)]
            for (code, of), s in sorted(result.areas.items(), key=lambda i: i[1].f1 or 0)
            if of == ALL
        ],
    )
    output.table(
        "personal data, all languages",
        ["type", "#expected", "#recall", "#precision"],
        [
            [kind, str(s.expected), _share(s.recall), _share(s.precision)]
            for (kind, of), s in sorted(result.personal.items())
            if of == ALL
        ],
    )
    worst = result.worst(result.tasks, "areas")
    if worst is not None:
        output.say(f"worst language for areas: {worst[0]}, F1 {worst[1]:.2f}")


def _scrubber(workspace: Workspace, of: str, language: list[str] | None, *, as_json: bool) -> None:
    """The figures of the scrubber on one of the sets of others."""
    folder = workspace.settings.shared_data
    scrub = tagging.scrubber(workspace.settings)
    if of == "names":
        sentences = list(names.read(folder))
        known = sorted({s.language for s in sentences})
    else:
        known = [personal.LANGUAGE]
    for code in language or ():
        if code not in known:
            raise unknown("language", code, known)
    if of == "names":
        wanted = [s for s in sentences if not language or s.language in language]
        result = names.measure(scrub, wanted)
    else:
        result = personal.measure(scrub, personal.read(folder))
    if as_json:
        output.answer("evaluate", None, None, None, [], [
            {"set": of, "name": name, "language": code, "expected": taken.there,
             "found": taken.found, "recall": taken.recall, "precision": taken.precision,
             "kept": taken.kept}
            for (name, code), taken in result.items()
        ])  # fmt: skip
        return
    output.table(
        "names of people, without those that stay" if of == "names" else "personal data",
        ["source" if of == "names" else "type", "language", "#expected", "#recall", "#precision",
         "#kept"],
        [
            [name, code, str(taken.there), _share(taken.recall), _share(taken.precision),
             str(taken.kept)]
            for (name, code), taken in result.items()
        ],
    )  # fmt: skip


def _rows(result: Evaluation) -> list[dict[str, object]]:
    def row(task: str, name: str, language: str, score: Score) -> dict[str, object]:
        return {
            "task": task, "name": name, "language": language, "expected": score.expected,
            "found": score.found, "precision": score.precision, "recall": score.recall,
            "f1": score.f1,
        }  # fmt: skip

    tables = (("tasks", result.tasks), ("areas", result.areas), ("personal", result.personal))
    return [row(task, *key, score) for task, table in tables for key, score in table.items()]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
