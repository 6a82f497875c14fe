"""Renders the pages of an environment from `templates/runbooks/`."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Final

import jinja2

from runbooks.commands import call_function, read_log
from runbooks.errors import RunbookError
from runbooks.first_aid import heading_of
from templates import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runbooks.catalogue import Page
    from runbooks.names import Names

MARK: Final = "<!-- rendered by `make runbooks` from "
"""The start of the line by which a rendered file is known."""
INDEX: Final = "README.md"
_FOLDER: Final = "runbooks"
_EMPTY_LINES: Final = re.compile(r"\n(?:[ ]*\n){2,}")


def environment_pages(names: Names, pages: Sequence[Page]) -> dict[str, str]:
    """The files of an environment, its index too, by name.

    Raises:
        RunbookError: A template names what the environment or the context does not have, or is not valid.
    """
    chosen = [page for page in pages if page.is_for(names)]
    rendered = {f"{page.id}.md": _rendered(f"{page.id}.md.j2", names, chosen, page=page) for page in chosen}
    return {
        INDEX: _rendered("environment.md.j2", names, chosen, left_out=[p for p in pages if p not in chosen])
    } | rendered


def overview(every: Sequence[Names], pages: Sequence[Page]) -> str:
    """The index of all environments."""
    return _text("overview.md.j2", mark=MARK, every=every, pages=pages, groups=_groups(pages))


def _rendered(template: str, names: Names, chosen: Sequence[Page], **values: object) -> str:
    """One file.

    The context is the public attributes and methods of `Names`, and `link`, `told`, `log`, `call`, `heading_of`,
    `pages`, `groups`, `page`.
    """

    def log(place: str, minutes: int, pattern: str = "") -> str:
        """The command that prints the last messages of the log group at a place."""
        return read_log(names.region, names.name(place), minutes, pattern)

    def call(place: str, **event: object) -> str:
        """The command that calls the function at a place with an event."""
        return call_function(names.region, names.name(place), event)

    def told(severity: str) -> str:
        """Who gets the messages of a severity, in words."""
        receivers = names.receivers(severity)
        if receivers:
            return f"the receivers of `{severity}` ({', '.join(receivers)})"
        return f"nobody by a message, as `[notifications.{severity}]` is left out"

    def link(id_: str) -> str:
        """A link to another page of this environment."""
        for page in chosen:
            if page.id == id_:
                return f"[{page.title}]({id_}.md)"
        message = f"{names.env} has no page {id_!r}; it has: {', '.join(page.id for page in chosen)}"
        raise RunbookError(message)

    context = {name: getattr(names, name) for name in dir(names) if not name.startswith("_")}
    context |= {"link": link, "told": told, "log": log, "call": call, "heading_of": heading_of}
    context |= {"pages": chosen, "groups": _groups(chosen)}
    return _text(template, mark=MARK, **context, **values)


def _groups(pages: Sequence[Page]) -> dict[str, list[Page]]:
    return {group: [page for page in pages if page.group == group] for group in dict.fromkeys(p.group for p in pages)}


def _text(template: str, **values: object) -> str:
    try:
        return _EMPTY_LINES.sub("\n\n", render(f"{_FOLDER}/{template}", **values)).strip() + "\n"
    except jinja2.TemplateSyntaxError as error:
        message = f"templates/{_FOLDER}/{template}:{error.lineno}: {error.message}"
        raise RunbookError(message) from error
    except jinja2.TemplateNotFound as error:
        message = (
            f"templates/{error.name} is not there; each page of the catalogue in runbooks/pages/ needs its template"
        )
        raise RunbookError(message) from error
    except (jinja2.TemplateError, RunbookError, TypeError) as error:
        message = f"{_place(error, template)}: {error}"
        raise RunbookError(message) from error


def _place(error: Exception, template: str) -> str:
    """The line of a template at which an error was raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return f"templates/{_FOLDER}/{template}"
    name = frames[-1].filename.rpartition("/")[2]
    return f"templates/{_FOLDER}/{name}:{frames[-1].lineno}"
