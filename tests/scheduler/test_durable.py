"""The port to the durable engine: what is begun is done once, and what a dead process began is done by another."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scheduler.durable import Durable, beside

ROOT = Path(__file__).parents[2]
Work = Callable[[str], Awaitable[object]]
DIES = """
import asyncio, os, sys
from scheduler.durable import Durable

async def work(argument):
    print("begun", flush=True)
    await asyncio.sleep(60)

async def main():
    durable = Durable(sys.argv[1], "the dead one", {"count": work})
    await durable.start("count", "people", 60)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@asynccontextmanager
async def durable(tmp_path: Path, node: str = "node-1", **works: Work) -> AsyncIterator[Durable]:
    opened = Durable(f"sqlite:///{tmp_path / 'runs.db'}", node, works)
    try:
        yield opened
    finally:
        await opened.close(5.0)


async def until(port: Durable, status: str, argument: str = "people") -> None:
    async with asyncio.timeout(20):
        while await port.status("count", argument) != status:
            await asyncio.sleep(0.01)


async def test_nothing_is_opened_before_there_is_something_to_do(tmp_path: Path) -> None:
    async with durable(tmp_path) as port:
        assert await port.reconcile([]) == 0 and not port.opened
    assert list(tmp_path.iterdir()) == []


async def test_a_work_is_done_once_however_often_it_is_started_and_again_when_it_is_wanted_again(
    tmp_path: Path,
) -> None:
    done: list[str] = []
    gate = asyncio.Event()

    async def count(argument: str) -> None:
        done.append(argument)
        await gate.wait()

    async with durable(tmp_path, count=count) as port:
        assert await port.status("count", "people") == ""
        for _ in range(3):
            await port.start("count", "people", 60)
        await port.start("count", "others", 60)
        await until(port, "running")
        gate.set()
        await until(port, "done")
        await until(port, "done", "others")
        assert sorted(done) == ["others", "people"]
        await port.start("count", "people", 60)
        await until(port, "done")
        assert sorted(done) == ["others", "people", "people"]


async def test_a_work_that_fails_says_so_in_our_log_and_can_be_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = [True]

    async def count(argument: str) -> None:
        if broken.pop():
            broken.append(False)
            raise ZeroDivisionError("a bug")

    async with durable(tmp_path, count=count) as port:
        await port.start("count", "people", 60)
        await until(port, "failed")
        await port.start("count", "people", 60)
        await until(port, "done")
    assert "the work count ended with an error" in caplog.text
    assert "Traceback" not in capfd.readouterr().err, "the engine printed past our log"


async def test_a_work_is_cut_off_when_it_is_cancelled_or_the_process_ends(tmp_path: Path) -> None:
    cut: list[str] = []

    async def count(argument: str) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cut.append(argument)
            raise

    async with durable(tmp_path, count=count) as port:
        await port.start("count", "people", 60)
        await port.start("count", "others", 60)
        await until(port, "running")
        await port.cancel("count", "people")
        await until(port, "cancelled")
        await until(port, "running", "others")
    assert cut == ["people", "others"]
    await port.start("count", "people", 60)
    assert cut == ["people", "others"], "after the end nothing is begun"


async def test_what_was_begun_long_ago_and_is_wanted_is_given_up_for_dead(tmp_path: Path) -> None:
    begun: list[str] = []

    async def count(argument: str) -> None:
        begun.append(argument)
        if len(begun) == 1:
            await asyncio.sleep(60)

    async with durable(tmp_path, count=count) as port:
        await port.start("count", "people", 60)
        await until(port, "running")
        await asyncio.sleep(0.05)
        await port.start("count", "people", 0.01)
        await until(port, "done")
    assert begun == ["people", "people"]


async def test_what_a_killed_process_had_begun_is_done_by_a_living_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, url, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert dying.stdout is not None
    assert await asyncio.wait_for(dying.stdout.readline(), 30) == b"begun\n"
    dying.kill()
    await dying.wait()
    done = asyncio.Event()

    async def count(argument: str) -> None:
        done.set()

    async with durable(tmp_path, "the living one", count=count) as port:
        await port.start("count", "others", 60)
        await until(port, "done", "others")
        assert await port.reconcile(["the dead one", "the living one"]) == 0, "it might still live"
        done.clear()
        assert await port.reconcile(["the living one"]) == 1
        await asyncio.wait_for(done.wait(), 20)
        await until(port, "done")


async def test_a_damaged_file_is_put_aside_and_nothing_is_missed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "runs.db").write_bytes(b"no database at all, " * 100)
    done = asyncio.Event()

    async def count(argument: str) -> None:
        done.set()

    async with durable(tmp_path, count=count) as port:
        await port.start("count", "people", 60)
        await asyncio.wait_for(done.wait(), 20)
    assert (tmp_path / "runs.db.broken").exists() and "damaged" in caplog.text


async def test_an_unknown_work_is_refused(tmp_path: Path) -> None:
    async with durable(tmp_path) as port:
        with pytest.raises(KeyError):
            await port.start("dance", "people", 60)


def test_the_engine_keeps_its_tables_beside_ours() -> None:
    assert beside("sqlite:////data/wis.db") == "sqlite:////data/wis-runs.db"
    assert beside("postgresql+psycopg://wis@db/wis") == "postgresql+psycopg://wis@db/wis"
