"""What is in the package of a function is checked as what is in the JSON."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.packages import packaged_texts
from compliance.rules.services import database_url_names_its_authorities
from synthesis.manifest import read_stacks
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

_FUNCTION = "aws_lambda_function.roles"


def _packaged(folder: Path, template: str) -> Stack:
    with zipfile.ZipFile(folder / "roles.zip", "w") as package:
        package.writestr("roles/settings.json", json.dumps({"roles": [{"url": {"template": template}}]}))
        package.writestr("roles/handler.py", "postgresql://")
    return replace(stack({_FUNCTION: {"filename": "roles.zip"}}), folder=folder)


def test_a_url_in_the_settings_of_a_function_names_its_authorities(tmp_path: Path) -> None:
    check = database_url_names_its_authorities.check
    good = _packaged(tmp_path, "postgresql://{credentials}@{host}/users?sslrootcert=/a.pem")
    assert list(check(good, {})) == []
    bad = _packaged(tmp_path, "postgresql://{credentials}@{host}/users")
    (finding,) = check(bad, {})
    assert (finding.address, finding.message) == (_FUNCTION, "a url postgresql://.. has no sslrootcert=..")


def test_the_packages_of_the_environments_have_the_urls_of_all_roles(output: Path) -> None:
    texts = [text for _, text in packaged_texts(read_stacks(output)["staging-data"])]
    assert {scheme for scheme in ("postgresql://", "mongodb://") if any(text.startswith(scheme) for text in texts)} == {
        "postgresql://",
        "mongodb://",
    }
