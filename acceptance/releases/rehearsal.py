"""Rehearses a release of an environment, and then one that must be rolled back, while users ask all the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from acceptance.releases import application, images
from acceptance.releases.mailbox import open_mailbox
from acceptance.releases.pipeline_run import PipelineRuns
from acceptance.releases.rejection import reject
from acceptance.releases.static_files import change_problems, shown_files, unpublished
from acceptance.releases.users import Address, Users, ask_listener, dead_ends_of
from acceptance.releases.way_back import GoodRelease, WayBack
from config.names import NameLimit
from emulator.builds.variables import OVERRIDES
from emulator.pipelines.windows import is_in_window
from emulator.registry import REGISTRY
from emulator.releases.answers import FAILS_AFTER
from emulator.releases.clock import CLOCK
from emulator.releases.task_sets import SICK_IMAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    import boto3

    from acceptance.releases.hand_overs import HandOvers
    from acceptance.releases.mailbox import Mailbox
    from acceptance.releases.users import Tally
    from config.environment import Environment
    from config.release_window import ReleaseWindow
    from emulator import Emulator

MINUTE_SECONDS: Final = 0.1
"""The minutes of deployments and pipelines: the steps of a shift, the time for which old tasks stay, a poll of S3."""
_HTTPS: Final = 443
_HOURS_OF_A_WEEK: Final = 7 * 24
_LOOK_SECONDS: Final = 1.0
_SUCCEEDED: Final = "Succeeded"
_FAILED: Final = "Failed"
# What the load test measures here is this machine, and not the services; that it asks and is answered stays a test.
_MEASURED: Final = {"MAX_P95_MS": "20000", "LOAD_SECONDS": "3", "LOAD_PER_SECOND": "5"}
_GOOD: Final = {"info": ("has changed its state to STARTED", "has changed its state to SUCCEEDED")}
_BAD: Final = {"warning": ("has ended without success (FAILED)",)}
_BAD_AND_BACK: Final = {"warning": (*_BAD["warning"], "rolls a release back")}
_ASKED: Final = {"info": ("waits for an approval",), "warning": ('"approval"',)}


class Rehearsal:
    """One environment's releases; what is wrong is yielded as a sentence."""

    def __init__(
        self,
        environment: Environment,
        session: boto3.Session,
        emulator: Emulator,
        hand_overs: HandOvers,
        *,
        plan: Callable[[str], None],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare it.

        Args:
            environment: Its settings; it must have a pipeline.
            session: In its account.
            emulator: Where it is applied.
            hand_overs: The other environments of the run.
            plan: Plans all stacks and records changes; gets the moment as a word for the report.
            cancelled: Whether the run is to end.
        """
        self._environment, self._session, self._emulator = environment, session, emulator
        self._hand_overs, self._plan_all = hand_overs, plan
        self._users = Users(self._addresses(), ask=ask_listener, dead_ends=dead_ends_of)
        name = environment.names.name("delivery", limit=NameLimit.CODEPIPELINE)
        self._runs = PipelineRuns(session.client("codepipeline"), name, cancelled=cancelled)
        self._back = WayBack(environment, session, self._runs)
        self._good = GoodRelease(run="", commit="")
        self._commit = ""
        self._done: list[str] = []
        self.summary = ""

    def run(self) -> Iterator[str]:
        """Rehearse; `summary` says afterwards what was done."""
        started = time.monotonic()
        CLOCK.minute_seconds = MINUTE_SECONDS
        OVERRIDES.update(_MEASURED)
        delivery = self._environment.delivery
        if delivery is None:
            return
        source = self._environment.release_source
        if source and not self._hand_overs.takes_part(source.name):
            self.summary = f"no release: {source.name}, from which it would come, is not in this run"
            return
        with self._users.asking() as tally:
            if source:
                yield from self._take_over(source.name)
            else:
                yield from self._release_and_roll_back()
        yield from tally.problems()
        self.summary = (
            f"{' and '.join(self._done) or 'no release'}; "
            f"{tally.requests} requests, {len(tally.misses)} misses, {time.monotonic() - started:.0f} s"
        )

    @property
    def tally(self) -> Tally:
        """What the users have seen."""
        return self._users.tally

    def _plan(self, when: str) -> None:
        with self._users.resting():
            self._plan_all(when)

    def _release_and_roll_back(self) -> Iterator[str]:
        window = self._environment.release_window
        if window and CLOCK.moment is None:  # of another environment in its freeze
            CLOCK.moment = _moment(window, is_open=True)
        with open_mailbox(self._environment, self._session) as mailbox:
            self._confirm_connection()
            good = yield from self._release("good", mailbox)
            if not good:
                return
            self._done.append("a release")
            self._hand_overs.release(self._environment.name, good)
            self._plan("after the release")
            mailbox.clear()
            yield from self._bad_release(good, mailbox)
            self._plan("after the rollback")

    def _release(self, change: str, mailbox: Mailbox) -> Generator[str, None, dict[str, str]]:
        """Push a commit and follow its run; the images that run afterwards are the result."""
        id_, problem = self._push(change)
        if problem:
            yield problem
            return {}
        yield from self._finish(id_)
        if self._runs.status(id_) != _SUCCEEDED:
            return {}
        self._good = GoodRelease(run=id_, commit=self._commit)
        tested = images.tested_images(self._environment, self._session)
        running = images.running_images(self._environment, self._session)
        yield from images.digest_problems(running, tested, what="tested")
        yield from images.registry_problems(self._environment, self._session, running)
        yield from self._unseen(tested)
        yield from self._missing_messages(mailbox, _GOOD)
        return tested

    def _bad_release(self, good: dict[str, str], mailbox: Mailbox) -> Iterator[str]:
        """Push a commit whose tasks fail; users must be with the good one afterwards.

        Where CodeDeploy deploys, an alarm of a service is red meanwhile; elsewhere the pipeline was changed before.
        """
        shifts = self._environment.deployment.strategy == "blue_green"
        if not shifts:
            self._back.change_the_pipeline()
        known = self._runs.ids()
        id_, problem = self._push("bad")
        if problem:
            yield problem
            return
        self._spoil(id_)
        way = self._back.while_an_alarm_is_red if shifts else self._back.after_an_apply
        found = list(way(id_, known, self._good))
        yield from found
        if not found:
            self._done.append(f"one that was rolled back {'after a red alarm' if shifts else 'after an apply'}")
        running = images.running_images(self._environment, self._session)
        yield from images.digest_problems(running, good, what="the last good one")
        yield from self._missing_messages(mailbox, _BAD_AND_BACK if shifts else _BAD)

    def _take_over(self, source: str) -> Iterator[str]:
        """Wait for the other environment's release, approve it within a freeze, and let the freeze end."""
        delivery, freeze = self._environment.delivery, self._environment.release_window
        shown = shown_files(self._environment, self._session)
        wanted = self._hand_overs.wait_for_release(source)
        if not wanted:
            yield f"{source} has finished no release"
            return
        if freeze:
            CLOCK.moment = _moment(freeze, is_open=False)
        with open_mailbox(self._environment, self._session) as mailbox:
            id_ = self._runs.wait_for_source()
            if delivery and delivery.approval:
                yield from reject(id_, self._runs, self._environment, self._session, shown=shown)
                mailbox.clear()
                id_ = self._runs.start()
            yield from self._finish(id_, mailbox, freeze=freeze, shown=shown)
            if self._runs.status(id_) != _SUCCEEDED:
                return
            self._done.append(f"a release of {source}")
            yield from unpublished(self._environment, self._session, before=shown)
            running = images.running_images(self._environment, self._session)
            yield from images.digest_problems(running, wanted, what=f"tested in {source}")
            yield from images.registry_problems(self._environment, self._session, running)
            yield from self._unseen(wanted)
            yield from self._missing_messages(mailbox, _GOOD)
        self._plan("after the release")

    def _finish(
        self,
        id_: str,
        mailbox: Mailbox | None = None,
        *,
        freeze: ReleaseWindow | None = None,
        shown: Mapping[str, str] | None = None,
    ) -> Iterator[str]:
        """Approve a run if it asks for that, let the freeze end, and wait until it has succeeded."""
        delivery = self._environment.delivery
        if delivery and delivery.approval:
            before = images.running_images(self._environment, self._session)
            approval = self._runs.wait_for_approval(id_)
            if approval is None:
                yield "the release asked for no approval"
            else:
                if mailbox:
                    yield from self._missing_messages(mailbox, _ASKED)
                self._runs.approve(approval)
            if freeze and approval:
                yield from self._wait_frozen(id_, before, freeze, shown or {})
        if (status := self._runs.wait(id_)) != _SUCCEEDED:
            yield f"the release ended as {status}: {'; '.join(self._runs.failures(id_))}"

    def _wait_frozen(
        self, id_: str, before: dict[str, set[str]], freeze: ReleaseWindow, shown: Mapping[str, str]
    ) -> Iterator[str]:
        """An approved release changes nothing until the freeze is over."""
        time.sleep(_LOOK_SECONDS)
        if (stage := self._runs.stage_of(id_)) != "Release" or self._runs.status(id_) != "InProgress":
            yield f"the release does not wait for the end of the freeze before Release, but is in {stage}"
        if images.running_images(self._environment, self._session) != before:
            yield "the release was deployed in the freeze"
        yield from change_problems(shown, shown_files(self._environment, self._session), when="in the freeze")
        CLOCK.moment = _moment(freeze, is_open=True)

    def _push(self, change: str) -> tuple[str, str]:
        """The id of the run that a push starts, or what is wrong."""
        delivery = self._environment.delivery
        if delivery is None or delivery.repository is None:
            return "", "there is no repository to push to"
        commit = application.make_commit(
            dict(zip(self._environment.services, self._examples(), strict=True)),
            assets=f"{delivery.assets.service}:{delivery.assets.path}" if delivery.assets else "",
            migrations=delivery.migrations.service if delivery.migrations else "",
            change=change,
        )
        tag = delivery.tags[0].replace("*", "1") if delivery.tags else ""
        account, name = self._environment.account_id, self._runs.name
        said = application.push(
            self._emulator.url,
            commit,
            account=account,
            repository=delivery.repository,
            branch=delivery.branch or "",
            tag=tag,
        )
        own = [one["id"] for one in said["executions"] if (one["account"], one["pipeline"]) == (account, name)]
        if len(own) != 1:
            return "", f"the push of {commit.id} started {len(own)} runs of {name}, and not one"
        self._commit = commit.id
        return str(own[0]), ""

    def _examples(self) -> Iterator[str]:
        """The example of each service: the site for what has the static files or all paths, the API for the others."""
        for name, settings in self._environment.services.items():
            yield "frontend" if "/*" in settings.path_patterns or name == "frontend" else "backend"

    def _confirm_connection(self) -> None:
        connections: Any = self._session.client("codestar-connections")
        for connection in connections.list_connections(ProviderTypeFilter="GitHub")["Connections"]:
            application.confirm(self._emulator.url, connection["ConnectionArn"])

    def _spoil(self, id_: str) -> None:
        """Let the tasks of the bad release fail as soon as its images are built.

        Where users are shifted step by step, they answer the first request for each path, which is that of the smoke
        test, and no further one; where ECS replaces the tasks, they never pass a health check.
        """
        ecr = self._session.client("ecr")
        missing = set(self._environment.services)
        while missing and self._runs.status(id_) == "InProgress":
            for name in sorted(missing):
                repository = f"{self._environment.repository_prefix}-{name}"
                for image in images.stored_images(repository, self._session):
                    if any(tag.endswith(f"-{self._commit}") for tag in image.tags):
                        url = ecr.describe_repositories(repositoryNames=[repository])["repositories"][0][
                            "repositoryUri"
                        ]
                        self._spoil_image(name, f"{url}@{image.digest}")
                        missing.discard(name)
            time.sleep(_LOOK_SECONDS / 10)

    def _spoil_image(self, service: str, image: str) -> None:
        settings = self._environment.services[service]
        shifts = self._environment.deployment.strategy == "blue_green" and settings.is_load_balanced
        with REGISTRY.lock:
            if shifts:
                FAILS_AFTER[image] = len(settings.tested_paths)
            else:
                SICK_IMAGES.add(image)

    def _unseen(self, wanted: dict[str, str]) -> Iterator[str]:
        """Services whose users have not been answered by the release."""
        for service, seen in self.tally.seen.items():
            if service in wanted and images.digest_of(wanted[service]) not in map(images.digest_of, seen):
                yield f"no user of {service} was answered by {wanted[service]}, only by {', '.join(seen)}"

    def _missing_messages(self, mailbox: Mailbox, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
        """Messages of severities that have receivers, and that have not arrived."""
        notifications = self._environment.notifications
        texts = mailbox.texts()
        for severity, parts in wanted.items():
            if getattr(notifications, severity, None) is not None:
                yield from (f'no message says "{one}"' for one in parts if not any(one in text for text in texts))

    @cached_property
    def _host(self) -> str:
        domain = self._environment.domain
        return self._environment.origin_name or (str(domain.names[0]) if domain else "")

    def _addresses(self) -> list[Address]:
        if self._environment.load_balancer is None:
            return []
        elb = self._session.client("elbv2")
        name = self._environment.names.name(self._environment.load_balancer.name, limit=NameLimit.LOAD_BALANCER)
        balancer = elb.describe_load_balancers(Names=[name])["LoadBalancers"][0]["LoadBalancerArn"]
        listeners = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        arn = next(one["ListenerArn"] for one in listeners if one["Port"] == _HTTPS)
        return [
            Address(service, arn, self._host, settings.health_path)
            for service, settings in self._environment.services.items()
            if settings.is_load_balanced
        ]


def _moment(freeze: ReleaseWindow, *, is_open: bool) -> datetime:
    """An hour within a freeze, or one outside of it."""
    start = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    for hour in range(_HOURS_OF_A_WEEK):
        moment = start + timedelta(hours=hour)
        local = moment.astimezone(ZoneInfo(freeze.time_zone))
        if is_in_window(freeze.cron, local) == is_open:
            return moment
    message = f"{freeze.cron} has no hour that is {'open' if is_open else 'closed'}"
    raise ValueError(message)
