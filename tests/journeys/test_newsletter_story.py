"""The newsletter's road on the page: written, signed, approved, sent and read on phones of both looks."""

import asyncio
import csv
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import StringIO
from os import environ
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.app import App
from bot.assembly import opened
from bot.settings import Settings
from storage import demo, demo_news
from storage.content import content_folder
from storage.crypto import new_key
from tests.browser import MOBILE, browser, in_a_browser, open_page, page, photograph
from tests.journeys.test_browser_story import PATIENCE, monday
from tests.journeys.test_voucher_story import Phone, keep, page_picture, portrait, post

__all__ = ["browser", "page"]
pytestmark = in_a_browser
ISSUE = "Le notizie di novembre 2026"
OFFICE = ("sofia", "elena", "marta")
LONG = (
    "Dal 1° marzo 2026 il medico manda il certificato all'INPS. Non serve più la tua domanda: la visita la fissa "
    "l'INPS. A Milano è ancora una fase di prova, fino al 2027."
)
READERS = ("marta", "nino", "paolo")


def tuesday(after: datetime) -> datetime:
    """A Tuesday at 12:20 in Rome, at least a day away: whoever wrote last today has a closed chat by then."""
    return monday(after) + timedelta(days=1, hours=2, minutes=20)


def still_true(folder: Path, today: date) -> Path:
    """The content's newsletter, in which nothing expires within the next days whenever the test runs."""
    (folder / "newsletter").mkdir()
    soon = (today + timedelta(days=20)).isoformat()
    for file in (content_folder() / "newsletter").glob("*.md"):
        text = re.sub(r"(?<=expires: )\S+", lambda found: max(found[0], soon), file.read_text("utf-8"))
        (folder / "newsletter" / file.name).write_text(text, "utf-8")
    return folder


@pytest_asyncio.fixture(loop_scope="module")
async def program(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[App]:
    """The program as `make run` starts it for a newcomer, on a Tuesday."""
    now = datetime.now(UTC)
    content = still_true(tmp_path_factory.mktemp("content"), now.date())
    monkeypatch.setattr(demo_news, "content_folder", lambda: content)
    settings = Settings.load(None, data_dir=tmp_path, http_port=0, wis_secret_keys=new_key())
    async with opened(settings) as app:
        await app.clock.advance(int((tuesday(now) - now).total_seconds()))
        stop, started = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(app.serve(stop, lambda _: started.set()))
        await started.wait()
        yield app
        stop.set()
        await serving


class Desk(Phone):
    """The phone of somebody who works on the newsletter or reads it."""

    async def opens(self, label: str, then: str) -> None:
        """The newest button with this label, whole or its beginning, is tapped; the last that comes says this."""
        await self.log.get_by_role("button", name=re.compile(f"^{re.escape(label)}")).last.click()
        await self.is_told(then)

    async def answers_with(self, text: str, then: str) -> None:
        """She types this; the last that comes says that."""
        await self.writes(text)
        await self.is_told(then)

    async def is_told(self, text: str) -> None:
        """The newest bubble says this: older ones may say the same, and their buttons are of no use any more."""
        newest = self.log.locator(".message.bot:not(.typing)").last
        await expect(newest).to_contain_text(text, timeout=PATIENCE)

    async def begins(self) -> None:
        """She has started the chat, where her channel wants that."""
        start = self.phone.get_by_role("button", name="Avvia")
        if await start.count():
            await start.click()
            await self.sees("Menu")


async def test_an_issue_from_the_draft_to_the_correction(program: App, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    await page.set_viewport_size({"width": 1280, "height": 1000})
    sofia, elena, marta = await office(program, page)

    # Sofia changes an item, puts another one first, and adds one
    await sofia.answers_with("redazione", "Toccalo per lavorarci.")
    await sofia.opens("Le notizie di", "5. Hai un dubbio sui tuoi diritti?")
    await portrait(sofia, "newsletter-draft", "Numero 2026-11: in bozza.")
    await sofia.opens("Notizie: 5", "Tocca la notizia che vuoi vedere o cambiare.")
    await sofia.opens("4. 104", "Notizia 4 di 5")
    await sofia.opens("Cambia", "Che cosa vuoi cambiare?")
    await sofia.opens("Frase", "Adesso è: Dal 1° marzo 2026")
    await sofia.answers_with(LONG, "La frase ha 166 caratteri: al massimo 160. Togline 6.")
    await portrait(sofia, "newsletter-too-long", "La frase ha 166")
    await sofia.answers_with(LONG.removesuffix(", fino al 2027.") + ".", "Frase: 152 caratteri su 160.")
    await sofia.opens("Indietro", "Tocca la notizia")
    await sofia.opens("5. Hai un dubbio", "Notizia 5 di 5")
    await sofia.opens("Metti in cima", "Notizia 1 di 5")
    await sofia.opens("Indietro", "Tocca la notizia")
    await sofia.opens("Indietro", "1. Hai un dubbio sui tuoi diritti?")
    await sofia.opens("Nuova notizia", "Passo 1 di 12.")
    await sofia.answers_with("Un caffè insieme il 17 dicembre", "Passo 2 di 12.")
    await sofia.answers_with("Ci vediamo alle 18 alla Casa della Rete.", "Passo 3 di 12.")
    await sofia.opens("No", "Passo 4 di 12.")
    await sofia.opens("Basta così", "Notizia 6 di 6")
    await sofia.opens("Indietro", "Tocca la notizia")
    await sofia.opens("Indietro", "6. Un caffè insieme")

    # she looks at it as readers will, tries it on herself, and hands it in
    await sofia.opens("Anteprima", "Dove la vuoi vedere?")
    await sofia.opens("WhatsApp, italiano", "arriva in 2 messaggi.")
    await sofia.opens("Annuncio, italiano", "Arriva in un messaggio.")
    await portrait(sofia, "newsletter-preview", "è pronta la newsletter di WIS")
    await sofia.opens("Indietro", "6. Un caffè insieme")
    await sofia.opens("Prova su di me", "Qui sopra c'è il messaggio vero")
    await sofia.opens("Consegna", "La welfare manager firma 4 notizie")
    await sofia.opens("Consegna", "Ho avvisato la welfare manager.")

    # Elena signs what speaks of the law
    await elena.sees("ci sono 4 notizie che aspettano la tua firma.")
    await elena.opens("Apri", "Da firmare in questo numero: 4.")
    await portrait(elena, "newsletter-sign", "aspettano la tua firma")
    for left in ("Da firmare in questo numero: 3.", "Da firmare in questo numero: 2.", "È l'ultima da firmare."):
        await elena.opens("Firmo", left)
    await elena.opens("Firmo", "Hai firmato tutto. Ho avvisato la coordinatrice.")

    # Marta approves, reads whom it will reach, and sends
    await marta.sees("è pronta: aspetta la tua approvazione.")
    await marta.opens("Apri", "firmato, aspetta l'approvazione.")
    await marta.opens("Approva", "La welfare manager ha firmato 4 notizie.")
    await marta.opens("Approvo", "Andrà a 8 persone.")
    await marta.sees("Prova nel browser: 8.")
    await portrait(marta, "newsletter-plan", "Approvato. Ecco a chi andrà.")
    nino, paolo = await readers(program, page)
    await nino.answers_with("menu", "Menu")
    await marta.opens("Manda adesso", "Parte adesso.")
    await marta.taps("Manda adesso")
    await marta.sees("Parte fra qualche secondo.")

    # one message shows how far it is; it is changed where it stands
    progress = marta.log.locator(".message", has_text="Invio del numero 2026-11")
    await expect(progress).to_contain_text("Invio finito.", timeout=PATIENCE)
    await expect(progress).to_contain_text("100%")
    await expect(progress).to_contain_text("Fatto: 8 di 8 persone.")
    await expect(progress).to_contain_text("modificato")
    await expect(progress).to_have_count(1)
    await close_up(marta, "newsletter-progress", "Invio del numero 2026-11")

    # Nino's chat is open: he has the issue; Paolo's is not: he is asked first
    await nino.sees("Un caffè insieme il 17 dicembre")
    await portrait(nino, "newsletter-digest-whatsapp", ISSUE)
    await nino.taps("Scegli")
    await expect(nino.phone.get_by_role("dialog").get_by_role("button", name="Non inviare più")).to_be_visible()
    await page_picture(page, "newsletter-list")
    await page.keyboard.press("Escape")
    await expect(nino.phone.get_by_role("dialog")).to_have_count(0)
    await paolo.sees("è pronta la newsletter di WIS")
    await expect(paolo.phone.get_by_text("Messaggio modello approvato").last).to_be_visible()
    await expect(paolo.log.get_by_text("Un caffè insieme il 17 dicembre")).to_have_count(0)
    await portrait(paolo, "newsletter-opener", "è pronta la newsletter")
    await paolo.opens("Leggi ora", "Un caffè insieme il 17 dicembre")
    await page_picture(page, "newsletter-three-phones")

    # Ada, on Telegram, wants no more of them
    await swap(program, page, "whatsapp:paolo", "telegram:ada")
    ada = Desk(page, "Ada")
    await ada.sees("Un caffè insieme il 17 dicembre")
    await portrait(ada, "newsletter-digest-telegram", ISSUE)
    await ada.opens("Non inviare più", "non ti mando più la newsletter.")

    # how it went: numbers, a picture and a table
    await page.get_by_role("button", name="+1 ora").click()
    await marta.sees(f"L'invio di «{ISSUE}» è finito.")
    await marta.opens("Apri", "Numero 2026-11: inviato.")
    await marta.opens("Rapporto", "Qualcuno chiede perché non l'ha ricevuto?")
    chart = (await marta.shows("Il grafico dell'invio.")).get_by_role("img").first
    assert await chart.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 400
    await portrait(marta, "newsletter-report", "Il grafico dell'invio.")
    rows = await table_of(marta, page)
    assert len(rows) == 8 and all(row["esito"] for row in rows)
    assert not any("Nino" in cell for row in rows for cell in row.values()), "the table names nobody"

    # the correction goes to those it reached, and not to Ada
    await marta.opens("Indietro", "Manda una correzione")
    await marta.opens("Manda una correzione", "Prepari una correzione?")
    await marta.opens("Manda una correzione", "La correzione è in bozza")
    await marta.opens("Nuova notizia", "Passo 1 di 12.")
    await marta.answers_with("Il caffè è il 18 dicembre", "Passo 2 di 12.")
    await marta.answers_with("Abbiamo sbagliato giorno: ci vediamo il 18.", "Passo 3 di 12.")
    await marta.opens("No", "Passo 4 di 12.")
    await marta.opens("Basta così", "Notizia 1 di 1")
    await marta.opens("Indietro", "Tocca la notizia")
    await marta.opens("Indietro", "Numero 2026-11-c: in bozza.")
    await marta.opens("Consegna", "Consegni il numero?")
    await marta.opens("Consegna", "Puoi approvarlo tu")
    await marta.opens("Invio newsletter", "Numero 2026-11-c: firmato")
    await marta.opens("Approva", "Approvi la versione")
    await marta.opens("Approvo", "Andrà a 7 persone.")
    await marta.opens("Manda adesso", "Parte adesso.")
    await marta.taps("Manda adesso")
    await marta.sees("Numero 2026-11-c: programmato.")
    await page.get_by_role("button", name="+1 ora").click()
    await nino.sees("Abbiamo sbagliato giorno: ci vediamo il 18.")
    correction = marta.log.locator(".message", has_text="Invio del numero 2026-11-c")
    await expect(correction).to_contain_text("Fatto: 7 di 7 persone.", timeout=PATIENCE)
    await expect(ada.log.get_by_text("Abbiamo sbagliato giorno")).to_have_count(0)


async def test_an_editor_works_on_a_small_phone(program: App, browser: Browser) -> None:
    async with open_page(browser, MOBILE) as page:
        page.set_default_timeout(PATIENCE)
        await show(program, page, ("sofia", "nino"))
        await page.goto(f"http://127.0.0.1:{program.port}/")
        await page.get_by_role("tab", name="Sofia").click()
        sofia = Desk(page, "Sofia")
        await sofia.begins()
        await sofia.answers_with("redazione", "Toccalo per lavorarci.")
        await sofia.opens("Le notizie di", "5. Hai un dubbio sui tuoi diritti?")
        await photograph(page, "newsletter-small-draft")
        await sofia.opens("Anteprima", "Dove la vuoi vedere?")
        await sofia.opens("WhatsApp, italiano", "arriva in 2 messaggi.")
        await photograph(page, "newsletter-small-preview")
        assert await page.evaluate("document.documentElement.scrollWidth") <= MOBILE[0]


async def office(program: App, page: Page) -> tuple[Desk, Desk, Desk]:
    """The page with the phones of those who make the newsletter, and no other."""
    await show(program, page, OFFICE)
    await page.goto(f"http://127.0.0.1:{program.port}/")
    desks = Desk(page, "Sofia"), Desk(page, "Avv. Elena"), Desk(page, "Marta")
    await expect(page.locator(".phone")).to_have_count(3, timeout=PATIENCE)
    for desk in desks:
        await desk.begins()
    return desks


async def readers(program: App, page: Page) -> tuple[Desk, Desk]:
    """The page with Marta's phone and those of two readers."""
    await show(program, page, READERS)
    found = Desk(page, "Nino"), Desk(page, "Paolo")
    for one in found:
        await expect(one.phone).to_be_visible()
    return found


async def show(program: App, page: Page, names: tuple[str, ...]) -> None:
    for one in await program.lanes.run(partial(demo.phones)):
        await post(page, program, phone=f"{one.look}:{one.phone}", hidden=one.phone not in names)


async def swap(program: App, page: Page, gone: str, here: str) -> None:
    await post(page, program, phone=gone, hidden=True)
    await post(page, program, phone=here, hidden=False)


async def close_up(desk: Desk, name: str, text: str) -> None:
    """A picture of the newest bubble with this text, wherever it stands, is where BROWSER_PICTURES says."""
    if environ.get("BROWSER_PICTURES"):
        bubble = await desk.shows(text)
        await bubble.scroll_into_view_if_needed()
        keep(name, await bubble.screenshot(animations="disabled"))


async def table_of(marta: Desk, page: Page) -> list[dict[str, str]]:
    """The report's rows."""
    link = (await marta.shows("una riga per persona")).locator("a").first
    address = str(await link.get_attribute("href"))
    answer = await page.request.get(address if "://" in address else page.url.rstrip("/") + address)
    assert answer.ok
    return list(csv.DictReader(StringIO((await answer.body()).decode("utf-8-sig")), delimiter=";"))
