"""The calls of functions in the page on rotation reach them, with their event and an answer that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.runbooks.commands import REGION_OF_PAGES, Runbook
from tests.emulator.functions import make_function, zip_code

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

CODE = "def handler(event, context):\n    return {'got': event, 'by': context.function_name}\n"


@pytest.mark.seconds(20)
def test_a_function_is_asked_for_its_status_and_for_the_way_back(
    emulator: Emulator, account_id: str, output: Path, tmp_path: Path
) -> None:
    page = Runbook.of(
        "rotate-secrets", output=output, emulator=emulator, account=account_id, region=REGION_OF_PAGES, folder=tmp_path
    )

    def client(service: str, **_: object) -> Any:
        return page.client(service)

    for name in ("postgres-roles", "documentdb-roles", "jwt-rotation"):
        make_function(client, f"user-management-prod-{name}", zip_code(CODE), account=account_id)
    said = page.run(page.section("How to tell"))
    for name in ("postgres-roles", "documentdb-roles"):
        assert f'{{"got": {{"action": "status"}}, "by": "user-management-prod-{name}"}}' in said
    assert '"got": {"action": "undo", "bad_version": 7}' in page.run(page.section("How to undo"))
