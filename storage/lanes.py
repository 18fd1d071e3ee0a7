"""The way every write takes: jobs on threads of their own, committed in groups, in order per key.

A job is a function of a connection; it must be safe to run again. On SQLite there is one lane (one writer at a
time is all SQLite has), and what waits while one commit is on its way to the disk shares the next one: under load
the disk is asked once for many turns. On PostgreSQL there are several lanes and each job commits alone, since a
transaction there holds the locks of its people.
"""

import asyncio
import contextlib
import queue
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.db import Conflict, Database

T = TypeVar("T")
Job = Callable[[Connection], Any]

GROUP = 32
"""Jobs that may share one commit; at about a millisecond a job a group stays well under the time of a slow disk."""

PATIENCE = 0.02
"""Seconds a patient job waits for another one whose commit it can share."""

TRIES = 5


@dataclass(slots=True)
class _Task:
    job: Job
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Lanes:
    """The writer threads of one database."""

    def __init__(self, database: Database) -> None:
        """Starts the threads."""
        self._database = database
        count = 1 if database.kind == "sqlite" else 8
        self._group = GROUP if count == 1 else 1
        self._queues: list[queue.SimpleQueue[tuple[_Task, ...]]] = [queue.SimpleQueue() for _ in range(count)]
        self._patient: tuple[_Task, ...] = ()
        self._threads = [
            threading.Thread(target=self._work, args=(q,), name=f"lane-{n}", daemon=True)
            for n, q in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, job: Callable[[Connection], T], key: str = "", patient: bool = False) -> "asyncio.Future[T]":
        """What the job returned, once it is committed. Jobs with one key run in the order of these calls.

        Where there is one lane, a patient job is done right before the next one, in the same commit; if none comes,
        after PATIENCE seconds. A Conflict runs the job again, at most TRIES times; any other exception reaches the
        caller and nothing of the job is kept.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        task = _Task(job, loop, future)
        if patient and len(self._queues) == 1:
            if not self._patient:
                loop.call_later(PATIENCE, self.hurry)
            self._patient += (task,)
        else:
            lane = zlib.crc32(key.encode("utf-8", "surrogatepass")) % len(self._queues)
            waiting, self._patient = self._patient, ()
            self._queues[lane].put((*waiting, task))
        return future

    def hurry(self) -> None:
        """What is patient waits no longer."""
        if self._patient:
            waiting, self._patient = self._patient, ()
            self._queues[0].put(waiting)

    async def close(self) -> None:
        """Everything handed over before is committed and the threads have ended."""
        self.hurry()
        for lane in self._queues:
            lane.put(())
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _work(self, lane: "queue.SimpleQueue[tuple[_Task, ...]]") -> None:
        last = False
        while not last:
            group: list[_Task] = []
            while len(group) < self._group and not last:
                try:
                    tasks = lane.get_nowait() if group else lane.get()
                except queue.Empty:
                    break
                last = not tasks
                group += tasks
            if self._group > 1 and group:
                self._commit(group)
            else:
                for task in group:
                    self._alone(task)

    def _commit(self, group: list[_Task]) -> None:
        if len(group) == 1:
            self._alone(group[0])
            return
        begun = False
        try:
            with self._database.write() as conn:
                begun = True
                results = [task.job(conn) for task in group]
        except BaseException as error:
            for task in group:
                if begun:
                    # one of them failed and took the others with it: each once more, on its own
                    self._alone(task)
                else:
                    # locked or gone: to wait for it once is enough for all of them
                    _fail(task, error)
        else:
            _answer(group, results)

    def _alone(self, task: _Task) -> None:
        for attempt in range(TRIES):
            try:
                with self._database.write() as conn:
                    result = task.job(conn)
            except Conflict as error:
                if attempt == TRIES - 1:
                    _fail(task, error)
            except BaseException as error:
                _fail(task, error)
                return
            else:
                _answer([task], [result])
                return


def _answer(group: list[_Task], results: list[Any]) -> None:
    def tell() -> None:
        for task, result in zip(group, results, strict=True):
            if not task.future.done():
                task.future.set_result(result)

    with contextlib.suppress(RuntimeError):
        group[0].loop.call_soon_threadsafe(tell)


def _fail(task: _Task, error: BaseException) -> None:
    if isinstance(error, StopIteration):
        # a future refuses it, and the caller would wait for ever
        error = RuntimeError("a job raised StopIteration")

    def tell() -> None:
        if not task.future.done():
            task.future.set_exception(error)

    with contextlib.suppress(RuntimeError):
        task.loop.call_soon_threadsafe(tell)
