"""The help: every command explains itself, and asking for it costs nothing."""

import subprocess
import sys

import pytest

from bot.__main__ import COMMANDS
from tests.bot.commands.command_line import ROOT, Wis

NAMES = [name for commands in COMMANDS.values() for name in commands]
WITHIN = {
    "demo": ["codes", "reset", "remove"],
    "enterprise": ["add", "list"],
    "form": ["check", "publish", "list"],
    "wave": ["open", "close", "list"],
    "call": ["check", "open", "extend", "close", "confirm", "list", "show", "people"],
    "voucher": ["list", "uses", "revoke", "extend", "undo"],
    "payments": ["list", "batch", "paid", "failed", "again"],
    "audit": ["verify", "rebuild"],
    "export": ["dossier"],
    "newsletter": ["list", "show", "check", "import", "export", "preview", "hand", "sign", "approve", "redraft",
                   "plan", "report", "schedule", "pause", "resume", "rate", "cancel", "withdraw"],
    "events": ["list", "show", "retry"],
    "keys": ["new", "rotate"],
    "whatsapp": ["sync-templates"],
}


def test_the_first_page_says_where_to_begin_and_names_every_command(wis: Wis) -> None:
    told = wis("--help")
    assert told.code == 0
    assert "Begin with `wis run`" in " ".join(told.out.split())
    for heading, commands in COMMANDS.items():
        assert f"{heading}:" in told.out
        for name, (_, sentence) in commands.items():
            assert name in told.out
            assert sentence in " ".join(told.out.split())


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(wis: Wis, name: str) -> None:
    told = wis(name, "--help")
    assert told.code == 0
    assert f"Usage: wis {name}" in told.out
    assert "..." not in told.out.replace("[ARGS]...", "")
    for inner in WITHIN.get(name, ()):
        assert f"\n  {inner} " in told.out
        deeper = wis(name, inner, "--help")
        assert deeper.code == 0
        assert f"Usage: wis {name} {inner}" in deeper.out


@pytest.mark.parametrize("arguments", [["nonsense"], ["run", "--bad"], ["form", "check"], ["invite", "--count", "0"]])
def test_wrong_usage_is_told_with_code_2(wis: Wis, arguments: list[str]) -> None:
    told = wis(*arguments)
    assert told.code == 2
    assert "Error: " in told.err
    assert "--help" in told.err


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("bot.__main__", ["sqlalchemy", "aiohttp", "pydantic", "telegram", "twilio", "pyxform"]),
        ("bot.assembly", ["telegram", "twilio", "pyxform", "openpyxl", "httpx", "requests"]),
    ],
)
def test_what_is_not_needed_is_not_imported(module: str, spared: list[str]) -> None:
    code = f"import sys, {module}; print([name for name in {spared!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
