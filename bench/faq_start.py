"""What it costs to have the index of the answers: `python -m bench.faq_start FOLDER` prints seconds and megabytes."""

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from storage.content import content_folder
from storage.faq_cache import ready
from storage.faq_files import read_library


@dataclass(frozen=True)
class Start:
    """Seconds of the processor, and megabytes that the process grew by."""

    seconds: float
    memory: float


def starts() -> tuple[Start, Start]:
    """Of a process that counts everything, and of one that finds what the first one counted."""
    with tempfile.TemporaryDirectory() as folder:
        return _in_a_process(folder), _in_a_process(folder)


def _in_a_process(folder: str) -> Start:
    done = subprocess.run([sys.executable, "-m", "bench.faq_start", folder], capture_output=True, check=True)
    return Start(**json.loads(done.stdout))


def _memory() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def _main(folder: Path) -> None:
    library = read_library(content_folder() / "faq")
    entries = library.entries
    before, began = _memory(), time.process_time()
    index = ready(folder, entries, library.groups, library.elsewhere)
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "memory": _memory() - before}))
    assert index.entries


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
