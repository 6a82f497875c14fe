"""Composition root: environment files in, Terraform JSON out.

The only reader of the command line and of the process's environment. `make synth` runs it, and so does the cdktf CLI
(`app` in cdktf.json), which names the output folder in CDKTF_OUTDIR.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if sys.flags.safe_path:  # PYTHONSAFEPATH=1: Python leaves out the folder of this file
    sys.path.insert(0, str(Path(__file__).parent))

from synthesis import fast_start, variables

if __name__ == "__main__":
    if problem := variables.problem(os.environ):
        print(problem, file=sys.stderr)
        sys.exit(2)
    # Before the other imports: Node starts while they load. A run is short and keeps its objects to the end, so garbage
    # collection would take a fifth of its time and free nothing.
    gc.disable()
    fast_start.prepare(os.environ, ahead=True)

from config.domain import ROUTE_53_REGION
from config.edge import VIEWER_REGION
from config.load import environment_names, load_environments
from console import program
from console.table import table
from synthesis import literal
from synthesis.fast_start.ahead import AheadError, ahead, release_node, run_again, write_stacks
from synthesis.manifest import STACK_FILE, OutputError, read_stacks, stack_id
from synthesis.output import replacing, require_replaceable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import App

    from config.environment import Environment
    from stacks.data import DataStack
    from stacks.domain import DomainStack, Route53Stack
    from stacks.edge import EdgeStack
    from stacks.notifications import NotificationsStack
    from stacks.recovery_copies import CopiesStack
    from stacks.registry import RegistryStack
    from stacks.security import SecurityStack
    from stacks.state import StateStack

ROOT: Final = Path(__file__).parent
EXIT_OK, EXIT_BAD_INPUT = 0, 2
CONTEXT: Final = {"excludeStackIdFromLogicalIds": "true", "allowSepCharsInLogicalIds": "true"}
"""How cdktf makes the address of a resource. Not read from cdktf.json: another value there would replace everything."""

_SYSTEM_ERROR: Final = re.compile(r"(Error: )?(?P<reason>E[A-Z]{3,}: .*)")
"""Node's message if the operating system refused something: "ENOSPC: no space left on device, write"."""


def compose(app: App, environments: Sequence[Environment]) -> None:
    """Put every layer of every environment into `app`, in order of apply."""
    # Not at the top: importing the bindings waits for Node, and a wrong setting is reported before that.
    from stacks.cost import CostStack  # noqa: PLC0415
    from stacks.data import DataStack  # noqa: PLC0415
    from stacks.delivery import DeliveryStack  # noqa: PLC0415
    from stacks.edge import EdgeStack  # noqa: PLC0415
    from stacks.network import NetworkStack  # noqa: PLC0415
    from stacks.observability import ObservabilityStack  # noqa: PLC0415
    from stacks.registry import RegistryStack  # noqa: PLC0415
    from stacks.security import SecurityStack  # noqa: PLC0415
    from stacks.service import ServiceStack  # noqa: PLC0415
    from stacks.standby import add_standby  # noqa: PLC0415
    from stacks.state import StateStack  # noqa: PLC0415

    for config in environments:
        state = StateStack(app, config=config)
        by_region = _add_notifications(app, config, state)
        notifications = by_region.get(config.region)
        network = NetworkStack(app, config=config, state=state, notifications=notifications)
        security = (
            SecurityStack(app, config=config, settings=config.security, state=state, notifications=notifications)
            if config.security
            else None
        )
        data = (
            DataStack(app, config=config, state=state, notifications=notifications, network=network)
            if config.has_data
            else None
        )
        registry = RegistryStack(app, config=config, state=state)
        domain, route_53 = _add_domain(app, config, state=state, by_region=by_region)
        service = None
        if "service" not in config.left_out_layers:
            service = ServiceStack(
                app,
                config=config,
                state=state,
                notifications=notifications,
                network=network,
                registry=registry,
                data=data,
                domain=domain,
                site_check=route_53.site_check if route_53 else None,
            )
        edge = None
        if config.edge and config.load_balancer and domain and service and "edge" not in config.left_out_layers:
            edge = EdgeStack(
                app,
                config=config,
                settings=config.edge,
                balancer=config.load_balancer,
                state=state,
                notifications=by_region.get(VIEWER_REGION),
                domain=domain,
                service=service,
            )
        if config.delivery and service and "delivery" not in config.left_out_layers:
            DeliveryStack(
                app,
                config=config,
                settings=config.delivery,
                state=state,
                notifications=notifications,
                network=network,
                registry=registry,
                data=data,
                service=service,
                edge=edge,
            )
        if config.observability and service and "observability" not in config.left_out_layers:
            ObservabilityStack(
                app,
                config=config,
                settings=config.observability,
                state=state,
                notifications=notifications,
                network=network,
                data=data,
                service=service,
                edge=edge,
            )
        copies = _add_recovery(
            app, config, state=state, by_region=by_region, data=data, registry=registry, edge=edge, security=security
        )
        if copies:
            add_standby(
                app,
                config,
                state=state,
                notifications=by_region.get(copies.region),
                domain=domain,
                service=service,
                data=data,
                copies=copies,
            )
        if config.cost:
            CostStack(
                app,
                config=config,
                settings=config.cost,
                state=state,
                notifications=notifications,
                data=data,
                service=service,
            )


def _add_domain(
    app: App, config: Environment, *, state: StateStack, by_region: Mapping[str, NotificationsStack]
) -> tuple[DomainStack | None, Route53Stack | None]:
    """The stack of the domain, and the one of what Route 53 has in a region of its own; None if there is none."""
    from stacks.domain import DomainStack, Route53Stack  # noqa: PLC0415 (see compose)

    if config.domain is None:
        return None, None
    domain = DomainStack(
        app, config=config, settings=config.domain, state=state, notifications=by_region.get(config.region)
    )
    if not Route53Stack.is_needed(config):
        return domain, None
    return domain, Route53Stack(
        app,
        config=config,
        settings=config.domain,
        state=state,
        notifications=by_region.get(ROUTE_53_REGION),
        domain=domain,
    )


def _add_recovery(
    app: App,
    config: Environment,
    *,
    state: StateStack,
    by_region: Mapping[str, NotificationsStack],
    data: DataStack | None,
    registry: RegistryStack,
    edge: EdgeStack | None,
    security: SecurityStack | None,
) -> CopiesStack | None:
    """The stacks of the layer `recovery`: one in each region that has, makes or receives copies.

    Returns:
        The one in the second region; None if there are no copies.
    """
    from stacks.recovery import AssetsRecoveryStack, RecoveryStack  # noqa: PLC0415 (see compose)
    from stacks.recovery_copies import CopiesStack  # noqa: PLC0415
    from stacks.recovery_drills import DrillsStack  # noqa: PLC0415

    if config.recovery is None:
        return None
    region, copies = config.recovery_region, None
    if region:
        copies = CopiesStack(
            app,
            config=config,
            settings=config.recovery,
            region=region,
            state=state,
            notifications=by_region.get(region),
            data=data,
        )
    RecoveryStack(
        app,
        config=config,
        settings=config.recovery,
        state=state,
        notifications=by_region.get(config.region),
        data=data,
        registry=registry,
        edge=edge,
        security=security,
        copies=copies,
    )
    if copies and config.recovery.drills:
        DrillsStack(
            app,
            config=config,
            drills=config.recovery.drills,
            targets=config.recovery.targets,
            state=state,
            notifications=by_region.get(copies.region),
            copies=copies,
        )
    if copies and edge and AssetsRecoveryStack.is_needed(config):
        AssetsRecoveryStack(
            app,
            config=config,
            state=state,
            notifications=by_region.get(VIEWER_REGION),
            edge=edge,
            copies=copies,
        )
    return copies


def _add_notifications(app: App, config: Environment, state: StateStack) -> dict[str, NotificationsStack]:
    """The stack of each region in which the environment has resources; none without receivers."""
    from stacks.notifications import NotificationsStack  # noqa: PLC0415 (see compose)

    if config.notifications is None:
        return {}
    settings = config.notifications
    return {
        region: NotificationsStack(app, config=config, settings=settings, state=state, region=region)
        for region in config.regions
    }


def synthesize(environments: Sequence[Environment], output: Path, *, keep_others: bool = True) -> None:
    """Write the stacks of `environments` into `output`, completely or not at all.

    Args:
        environments: Their settings, whose text Terraform gets as it is written there.
        output: The output folder.
        keep_others: Whether the stacks of all other environments stay.

    Raises:
        OutputError: The folder must not be replaced, or cannot be written.
    """
    from cdktf import App  # noqa: PLC0415 (see compose)

    names = tuple(config.name for config in environments)
    with replacing(output, environments=names, keep_others=keep_others) as folder:
        # Its validations are two: a stack has a provider, which `stacks/base.py` sees to; and the version of the
        # `terraform` on PATH, which need not exist: the runner finds Terraform, and each stack names its version.
        app = App(outdir=str(folder), context=CONTEXT, skip_validation=True)
        with ahead():
            for config in environments:
                compose(app, [literal.hide(config)])
                write_stacks(app)
        app.synth()
        release_node()
        literal.restore(folder)


def main(argv: Sequence[str]) -> int:
    """Synthesize the environments named, or all of them.

    Returns:
        0, or 2 if an environment file or an argument is wrong, or the output cannot be written; it is then unchanged.
    """
    parser = argparse.ArgumentParser(prog="main.py", description="Turns environment files into Terraform JSON.")
    parser.add_argument("environment", nargs="*", help="names of files in environments/ (default: all)")
    default_output = os.environ.get(variables.OUTPUT) or "cdktf.out"
    parser.add_argument(
        "--output", type=Path, default=Path(default_output), help="the output folder (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)

    try:
        output = require_replaceable(arguments.output)  # before anything else: it takes no time
    except OutputError as error:
        return _refused(f"{error.message} {error.remedy}")
    environments = _load(arguments.environment)
    if not environments:
        return EXIT_BAD_INPUT
    if line := _write(environments, output, keep_others=bool(arguments.environment)):
        sys.unraisablehook = lambda _: None  # what jsii prints about a Node that it could not start
        return _refused(line)
    _report(output, environments)
    return EXIT_OK


def _refused(line: str) -> int:
    print(line, file=sys.stderr)
    return EXIT_BAD_INPUT


def _load(chosen: Sequence[str]) -> list[Environment]:
    """The environments named, or all; none of them, after a line for each mistake, if one is wrong."""
    folder = Path(os.path.relpath(ROOT / "environments"))
    names = chosen or environment_names(folder)
    environments, wrong = load_environments(names, folder=folder)
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        print("Nothing was written. Fix the lines above and run it again.", file=sys.stderr)
        return []
    if not names:
        print(f"Nothing was written: {folder} has no file of an environment, like dev.toml.", file=sys.stderr)
    return environments


def _write(environments: Sequence[Environment], output: Path, *, keep_others: bool) -> str | None:
    """Synthesize; return a line if the output could not be written."""
    try:
        synthesize(environments, output, keep_others=keep_others)
    except OutputError as error:
        return f"{error.message} {error.remedy}"
    except (OSError, RuntimeError) as error:
        found = _SYSTEM_ERROR.match(str(error)) if isinstance(error, RuntimeError) else None
        if not found and getattr(error, "errno", None) is None:
            raise
        reason = found["reason"] if found else error
        return f"{output} cannot be written: {reason}. The output is as it was."
    return None


def _report(output: Path, environments: Sequence[Environment]) -> None:
    names = [config.name for config in environments]
    stacks = [stack for stack in read_stacks(output).values() if stack.environment in names]
    rows = [
        (stack.id, str(sum(1 for _ in stack.all())), os.path.relpath(stack.folder / STACK_FILE)) for stack in stacks
    ]
    print(table([("stack", "resources", "path"), *rows]))
    for config in environments:
        if config.left_out_layers:
            left_out = ", ".join(stack_id(config.name, layer) for layer in config.left_out_layers)
            print(f"Left out until [domain] delegated = true in {config.name}.toml (docs/domain.md): {left_out}.")
    for stack in stacks:
        if stack.sleep_saving:
            print(f"{stack.environment} sleeps outside of its hours, and {stack.sleep_saving}.")
    print(f"Next: 'make test' checks it, 'make plan ENV={names[0]}' shows the changes.")


if __name__ == "__main__":
    try:
        program.run(lambda: main(sys.argv[1:]), leave=fast_start.leave)
    except AheadError:
        run_again()
