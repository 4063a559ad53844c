"""The command `unite`: finds the command's file, runs it, says in plain words what went wrong.

Exit status: 0 done, 1 the input or the world is at fault, 2 usage.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import typer

from base.errors import UniteError

_NOT_COMMANDS = {
    "__init__", "asking", "backup_secret", "city_add", "city_check", "city_edit", "city_forecast",
    "city_searches", "main", "options", "output", "taxonomy_edit", "taxonomy_try",
}  # fmt: skip


def names() -> list[str]:
    """The commands there are: the files beside this one."""
    found = (p.stem for p in Path(__file__).parent.glob("*.py"))
    return sorted(n.rstrip("_").replace("_", "-") for n in found if n not in _NOT_COMMANDS)


def build(wanted: list[str]) -> typer.Typer:
    """The application with these commands; each file holds `COMMAND`, a function or a group."""
    app = typer.Typer(
        name="unite",
        help="UniteEurope, the European Monitor on Urban Integration.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(lambda: None)
    for name in wanted:
        # a command that is a word of Python has an underscore behind its file's name
        suffix = "_" if name == "import" else ""
        module = name.replace("-", "_") + suffix
        command = import_module(f"monitor.cli.{module}").COMMAND
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def main() -> None:
    """Entry of the command line."""
    # Only the named command is imported: `unite tag` starts without the database or the pages.
    first = next((a for a in sys.argv[1:] if not a.startswith("-")), None)
    known = names()
    try:
        app = build([first] if first in known else known)
        app()
    except KeyboardInterrupt:  # while the command was still being imported
        sys.exit(130)
    except UniteError as error:
        sys.exit(_say(error))
    except BrokenPipeError:
        # the reader went away (`unite query | head`): nothing is wrong here
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        print(f"unite: {error.strerror or 'the system refused'}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        # The message of a foreign error may hold a text: only its kind and place are said.
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
        print(
            f"unite: an error in the program ({type(error).__name__} at {places})\n"
            "  do         please report this line; it holds no post",
            file=sys.stderr,
        )
        sys.exit(1)


def _say(error: UniteError) -> int:
    print(f"unite: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
