"""The checks of checkov that no exception can accept: they find what `compliance/never_excepted.py` is about.

Port 80 (CKV_AWS_260) is not one of them: a public load balancer may redirect from it. That nothing else takes requests
of the internet is for the rule `world-enters-by-load-balancers-only`, which no exception accepts either.
"""

from __future__ import annotations

from typing import Final

_PUBLIC_DATABASE: Final = frozenset({17, 87, 89, 102, 302, 391})
_SECRET_IN_STATE: Final = frozenset({41, 45, 46, 295})
_UNENCRYPTED_STORE: Final = frozenset(
    {3, 5, 8, 16, 26, 27, 29, 42, 43, 44, 47, 64, 74, 77, 78, 96, 98, 140, 146, 235, 240, 246, 279, 292, 311}
)
_INGRESS_FROM_EVERYWHERE: Final = frozenset({24, 25, 277})

NEVER_EXCEPTED_CHECKS: Final = frozenset(
    f"CKV_AWS_{number}"
    for number in _PUBLIC_DATABASE | _SECRET_IN_STATE | _UNENCRYPTED_STORE | _INGRESS_FROM_EVERYWHERE
)
"""Ids of checks of public databases, of secrets in Terraform's files, of unencrypted stores, and of ingress by other
ports than those of a public load balancer."""
