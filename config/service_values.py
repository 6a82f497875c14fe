"""Values of a service's settings as types, each checked by the rule of the API that receives it."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.aws import NAME_PATTERN, validate_name
from config.filter_patterns import problem_of

PIPELINE_IMAGE: Final = "<IMAGE1_NAME>"
"""CodePipeline replaces it, wherever it is in taskdef.json, by the image that was just built.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#file-reference-ecs-bluegreen
"""

_NAME_LENGTH: Final = 20
_PATTERN: Final = r"/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}"
_PATH: Final = r"/(?!.*%(?![0-9A-Fa-f]{2}))[A-Za-z0-9_.$/~@:+&?=%-]{0,1022}"
_VARIABLE: Final = r"[A-Za-z_][A-Za-z0-9_.-]*"
"""Docker and ECS take any name without "=": images of Elasticsearch and Spring read names with dots and hyphens."""
_PARAMETER: Final = r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
_ABSOLUTE: Final = r"(/(?!\.{1,2}(/|$))[A-Za-z0-9_.-]+)+"
_LONGEST_PATTERN: Final = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"""
_USER: Final = r"[1-9][0-9]{0,8}(:[0-9]{1,9})?"


def _service_name(value: str) -> str:
    return validate_name(value, what="service name", max_length=_NAME_LENGTH)


def _matching(pattern: str, message: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(message)
        return value

    return AfterValidator(check)


def _text(pattern: str, message: str) -> tuple[AfterValidator, WithJsonSchema]:
    return _matching(pattern, message), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _free_text(value: str) -> str:
    if "\0" in value:
        message = "must not have the character U+0000, which ends an argument or a variable of a program; remove it"
        raise ValueError(message)
    return value


def _filter_pattern(value: str) -> str:
    if not value.strip() or len(value) > _LONGEST_PATTERN:
        message = f"is not a valid filter pattern; it must have 1 to {_LONGEST_PATTERN} characters"
        raise ValueError(message)
    if problem := problem_of(value):
        raise ValueError(problem)
    return value


ERROR_LINES: Final = r"%ERROR|FATAL|CRITICAL|level=error|level.:\s?.error|level.:\s?.fatal|level.:\s?[56]0%"
"""Lines of plain text with a level in uppercase letters, logfmt, and JSON by the usual loggers: "error", 50 and above.

One pattern for all, so that no line counts twice; the dots stand for quotes, which a regular expression cannot have.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
"""

FilterPattern = Annotated[
    str, AfterValidator(_filter_pattern), WithJsonSchema({"type": "string", "maxLength": _LONGEST_PATTERN})
]
"""A pattern by which CloudWatch Logs finds lines of a log.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

FreeText = Annotated[str, AfterValidator(_free_text)]
"""An argument or the value of a variable.

https://pubs.opengroup.org/onlinepubs/9699919799/functions/exec.html
"""

PathPattern = Annotated[
    str,
    *_text(
        _PATTERN,
        "is not a valid path of a listener rule; start with / and use letters, digits, _ - . $ / ~ \" ' @ : + & "
        'and the wildcards * and ?, at most 128 characters, like "/api/*"',
    ),
]
HealthPath = Annotated[
    str,
    *_text(
        _PATH,
        'is not a valid path; start with /, like "/health", and write % only before the two hexadecimal digits of a '
        'character, like "%20"',
    ),
]
VariableName = Annotated[
    str, *_text(_VARIABLE, "is not a valid variable name; use letters, digits, _ . and -, and start with a letter or _")
]
ParameterName = Annotated[
    str,
    *_text(
        _PARAMETER,
        'is not a valid parameter name; use what comes after /<project>/<environment>/, like "postgres/url"',
    ),
]
FolderPath = Annotated[
    str, *_text(_ABSOLUTE, 'is not a valid absolute path without "." and ".."; use one like "/var/cache/nginx"')
]
UserId = Annotated[
    str, *_text(_USER, 'is not a valid user id; use a number other than 0, or user and group, like "1000:1000"')
]

ServiceName = Annotated[
    str,
    AfterValidator(_service_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": _NAME_LENGTH}),
]
"""Part of AWS names: a target group's name has at most 32 characters, of which this can have 20.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""
