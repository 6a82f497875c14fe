"""Runs tasks in parallel, each after the tasks that it needs. Knows nothing about Terraform."""

from __future__ import annotations

import queue
import threading
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


class Verdict(Enum):
    """What the end of one task means for the tasks that have not started."""

    CONTINUE = "the others start as planned"
    BLOCK = "the tasks that need this one do not start"
    STOP = "nothing more starts"


def run(
    needs: Mapping[str, Collection[str]],
    work: Callable[[str], Verdict],
    *,
    parallel: int = 2,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Call `work` for each key of `needs`, after the keys that it needs; return the keys that never started.

    At the first STOP, and when `cancelled` becomes true, nothing more is started and the running ones finish.
    An exception of `work` is a STOP, and is raised here when the others have finished.
    """
    schedule = _Schedule(needs, work)
    while True:
        while not cancelled() and len(schedule.running) < parallel and (id_ := schedule.ready()):
            schedule.start(id_)
        if not schedule.running:
            break
        schedule.wait_for_one()
    if schedule.raised is not None:
        raise schedule.raised
    return list(schedule.waiting)


class _Schedule:
    def __init__(self, needs: Mapping[str, Collection[str]], work: Callable[[str], Verdict]) -> None:
        self.waiting = {id_: set(needed) for id_, needed in needs.items()}
        self.running: set[str] = set()
        self.raised: BaseException | None = None
        self._stopped = False
        self._work = work
        self._ended: queue.Queue[tuple[str, Verdict | BaseException]] = queue.Queue()

    def ready(self) -> str | None:
        """A task that may start now."""
        if self._stopped:
            return None
        return next((id_ for id_, needed in self.waiting.items() if not needed), None)

    def start(self, id_: str) -> None:
        del self.waiting[id_]
        self.running.add(id_)
        threading.Thread(target=self._call, args=(id_,), name=id_, daemon=True).start()

    def _call(self, id_: str) -> None:
        try:
            self._ended.put((id_, self._work(id_)))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._ended.put((id_, error))

    def wait_for_one(self) -> None:
        id_, verdict = self._ended.get()
        self.running.discard(id_)
        if isinstance(verdict, BaseException):
            self.raised = self.raised or verdict
            self._stopped = True
        elif verdict is Verdict.STOP:
            self._stopped = True
        elif verdict is Verdict.CONTINUE:
            for needed in self.waiting.values():
                needed.discard(id_)
