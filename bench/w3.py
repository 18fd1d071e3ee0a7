"""W3: each of 100 people sends five answers at once, taps and texts interleaved, and every update comes twice."""

import asyncio
import re
import time

from bench.bots import AIOGRAM_BOT, AIOGRAM_IN_ORDER, OURS, PTB, PTB_64, Bot, Kind, Workshop, right
from bench.figures import Rounds, table
from bench.people import Phone
from bench.questions import QUESTIONS, answer
from bench.rounds import take_turns
from bench.twice import DeliversTwice

PEOPLE = 100
BURST = 5
SETTLED = 1.0
"""Seconds without any message after which nothing more is expected."""
KINDS = (OURS, PTB, PTB_64, AIOGRAM_BOT, AIOGRAM_IN_ORDER)
READING = """\
Nobody waits for the next question: a tap, a number, a text, a tap and a text leave each phone at once (the taps
are those of the buttons to come), and every update is handed over twice, as after a lost confirmation. "right"
counts the answers on the disk under their question. "beyond" counts answers to questions that were not reached,
"messages" the replies beyond one for each answer: both would be effects of a repetition.\
"""


async def run(workshop: Workshop, rounds: int) -> list[Rounds]:
    """Measures and prints."""

    async def one(kind: Kind, measured: Rounds) -> None:
        await workshop.with_bot(kind, DeliversTwice(record=False), lambda bot: _burst(bot, workshop, measured))

    found = await take_turns("W3", KINDS, rounds, one)
    rows = [
        (
            one.name,
            f"{one.median('right'):.0f} of {PEOPLE * BURST}",
            f"{min(one.figures['right']):.0f}",
            f"{max(one.figures['beyond']):.0f}",
            f"{max(one.figures['messages']):.0f}",
            f"{one.median('rate'):.0f}",
        )
        for one in found
    ]
    columns = ("bot", "right", "worst", "beyond", "messages", "answers/s")
    table(f"W3: {PEOPLE} people x {BURST} answers at once, each twice, {rounds} rounds", columns, rows, READING)
    return found


async def _burst(bot: Bot, workshop: Workshop, measured: Rounds) -> None:
    fake = bot.fake
    assert isinstance(fake, DeliversTwice)
    phones = [Phone(fake, chat) for chat in workshop.ids[:PEOPLE]]
    for phone in phones:
        phone.act(-1, bot.kind.begin)
    await asyncio.gather(*(phone.user.hears(0, 20) for phone in phones))
    heard = [phone.user.heard for phone in phones]
    fake.twice = True
    began = time.perf_counter()
    for phone in phones:
        _send_all(phone)
    last, total = time.perf_counter(), sum(heard)
    while time.perf_counter() - last < SETTLED:
        await asyncio.sleep(0.02)
        now = sum(phone.user.heard for phone in phones)
        if now != total:
            last, total = time.perf_counter(), now
    await bot.kill()
    kept = bot.answers()
    known = {question.name for question in QUESTIONS[:BURST]}
    measured.add(
        right=sum(right(kept.get(phone.chat, {}), phone.expected(BURST)) for phone in phones),
        beyond=sum(len(kept.get(phone.chat, {}).keys() - known) for phone in phones),
        messages=max(0, total - sum(heard) - PEOPLE * BURST),
        rate=PEOPLE * BURST / (last - began),
    )


def _send_all(phone: Phone) -> None:
    """The five answers leave the phone; a button of a question not yet shown has the token it will have."""
    shown = phone.user.last_message()
    first = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    number = int(re.split(":", first)[0], 36)
    for place in range(BURST):
        if QUESTIONS[place].kind == "choice":
            _tap(phone, shown, f"{_base36(number + place)}:{answer(phone.chat, place)}")
        else:
            phone.act(place, "")


def _tap(phone: Phone, shown: dict[str, object], token: str) -> None:
    user = phone.user
    query = {"id": user.fake.new_callback(), "from": user.sender, "message": shown, "data": token}
    user.fake.push(-user.id, {"callback_query": {**query, "chat_instance": str(user.id)}})


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return digits[number] if number < 36 else _base36(number // 36) + digits[number % 36]
