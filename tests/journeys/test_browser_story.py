"""A story on the page: Giulia on WhatsApp's look, Avv. Elena on Telegram's, and the clock in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.app import App
from bot.assembly import opened
from bot.channels.dialogue import Hears, Says, Taps
from bot.settings import Settings
from conversations.rules.working_days import is_working_day
from storage.crypto import new_key
from tests.browser import MOBILE, browser, in_a_browser, open_page, page, photograph
from tests.journeys.transcript import parse

__all__ = ["browser", "page"]
pytestmark = in_a_browser
ROME = ZoneInfo("Europe/Rome")
PATIENCE = 30_000
"""Milliseconds a busy machine may take for what is awaited."""


def monday(after: datetime) -> datetime:
    """The next Monday at ten in Rome that is no holiday, nor is the Tuesday of the week after it: reminders go out
    whenever the test runs."""
    there = after.astimezone(ROME) + timedelta(days=7 - after.astimezone(ROME).weekday())
    there = there.replace(hour=10, minute=0, second=0, microsecond=0)
    while not (is_working_day(there.date()) and is_working_day((there + timedelta(days=8)).date())):
        there += timedelta(days=7)
    return there


@pytest_asyncio.fixture(loop_scope="module")
async def program(tmp_path: Path) -> AsyncIterator[App]:
    """The program as `make run` starts it for a newcomer: the demonstration and the page."""
    settings = Settings.load(None, data_dir=tmp_path, http_port=0, wis_secret_keys=new_key())
    async with opened(settings) as app:
        now = datetime.now(UTC)
        await app.clock.advance(int((monday(now) - now).total_seconds()))
        stop, started = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(app.serve(stop, lambda _: started.set()))
        await started.wait()
        yield app
        stop.set()
        await serving


class Chat:
    """One phone on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.phone: Locator = page.get_by_role("region", name=f"Telefono di {name}")

    async def sees(self, text: str) -> None:
        """The newest bubble with this text is visible."""
        await expect(self.phone.get_by_text(text).last).to_be_visible(timeout=PATIENCE)

    async def writes(self, text: str) -> None:
        """She types and presses Enter."""
        field = self.phone.get_by_role("textbox")
        await field.click()
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def taps(self, label: str) -> None:
        """The newest button with this label is tapped."""
        await self.phone.get_by_role("log").get_by_role("button", name=label, exact=True).last.click()

    async def picks(self, label: str) -> None:
        """The newest list is opened and this row is tapped."""
        await self.taps("Scegli")
        await self.phone.get_by_role("dialog").get_by_role("button", name=label).click()

    async def picks_by_keyboard(self, steps: int) -> None:
        """The newest list is opened with Enter and the row so many steps down is chosen."""
        await self.phone.get_by_role("button", name="Scegli", exact=True).last.focus()
        await self.page.keyboard.press("Enter")
        await expect(self.phone.get_by_role("dialog").get_by_role("button").first).to_be_visible()
        for _ in range(steps):
            await self.page.keyboard.press("ArrowDown")
        await self.page.keyboard.press("Enter")


async def test_the_story_of_giulia_and_elena(program: App, page: Page) -> None:
    await page.goto(f"http://127.0.0.1:{program.port}/")
    giulia, elena = Chat(page, "Giulia"), Chat(page, "Avv. Elena")
    await expect(elena.phone).to_be_visible()
    await photograph(page, "story-1-start")
    paolo = Chat(page, "Paolo")
    await paolo.taps("Scrivi ciao")
    await paolo.sees("Che cosa ti serve?")

    # she joins
    await giulia.phone.get_by_role("button", name="Entra con").click()
    await giulia.sees("Il codice va bene!")
    await giulia.taps("Italiano")
    await giulia.sees("Non sa nemmeno se hai risposto.")
    await photograph(page, "story-2-notice")
    await giulia.taps("Accetto")
    await giulia.sees("Vuoi la newsletter?")
    await giulia.writes("no")
    await giulia.sees("Vuoi i promemoria?")
    await giulia.taps("Sì")
    await giulia.sees("Tutto pronto!")

    # she begins the questionnaire, with taps, with the keyboard and with words
    await giulia.taps("Comincia ora")
    await giulia.sees("Bastano 5 o 6 minuti. Cominciamo?")
    await giulia.taps("Cominciamo")
    await giulia.sees("Domanda 1 di 18")
    await giulia.picks("Sono dipendente")
    await giulia.sees("Che orario hai?")
    await giulia.picks_by_keyboard(1)
    await giulia.sees("Lavori anche in questi momenti?")
    await giulia.picks("Dopo le 19")
    await giulia.sees("✓ Dopo le 19")
    await giulia.writes("fatto")
    await giulia.sees("Puoi lavorare da casa?")
    await giulia.writes("qualche volta")
    await giulia.sees("Quanto è facile averle?")
    await giulia.writes("3")
    await giulia.sees("Di che età?")
    await giulia.writes("2, 4")
    await giulia.sees("Chi ti dà una mano a casa?")
    await photograph(page, "story-3-questions")

    # Elena answers a question
    await giulia.writes("persona")
    await giulia.sees("Fai la tua domanda con parole tue.")
    await giulia.writes("Posso chiedere il part-time fino ai 12 anni di mia figlia?")
    await giulia.sees("Lo mando?")
    await giulia.taps("Invia")
    await giulia.sees("Messaggio inviato")
    await elena.sees("È arrivata una nuova domanda")
    await elena.taps("Apri")
    await elena.sees("Posso chiedere il part-time")
    await elena.taps("Rispondi")
    await elena.sees("La persona la legge qui in chat, senza il tuo nome.")
    await elena.writes("Sì: hai la priorità fino ai 13 anni. Preparo io una bozza della richiesta.")
    await elena.sees("La mando?")
    await elena.taps("Invia")
    await giulia.sees("Preparo io una bozza della richiesta.")
    await photograph(page, "story-4-answer")
    await giulia.taps("Grazie, basta così")
    await giulia.sees("Grazie a te. Se serve, siamo qui.")

    # eight days later
    await page.get_by_role("button", name="+8 giorni").click()
    await giulia.sees("non è ancora finito")
    await expect(giulia.phone.get_by_text("Messaggio modello approvato")).to_be_visible()
    await photograph(page, "story-5-reminder")
    await giulia.taps("Riprendi")
    await giulia.sees("Riprendiamo: domanda 7 di 23.")
    for answer, question in (
        ("2, 3", "Quali servizi usi per i figli?"),
        ("1, 2", "Con i figli, quando è più difficile?"),
        ("1, 3", "Perché i servizi che hai non bastano?"),
        ("orari scomodi", "Che cosa ti ruba più tempo?"),
        ("2, 4", "Useresti un servizio che fa queste cose per te?"),
        ("ogni mese", "Dove ti sarebbe comodo questo servizio?"),
        ("vicino a casa", "Oggi, qual è il tuo primo bisogno?"),
        ("cura dei figli", "Per che cosa useresti un voucher?"),
        ("1, 3", "Quanto spendi ogni mese"),
        ("meno di 50 euro", "Che cosa può fermarti"),
        ("non so come funziona", "riesci a tenerli insieme?"),
        ("4", "Su quali temi vuoi sapere di più?"),
        ("salta", "ha cambiato il tuo lavoro?"),
        ("ho cambiato orario", "Quanti anni hai?"),
        ("salta", "In quale genere ti riconosci?"),
        ("donna", "Vuoi aggiungere qualcosa con parole tue?"),
        ("Mi serve qualcuno il sabato mattina.", "Le tue risposte"),
    ):
        await giulia.writes(answer)
        await giulia.sees(question)
    await giulia.sees("È tutto giusto?")
    await photograph(page, "story-6-summary")
    await giulia.taps("Invia")
    await giulia.sees("Abbiamo ricevuto le tue risposte.")
    await photograph(page, "story-7-thanks")

    # the dialogue can be copied, and read by a test
    await giulia.phone.get_by_role("button", name="Altro: Giulia").click()
    await giulia.phone.get_by_role("button", name="Copia il dialogo").click()
    lines = parse(await page.get_by_role("textbox", name="Dialogo di Giulia").input_value())
    assert isinstance(lines[0], Says) and lines[0].text.startswith("Ciao WIS! Il mio codice è WIS-")
    assert Taps("Giulia", "Riprendi") in lines
    assert isinstance(lines[-1], Hears) and lines[-1].text.startswith("**Grazie!**")


async def test_the_same_page_on_a_small_phone(program: App, browser: Browser) -> None:
    async with open_page(browser, MOBILE) as page:
        await page.goto(f"http://127.0.0.1:{program.port}/")
        giulia = Chat(page, "Giulia")
        await giulia.phone.get_by_role("button", name="Entra con").click()
        await giulia.taps("Italiano")
        await giulia.sees("Sei d'accordo?")
        await photograph(page, "phone-1-notice")
        await giulia.taps("Accetto")
        await giulia.sees("Vuoi la newsletter?")
        await giulia.taps("No, grazie")
        await giulia.sees("Vuoi i promemoria?")
        await giulia.writes("no, grazie")
        await giulia.taps("Comincia ora")
        await giulia.taps("Cominciamo")
        await giulia.sees("Come lavori nell'impresa?")
        await photograph(page, "phone-2-question")
        await giulia.taps("Scegli")
        await expect(giulia.phone.get_by_role("dialog").get_by_role("button").first).to_be_visible()
        await photograph(page, "phone-3-list")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= MOBILE[0]
        await giulia.phone.get_by_role("dialog").get_by_role("button", name="Collaboro").click()
        await giulia.sees("Che orario hai?")
        await page.get_by_role("tab", name="Avv. Elena").click()
        elena = Chat(page, "Avv. Elena")
        await elena.phone.get_by_role("button", name="Avvia").click()
        await elena.sees("Nessuna domanda aspetta risposta.")
        await photograph(page, "phone-4-elena")
