"""A stack's JSON as files of HCL, named as Terraform's style guide has it.

https://developer.hashicorp.com/terraform/language/style#file-names
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hcl import blocks
from hcl.blocks import MANAGED
from hcl.bodies import COMMENT, labelled
from hcl.schema import DATA, EPHEMERAL, RESOURCE
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hcl.providers import Providers

TERRAFORM, PROVIDERS, VARIABLES, LOCALS, MAIN, OUTPUTS = (
    "terraform.tf",
    "providers.tf",
    "variables.tf",
    "locals.tf",
    "main.tf",
    "outputs.tf",
)
_OF_STATE: Final = ("moved", "import", "removed")
_KNOWN: Final = frozenset(
    {COMMENT, "terraform", "provider", "variable", "locals", "module", "check", "output", *MANAGED, *_OF_STATE}
)


def files(document: Mapping[str, Any], providers: Providers, place: str) -> dict[str, str]:
    """The files of a stack by name; none is empty.

    Args:
        document: The JSON.
        providers: All that it requires.
        place: What the JSON is, for messages: `prod-network`.

    Raises:
        OutputError: It has something that Terraform does not have, or that the providers' schemas do not have.
    """
    if unknown := sorted(document.keys() - _KNOWN):
        message = f"{place}: {unknown[0]!r} is not a valid block; it must be one of {', '.join(sorted(_KNOWN))}."
        raise OutputError(message)
    written = {name: list(texts) for name, texts in _Blocks(document, providers, place).parts().items()}
    return {name: "\n".join(f"{text}\n" for text in texts) for name, texts in written.items() if texts}


class _Blocks:
    """The blocks of one document."""

    def __init__(self, document: Mapping[str, Any], providers: Providers, place: str) -> None:
        self._document = document
        self._providers = providers
        self._place = place

    def parts(self) -> dict[str, Iterator[str]]:
        """The blocks of each file."""
        return {
            TERRAFORM: (blocks.terraform(body, place) for _, body, place in self._each("terraform", 0)),
            PROVIDERS: (
                blocks.provider(name, body, self._providers, place)
                for (name,), body, place in self._each("provider", 1)
            ),
            VARIABLES: (blocks.variable(name, body, place) for (name,), body, place in self._each("variable", 1)),
            LOCALS: self._locals(),
            MAIN: self._main(),
            OUTPUTS: (blocks.output(name, body, place) for (name,), body, place in self._each("output", 1)),
        }

    def _locals(self) -> Iterator[str]:
        bodies = [body for _, body, _ in self._each("locals", 0)]
        if any(bodies):
            yield blocks.local_values(bodies, f"{self._place}: locals")

    def _main(self) -> Iterator[str]:
        for kind in (DATA, EPHEMERAL, RESOURCE):
            for (type_, name), body, _ in self._each(kind, 2):
                yield blocks.managed((kind, type_, name), body, self._providers)
        for (name,), body, place in self._each("module", 1):
            yield blocks.module(name, body, place)
        for (name,), body, place in self._each("check", 1):
            yield blocks.check(name, body, self._providers, place)
        for kind in _OF_STATE:
            for _, body, place in self._each(kind, 0):
                yield blocks.of_state(kind, body, place)

    def _each(self, kind: str, depth: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any], str]]:
        """Labels, body and place of each block of a kind."""
        place = f"{self._place}: {kind}"
        for labels, body in labelled(self._document.get(kind), depth, place):
            for label in labels:
                blocks.require_name(label, place)
            yield labels, body, ".".join([place, *labels])
