"""The buckets of a pipeline, and who may use what in them."""

from __future__ import annotations

from templates import buildspecs
from tests.modules.delivery.parts import PIPELINE, Parts
from tests.template import Template


def expiring(template: Template) -> dict[str, dict[str, int]]:
    """Days by the start of the keys, by bucket."""
    return {
        name.split("_")[1]: {
            rule["filter"][0]["prefix"]: found["days"] for rule in one["rule"] for found in rule.get("expiration", [])
        }
        for name, one in template.all("aws_s3_bucket_lifecycle_configuration").items()
        if name.startswith("store_")
    }


def test_artifacts_and_caches_expire_and_neither_programs_nor_finished_releases_do() -> None:
    assert expiring(Template.of(Parts.make().stack)) == {
        "artifacts": {PIPELINE[:20]: 90, "cache/": 90},
        "releases": {},
    }


def test_only_who_hands_releases_over_has_a_bucket_for_them() -> None:
    made = Template.of(Parts.make(releases=False).stack)
    assert not any("releases" in name for name in made.all("aws_s3_bucket"))


def test_artifacts_are_below_the_first_twenty_characters_of_the_pipelines_name() -> None:
    parts = Parts.make()
    parts.store.grant_artifacts(parts.role, pipeline=PIPELINE)
    use = parts.granted()["UseArtifacts"]
    assert use["Resource"].endswith("/user-management-test*")
    assert "s3:PutObjectAcl" in use["Action"]  # without it the source on GitHub cannot store the commit


def test_a_build_uses_the_artifacts_of_its_actions_only() -> None:
    parts = Parts.make()
    for outputs in (("backend_build",), ()):
        parts.store.grant_action(parts.role, pipeline=PIPELINE, inputs=("source",), outputs=outputs)
    granted = parts.granted()
    assert granted["ReadInputs"]["Resource"].endswith(".arn}/user-management-test/source/*")
    assert granted["WriteOutputs"]["Resource"].endswith(".arn}/user-management-test/backend_bu/*")
    assert granted["WriteOutputs"]["Action"] == "s3:PutObject"


def test_a_build_without_outputs_writes_no_artifact() -> None:
    parts = Parts.make()
    parts.store.grant_build(parts.role, project="load-test")
    parts.store.grant_action(parts.role, pipeline=PIPELINE, inputs=("source",), outputs=())
    granted = parts.granted()
    written = {sid for sid, one in granted.items() if "s3:PutObject" in one["Action"]}
    assert written == {"UseCache"}


def test_a_build_reads_its_programs_and_uses_its_own_cache_only() -> None:
    parts = Parts.make()
    parts.store.grant_build(parts.role, project="backend-build")
    granted = parts.granted()
    assert granted["ReadPrograms"]["Action"] == "s3:GetObjectVersion"
    assert granted["ReadPrograms"]["Resource"].endswith(f"/{buildspecs.PROGRAMS_KEY}")
    assert granted["UseCache"]["Resource"].endswith("/cache/backend-build/*")


def test_a_release_is_written_and_never_deleted() -> None:
    parts = Parts.make()
    parts.store.grant_release(parts.role, prefix="releases/staging")
    write = parts.granted()["WriteReleases"]
    assert write["Action"] == "s3:PutObject"
    assert write["Resource"].endswith("/releases/staging/*")
