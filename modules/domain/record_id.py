"""The ids of DNS records in a stack."""

from __future__ import annotations


def record_id(name: str, taken: set[str]) -> str:
    """The id of a record by its name, with hyphens for dots; `taken` has the ids before it and gets this one.

    `a.b.example.com` and `a-b.example.com` would have the same id, so the second one keeps its dots.
    """
    id_ = name.replace("*", "wildcard").replace(".", "-")
    if id_ in taken:
        id_ = name
    taken.add(id_)
    return id_
