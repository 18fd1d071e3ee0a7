"""The simulator's page in a real browser, with a small bot behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Locator, Page, expect

from conversations.events import Blocked, Chose, Joined, Located, Said, Sent
from scheduler.sending import Letter, Opener
from tests.bot.channels.simulator_world import PNG, World, world
from tests.browser import MOBILE, browser, in_a_browser, open_page, page, photograph
from tests.journeys.transcript import parse

__all__ = ["browser", "page"]
pytestmark = in_a_browser


@pytest.fixture
def scene() -> World:
    return world()


@pytest_asyncio.fixture(loop_scope="module")
async def address(scene: World) -> AsyncIterator[str]:
    async with TestServer(scene.app) as server:
        yield str(server.make_url("/"))


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"Telefono di {name}")


async def write(of: Locator, text: str) -> None:
    field = of.get_by_role("textbox")
    await field.fill(text)
    await field.press("Enter")


async def test_three_phones_chat_side_by_side(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia, marco = phone(page, "Giulia"), phone(page, "Marco")
    await expect(phone(page, "Sara")).to_be_visible()
    await photograph(page, "three-phones")
    await giulia.get_by_role("button", name="Entra con").click()
    await expect(giulia.get_by_text("Hai scritto: Ciao, il mio codice è WIS-GIULIA")).to_be_visible()
    await marco.get_by_role("button", name="Avvia").click()
    await expect(marco.get_by_text("Il tuo invito è WIS-MARCO.")).to_be_visible()
    await write(marco, "ciao")
    await marco.get_by_role("button", name="Bisogni").click()
    await expect(marco.get_by_text("Domanda 2 di 12")).to_be_visible()
    await expect(marco.get_by_text("Domanda 1 di 12")).to_have_count(0)
    await photograph(page, "chats")
    assert scene.bot.happenings == [
        Said("Ciao, il mio codice è WIS-GIULIA"),
        Joined("WIS-MARCO"),
        Said("ciao"),
        Chose("need", "Bisogni"),
    ]


async def test_a_whole_question_is_answered_with_the_keyboard_alone(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia = phone(page, "Giulia")
    await giulia.get_by_role("textbox").focus()
    await page.keyboard.type("bisogni")
    await page.keyboard.press("Enter")
    opener = giulia.get_by_role("button", name="Scegli")
    await opener.focus()
    await page.keyboard.press("Enter")
    sheet = giulia.get_by_role("dialog", name="Scegli")
    await expect(sheet.get_by_role("button", name="Asilo nido")).to_be_focused()
    await photograph(page, "list")
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(giulia.get_by_text("Hai scelto: Doposcuola.")).to_be_visible()
    assert scene.bot.happenings == [Said("bisogni"), Chose("n:1", "Doposcuola")]


async def test_the_focus_stays_on_the_question_that_replaces_another(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    marco = phone(page, "Marco")
    await marco.get_by_role("button", name="Avvia").click()
    await write(marco, "ciao")
    await marco.get_by_role("button", name="Bisogni").focus()
    await page.keyboard.press("Enter")
    await expect(marco.get_by_role("button", name="Asilo nido")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(marco.get_by_role("button", name="Doposcuola")).to_be_focused()


async def test_files_places_and_voice_go_to_the_program_and_back(
    scene: World, address: str, page: Page, tmp_path: Path
) -> None:
    await page.goto(address)
    marco = phone(page, "Marco")
    await marco.get_by_role("button", name="Avvia").click()
    photo = tmp_path / "asilo.png"
    photo.write_bytes(PNG)
    attach = marco.get_by_role("button", name="Allega")
    await attach.click()
    async with page.expect_file_chooser() as chooser:
        await marco.get_by_role("button", name="Foto dal dispositivo").click()
    await (await chooser.value).set_files(photo)
    await expect(marco.get_by_text(f"Ho ricevuto: photo, {len(PNG)} byte.")).to_be_visible()
    await expect(marco.get_by_role("img", name="asilo.png")).to_be_visible()
    for name, answer in (
        ("Foto di prova", "Ho ricevuto: photo"),
        ("Nota vocale di prova", "Ho ricevuto: voice"),
        ("Posizione: Lambrate", "Sei vicino a 45.4846, 9.2372."),
        ("Il mio contatto", "Ho visto: ContactShared."),
    ):
        await attach.click()
        await marco.get_by_role("button", name=name).click()
        await expect(marco.get_by_text(answer).last).to_be_visible()
    await expect(marco.get_by_text("+447700900")).to_be_visible()
    kinds = [what.kind for what in scene.bot.happenings if isinstance(what, Sent)]
    assert kinds == ["photo", "photo", "voice"]
    assert Located(45.4846, 9.2372) in scene.bot.happenings
    await write(marco, "guida")
    guide = marco.get_by_role("link", name="Scarica guida.pdf")
    async with page.expect_download() as download:
        await guide.click()
    assert Path(await (await download.value).path()).read_bytes() == b"%PDF-1.7"
    await photograph(page, "files")


async def test_the_clock_moves_and_a_closed_window_takes_a_template(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia = phone(page, "Giulia")
    await write(giulia, "ciao")
    await page.get_by_role("button", name="+8 giorni").click()
    await expect(page.get_by_role("status")).to_have_text("L'orologio è avanti di 8 giorni.")
    await expect(giulia.get_by_text("8 giorni dopo")).to_be_visible()
    await expect(giulia.get_by_text("finestra 24 h chiusa")).to_be_visible()
    await scene.bot.say(
        Letter(70, body=("Manca poco.",), opener=Opener("promemoria", ("Giulia",))), "whatsapp:giulia"
    )
    await expect(giulia.get_by_text("Messaggio modello approvato")).to_be_visible()
    await photograph(page, "template")
    await giulia.get_by_role("button", name="Riprendi").click()
    await expect(giulia.get_by_text("Lavoratrice")).to_be_visible()
    assert scene.bot.happenings[-1] == Chose("@resume", "Riprendi")
    await page.get_by_role("button", name="Altro…").click()
    await page.get_by_role("spinbutton").fill("2")
    await page.get_by_role("button", name="Sposta").click()
    await expect(page.get_by_role("status")).to_have_text("L'orologio è avanti di 10 giorni.")
    await page.get_by_role("button", name="Adesso").click()
    await expect(page.get_by_role("status")).to_have_text("L'orologio segna l'ora vera.")


async def test_a_phone_is_blocked_and_unblocked(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    marco = phone(page, "Marco")
    await marco.get_by_role("button", name="Avvia").click()
    await marco.get_by_role("button", name="Altro: Marco").click()
    await marco.get_by_role("button", name="Blocca WIS").click()
    await expect(marco.get_by_text("Chat bloccata")).to_be_visible()
    await expect(marco.get_by_role("textbox")).to_have_count(0)
    assert scene.bot.happenings[-1] == Blocked()
    await marco.get_by_role("button", name="Sblocca WIS").click()
    await expect(marco.get_by_role("textbox")).to_be_visible()


async def test_the_dialogue_can_be_copied_as_a_transcript(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia = phone(page, "Giulia")
    await write(giulia, "ciao")
    await expect(giulia.get_by_text("Hai scritto: ciao")).to_be_visible()
    await giulia.get_by_role("button", name="Altro: Giulia").click()
    await giulia.get_by_role("button", name="Copia il dialogo").click()
    area = page.get_by_role("textbox", name="Dialogo di Giulia")
    await expect(area).to_be_visible()
    lines = parse(await area.input_value())
    assert len(lines) == 2
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copia", exact=True).click()
    assert parse(await page.evaluate("navigator.clipboard.readText()")) == lines


async def test_a_message_that_was_not_taken_can_be_sent_again(scene: World, address: str, browser: Browser) -> None:
    # The browser itself writes of the refused request on its console.
    async with open_page(browser, forgiven="503") as page:
        await page.goto(address)
        giulia = phone(page, "Giulia")
        scene.bot.ready = False
        await write(giulia, "ciao")
        await expect(page.get_by_role("status")).to_contain_text("Il programma ora non risponde.")
        scene.bot.ready = True
        await giulia.get_by_role("button", name="Riprova").click()
        await expect(giulia.get_by_text("Hai scritto: ciao")).to_be_visible()
        assert scene.bot.happenings == [Said("ciao")]


async def test_a_page_finds_the_program_again_after_a_restart(browser: Browser) -> None:
    scene = world()
    async with TestServer(scene.app) as server:
        port = server.port
        async with open_page(browser, forgiven="Failed to load resource") as page:
            await page.goto(str(server.make_url("/")))
            giulia = phone(page, "Giulia")
            await write(giulia, "ciao")
            await expect(giulia.get_by_text("Hai scritto: ciao")).to_be_visible()
            await server.close()
            await expect(page.get_by_role("status")).to_have_text("Collegamento perso. Riprovo…")
            again = world(store=scene.store)
            async with TestServer(again.app, port=port):
                await again.bot.say(Letter(50, body=("Eccomi di nuovo.",)), "whatsapp:giulia")
                await expect(giulia.get_by_text("Eccomi di nuovo.")).to_be_visible()
                await expect(giulia.get_by_text("Hai scritto: ciao")).to_have_count(1)


async def test_phones_come_go_and_change_their_look(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia = phone(page, "Giulia")
    await giulia.get_by_role("radio", name="Telegram").click()
    await expect(giulia.get_by_role("button", name="Avvia")).to_be_visible()
    await expect(page.get_by_role("region").filter(has=page.get_by_role("log")).first).to_have_accessible_name(
        "Telefono di Giulia"
    )
    await page.get_by_role("button", name="Aggiungi telefono").click()
    await page.get_by_role("textbox", name="Nome della persona").fill("Anna")
    await page.get_by_role("button", name="Aggiungi", exact=True).click()
    anna = phone(page, "Anna")
    await expect(anna).to_be_visible()
    await anna.get_by_role("button", name="Altro: Anna").click()
    await anna.get_by_role("button", name="Togli il telefono").click()
    await expect(anna).to_have_count(0)
    await page.get_by_role("button", name="Aggiungi telefono").click()
    await page.get_by_role("button", name="Rimetti Anna").click()
    await expect(anna).to_be_visible()


async def test_the_page_speaks_english_and_keeps_the_choice(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    await page.get_by_role("button", name="Mostra la pagina in inglese").click()
    await expect(page.get_by_role("region", name="Giulia's phone")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Add a phone")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "en"


async def test_hostile_text_is_shown_as_text(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia = phone(page, "Giulia")
    evil = "<img src=x onerror=alert(1)> **a** *b*"
    await write(giulia, evil)
    await expect(giulia.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    assert await giulia.locator(".bubble img").count() == 0


async def test_what_a_seen_phone_shows_is_reported_as_read(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    giulia = phone(page, "Giulia")
    await write(giulia, "ciao")
    await expect(giulia.get_by_role("img", name="WIS sa che è letto")).to_be_visible()
    assert [report.rank for report in scene.bot.reports] == ["delivered", "read"]


async def test_two_pages_show_the_same_chat(scene: World, address: str, page: Page) -> None:
    await page.goto(address)
    other = await page.context.new_page()
    await other.goto(address)
    await write(phone(page, "Giulia"), "ciao")
    await expect(phone(other, "Giulia").get_by_text("Hai scritto: ciao")).to_be_visible()
    await other.reload()
    await expect(phone(other, "Giulia").get_by_text("Hai scritto: ciao")).to_be_visible()


async def test_a_narrow_screen_shows_one_phone_with_tabs(scene: World, address: str, browser: Browser) -> None:
    async with open_page(browser, MOBILE) as page:
        await page.goto(address)
        await expect(phone(page, "Giulia")).to_be_visible()
        await expect(phone(page, "Marco")).to_be_hidden()
        await page.get_by_role("tab", name="Giulia").focus()
        await page.keyboard.press("ArrowRight")
        await expect(phone(page, "Marco")).to_be_visible()
        await expect(page.get_by_role("tab", name="Marco")).to_be_focused()
        await phone(page, "Marco").get_by_role("button", name="Avvia").click()
        await expect(phone(page, "Marco").get_by_text("Il tuo invito è WIS-MARCO.")).to_be_visible()
        await photograph(page, "narrow")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= MOBILE[0]


async def test_on_the_smallest_phones_nothing_is_cut_off_and_every_button_has_a_name(
    scene: World, address: str, browser: Browser
) -> None:
    async with open_page(browser, (320, 568)) as page:
        await page.goto(address)
        send = phone(page, "Giulia").get_by_role("button", name="Invia")
        box = await send.bounding_box()
        assert box is not None and box["x"] + box["width"] <= 320
        await expect(page.get_by_role("button", name="Aggiungi telefono")).to_be_visible()


CONTRAST = """
() => {
  const channel = (value) => value <= 10 ? value / 3294.6 : ((value / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const numbers = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (a > .8) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".sr, .skip, option, noscript")) continue;
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    const name = element.className || element.tagName;
    if (ratio < 4.5) poor.push(`${name}: ${element.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_text_has_enough_contrast(scene: World, address: str, page: Page, theme: str) -> None:
    await page.goto(address)
    await write(phone(page, "Giulia"), "bisogni")
    await phone(page, "Marco").get_by_role("button", name="Avvia").click()
    await write(phone(page, "Marco"), "ciao")
    await expect(phone(page, "Marco").get_by_text("Domanda 1 di 12")).to_be_visible()
    await page.get_by_role("button", name="+1 giorno").click()
    await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    await phone(page, "Giulia").get_by_role("button", name="Scegli").click()
    await photograph(page, f"theme-{theme}")
    assert await page.evaluate(CONTRAST) == []
