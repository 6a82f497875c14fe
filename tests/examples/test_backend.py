"""The example of an API: its health, what it depends on, and how it ends, under the limits of its task."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.examples.image import EXAMPLES
from tests.examples.sandbox import Sandbox, can_isolate
from tests.examples.tasks import CURRENT, FIRST
from tests.examples.tokens import HEADER, by_hand, claims, signed
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from config.services import ServiceSettings
    from tests.examples.image import Image
    from tests.examples.tasks import Secrets, Surroundings


def test_only_its_own_paths_are_answered(api: Sandbox, api_settings: ServiceSettings) -> None:
    assert api.get(api_settings.health_path)[0] == 200
    assert api.get(f"{api_settings.health_path}?from=load-balancer")[0] == 200
    for path in ("/", "/api/unknown", f"{api_settings.health_path}/"):
        status, headers, body = api.get(path)
        assert (path, status, json.loads(body)) == (path, 404, {"error": "not found"})
        assert (headers["content-type"], headers["cache-control"]) == ("application/json", "no-store")


def test_it_runs_with_the_limits_of_its_task(api: Sandbox) -> None:
    if can_isolate():  # as root on Linux; elsewhere a program cannot be limited like that
        assert api.uids == {1000}
        assert api.capabilities == 0
        assert api.may_gain_privileges is False
        assert "ro" in api.mount_options["/"]
        assert {"rw", "noexec", "nosuid", "nodev"} <= api.mount_options["/tmp"]  # noqa: S108 (in the container)
    assert api.get("/api/health")[0] == 200


@pytest.mark.seconds(12)
def test_parameter_store_is_down_at_the_start_and_later(api: Sandbox, around: Surroundings) -> None:
    around.failing = True
    status, headers, body = api.ask("/api/me", signed(FIRST))
    assert (status, body) == (503, {"error": "the secrets that sign tokens cannot be read"})
    assert headers["retry-after"] == "5"
    assert api.get("/api/health")[0] == 200
    line = json.loads(api.wait_for('"level":"error"'))
    assert line["message"].endswith("cannot be read: Parameter Store answered 400 ThrottlingException")
    # Not every request asks again.
    reads = around.reads
    assert [api.ask("/api/me", signed(FIRST))[0] for _ in range(5)] == [503] * 5
    assert around.reads == reads

    around.failing = False
    time.sleep(5.2)
    assert api.ask("/api/me", signed(FIRST))[0] == 200
    around.failing = True
    time.sleep(5.2)
    # The forged token makes it ask again; the last secrets stay in use.
    assert api.ask("/api/me", signed("x" * 64))[0] == 401
    assert around.reads == reads + 2
    assert api.ask("/api/me", signed(FIRST))[0] == 200


def test_no_credentials(api_image: Image, api_settings: ServiceSettings, api_variables: dict[str, str]) -> None:
    variables = api_variables | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/credentials"}
    with Sandbox(api_image, api_settings, environment=variables, isolated=can_isolate()) as api:
        assert api.ask("/api/me", signed(FIRST))[0] == 503
        assert "fetch failed (" in api.wait_for('"level":"error"')


@pytest.mark.parametrize("bad", ["unset", "not-long-enough-to-sign-a-token"])
def test_a_secret_that_is_too_short_signs_nothing(api: Sandbox, secrets: Secrets, bad: str) -> None:
    secrets.write(CURRENT, bad)
    assert api.ask("/api/me", by_hand(HEADER, claims(), bad))[0] == 503
    api.wait_for("a secret that signs tokens is shorter than 32 bytes")
    assert bad not in api.log


def test_a_parameter_is_missing(api_image: Image, api_settings: ServiceSettings, api_variables: dict[str, str]) -> None:
    variables = api_variables | {"JWT_PREVIOUS_PARAMETER": "/other/jwt/previous"}
    with Sandbox(api_image, api_settings, environment=variables, isolated=can_isolate()) as api:
        assert api.ask("/api/me", signed(FIRST))[0] == 503
        api.wait_for("Parameter Store has no /other/jwt/previous")


def test_variables_that_are_missing_are_named(
    api_image: Image, api_settings: ServiceSettings, api_variables: dict[str, str]
) -> None:
    del api_variables["JWT_ISSUER"], api_variables["AWS_REGION"]
    api = Sandbox(api_image, api_settings, environment=api_variables, isolated=can_isolate())
    api.start()
    assert api.process.wait(30) == 1
    api.kill()
    (line,) = map(json.loads, api.lines)
    assert (line["level"], line["message"]) == ("fatal", "environment variables are missing: AWS_REGION, JWT_ISSUER")


def test_requests_that_run_when_it_is_stopped_are_answered(api: Sandbox, around: Surroundings) -> None:
    idle = api.connect()
    idle.request("GET", "/api/health")
    idle.getresponse().read()
    around.answers.clear()
    around.asked.clear()
    token = signed(FIRST)
    answers: list[tuple[int, dict[str, str], object]] = []
    threads = [threading.Thread(target=lambda: answers.append(api.ask("/api/me", token))) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert around.asked.wait(30)
    time.sleep(0.5)  # the other four are on their way too
    api.process.terminate()
    api.wait_for("stopping")
    with pytest.raises(OSError, match="refused"):
        api.get("/api/health")
    assert api.process.poll() is None
    around.answers.set()
    for thread in threads:
        thread.join(30)
    assert [(status, headers["connection"]) for status, headers, _ in answers] == [(200, "close")] * 5
    assert around.reads == 1
    assert api.process.wait(5) == 0  # also with the connection that is idle
    idle.close()
    api.kill()
    assert [json.loads(line)["message"] for line in api.lines[-2:]] == ["stopping", "stopped"]


def test_its_times_fit_those_of_the_load_balancer_and_of_the_task(api_settings: ServiceSettings) -> None:
    program = (EXAMPLES / "backend" / "server.mjs").read_text(encoding="utf-8")
    times = {name: int(value.replace("_", "")) for name, value in re.findall(r"const (\w+_MS) = ([\d_]+);", program)}
    load_balancer = fixture_environment("prod").load_balancer
    assert load_balancer
    assert times["IDLE_MS"] > load_balancer.idle_timeout_seconds * 1000
    assert times["STOP_MS"] < api_settings.drain_seconds * 1000


def test_it_works_without_a_root_file_system_of_its_own_too(
    api_image: Image, api_settings: ServiceSettings, api_variables: dict[str, str]
) -> None:
    before = api_image.files
    with Sandbox(api_image, api_settings, environment=api_variables, isolated=False) as api:
        assert api.ask("/api/me", signed(FIRST))[0] == 200
        assert api.stop() == 0
    assert api_image.files - before == {"usr/local/bin/node"}
