"""Text that we render: jinja2 sources live beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jinja2

# Nothing rendered here is HTML: YAML, shell and Markdown must not be escaped as if it were.
_environment: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """Render the file `templates/<template>`.

    Raises:
        jinja2.UndefinedError: The template uses a value that was not given.
        jinja2.TemplateNotFound: There is no such file.
    """
    return _environment.get_template(template).render(values)
