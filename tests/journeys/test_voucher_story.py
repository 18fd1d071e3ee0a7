"""The story of a voucher on the page: three phones side by side, and the accountant at the command line."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from os import environ
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image, ImageDraw, ImageFont
from playwright.async_api import Locator, Page, expect

from bot.app import App
from bot.assembly import opened
from bot.settings import Settings
from conversations.rules.voucher_codes import voucher_code
from conversations.rules.working_days import is_working_day
from conversations.steps.vouchers import deciding as voucher_deciding
from storage import demo, ledger
from storage.crypto import new_key
from storage.money import rebuild as money_rebuild
from tests.bot.commands.command_line import Wis
from tests.browser import browser, in_a_browser, page
from tests.journeys.test_browser_story import PATIENCE, Chat, monday
from tests.journeys.voucher_cast import BATCH, CODE, IBAN, aloud

__all__ = ["browser", "page"]
pytestmark = in_a_browser
KEY = new_key()
SIDE_BY_SIDE = ("giulia", "paolo", "marta")
PLACE = (45.4642, 9.19)
"""Where the photo says it was taken."""


@pytest_asyncio.fixture(loop_scope="module")
async def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """The program as `make run` starts it for a newcomer, on a Monday morning. Every code begins with a zero."""
    monkeypatch.setattr(voucher_deciding, "voucher_code", lambda fresh: voucher_code("A" + fresh[1:]))
    settings = Settings.load(None, data_dir=tmp_path, http_port=0, wis_secret_keys=KEY)
    async with opened(settings) as app:
        now = datetime.now(UTC)
        await app.clock.advance(int((monday(now) - now).total_seconds()))
        stop, started = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(app.serve(stop, lambda _: started.set()))
        await started.wait()
        yield app
        stop.set()
        await serving


class Phone(Chat):
    """One phone on the page, and how often its holder tapped on it."""

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, name)
        self.log = self.phone.get_by_role("log")
        self.picture = self.phone.locator("input[type=file][accept='image/*']")
        self.answers = 0
        """Buttons and rows chosen."""
        self.touches = 0
        """The same, and the lists opened for them."""

    async def writes(self, text: str) -> None:
        field = self.phone.get_by_role("textbox")
        await field.fill(text)
        await field.press("Enter")

    async def taps(self, label: str) -> None:
        await super().taps(label)
        self.answers += 1
        self.touches += 1

    async def picks(self, label: str) -> None:
        await super().taps("Scegli")
        await self.phone.get_by_role("dialog").get_by_role("button", name=label).click()
        self.answers += 1
        self.touches += 2

    async def reads(self) -> str:
        """All that stands in the chat."""
        return " ".join((await self.log.inner_text()).split())

    async def shows(self, text: str) -> Locator:
        """The newest bubble with this text."""
        await self.sees(text)
        return self.log.locator(".message", has_text=text).last


async def test_the_story_of_a_voucher_on_three_phones(program: App, page: Page, tmp_path: Path) -> None:
    page.set_default_timeout(PATIENCE)
    await page.set_viewport_size({"width": 1280, "height": 1000})
    giulia, paolo, marta = await three_phones(program, page)
    await joins(giulia)

    # she asks in six taps, and reads before the last one who will see what
    await giulia.writes("voucher")
    await giulia.sees("Puoi avere ancora 800,00 €.")
    await giulia.taps("Chiedi un voucher")
    await giulia.sees("Che tipo di aiuto ti serve?")
    answers, touches = giulia.answers, giulia.touches
    await giulia.taps("Cura")
    await giulia.sees("Per quale servizio?")
    await giulia.picks("Baby-sitter")
    await giulia.sees("Quanto ti serve? Da 50,00 € a 400,00 €.")
    await giulia.picks("200,00 €")
    await giulia.sees("Per quale periodo?")
    await giulia.taps("Il mese prossimo")
    await giulia.sees("Chi farà il servizio?")
    await giulia.taps("Non lo so ancora")
    await giulia.sees("Come ti chiami?")
    await giulia.writes("Giulia Inventata")
    await giulia.sees("Il tuo datore di lavoro non la vede.")
    await giulia.sees("Il partner vede solo servizio, resto e iniziali.")
    await portrait(giulia, "voucher-preview", "Prima di inviare")
    await giulia.taps("Invia")
    await giulia.sees("Richiesta inviata")
    assert giulia.answers - answers == 6
    assert giulia.touches - touches == 8, "two of the six are rows of a list, which WhatsApp opens with a tap"

    # the alert names no person and no service; it is decided with one tap
    number = re.findall(r"Ricevuta n\. (\w{3}-\w{3})", await giulia.reads())[-1]
    await marta.sees(f"Nuova richiesta {number}: Cura, 200,00 €.")
    said = await marta.reads()
    assert "Giulia" not in said and "Baby-sitter" not in said
    await portrait(marta, "voucher-alert", "Nuova richiesta")
    await marta.taps("Dettagli")
    await marta.sees("I fondi bastano.")
    await portrait(marta, "voucher-request", "I fondi bastano.")
    await marta.taps("Approva")
    await marta.sees(f"Fatto: {number} approvata, 200,00 €.")

    # the code, to be spoken, and the picture
    await giulia.sees(f"La tua richiesta {number} è approvata: 200,00 €.")
    await giulia.taps("Apri il voucher")
    await giulia.sees("Restano 200,00 €.")
    await giulia.picks("Mostra il QR")
    square = (await giulia.shows("Vale per 10 minuti e una volta sola.")).get_by_role("img").first
    assert await square.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
    found = CODE.search(await giulia.reads())
    assert found is not None and found[0].startswith("0")
    await portrait(giulia, "voucher-code", "Vale per 10 minuti")

    # a part of it is charged: he types what he hears, she says yes
    await paolo.phone.get_by_role("button", name="Scrivi ciao").click()
    await paolo.picks("Incassa un voucher")
    await paolo.sees("Scrivi il codice della persona")
    assert "o" in aloud(found[0])
    await paolo.writes(aloud(found[0]))
    await paolo.sees("Valido: Baby-sitter (G. I.). Restano 200,00 €.")
    await portrait(paolo, "voucher-valid", aloud(found[0]))
    await paolo.writes("40")
    await paolo.sees("Ho chiesto la conferma di 40,00 €")
    await portrait(paolo, "voucher-waiting", "Ho chiesto la conferma")
    await giulia.sees("chiede 40,00 € sul tuo voucher. Confermi?")
    await giulia.taps("Confermo")
    await giulia.sees("hai pagato 40,00 € con il voucher. Restano 160,00 €.")
    await portrait(giulia, "voucher-confirm", "chiede 40,00 €")
    await paolo.sees("Confermato: 40,00 €.")
    assert "Inventata" not in await paolo.reads()
    await page_picture(page, "voucher-three-phones")
    await paolo.taps("Altro voucher")
    await paolo.writes(aloud(found[0]))
    await paolo.sees("Restano 160,00 €.")

    # a receipt: the photo tells where it was taken, until it is kept
    await giulia.writes("rimborso")
    await giulia.sees("Manda una foto della ricevuta")
    await giulia.picture.set_input_files({"name": "ricevuta.jpg", "mimeType": "image/jpeg", "buffer": receipt()})
    await giulia.sees("Chi ha fatto la ricevuta?")
    yesterday = program.clock.now().astimezone(program.settings.zone)
    for answer, question in (
        ("Cooperativa Gioco Inventata", "Che numero ha la ricevuta?"),
        ("31/A", "Che data ha?"),
        (f"{yesterday:%d/%m/%Y}", "Quanto hai pagato in tutto?"),
        ("60,50", "Quanta IVA c'è dentro?"),
        ("salta", "Come hai pagato?"),
        ("con carta", "Su quale conto vuoi il rimborso?"),
        ("IT60 X054 2811 1010 0000 0123 456", "Il bonifico va sul conto che finisce con 3456."),
    ):
        await giulia.writes(answer)
        await giulia.sees(question)
    await portrait(giulia, "voucher-refund", "La mando?")
    await giulia.taps("Invia")
    await giulia.sees("Rimborso inviato")
    await marta.sees("Nuovo rimborso da controllare:")
    await marta.taps("Dettagli")
    await marta.sees("Sul voucher restano 160,00 €.")
    await portrait(marta, "voucher-receipt", "Documento di")
    kept = await photo_of(marta, page)
    assert kept.size == Image.open(BytesIO(receipt())).size
    assert dict(kept.getexif()) == {} and "exif" not in kept.info
    await marta.taps("Accetta 60,50 €")
    await giulia.sees("è accettato: 60,50 €.")

    # the coordinator looks at the money
    await marta.writes("voucher")
    await marta.sees("Non c'è niente da decidere.")
    await marta.taps("Bandi e fondi")
    await marta.sees("C'è un bando.")
    await portrait(marta, "voucher-calls", "C'è un bando.")
    await marta.log.get_by_role("button", name="Voucher conciliazione").last.click()
    await marta.sees("In tutto 24.000,00 €")

    # the accountant sees what is due in the chat, and pays with the bank's file
    await post(page, program, phone="whatsapp:paolo", hidden=True)
    await post(page, program, phone="telegram:ugo", hidden=False)
    ugo = Phone(page, "Ugo")
    await ugo.phone.get_by_role("button", name="Avvia").click()
    await ugo.writes("voucher")
    await ugo.taps("Pagamenti")
    await ugo.sees("100,50 €")
    await portrait(ugo, "voucher-payments", "2 pagamenti da fare")
    await post(page, program, phone="telegram:ugo", hidden=True)
    await post(page, program, phone="whatsapp:paolo", hidden=False)
    bank = {"DATA_DIR": str(program.settings.data_dir), "WIS_SECRET_KEYS": KEY, "PAYMENTS_IBAN": IBAN}
    made = await wis(tmp_path, bank, "payments", "batch", "--by", "Ugo (demo)", "--out", "bank", "--yes")
    assert "2 payments, 100.50 EUR" in made
    name = BATCH.findall(made)[0]
    assert "2 payments" in await wis(tmp_path, bank, "payments", "paid", name, "--by", "Ugo (demo)", "--yes")
    await page.get_by_role("button", name="+1 ora").click()
    await giulia.sees("Abbiamo pagato 60,50 € sul conto che finisce con 3456.")

    # two months later
    await page.get_by_role("button", name="Altro…", exact=True).click()
    await page.get_by_role("spinbutton", name="Quanto avanti?").fill(str(until_working_day(program, 62)))
    await page.get_by_role("button", name="Sposta").click()
    await giulia.sees("Ciao, hai ancora un voucher WIS da usare")
    await expect(giulia.phone.get_by_text("Messaggio modello approvato").last).to_be_visible()
    await portrait(giulia, "voucher-reminder", "hai ancora un voucher")
    await giulia.taps("Vedi")
    await giulia.sees("Hai un voucher con 99,50 € ancora da usare.")
    assert await program.lanes.run(ledger.verify) is None
    assert await program.lanes.run(money_rebuild.differences) == []


async def three_phones(program: App, page: Page) -> tuple[Phone, Phone, Phone]:
    """The page with these three phones and no other."""
    shown = await program.lanes.run(partial(demo.phones))
    for one in shown:
        await post(page, program, phone=f"{one.look}:{one.phone}", hidden=one.phone not in SIDE_BY_SIDE)
    await page.goto(f"http://127.0.0.1:{program.port}/")
    phones = Phone(page, "Giulia"), Phone(page, "Paolo"), Phone(page, "Marta")
    for phone in phones:
        await expect(phone.phone).to_be_visible(timeout=PATIENCE)
    await expect(page.locator(".phone")).to_have_count(3, timeout=PATIENCE)
    await phones[2].phone.get_by_role("button", name="Avvia").click()
    return phones


async def joins(giulia: Phone) -> None:
    """She has joined and wants no messages of ours."""
    await giulia.phone.get_by_role("button", name="Entra con").click()
    await giulia.sees("In che lingua parliamo?")
    await giulia.taps("Italiano")
    await giulia.sees("Sei d'accordo?")
    await giulia.taps("Accetto")
    await giulia.sees("Vuoi la newsletter?")
    await giulia.writes("no")
    await giulia.sees("Vuoi i promemoria?")
    await giulia.writes("no")
    await giulia.sees("Tutto pronto!")


def until_working_day(program: App, days: int) -> int:
    """So many days, and a few more if nobody should be written to on that day."""
    today = program.clock.now().astimezone(program.settings.zone)
    while not is_working_day((today + timedelta(days=days)).date()):
        days += 1
    return days


async def post(page: Page, program: App, **fields: object) -> None:
    """The page's own request about a phone was done: it is shown, or hidden."""
    answer = await page.request.post(
        f"http://127.0.0.1:{program.port}/simulator/phone", data=fields, headers={"X-WIS-Simulator": "1"}
    )
    assert answer.ok, await answer.text()


async def wis(folder: Path, env: dict[str, str], *arguments: str) -> str:
    """What the command printed, run beside the program."""
    with Wis(folder, env).start(*arguments) as running:
        told = await asyncio.to_thread(running.ends)
    assert told.code == 0, told.all
    return told.out


async def photo_of(marta: Phone, page: Page) -> Image.Image:
    """The receipt as the checker gets it."""
    link = (await marta.shows("Documento di")).locator("a, img").first
    address = await link.get_attribute("href") or await link.get_attribute("src")
    answer = await page.request.get(str(address) if "://" in str(address) else page.url.rstrip("/") + str(address))
    assert answer.ok
    return Image.open(BytesIO(await answer.body()))


def receipt() -> bytes:
    """A photo of a receipt as a phone takes it: with the place and the time in it."""
    image = Image.new("RGB", (600, 800), "#e8e4da")
    draw = ImageDraw.Draw(image)
    draw.rectangle((70, 60, 530, 740), "#ffffff")
    lines = ("Cooperativa Gioco Inventata", "Via Immaginaria 7, Milano", "", "Ricevuta n. 31/A", "", "Baby-sitter")
    for place, line in enumerate((*lines, "5 ore x 12,10", "", "Totale  60,50 euro", "Pagato con carta")):
        draw.text((100, 110 + 58 * place), line, "#222222", ImageFont.load_default(28))
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "Telefono Inventato", "2026:11:20 10:00:00"
    exif[0x8825] = {1: "N", 2: (PLACE[0], 0.0, 0.0), 3: "E", 4: (PLACE[1], 0.0, 0.0)}
    photo = BytesIO()
    image.save(photo, "JPEG", quality=85, exif=exif)
    return photo.getvalue()


FROM_ON = """(log, since) => {
  log.scrollTop = log.scrollHeight;
  const said = (message) => message.textContent.replace(/\\s+/g, " ");
  const message = [...log.querySelectorAll(".message")].findLast((one) => said(one).includes(since));
  const all = log.getBoundingClientRect();
  const top = Math.max(all.top, message.getBoundingClientRect().top - 3);
  return [all.left, top, all.width, all.bottom - top];
}"""
"""Where the chat stands on the page, from the newest bubble with this text on."""


async def portrait(phone: Phone, name: str, since: str) -> None:
    """A picture of this chat from the newest bubble with this text on is where BROWSER_PICTURES says."""
    if not environ.get("BROWSER_PICTURES"):
        return
    await phone.sees(since)
    x, top, width, height = await phone.log.evaluate(FROM_ON, since)
    picture = await phone.page.screenshot(
        animations="disabled", clip={"x": x, "y": top, "width": width, "height": height}
    )
    keep(name, picture)


async def page_picture(page: Page, name: str) -> None:
    """A picture of the whole page is where BROWSER_PICTURES says."""
    if environ.get("BROWSER_PICTURES"):
        keep(name, await page.screenshot(animations="disabled"))


def keep(name: str, picture: bytes) -> None:
    """The picture is kept with few colours, so that it is small."""
    image = Image.open(BytesIO(picture)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    image.save(Path(environ["BROWSER_PICTURES"]) / f"{name}.png", optimize=True)
