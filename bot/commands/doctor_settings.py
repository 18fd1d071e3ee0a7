"""The doctor looks at the settings, the Python they run on, and what people must be told about the house."""

import os
import sys
from collections.abc import Iterator
from difflib import get_close_matches

from bot.commands.findings import Finding, few, note, ok, wrong
from bot.settings import Settings, misspelt

PYTHON = (3, 11)
OURS = ("TELEGRAM_", "TWILIO_", "WIS_", "WHATSAPP_", "HTTP_", "DATABASE_", "PUBLIC_", "SIMULATOR")
"""Beginnings by which a variable of the environment is taken for one of ours."""


def python() -> Iterator[Finding]:
    """The version of Python."""
    told = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= PYTHON
    yield ok("python", told) if good else wrong("python", f"{told} is too old: 3.11 or later is needed")


def names() -> Iterator[Finding]:
    """Settings whose names are nearly right."""
    known = [name.upper() for name in Settings.model_fields]
    found = list(misspelt())
    for name in sorted(os.environ):
        if name.startswith(OURS) and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.8)
            found += [f"{name} is no setting: did you mean {near[0]}?"] if near else []
    for sentence in dict.fromkeys(found):
        yield wrong("settings", sentence)


def channels(settings: Settings) -> Iterator[Finding]:
    """Which channels are set up, and whether the simulator is safe."""
    real = [name for name, on in (("Telegram", settings.telegram), ("WhatsApp", settings.whatsapp)) if on]
    if real:
        yield ok("settings", f"readable; served: {' and '.join(real)}")
    else:
        yield ok("settings", "readable; no real channel is set, so this is a demonstration with the simulator")
    if settings.simulator_on and settings.simulator_public:
        words = "SIMULATOR_PUBLIC is on: whoever opens the page can be anyone. "
        if settings.live:
            yield wrong("simulator", words + "Set it off, or SIMULATOR=off, while real people are served")
        else:
            yield note("simulator", words + "Only for demonstrations")
    elif settings.simulator_on and settings.live:
        yield note("simulator", "on beside a real channel, for this machine only; SIMULATOR=off ends it")
    elif settings.simulator_on:
        yield ok("simulator", "on, for this machine only")
    else:
        yield ok("simulator", "off")


def house(settings: Settings) -> Iterator[Finding]:
    """What people are told about who runs this."""
    missing = [
        name
        for name, value in (
            ("OFFICE_PHONE", settings.office_phone),
            ("CONTROLLER_NAME", settings.controller_name),
            ("PRIVACY_CONTACT", settings.privacy_contact),
        )
        if not value
    ]
    if not missing:
        yield ok("house", "phone, controller and privacy contact are set")
    elif settings.live:
        yield note("house", f"{few(missing)} empty: people must be told whom to ask about their data (GDPR art. 13)")
    else:
        yield ok("house", f"{few(missing)} may stay empty in a demonstration")
