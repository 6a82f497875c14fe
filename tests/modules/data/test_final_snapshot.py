"""Each database has a name for its final snapshot that none before it has used."""

from __future__ import annotations

from modules.data.final_snapshot import FinalSnapshot
from tests.template import LABEL, Template, new_stack


def test_the_name_ends_with_a_random_id_that_is_new_for_a_new_database() -> None:
    stack = new_stack()
    snapshot = FinalSnapshot(stack, "snapshot", label=LABEL, name="postgres-final", replaced_with={"engine": "one"})

    assert snapshot.name.startswith("user-management-test-postgres-final-")
    assert Template.of(stack).only("terraform_data")["triggers_replace"] == {"engine": "one"}
