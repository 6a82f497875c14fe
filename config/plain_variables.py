"""A service's variables in plain text: none has a secret, unless a person says why one that looks so has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem
from config.secret_texts import is_secret_variable, shapes_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REASON_LABEL: Final = "not-secret."
"""The start of a container's label with the reason for a variable, so that it stands beside what it is about."""

_STORE: Final = (
    'store it in Parameter Store and add it to secrets, like JWT_SECRET = "jwt/current"; a name in [secrets] api_keys '
    "makes a parameter for it"
)

_SHORTEST_REASON: Final = 10


def check_plain_variables(environment: Mapping[str, str], not_secret: Mapping[str, str]) -> Iterator[Problem]:
    """Everybody who can list task definitions reads them; problems leave the values out."""
    for name, value in environment.items():
        if name not in not_secret and (what := _looks_like(name, value)):
            yield Problem(
                key=f"environment.{name}",
                allowed=f"{what}, which would be readable in the task definition; {_STORE}. If it is not a secret, "
                f'say why in not_secret: {name} = "the reason"',
            )
    for name, reason in not_secret.items():
        if name not in environment:
            yield Problem(key=f"not_secret.{name}", value=reason, allowed="is not in environment; remove it")
        elif not _looks_like(name, environment[name]):
            yield Problem(
                key=f"not_secret.{name}",
                value=reason,
                allowed="has no effect: the variable does not look like a secret; remove it",
            )
        elif len(reason.strip()) < _SHORTEST_REASON:
            yield Problem(
                key=f"not_secret.{name}",
                value=reason,
                allowed=f"must be a reason of {_SHORTEST_REASON} characters or more, like "
                '"a public token that the map service gives to browsers"',
            )


def not_secret_labels(not_secret: Mapping[str, str]) -> dict[str, str]:
    """The labels of the container that keep the reasons.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (dockerLabels)
    """
    return {f"{REASON_LABEL}{name}": reason for name, reason in sorted(not_secret.items())}


def _looks_like(name: str, value: str) -> str | None:
    shape = next(shapes_in(value), None)
    if shape:
        return f"contains {shape}"
    return "looks like a secret" if is_secret_variable(name, value) else None
