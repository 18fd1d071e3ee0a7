"""The bench still runs: the bots ask the same ten questions and keep the answers. Nothing is timed here."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import w7, w8, w8_work
from bench.bots import (
    AIOGRAM,
    AIOGRAM_BOT,
    AIOGRAM_NEWS,
    OURS,
    OURS_WEBHOOK,
    PTB,
    PTB_NEWS,
    PTB_STOCK,
    Bot,
    Kind,
    Workshop,
    right,
)
from bench.figures import Rounds, percentile
from bench.guests import END, Guests
from bench.letters import Crowd, going_out
from bench.people import Phone
from bench.questions import QUESTIONS, answer
from bench.twice import DeliversTwice
from bench.xform import xform
from conversations.forms.form import compile_form
from storage.db import Database
from tests.fakes.telegram_api import FakeTelegram

CHATS = range(1001, 1004)
KINDS = [OURS, OURS_WEBHOOK, PTB] + ([AIOGRAM_BOT] if AIOGRAM.exists() else [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_each_bot_asks_the_ten_questions_and_keeps_the_answers(kind: Kind, tmp_path: Path) -> None:
    async def work(bot: Bot) -> None:
        phones = [Phone(bot.fake, chat) for chat in CHATS]
        for phone in phones:
            await phone.fill(kind.begin)
        # the last reply of a bot that replies before it writes
        await bot.fake.updates.settled()
        phones[0].user.says("ciao")
        await bot.fake.updates.settled()
        assert bot.cpu() > 0 and bot.rss() > 0
        await bot.kill()
        kept = bot.answers()
        assert [right(kept[phone.chat], phone.expected()) for phone in phones] == [len(QUESTIONS)] * len(CHATS)

    await Workshop(tmp_path, CHATS).with_bot(kind, FakeTelegram(), work)


async def test_a_bot_that_does_not_answer_is_named(tmp_path: Path) -> None:
    async def work(bot: Bot) -> None:
        raise TimeoutError("no reply")

    with pytest.raises(RuntimeError, match="stock persistence did not answer"):
        await Workshop(tmp_path, CHATS).with_bot(PTB_STOCK, FakeTelegram(), work)


def test_our_form_holds_the_ten_questions() -> None:
    form = compile_form(xform())
    assert [question.name for question in form.questions] == [question.name for question in QUESTIONS]


def test_each_person_answers_always_the_same_and_her_own() -> None:
    words = [place for place, question in enumerate(QUESTIONS) if question.kind == "words"]
    assert [answer(1001, place) for place in words] == [answer(1001, place) for place in words]
    assert all(answer(1001, place) != answer(1002, place) for place in words)


async def test_every_update_comes_twice_while_it_is_asked_for() -> None:
    async with DeliversTwice() as fake:
        fake.user(1).says("ciao")
        assert len(await fake.updates.poll({"timeout": 0})) == 1
        fake.twice = True
        assert len(await fake.updates.poll({"timeout": 0})) == 2


async def test_a_question_shown_again_is_counted() -> None:
    async with FakeTelegram() as fake:
        guests = Guests(fake, "/start")
        guests.come(1)
        for place in (0, 1, 1, 0):
            fake.on_message(1, {"text": f"Domanda\n{QUESTIONS[place].label}"})  # type: ignore[misc]
        assert (guests.all[1].reached, guests.all[1].repeats) == (1, 2)
        fake.on_message(1, {"text": "\n".join(question.label for question in QUESTIONS)})  # type: ignore[misc]
        assert guests.all[1].reached == END and guests.on_the_way() == []


def test_the_middle_round_counts() -> None:
    rounds = Rounds("x")
    for rate in (1.0, 100.0, 3.0):
        rounds.add(rate=rate)
    assert (rounds.median("rate"), rounds.spread("rate"), rounds.total("rate")) == (3.0, "1-100", 104)
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0


@pytest.mark.parametrize("kind", [PTB_NEWS, AIOGRAM_NEWS] if AIOGRAM.exists() else [], ids=lambda kind: kind.name)
async def test_each_peer_sends_the_newsletter_to_everybody_it_can_reach(kind: Kind, tmp_path: Path) -> None:
    crowd = Crowd(range(1002, 1010), 1001, frozenset({1004}))

    async def work(bot: Bot) -> None:
        async with going_out(bot, crowd):
            await crowd.reached(7)

    known = replace(kind, options=("1002", "8"))
    await Workshop(tmp_path, range(1001, 1010)).with_bot(known, crowd.fake(), work)
    assert (crowd.lost(), crowd.twice()) == (0, 0) and crowd.got[1004] == 0


async def test_a_disturbed_issue_reaches_everybody_once(tmp_path: Path) -> None:
    measured = Rounds("x")
    await w7._story(tmp_path, w7.STORIES["paused and resumed three times"], measured)
    assert (measured.total("people"), measured.total("lost"), measured.total("twice")) == (w7.RECIPIENTS, 0, 0)


async def test_w8_plans_enqueues_and_takes_back_everybody(sqlite: Database) -> None:
    w8.fill(sqlite, 60)
    figures = await w8_work.main(sqlite.engine.url.render_as_string(hide_password=False), alone=2)
    assert figures["people"] == 60 and set(w8.SHOWN) <= set(figures)
