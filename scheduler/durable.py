"""The port to the durable-execution engine: long work that is begun once and goes on after a crash (DBOS Transact).

Coarse work only, one workflow per run of a channel or per enqueuing, never one per message. Nothing of value is in
the engine's own tables: each work can be begun again at any moment, since its truth is in our rows. The engine is
imported and opened with the first work: it costs 0.3 seconds and 18 MB.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, Final, Literal, cast

log = logging.getLogger(__name__)

Work = Callable[[str], Awaitable[object]]
"""What is done for one argument; it may be begun again from the start at any time."""

Status = Literal["", "waiting", "running", "done", "failed", "cancelled"]
"""Of the latest time this work was begun for an argument; "" never."""

VERSION: Final = "wis-1"
"""Of the works' meaning, not of the program: a newer program goes on with what an older one began."""
NAMES: Final[Mapping[str, Status]] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}
"""The engine's own states; a work that ended says itself how."""
SQLITE: Final = "sqlite:///"
OPEN: Final = ["ENQUEUED", "PENDING"]


class Durable:
    """This process's share of the engine. Methods are called on the event loop that carries out the works."""

    def __init__(self, url: str, node: str, works: Mapping[str, Work]) -> None:
        """Opens nothing yet. `url` is where the engine keeps its own tables: a SQLite file of its own, or PostgreSQL,
        in a schema of its own; `node` is this start of this process, never the same twice."""
        self._url = url
        self._node = node
        self.works = dict(works)
        self.opened = False
        self._engine: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opening = asyncio.Lock()
        self._doing: dict[str, Future[Status]] = {}
        self._closed = False

    async def start(self, work: str, argument: str, patience: float) -> None:
        """The work is being done for this argument: it is begun, unless it waits or was begun within the last
        `patience` seconds. Who calls knows from our own rows that nobody does it: what was begun before that is given
        up for dead. Raises KeyError for a work we do not know."""
        self.works[work]
        if not self._closed:
            await self._open()
            await asyncio.to_thread(self._start, work, argument, patience)

    async def cancel(self, work: str, argument: str) -> None:
        """The work is not done for this argument any more; another process that does it ends at its own next look."""
        await self._open()
        for key in await asyncio.to_thread(self._cancel, work, argument):
            if key in self._doing:
                self._doing[key].cancel()

    async def status(self, work: str, argument: str) -> Status:
        """What became of it, the latest time."""
        await self._open()
        found = await asyncio.to_thread(self._latest, work, argument)
        if found is None:
            return ""
        return NAMES.get(found.status) or cast(Status, found.output)

    async def reconcile(self, living: Collection[str]) -> int:
        """What a process that is not among the living had begun is handed to one that is; how much. The engine itself
        looks after the works of a process only when that process comes back."""
        if not self.opened or self._closed:
            return 0
        return await asyncio.to_thread(self._reconcile, frozenset((*living, self._node)))

    async def close(self, grace: float) -> None:
        """Nothing is begun any more; what is under way here is cut off, and is begun again by another process. Takes
        at most `grace` seconds."""
        self._closed = True
        if not self.opened:
            return
        for future in tuple(self._doing.values()):
            future.cancel()
        # its threads wait for each other for up to ten seconds; a process that ends need not
        end = threading.Thread(target=self._destroy, name="durable-close", daemon=True)
        end.start()
        await asyncio.to_thread(end.join, grace)

    async def _open(self) -> None:
        async with self._opening:
            if not self.opened:
                self._loop = asyncio.get_running_loop()
                await asyncio.to_thread(self._launch)
                self.opened = True

    # below, on threads of their own

    def _launch(self) -> None:
        from dbos import DBOS

        if self._url.startswith(SQLITE):
            _usable(Path(self._url.removeprefix(SQLITE)))
        self._engine = DBOS
        DBOS(
            config={
                "name": "wis",
                "system_database_url": self._url,
                "dbos_system_schema": "dbos",
                "sys_db_pool_size": 3,
                # a process that freezes must not keep the others from taking over
                "sys_db_idle_transaction_timeout_sec": 5.0,
                "executor_id": self._node,
                "application_version": VERSION,
                "use_listen_notify": False,
                "log_level": "ERROR",
            }
        )

        @DBOS.workflow(name="wis_work", max_recovery_attempts=1_000_000)
        def wis_work(work: str, argument: str) -> str:
            return self._carry_out(work, argument)

        self._workflow = wis_work
        _into_our_log()
        try:
            DBOS.launch()
        except Exception:
            # half open, it would never launch again
            self._destroy()
            raise
        _into_our_log()

    def _destroy(self) -> None:
        if self._engine is not None:
            self._engine.destroy(destroy_registry=True)

    def _carry_out(self, work: str, argument: str) -> str:
        """The workflow: waits, on a thread of the engine's, for our function on our loop."""
        key = self._engine.workflow_id
        assert self._loop is not None  # it is there since the engine was opened
        future = asyncio.run_coroutine_threadsafe(self._do(work, argument), self._loop)
        self._doing[key] = future
        try:
            return future.result()
        except CancelledError:
            return "cancelled"
        finally:
            del self._doing[key]

    async def _do(self, work: str, argument: str) -> Status:
        try:
            await self.works[work](argument)
        except Exception:
            # the engine would print it past our log, and keep it with its arguments
            log.exception("the work %s ended with an error", work)
            return "failed"
        return "done"

    def _latest(self, work: str, argument: str) -> Any:
        found = self._engine.list_workflows(
            workflow_id_prefix=_prefix(work, argument), load_input=False, limit=1, sort_desc=True
        )
        return found[0] if found else None

    def _start(self, work: str, argument: str, patience: float) -> None:
        from dbos import SetWorkflowID

        latest, number = self._latest(work, argument), 0
        if latest is not None:
            number = int(latest.workflow_id.rpartition(":")[2])
            if latest.status == "PENDING" and latest.updated_at < (time.time() - patience) * 1000:
                self._engine.cancel_workflow(latest.workflow_id)
            elif latest.status in OPEN:
                return
        # numbers have one length: the engine compares ids as texts
        with SetWorkflowID(f"{_prefix(work, argument)}{number + 1:08d}"):
            self._engine.start_workflow(self._workflow, work, argument)

    def _cancel(self, work: str, argument: str) -> list[str]:
        found = self._engine.list_workflows(
            workflow_id_prefix=_prefix(work, argument), status=OPEN, load_input=False, load_output=False
        )
        for one in found:
            self._engine.cancel_workflow(one.workflow_id)
        return [one.workflow_id for one in found]

    def _reconcile(self, living: Collection[str]) -> int:
        found = self._engine.list_workflows(status="PENDING", load_input=False, load_output=False)
        orphans = [one.workflow_id for one in found if one.executor_id not in living]
        for key in orphans:
            self._engine.resume_workflow(key)
        return len(orphans)


def _prefix(work: str, argument: str) -> str:
    return f"{work}:{argument}:"


def _into_our_log() -> None:
    """What the engine has to say goes where everything goes, with what is personal masked."""
    theirs = logging.getLogger("dbos")
    theirs.handlers.clear()
    theirs.propagate = True
    theirs.setLevel(logging.ERROR)
    theirs.addFilter(_not_cancelled)


def _not_cancelled(record: logging.LogRecord) -> bool:
    """False where the engine only tells that what we cancelled was cancelled."""
    error = record.exc_info[1] if record.exc_info else None
    return "Cancelled" not in type(error).__name__


def _usable(file: Path) -> None:
    """The file is a database that readers and the writer can use at once; a damaged one is put aside."""
    try:
        with contextlib.closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA journal_mode=WAL")
            conn.execute("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        # nothing in it is missed: what is to be done stands in our own rows
        log.exception("the file of long works is damaged; a new one is begun")
        file.rename(f"{file}.broken")
        for rest in ("-wal", "-shm"):
            Path(f"{file}{rest}").unlink(missing_ok=True)
        _usable(file)


def beside(database: str) -> str:
    """Where the engine keeps its tables for this database of ours: a file beside it, or the same PostgreSQL."""
    if not database.startswith(SQLITE):
        return database
    file = Path(database.removeprefix(SQLITE))
    return f"{SQLITE}{file.with_name(f'{file.stem}-runs.db')}"
