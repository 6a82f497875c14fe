"""What Terraform makes of a text of its JSON."""

from __future__ import annotations


def evaluated(template: str) -> str:
    """What Terraform makes of a text of its JSON without expressions.

    https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
    """
    text, index = "", 0
    while index < len(template):
        if template[index : index + 3] in {"$${", "%%{"}:
            text, index = text + template[index + 1 : index + 3], index + 3
            continue
        assert template[index : index + 2] not in {"${", "%{"}, f"an expression: {template[index:]}"
        text, index = text + template[index], index + 1
    return text


def without_references(text: str) -> str:
    """Evaluated, with the name of its resource in place of each reference that synthesis made."""
    parts = [part.partition("}") for part in text.replace("$${", "\0").split("${")]
    first, *rest = ("".join(parts[0]), *(reference + after for reference, _, after in parts[1:]))
    return evaluated("".join([first, *rest]).replace("\0", "$${"))
