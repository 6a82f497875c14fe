"""Runs tasks in parallel, each after the tasks that it needs. Knows nothing about Terraform."""

from __future__ import annotations

import queue
import threading
from enum import Enum
from graphlib import TopologicalSorter
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
    costs: Mapping[str, int] | None = None,
) -> list[str]:
    """Call `work` for each key of `needs`, after the keys that it needs; return the keys that never started.

    Of those that may start, the first is the one with the longest way to the end: its cost, and that of what waits for
    it. Without `costs` they start in the order of `needs`.

    At the first STOP, and when `cancelled` becomes true, nothing more is started and the running ones finish.
    An exception of `work` is a STOP, and is raised here when the others have finished.
    """
    schedule = _Schedule(needs, work, _lengths(needs, costs or {}))
    while True:
        while not cancelled() and len(schedule.running) < parallel and (id_ := schedule.ready()):
            schedule.start(id_)
        if not schedule.running:
            break
        schedule.wait_for_one()
    if schedule.raised is not None:
        raise schedule.raised
    return list(schedule.waiting)


def _lengths(needs: Mapping[str, Collection[str]], costs: Mapping[str, int]) -> dict[str, int]:
    """The cost of the most expensive chain from each task to a last one."""
    lengths = dict.fromkeys(needs, 0)
    for id_ in reversed(list(TopologicalSorter(needs).static_order())):
        lengths[id_] = lengths.get(id_, 0) + costs.get(id_, 0)
        for needed in needs.get(id_, ()):
            lengths[needed] = max(lengths.get(needed, 0), lengths[id_])
    return lengths


class _Schedule:
    def __init__(
        self, needs: Mapping[str, Collection[str]], work: Callable[[str], Verdict], lengths: Mapping[str, int]
    ) -> None:
        self._lengths = lengths
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
        ready = [id_ for id_, needed in self.waiting.items() if not needed]
        return max(ready, key=self._lengths.__getitem__, default=None)  # of equal ones the first

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
