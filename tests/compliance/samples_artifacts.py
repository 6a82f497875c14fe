"""Samples for the rule on the artifacts of pipelines."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, changed, policy, sample, without

_RULE = "build-uses-the-artifacts-of-its-actions"
_PIPELINE, _BUILD, _TEST = "aws_codepipeline.p", "aws_codebuild_project.build", "aws_codebuild_project.test"
_BUILD_POLICY, _TEST_POLICY = "aws_iam_role_policy.build", "aws_iam_role_policy.test"
_FOLDER = "${aws_s3_bucket.artifacts.arn}/acme-staging-deliver"  # twenty characters


def _may(role: str, *statements: tuple[str, str]) -> dict[str, Any]:
    return {
        "role": f"${{aws_iam_role.{role}.id}}",
        "policy": policy(
            *({"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements)
        ),
    }


def _action(project: str, inputs: list[str], outputs: list[str]) -> dict[str, Any]:
    return {
        "name": project,
        "provider": "CodeBuild",
        "configuration": {"ProjectName": f"${{aws_codebuild_project.{project}.name}}"},
        "input_artifacts": inputs,
        "output_artifacts": outputs,
    }


def _stages(*artifacts: str) -> list[dict[str, Any]]:
    build = _action("build", ["source"], list(artifacts))
    return [
        {"name": "Source", "action": [{"name": "source", "provider": "S3", "output_artifacts": ["source"]}]},
        {"name": "Build", "action": [build]},
        {"name": "Test", "action": [_action("test", ["source", "backend_build"], [])]},
    ]


_READ_SOURCE, _READ_BUILD = ("s3:GetObject", f"{_FOLDER}/source/*"), ("s3:GetObject", f"{_FOLDER}/backend_bu/*")
_WRITE_BUILD = ("s3:PutObject", f"{_FOLDER}/backend_bu/*")
_WRITE_CACHE = ("s3:PutObject", "${aws_s3_bucket.artifacts.arn}/cache/test/*")
_GOOD: dict[str, dict[str, Any]] = {
    _PIPELINE: {
        "name": "acme-staging-delivery",
        "artifact_store": [{"location": "${aws_s3_bucket.artifacts.id}"}],
        "stage": _stages("backend_build"),
    },
    _BUILD: {"service_role": "${aws_iam_role.build.arn}"},
    _TEST: {"service_role": "${aws_iam_role.test.arn}"},
    "aws_iam_role.build": {},
    "aws_iam_role.test": {},
    _BUILD_POLICY: _may("build", _READ_SOURCE, _WRITE_BUILD),
    _TEST_POLICY: _may("test", _READ_SOURCE, _READ_BUILD, _WRITE_CACHE),
    "aws_s3_bucket.artifacts": {"bucket": "acme-artifacts"},
}
_BOTH = (_READ_SOURCE, _READ_BUILD)


def _test_may(says: str, *statements: tuple[str, str]) -> Sample:
    return sample(_RULE, _GOOD, changed(_GOOD, _TEST_POLICY, **_may("test", *statements)), at=_TEST, says=says)


SAMPLES: tuple[Sample, ...] = (
    _test_may("may s3:PutObject the artifact backend_build, which no action that runs it writes", *_BOTH, _WRITE_BUILD),
    _test_may("may s3:PutObject the artifact source", *_BOTH, ("s3:Put*", f"{_FOLDER}*")),
    _test_may("may s3:PutObject the artifact source", *_BOTH, ("s3:*", "arn:aws:s3:::acme-artifacts/*")),
    _test_may("may s3:PutObject the artifact source", *_BOTH, ("*", "*")),
    _test_may("may not s3:GetObject the artifact backend_build, which its action reads", _READ_SOURCE),
    sample(
        _RULE,
        _GOOD,
        changed(_GOOD, _BUILD_POLICY, **_may("build", _READ_SOURCE, _READ_BUILD, _WRITE_BUILD)),
        at=_BUILD,
        says="may s3:GetObject the artifact backend_build, which no action that runs it reads",
    ),
    sample(
        _RULE,
        _GOOD,
        changed(_GOOD, _PIPELINE, stage=_stages("backend_build", "backend_buildings")),
        at=_PIPELINE,
        says="artifacts backend_build, backend_buildings are all below backend_bu/",
    ),
    sample(
        _RULE,
        _GOOD,
        without(_GOOD, _BUILD_POLICY),
        at=_BUILD,
        says="may not s3:PutObject the artifact backend_build, which its action writes",
    ),
)
