"""The runbooks as HTML: the sections of docs/runbooks.md, and the pages of docs/runbooks/<environment>/, if any."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from report.markdown import MARKDOWN, html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markdown_it.token import Token
    from markupsafe import Markup

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = "docs/runbooks.md"
FOLDER: Final = "docs/runbooks"
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r"Runbook: (?P<link>docs/[\w./-]+(?:#[\w-]+)?)")
_INDEX: Final = "README"
"""The list of the pages of a folder, which the page of the platform has itself."""
_HEADING: Final = 3
"""The level of the headings that the page has above a runbook's own."""
_LOWEST: Final = 6


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """One runbook."""

    link: str
    """As an alarm names it: `docs/runbooks.md#sign-ins`."""
    id: str
    """Its anchor in the page."""
    title: str
    environment: str
    """The environment that it is for; empty if it is for all."""
    source: str
    """Its Markdown, without its title."""


def read_runbooks(root: Path = ROOT) -> list[Runbook]:
    """The runbooks of the repository, in alphabetical order; those of one environment behind those of all."""
    found = list(_sections(root / PAGE)) if (root / PAGE).is_file() else []
    for file in sorted((root / FOLDER).glob("*/*.md")):
        if file.stem == _INDEX:
            continue
        title, _, source = file.read_text(encoding="utf-8").partition("\n")
        environment = file.parent.name
        found.append(
            Runbook(
                link=str(file.relative_to(root)),
                id=f"runbook-{environment}-{file.stem}",
                title=title.lstrip("# ").strip().removesuffix(f": {environment}"),
                environment=environment,
                source=source,
            )
        )
    return found


def link_of(description: str) -> str:
    """The runbook that the description of an alarm names; empty if it names none."""
    found = _LINK.search(description)
    return found["link"] if found else ""


def without_link(description: str) -> str:
    """The description of an alarm, without its runbook."""
    return _LINK.sub("", description).strip()


def rendered(runbook: Runbook, known: Mapping[str, str]) -> Markup:
    """The HTML of a runbook; a link to what the page does not have becomes the name of the file.

    Args:
        runbook: What is rendered.
        known: The anchors of the page by the link that leads there: `docs/runbooks.md#sign-ins`.
    """
    tokens = MARKDOWN.parse(_COMMENT.sub("", runbook.source))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + _HEADING - 1, _LOWEST)}"
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children, runbook.link.partition("#")[0], known))
    return html(tokens)


def _sections(page: Path) -> Iterator[Runbook]:
    parts = _SECTION.split(page.read_text(encoding="utf-8"))[1:]
    for title, source in zip(parts[::2], parts[1::2], strict=True):
        key = title.lower().replace(" ", "-")
        yield Runbook(link=f"{PAGE}#{key}", id=f"runbook-{key}", title=title, environment="", source=source)


def _linked(tokens: Sequence[Token], file: str, known: Mapping[str, str]) -> Iterable[Token]:
    """The tokens of a text, with links into the page, and names of files in place of other links."""
    left: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            target = _resolved(href, file)
            path = target.partition("#")[0]
            anchor = known.get(target) or known.get(path) or ("runbooks" if _is_index(path) else "")
            if anchor:
                token.attrs["href"] = f"#{anchor}"
                left.append("")
            elif href.startswith("https://"):
                token.attrs["rel"] = "noreferrer"
                left.append("")
            else:
                left.append(target)
                continue
        elif token.type == "link_close" and (name := left.pop()):
            token.type, token.tag, token.nesting, token.content = "text", "", 0, f" ({name})"
        yield token


def _is_index(path: str) -> bool:
    """Whether a file lists the runbooks: the section of the page does that."""
    return path == PAGE or (path.startswith(f"{FOLDER}/") and Path(path).stem == _INDEX)


def _resolved(href: str, file: str) -> str:
    """A relative link as a path of the repository."""
    path, hash_, anchor = href.partition("#")
    if not path:
        return f"{file}{hash_}{anchor}"
    folder = file.rpartition("/")[0]
    return f"{normpath(f'{folder}/{path}')}{hash_}{anchor}"
