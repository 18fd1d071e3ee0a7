"""The bytes of a feed become entries in a process of their own, which is ended when it takes too long."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from storage.news.feeds import Entry

PROGRAM: Final = Path(__file__).with_name("feed_parsing.py")
SECONDS: Final = 15.0


class NoFeed(Exception):
    """The visit brought nothing; the message says why, in words for the operator."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered: the bytes, already unpacked, and what to say with the next question."""

    data: bytes
    kind: str = ""
    url: str = ""
    etag: str = ""
    modified: str = ""


async def read_feed(fetched: Fetched, seconds: float = SECONDS) -> list[Entry]:
    """The entries in the feed's order. Raises NoFeed where it is none, or cannot be read within its limits."""
    if b"<!entity" in fetched.data.lower():
        raise NoFeed("it defines entities of its own, as a feed need not")
    # -I and an empty environment: nothing of ours is in reach of what the feed may set off
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(PROGRAM), fetched.kind, fetched.url, env={},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(seconds):
            out, _ = await child.communicate(fetched.data)
    except TimeoutError as error:
        raise NoFeed(f"reading it takes more than {seconds:g} seconds") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise NoFeed("reading it takes more memory or time than a feed may")
    told = json.loads(out)
    if not told["feed"]:
        raise NoFeed("what the server gives is no feed")
    return [_entry(one) for one in told["entries"]]


def _entry(told: dict[str, Any]) -> Entry:
    published = datetime.fromisoformat(told["published"]) if told["published"] else None
    return Entry(told["title"], told["summary"], told["link"], told["guid"], published)
