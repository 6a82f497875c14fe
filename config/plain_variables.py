"""A service's variables in plain text: none has a secret, unless a person says why one that looks so has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem, render_part
from console.secret_variables import why_secret, why_secret_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REASON_LABEL: Final = "not-secret."
"""The start of a container's label with the reason for a variable, so that it stands beside what it is about."""

_STORE: Final = (
    'store it in Parameter Store and add it to secrets, like JWT_SECRET = "jwt/current"; a name in [secrets] api_keys '
    "makes a parameter for it"
)

_SHORTEST_REASON: Final = 10


def check_plain_variables(
    environment: Mapping[str, str],
    command: Sequence[str],
    health_command: Sequence[str],
    not_secret: Mapping[str, str],
) -> Iterator[Problem]:
    """Everybody who can list task definitions reads them; problems leave the values out."""
    texts = {name: f"environment.{render_part(name)}" for name in environment}
    found = {name: why for name, value in environment.items() if (why := why_secret(name, value))}
    for setting, words in (("command", command), ("health_command", health_command)):
        texts |= {name: name for name in (f"{setting}[{index}]" for index in range(len(words)))}
        found |= {f"{setting}[{index}]": why for index, why in why_secret_words(words)}
    for name, why in found.items():
        if name not in not_secret:
            yield Problem(
                key=texts[name],
                allowed=f"{why}, which would be readable in the task definition; {_STORE}. If it is not a secret, "
                f'say why in not_secret: {render_part(name)} = "the reason"',
            )
    for name, reason in not_secret.items():
        if name not in texts:
            wrong = "is not in environment; remove it"
        elif name not in found:
            wrong = f"has no effect: {texts[name]} does not look like a secret; remove it"
        elif len(reason.strip()) < _SHORTEST_REASON:
            wrong = (
                f"must be a reason of {_SHORTEST_REASON} characters or more, like "
                '"a public token that the map service gives to browsers"'
            )
        else:
            continue
        yield Problem(key=f"not_secret.{render_part(name)}", value=reason, allowed=wrong)


def not_secret_labels(not_secret: Mapping[str, str]) -> dict[str, str]:
    """The labels of the container that keep the reasons.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (dockerLabels)
    """
    return {f"{REASON_LABEL}{name}": reason for name, reason in sorted(not_secret.items())}
