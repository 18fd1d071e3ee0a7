"""wis talk: piped lines, a transcript, and an end that does not hang."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from bot.channels.dialogue import Hears, Says, Taps
from tests.bot.commands.command_line import ROOT, Wis
from tests.journeys.transcript import parse


def test_piped_lines_are_a_chat_and_the_transcript_can_be_replayed(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    code = wis("demo", "codes").out.split()[0]
    with wis.start("talk", "--save", "chat.md", "--name", "Giulia") as chat:
        chat.writes(f"{code}\n1\n")
        chat.hangs_up()
        told = chat.ends()
    assert told.code == 0, told.err
    assert code in told.out.partition("╯")[0], "the codes are shown at the beginning"
    assert "The dialogue is in chat.md." in told.out
    lines = parse((wis.folder / "chat.md").read_text("utf-8"))
    spoken = [line for line in lines if isinstance(line, Says | Taps)]
    assert spoken[0] == Says("Giulia", code)
    assert isinstance(spoken[1], Taps), "a number chooses"
    assert sum(isinstance(line, Hears) for line in lines) >= 2, "every line was answered before the end"


def test_lines_of_a_file_are_a_chat_too(wis: Wis) -> None:
    (wis.folder / "lines.txt").write_text("ciao\nperché", encoding="utf-8")
    with (wis.folder / "lines.txt").open() as lines:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "talk"], stdin=lines, capture_output=True, text=True, timeout=60,
            env=os.environ | wis.env | {"PYTHONPATH": str(ROOT)}, cwd=wis.folder,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "> ciao\n" in done.stdout
    assert "> perché\n" in done.stdout


@pytest.mark.parametrize("what", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_chat_and_the_dialogue_is_saved(wis: Wis, what: signal.Signals) -> None:
    with wis.start("talk", "--save", "chat.md") as chat:
        chat.writes("ciao\n")
        chat.says("Ciao")
        chat.gets(what)
        told = chat.ends(within=10)
    assert told.code == 0
    assert told.err == ""
    assert Says("Giulia", "ciao") in parse((wis.folder / "chat.md").read_text("utf-8"))


@pytest.mark.parametrize("key", ["\x04", "\x03"])
def test_ctrl_d_and_ctrl_c_in_a_terminal_end_the_chat(wis: Wis, key: str) -> None:
    ours, theirs = pty.openpty()
    command = [
        sys.executable, "-c",
        "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        " os.execv(sys.executable, [sys.executable, '-m', 'bot', 'talk'])",
    ]  # fmt: skip
    env = os.environ | wis.env | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=wis.folder)
    os.close(theirs)
    try:
        seen = _until(ours, b"\n> ")
        os.write(ours, key.encode())
        while not _at_end(ours):
            continue
        assert process.wait(10) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
    assert b"invitation codes" in seen


def _until(terminal: int, wanted: bytes) -> bytes:
    seen, end = b"", time.monotonic() + 60
    while wanted not in seen:
        assert time.monotonic() < end, seen
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 4096)
    return seen


def _at_end(terminal: int) -> bool:
    """Reads what is there; true once the other side is closed."""
    try:
        return not os.read(terminal, 4096)
    except OSError:
        return True


def test_a_dialogue_that_cannot_be_saved_is_told_before_the_chat(wis: Wis) -> None:
    told = wis("talk", "--save", str(wis.folder / "no" / "folder" / "chat.md"))
    assert told.code == 1
    assert "chat.md" in told.err


@pytest.mark.parametrize("name", ["", "a:b", "**", "x" * 41])
def test_a_name_the_transcript_could_not_hold_is_refused(wis: Wis, name: str) -> None:
    told = wis("talk", "--name", name)
    assert told.code == 1
    assert "name" in told.err
