"""The rules that no exception can accept: what they find is never right, whatever the reason."""

from __future__ import annotations

from typing import Final

NEVER_EXCEPTED: Final = frozenset(
    {
        "database-accepts-private-addresses-only",
        "database-is-not-public",
        "secret-argument-is-write-only",
        "store-is-encrypted",
        "text-has-no-secret",
        "world-enters-by-load-balancers-only",
    }
)
"""Ids of rules: a public database, a secret in the state, an unencrypted store, and ingress from the internet other
than 80 and 443 of a public load balancer."""
