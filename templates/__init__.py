"""Text that we render: jinja2 sources live beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jinja2

# YAML, shell and Markdown must not be escaped as if they were HTML.
_environment: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_html: Final = _environment.overlay(autoescape=True)


def render(template: str, **values: object) -> str:
    """Render the file `templates/<template>`.

    Raises:
        jinja2.UndefinedError: The template uses a value that was not given.
        jinja2.TemplateNotFound: There is no such file.
    """
    return _environment.get_template(template).render(values)


def render_html(template: str, **values: object) -> str:
    """Render a page of HTML, in which every value is escaped, but for `Markup`.

    Raises:
        jinja2.UndefinedError: The template uses a value that was not given.
        jinja2.TemplateNotFound: There is no such file.
    """
    return _html.get_template(template).render(values)
