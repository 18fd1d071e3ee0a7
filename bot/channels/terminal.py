"""A chat in the terminal: choices are numbered, ways out have a slash, and the dialogue can be saved as a test.

Domanda 1 di 12
Che lavoro fai qui?
  1  Dipendente
  2  Titolare
  /1 Indietro   /2 Menu
> 1
"""

import asyncio
import mimetypes
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from bot.channels.contract import Health, Inbox, Unready
from bot.channels.dialogue import Act, Does, Line, Says, Taps, button_label, heard, write
from conversations.events import Address, Chose, Event, Happening, Joined, Located, MediaKind, Said, Sent
from scheduler.sending import Button, Letter, Receipt, Recipient, Refused

CHANNEL = "terminal"
QUIET = 0.3
PATIENCE = 5.0
LARGEST_FILE = 20 * 1024 * 1024

HELP = {
    "it": "Scrivi e premi Invio. Un numero sceglie, /1 /2 sono le vie d'uscita, /file PERCORSO manda un file, "
    "/luogo LAT LON un luogo, /start CODICE apre un invito, Ctrl-D chiude.",
    "en": "Write and press Enter. A number chooses, /1 /2 are the ways out, /file PATH sends a file, "
    "/place LAT LON a place, /start CODE opens an invitation, Ctrl-D ends.",
}
NO_FILE = {"it": "Non riesco a leggere questo file.", "en": "I cannot read this file."}
BUSY = {"it": "Il programma ora non può rispondere. Riprova.", "en": "The program cannot answer now. Try again."}

ReadLine = Callable[[], Awaitable[str | None]]
Settle = Callable[[], Awaitable[None]]


class Terminal:
    """One person in a terminal, as a channel."""

    name = CHANNEL
    channel = CHANNEL

    def __init__(
        self,
        inbox: Inbox,
        who: str = "Giulia",
        language: str = "it",
        console: Console | None = None,
        read_line: ReadLine | None = None,
        settle: Settle | None = None,
    ) -> None:
        """`settle` waits until the program has nothing more to say; without it a short silence is taken for
        that. `read_line` gives the next line without its end, None at the end of the input."""
        self.health = Health(state="ok")
        self.lines: list[Line] = []
        self._inbox = inbox
        self._who = who
        self._language = language if language in HELP else "en"
        self._console = console or Console(highlight=False)
        self._read_line = read_line or stdin_line
        self._settle = settle
        self._address = Address(CHANNEL, who.lower())
        self._choices: tuple[Button, ...] = ()
        self._ways: tuple[Button, ...] = ()
        self._ref = ""
        self._shown = 0
        self._count = 0
        self._spoken = asyncio.Event()
        self._files: dict[str, Path] = {}

    def sender(self) -> "Terminal":
        return self

    def routes(self) -> Sequence[web.RouteDef]:
        return ()

    async def send(self, letter: Letter, to: Recipient) -> Receipt:
        """The letter is printed; what it offers can be chosen by number."""
        self.lines.append(heard(self._who, letter))
        self._choices, self._ways = letter.choices, letter.ways
        self._shown += 1
        self._ref = str(self._shown)
        self._print(letter)
        self._spoken.set()
        return Receipt((self._ref,))

    async def run(self) -> None:
        """The person has ended the chat."""
        self._console.print(Text(HELP[self._language], style="dim"))
        while (line := await self._read_line()) is not None:
            if line.strip():
                await self._take(line.strip())

    async def fetch(self, ref: str, limit: int) -> bytes:
        """The bytes of a file that was sent with /file. Raises Refused."""
        path = self._files.get(ref)
        try:
            data = await asyncio.to_thread(path.read_bytes) if path else None
        except OSError:
            data = None
        if data is None or len(data) > limit:
            raise Refused("no such file, or too large", "file")
        return data

    async def close(self) -> None:
        """Nothing is open."""

    async def _take(self, line: str) -> None:
        understood = self._understand(line)
        if understood is None:
            self._console.print(Text(NO_FILE[self._language], style="red"))
            return
        said, what = understood
        self._count += 1
        self._spoken.clear()
        now = self._inbox.now()
        event = Event(
            id=f"{now.isoformat()}:{self._count}",
            address=self._address,
            at=now,
            what=what,
            language_hint=self._language,
            profile_name=self._who,
            message_ref=self._ref if isinstance(what, Chose) else "",
        )
        place = len(self.lines)
        self.lines.append(said)
        try:
            await self._inbox.take([event])
        except Unready:
            del self.lines[place]
            self._console.print(Text(BUSY[self._language], style="red"))
            return
        await self._wait()

    def _understand(self, line: str) -> tuple[Line, Happening] | None:
        """What the line means; None for a file that cannot be sent."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        number = word.removeprefix("/")
        offered = self._ways if word.startswith("/") else self._choices
        if not rest and number.isdecimal() and 1 <= int(number) <= len(offered):
            button = offered[int(number) - 1]
            return Taps(self._who, button.label), Chose(button.token, button.label)
        match word:
            case "/start":
                return Does(self._who, "link", rest), Joined(rest)
            case "/file" if rest:
                return self._file(Path(rest.strip("'\"")).expanduser())
            case "/place" | "/luogo" if rest:
                return self._place(line, rest)
            case _:
                return Says(self._who, line), Said(line)

    def _file(self, path: Path) -> tuple[Line, Happening] | None:
        try:
            size = path.stat().st_size if path.is_file() else 0
        except OSError:
            size = 0
        if not 0 < size <= LARGEST_FILE:
            return None
        mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind: MediaKind = "photo" if mime.startswith("image/") else "voice" if mime == "audio/ogg" else "document"
        act: Act = "photo" if kind == "photo" else "voice" if kind == "voice" else "document"
        ref = str(len(self._files) + 1)
        self._files[ref] = path
        return Does(self._who, act, path.name), Sent(kind, ref, mime, path.name, size)

    def _place(self, line: str, rest: str) -> tuple[Line, Happening]:
        try:
            latitude, longitude = (float(part) for part in rest.replace(",", " ").split())
        except ValueError:
            return Says(self._who, line), Said(line)
        return Does(self._who, "location", f"{latitude}, {longitude}"), Located(latitude, longitude)

    async def _wait(self) -> None:
        if self._settle is not None:
            await self._settle()
            return
        try:
            await asyncio.wait_for(self._spoken.wait(), PATIENCE)
            while self._spoken.is_set():
                self._spoken.clear()
                await asyncio.wait_for(self._spoken.wait(), QUIET)
        except TimeoutError:
            return

    def _print(self, letter: Letter) -> None:
        console = self._console
        console.print()
        if letter.title:
            console.print(Text(letter.title, style="bold cyan"))
        for text in letter.body:
            console.print(Text(text))
        if letter.file:
            console.print(Text(f"[{letter.file.name}, {len(letter.file.data)} bytes]", style="magenta"))
        for number, choice in enumerate(letter.choices, start=1):
            more = f"  [dim]{escape(choice.description)}[/dim]" if choice.description else ""
            line = f"[bold]{number:>2}[/bold]  {escape(button_label(choice))}{more}"
            console.print(Padding(line, (0, 0, 0, 1), expand=False))
        for text in filter(None, (letter.hint, letter.example)):
            console.print(Text(text, style="dim"))
        if letter.ways:
            ways = "   ".join(
                f"[bold]/{number}[/bold] {escape(way.label)}" for number, way in enumerate(letter.ways, start=1)
            )
            console.print(Padding(ways, (0, 0, 0, 1), expand=False))


async def talk(terminal: Terminal, save: Path | None = None) -> None:
    """The person chatted until the end of her input, and the dialogue is in the file `save`, also when she was
    interrupted. Raises OSError when the file cannot be written."""
    try:
        await terminal.run()
    finally:
        if save is not None:
            save.write_text(write(terminal.lines), encoding="utf-8")


async def stdin_line() -> str | None:
    """The next line of the standard input; None at its end."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def done(text: str | None) -> None:
        if not line.done():
            line.set_result(text)

    def read() -> None:
        try:
            text: str | None = input("> ")
        except (EOFError, KeyboardInterrupt, ValueError):
            text = None
        try:
            loop.call_soon_threadsafe(done, text)
        except RuntimeError:
            return

    # A daemon, so that an interrupted chat does not wait for a line that never comes.
    threading.Thread(target=read, daemon=True).start()
    return await line
