"""The pipeline: its trigger, its variable, and stages that fit together."""

from __future__ import annotations

from typing import Any

import pytest

from config.delivery import DeliverySettings
from modules.delivery.pipeline import Pipeline
from modules.delivery.stages import Action, Stage
from modules.errors import WiringError
from tests.modules.delivery.parts import Parts
from tests.template import LABEL, Template

SOURCE = Stage(
    name="Source",
    actions=(Action.github("source", connection_arn="arn", repository="acme/app", branch="main"),),
)


def build(name: str, *inputs: str, outputs: tuple[str, ...] = (), run_order: int = 1) -> Action:
    return Action.build(name, "project", inputs=inputs, outputs=outputs, run_order=run_order)


def pipeline(*stages: Stage, **settings: Any) -> dict[str, Any]:
    parts = Parts.make()
    values = settings or {"repository": "acme/app", "branch": "main"}
    Pipeline(
        parts.stack,
        "pipeline",
        config=DeliverySettings.model_validate(values),
        label=LABEL,
        role=parts.role,
        store=parts.store,
        stages=stages or (SOURCE, Stage(name="Build", actions=(build("b", "source"),))),
    )
    return Template.of(parts.stack).only("aws_codepipeline")


@pytest.mark.parametrize(
    ("settings", "push"),
    [
        ({"branch": "main"}, {"branches": {"includes": ["main"]}}),
        (
            {"branch": "main", "paths": ("backend/**",)},
            {"branches": {"includes": ["main"]}, "file_paths": {"includes": ["backend/**"]}},
        ),
        ({"tags": ("v*",)}, {"tags": {"includes": ["v*"]}}),
    ],
)
def test_a_trigger_has_a_branch_with_its_files_or_tags(settings: dict[str, Any], push: dict[str, Any]) -> None:
    (trigger,) = pipeline(repository="acme/app", **settings)["trigger"]
    assert trigger["git_configuration"] == {"source_action_name": "source", "push": [push]}


def test_one_that_builds_can_be_told_to_use_fresh_base_images() -> None:
    (variable,) = pipeline()["variable"]
    assert (variable["name"], variable["default_value"]) == ("REBUILD", "false")
    assert "variable" not in pipeline(release_from="staging")


def test_artifacts_are_encrypted_with_the_key_of_the_layer() -> None:
    (store,) = pipeline()["artifact_store"]
    assert store["encryption_key"] == {"id": "${aws_kms_key.key.arn}", "type": "KMS"}


def test_an_artifact_that_nothing_makes_is_refused() -> None:
    with pytest.raises(WiringError, match="Build/b uses other, which no action before it makes"):
        pipeline(SOURCE, Stage(name="Build", actions=(build("b", "other"),)))


def test_an_action_cannot_use_what_another_one_beside_it_makes() -> None:
    beside = (build("a", "source", outputs=("made",)), build("b", "made"))
    with pytest.raises(WiringError, match="Build/b uses made"):
        pipeline(SOURCE, Stage(name="Build", actions=beside))
    after = (beside[0], build("b", "made", run_order=2))
    assert pipeline(SOURCE, Stage(name="Build", actions=after))


def test_the_first_stage_is_the_source() -> None:
    with pytest.raises(WiringError, match="its first stage must have actions of the category Source only"):
        pipeline(Stage(name="Build", actions=(build("b"),)), SOURCE)
