"""The page on security says of each service whether its trust policy names the account, with AWS's page on it."""

from __future__ import annotations

import re

import pytest

from compliance.rules.service_roles import SENDS_NO_SOURCE_TO_ASSUME, SENDS_SOURCE_TO_ASSUME
from main import ROOT
from modules.role import SENDS_ACCOUNT, ServicePrincipal

_ROW = re.compile(r"^\| [^|]+ \| (required|not required) \| \[[^]]+\]\((https://[^)]+)\)", re.MULTILINE)


def rows() -> dict[str, str]:
    """What the table says, by the page."""
    return {page: said for said, page in _ROW.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))}


@pytest.mark.parametrize("service", ServicePrincipal)
def test_each_service_is_in_the_table_with_what_its_trust_policy_requires(service: ServicePrincipal) -> None:
    page = {**SENDS_SOURCE_TO_ASSUME, **SENDS_NO_SOURCE_TO_ASSUME}[service]
    assert rows()[page] == ("required" if service in SENDS_ACCOUNT else "not required")


def test_the_table_has_no_other_service() -> None:
    assert len(rows()) == len(ServicePrincipal)
