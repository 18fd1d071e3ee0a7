"""The openers: the rules of Meta and Twilio, and bringing the account in line with content/templates.toml."""

from dataclasses import replace

import pytest

from bot.channels.whatsapp_errors import CAUSES, error_for, reaction
from bot.channels.whatsapp_http import ApiRefusal
from bot.channels.whatsapp_sync import apply, plan
from bot.channels.whatsapp_templates import BadTemplates, read_templates
from scheduler.sending import SendError
from tests.bot.channels.whatsapp_world import TEMPLATES, world
from tests.fakes.twilio_rules import rejection

GOOD = """
[[template]]
name = "prova"
category = "UTILITY"
samples = ["uno"]
body = { it = "Ciao, ecco {{1}} per te, leggi." }
buttons = [{ token = "@x:y", it = "Leggi" }]
"""


def test_the_templates_are_in_italian_and_english_and_name_what_the_bot_needs():
    assert {t.name for t in TEMPLATES} >= {"questionnaire_reminder", "new_message", "ticket_answer", "ticket_new"}
    assert all(set(t.bodies) == {"it", "en"} for t in TEMPLATES)
    assert all(set(button.labels) == {"it", "en"} for t in TEMPLATES for button in t.buttons)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Ciao, ecco {{1}} per te, leggi.", "{{1}} ecco qui per te, leggi.", "begin or end"),
        ("Ciao, ecco {{1}} per te, leggi.", "Ciao, leggi qui per te {{1}}", "begin or end"),
        ("Ciao, ecco {{1}} per te, leggi.", "Ecco {{1}}.", "need at least 3 other words"),
        ("Ciao, ecco {{1}} per te, leggi.", "Ciao, ecco {{1}} {{1}} per te, leggi.", "side by side"),
        ("Ciao, ecco {{1}} per te, leggi.", "Ciao, ecco {{2}} per te, leggi.", "must be 1 to 1"),
        ("Ciao, ecco {{1}} per te, leggi.", "Ciao, ecco {{1}} per te, {{ leggi.", "a variable is written"),
        ("per te", "x" * 1000, "at most 1024"),
        ('["uno"]', "[]", "must be 1 to 0"),
        ('["uno"]', '[" "]', "not empty"),
        ('"UTILITY"', '"NEWS"', "category"),
        ('"prova"', '"Prova!"', "a-z"),
        ('"Leggi"', '"Leggi subito questo qui"', "at most 20"),
        ('it = "Leggi"', 'en = "Read"', "needs a label"),
        ('"@x:y"', '""', "token"),
        ("samples", "name = 1\nsamples", "cannot be read"),
        ('body = { it = "Ciao, ecco {{1}} per te, leggi." }', "", "cannot be read"),
        ('{ it = "Ciao, ecco {{1}} per te, leggi." }', "{}", "no text"),
    ],
)
def test_a_broken_rule_is_told(old, new, problem):
    with pytest.raises(BadTemplates, match=problem):
        read_templates(GOOD.replace(old, new))


def test_all_problems_are_told_at_once():
    with pytest.raises(BadTemplates) as caught:
        read_templates(GOOD.replace("UTILITY", "NEWS") + GOOD.replace('"Leggi"', '""'))
    assert len(str(caught.value).splitlines()) == 3


async def test_a_dry_run_tells_what_is_missing_and_changes_nothing():
    async with world() as w:
        found = await plan(w.config, TEMPLATES)
        assert {d.kind for d in found} == {"missing"}
        assert len(found) == sum(len(t.bodies) for t in TEMPLATES)
        assert w.fake.contents == {}


async def test_applying_creates_and_submits_once():
    async with world() as w:
        cured = await apply(w.config, TEMPLATES)
        assert len(cured) == len(w.fake.contents)
        assert all(rejection(content) == "" for content in w.fake.contents.values())
        assert await plan(w.config, TEMPLATES) == []
        assert await apply(w.config, TEMPLATES) == []
        assert w.fake.violations == []


async def test_what_was_created_but_not_submitted_is_submitted():
    async with world() as w:
        w.fake.fail(20500, status=500, where="content", skip=2)
        with pytest.raises(ApiRefusal):
            await apply(w.config, TEMPLATES)
        assert next(d.kind for d in await plan(w.config, TEMPLATES)) == "unsubmitted"
        await apply(w.config, TEMPLATES)
        assert await plan(w.config, TEMPLATES) == []


@pytest.mark.parametrize(
    ("status", "more", "kind", "usable"),
    [
        ("received", {}, "pending", False),
        ("pending", {}, "pending", False),
        ("rejected", {"rejection_reason": "promotional"}, "rejected", False),
        ("paused", {}, "paused", False),
        ("approved", {"category": "MARKETING"}, "recategorised", True),
    ],
)
async def test_what_meta_decided_is_told(status, more, kind, usable):
    async with world() as w:
        await apply(w.config, TEMPLATES[:1])
        w.fake.approve_all(status, **more)
        found = await plan(w.config, TEMPLATES[:1])
        assert {(d.kind, d.usable) for d in found} == {(kind, usable)}
        assert await apply(w.config, TEMPLATES[:1]) == []


async def test_a_changed_text_becomes_a_new_template_and_the_old_one_is_told():
    async with world() as w:
        await apply(w.config, TEMPLATES[:1])
        changed = replace(TEMPLATES[0], bodies={"it": TEMPLATES[0].bodies["it"] + " Grazie."})
        kinds = sorted(d.kind for d in await plan(w.config, [changed]))
        assert kinds == ["missing", "outdated"]
        await apply(w.config, [changed])
        assert [d.kind for d in await plan(w.config, [changed])] == ["outdated"]


async def test_the_names_of_an_account_with_many_resources_are_all_read():
    async with world() as w:
        await apply(w.config, TEMPLATES)
        for content in list(w.fake.contents.values()):
            for number in range(90):
                w.fake.contents[f"x{content.sid}{number}"] = replace(content, name=f"other_{number}", approval={})
        for sid in [sid for sid in w.fake.contents if sid.startswith("HX")]:
            w.fake.contents[sid] = w.fake.contents.pop(sid)
        assert await plan(w.config, TEMPLATES) == []


def test_every_code_of_the_table_gives_an_error_that_carries_it():
    for code, cause in CAUSES.items():
        error = error_for(400, code, "")
        assert isinstance(error, SendError)
        assert error.code == str(code) and cause.meaning in error.reason


@pytest.mark.parametrize("code", ["63051", "", "abc", 0])
def test_an_unknown_code_is_ours_to_look_at(code):
    assert reaction(code) == "ours"
