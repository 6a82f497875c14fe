"""The list of the runbooks: `pages/<group>.toml`, one table for each page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from modules.runbook import Runbook
from runbooks.errors import RunbookError

if TYPE_CHECKING:
    from runbooks.names import Names

FOLDER: Final = Path(__file__).with_name("pages")
GROUPS: Final = {
    "data": "Data",
    "releases": "Releases",
    "outages": "Outages",
    "state-and-account": "State and account",
}
"""The files with the pages, in the order of the index, and their headings."""
_OR: Final = " or "
_KEYS: Final[dict[str, type]] = {"title": str, "needs": list, "alarms": list, "about": list, "creates": list}


@dataclass(frozen=True, kw_only=True)
class Page:
    """One runbook, in every environment that has what it is about."""

    id: str
    """The name of its files: `templates/runbooks/<id>.md.j2`, `docs/runbooks/<environment>/<id>.md`."""
    group: str
    title: str
    needs: tuple[str, ...] = ()
    """Layers and places (`runbooks/names.py`) that an environment must have, or else it does not have the page.

    One of several: `edge/aws_wafv2_web_acl or service/aws_wafv2_web_acl`.
    """
    alarms: tuple[str, ...] = ()
    """The sections of docs/runbooks.md, which alarms link, that lead on to this page."""
    about: tuple[str, ...] = ("*",)
    """Which of the alarms of these sections the page is about, by their names: `*-postgres*`."""
    creates: tuple[str, ...] = ()
    """What its commands create, by the end of the names: `-postgres-restored`."""

    def is_for(self, names: Names) -> bool:
        """Whether an environment has the page."""
        return all(any(names.has(place) for place in places.split(_OR)) for places in self.needs)


def pages(folder: Path = FOLDER) -> tuple[Page, ...]:
    """Every page, in the order of the groups and of their files.

    Raises:
        RunbookError: A file is not valid, or two pages have the same id.
    """
    found: dict[str, Page] = {}
    for group in GROUPS:
        file = folder / f"{group}.toml"
        for id_, table in _read(file).items():
            page = _page(file, group, id_, table)
            if id_ in found:
                message = f"{file.name}: [{id_}] is also in {found[id_].group}.toml; a page must be in one file"
                raise RunbookError(message)
            found[id_] = page
    return tuple(found.values())


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{file.name} cannot be read: {error}"
        raise RunbookError(message) from error


def _page(file: Path, group: str, id_: str, table: Any) -> Page:  # noqa: ANN401 - TOML is of any type
    where = f"{file.name}: [{id_}]"
    if not isinstance(table, dict) or not isinstance(table.get("title"), str):
        message = f'{where} must be a table with a title, like title = "Restore PostgreSQL"'
        raise RunbookError(message)
    for key, value in table.items():
        if key not in _KEYS:
            message = f"{where} {key} is not a valid key; allowed: {', '.join(_KEYS)}"
            raise RunbookError(message)
        if not isinstance(value, _KEYS[key]) or (
            isinstance(value, list) and not all(isinstance(i, str) for i in value)
        ):
            message = f"{where} {key} must be {'a text' if _KEYS[key] is str else 'a list of texts'}"
            raise RunbookError(message)
    if unknown := sorted(set(table.get("alarms", ())) - set(Runbook)):
        message = f"{where} alarms: {unknown[0]!r} is not a section of docs/runbooks.md; allowed: {', '.join(Runbook)}"
        raise RunbookError(message)
    lists = {key: tuple(value) for key, value in table.items() if key != "title"}
    return Page(id=id_, group=group, title=table["title"], **lists)
