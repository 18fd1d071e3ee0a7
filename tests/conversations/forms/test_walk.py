"""A form as a conversation: order, refusals, back, edit, summary, repeats, state as JSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.forms.form import Form, FormError, compile_form
from conversations.forms.walk import (
    Action,
    AddAnother,
    Answer,
    Back,
    Confirm,
    Done,
    Edit,
    Prompt,
    Remove,
    Restart,
    Run,
    Skip,
    Toggle,
    answered,
    answers,
    as_of,
    from_json,
    progress,
    prompt,
    take,
)
from tests.conversations.forms.forms_for_tests import FAMILY, NOW, REPEAT, act, answer_all, begin, family, item, xform


def shown(form: Form, run: Run, language: str = "it") -> Prompt:
    return prompt(form, run, language)


def through_json(run: Run) -> Run:
    return from_json(json.loads(json.dumps(run.to_json())))


def test_a_run_starts_at_its_first_question_in_the_persons_language() -> None:
    form = family()
    step = shown(form, begin(form))
    assert (step.kind, step.name, step.type, step.label) == ("question", "work", "select_one", "Che lavoro fai?")
    assert [choice.label for choice in step.choices] == ["Dipendente", "owner"]
    assert (step.required, step.can_skip, step.can_back) == (True, False, False)
    assert (step.number, step.total) == (1, 4)
    assert shown(form, begin(form), "en").label == "What is your job?"


def test_a_refused_answer_changes_nothing_and_says_why_in_the_authors_words() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner")
    for action, kind, message in (
        (Answer("13"), "constraint", "Tra 1 e 12, non 13."),
        (Answer("sette"), "type", None),
        (Answer("7" * 3000), "too_long", None),
        (AddAnother(True), "not_now", None),
        (Toggle("7"), "not_now", None),
        (Confirm(), "not_now", None),
    ):
        taken = act(form, run, action)
        assert taken.run is run
        assert taken.problem is not None
        assert taken.problem.kind == kind
        assert taken.problem.messages.get("it") == message
    english = act(form, run, Answer("13")).problem
    assert english is not None
    assert english.messages["en"] == "Between 1 and 12, not 13."


def test_required_questions_are_not_skipped_and_unknown_choices_are_named() -> None:
    form = family()
    run = begin(form)
    skipped, unknown = act(form, run, Skip()).problem, act(form, run, Answer("boss")).problem
    assert skipped is not None
    assert (skipped.kind, skipped.messages["it"]) == ("required", "Scegli una voce.")
    assert unknown is not None
    assert unknown.kind == "unknown_choice"


def test_relevance_leads_the_way_and_notes_go_with_the_next_question() -> None:
    form = family()
    none = answer_all(form, begin(form), "owner", "7", "none")
    assert shown(form, none).name == "none_reason"
    some = answer_all(form, begin(form), "owner", "7", "small")
    step = shown(form, some)
    assert (step.name, step.section, step.notes) == ("needs", "Cura", ("Lavori 7 ore.",))
    assert [(choice.name, choice.label) for choice in step.choices] == [("nido", "Nido")]
    assert (step.number, step.total) == (4, 5)


def test_ticking_keeps_exclusive_choices_alone() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7", Toggle("small"), Toggle("big"))
    assert [choice.name for choice in shown(form, run).choices if choice.selected] == ["small", "big"]
    run = answer_all(form, through_json(run), Toggle("none"))
    assert [choice.name for choice in shown(form, run).choices if choice.selected] == ["none"]
    run = answer_all(form, run, Toggle("big"), Toggle("small"), Toggle("big"))
    assert shown(form, run).value == "small"
    assert answered(run) == 2
    run = answer_all(form, run, Done())
    assert [row.value for row in answers(form, run)] == ["owner", "7", "small"]


def test_the_constraint_is_checked_when_ticking_is_done() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7")
    problem = act(form, run, Answer(("none", "big"))).problem
    assert problem is not None
    assert problem.kind == "constraint"


def test_back_keeps_answers_and_the_way_forward_skips_what_is_done() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7", "small", Back(), Back())
    step = shown(form, run)
    assert (step.name, step.value, step.can_back) == ("hours", "7", True)
    assert shown(form, answer_all(form, run, "6")).name == "needs"
    first = answer_all(form, run, Back())
    assert act(form, first, Back()).problem is not None


def test_skip_takes_an_earlier_answer_back() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7", Back(), Skip())
    assert [row.name for row in answers(form, run)] == ["work"]


def test_an_edit_asks_again_what_it_cleared_and_returns_to_the_summary() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7", "small big", ("nido scuola"), Skip())
    assert shown(form, run).kind == "summary"
    run = answer_all(form, through_json(run), Edit("/data/children"), "big")
    step = shown(form, run)
    assert (step.name, step.value) == ("needs", "Scuola")
    run = answer_all(form, run, "scuola")
    assert shown(form, run).kind == "summary"
    run = answer_all(form, run, Edit("/data/children"), "none")
    assert shown(form, run).name == "none_reason"
    run = answer_all(form, run, "nessun figlio")
    assert {ref: value for ref, _, value in shown(form, run).rows} == {
        "/data/work": "owner",
        "/data/hours": "7",
        "/data/children": "none",
        "/data/none_reason": "nessun figlio",
        "/data/story": "",
    }


def test_an_edit_asks_again_what_it_made_required() -> None:
    form = family()
    run = answer_all(form, begin(form), "employee", "7", "small", Skip(), Skip())
    assert shown(form, run).kind == "summary"
    run = answer_all(form, run, Edit("/data/work"), "owner")
    assert (shown(form, run).name, shown(form, run).required) == ("needs", True)
    assert shown(form, answer_all(form, run, "nido")).kind == "summary"


def test_back_while_editing_returns_to_the_summary_with_nothing_changed() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7", "none", Skip(), Skip())
    before = answers(form, run)
    run = answer_all(form, run, Edit("/data/hours"), Back())
    assert shown(form, run).kind == "summary"
    assert answers(form, run) == before


def test_confirm_finishes_and_then_nothing_more_is_taken() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner", "7", "none", Skip(), Skip(), Confirm())
    assert shown(form, run).kind == "finished"
    assert act(form, run, Answer("x")).problem is not None
    assert [(row.name, row.type, row.value, row.class_) for row in answers(form, run)] == [
        ("work", "select_one", "owner", "G"),
        ("hours", "integer", "7", "G"),
        ("children", "select_multiple", "none", ""),
    ]


def test_restart_drops_every_answer_but_keeps_what_the_caller_gave() -> None:
    form = family()
    run = begin(form, preset={"work": "owner"}, hidden=frozenset(("work",)))
    again = answer_all(form, answer_all(form, run, "7", "none"), Restart())
    assert again == run
    assert again.hidden == frozenset(("work",))


def test_hidden_questions_are_never_asked_and_preset_answers_count() -> None:
    form = family()
    run = begin(form, preset={"work": "owner"}, hidden=frozenset(("work", "story")))
    assert shown(form, run).name == "hours"
    run = answer_all(form, through_json(run), "7", "none", Skip())
    assert shown(form, run).kind == "summary"
    assert answers(form, run)[0].value == "owner"
    assert progress(form, run) == (3, 3)


def test_a_default_nobody_confirmed_is_no_answer() -> None:
    form = family()
    run = answer_all(form, begin(form), "owner")
    assert [row.name for row in answers(form, run)] == ["work"]
    assert shown(form, run).value == "8"


def test_a_required_list_without_choices_can_be_skipped() -> None:
    xml = xform(
        "<q/>",
        '<bind nodeset="/data/q" required="true()"/>',
        """<select1 ref="/data/q"><label>x</label><itemset nodeset="instance('none')/rows/item">
           <value ref="name"/><label ref="label"/></itemset></select1>""",
        '<instance id="none"><rows/></instance>',
    )
    form = compile_form(xml)
    step = shown(form, begin(form))
    assert (step.choices, step.required, step.can_skip) == ((), False, True)
    assert shown(form, answer_all(form, begin(form), Skip())).kind == "summary"


def test_questions_without_meaning_in_chat_can_only_be_skipped() -> None:
    body = '<input ref="/data/q"><label>x</label></input>'
    form = compile_form(xform("<q/>", '<bind nodeset="/data/q" type="geotrace" required="true()"/>', body))
    assert (shown(form, begin(form)).type, shown(form, begin(form)).can_skip) == ("unsupported", True)
    problem = act(form, begin(form), Answer("1 2; 3 4")).problem
    assert problem is not None
    assert problem.kind == "type"
    assert shown(form, answer_all(form, begin(form), Skip())).kind == "summary"


def test_a_decimal_is_shown_without_an_empty_fraction() -> None:
    body = '<input ref="/data/q"><label>x</label></input>'
    form = compile_form(xform("<q/>", '<bind nodeset="/data/q" type="decimal"/>', body))
    for typed, read in (("350.50", "350.5"), ("12", "12")):
        assert shown(form, answer_all(form, begin(form), typed)).rows[0][2] == read


def test_a_range_has_bounds_and_steps() -> None:
    body = '<range ref="/data/q" start="1" end="5" step="2"><label>x</label></range>'
    form = compile_form(xform("<q/>", '<bind nodeset="/data/q" type="int"/>', body))
    step = shown(form, begin(form))
    assert (step.type, step.minimum, step.maximum, step.step) == ("range", "1", "5", "2")
    for value in ("0", "2", "6"):
        problem = act(form, begin(form), Answer(value)).problem
        assert problem is not None
        assert problem.kind == "constraint"
    assert answers(form, answer_all(form, begin(form), "3"))[0].value == "3"


def test_repeats_ask_for_one_more_until_the_answer_is_no() -> None:
    form = compile_form(REPEAT)
    run = answer_all(form, begin(form), "Anna", "3")
    offer = shown(form, run)
    assert (offer.type, offer.label) == ("repeat", "Figlio")
    run = answer_all(form, through_json(run), AddAnother(True))
    assert shown(form, run).label == "Nome 2"
    run = answer_all(form, run, "Bo", Skip(), AddAnother(False))
    assert list(shown(form, run).rows) == [
        ("/data/child[1]/name", "Nome 1", "Anna"),
        ("/data/child[1]/age", "Età di Anna", "3"),
        ("/data/child[2]/name", "Nome 2", "Bo"),
        ("/data/child[2]/age", "Età di Bo", ""),
    ]


def test_the_same_run_can_be_taken_further_twice() -> None:
    form = family()
    run = as_of(form, answer_all(form, begin(form), "owner"), NOW)
    before = (shown(form, run), run.to_json())
    first, second = act(form, run, Answer("7")).run, act(form, run, Answer("9")).run
    assert (shown(form, run), run.to_json()) == before
    assert [row.value for row in answers(form, first)] == ["owner", "7"]
    assert [row.value for row in answers(form, second)] == ["owner", "9"]
    assert act(form, run, Answer("13")).problem is not None
    assert shown(form, run) == before[0]


def test_a_repeat_added_by_mistake_can_be_removed() -> None:
    form = compile_form(REPEAT)
    run = answer_all(form, begin(form), "Anna", "3", AddAnother(True), "Bo", "4", AddAnother(True), "Ciro", "5")
    run = answer_all(form, run, AddAnother(False), Remove("/data/child[2]/name"))
    assert shown(form, run).kind == "summary"
    assert [(row.ref, row.value) for row in answers(form, through_json(run))] == [
        ("/data/child[1]/name", "Anna"),
        ("/data/child[1]/age", "3"),
        ("/data/child[2]/name", "Ciro"),
        ("/data/child[2]/age", "5"),
    ]
    assert act(form, run, Remove("/data/child[9]")).problem is not None
    assert act(form, run, Remove("/data/people")).problem is not None
    empty = answer_all(form, run, Remove("/data/child[1]"), Remove("/data/child[1]"))
    assert shown(form, empty).rows == ()


def test_acknowledging_and_media_are_answers() -> None:
    body = """<trigger ref="/data/ok"><label>x</label></trigger>
        <upload ref="/data/photo" mediatype="image/*"><label>y</label></upload>"""
    form = compile_form(xform("<ok/><photo/>", '<bind nodeset="/data/photo" type="binary"/>', body))
    run = answer_all(form, begin(form), "sì", "media-17")
    assert [(row.type, row.value) for row in answers(form, run)] == [("acknowledge", "OK"), ("image", "media-17")]


def test_labels_lose_their_markup() -> None:
    body = """<input ref="/data/q"><label>## Titolo
        **Forte** e _piano_, [guida](https://example.org) &lt;span style="color:red"&gt;rosso&lt;/span&gt;
        snake_case_name 2*3*4</label></input>"""
    form = compile_form(xform("<q/>", "", body))
    assert shown(form, begin(form)).label == (
        "Titolo\nForte e piano, guida (https://example.org) rosso\nsnake_case_name 2*3*4"
    )


def test_a_form_without_questions_goes_to_its_summary() -> None:
    form = compile_form(xform("<a/>"))
    assert shown(form, begin(form)).kind == "summary"
    assert shown(form, answer_all(form, begin(form), Confirm())).kind == "finished"


@pytest.mark.parametrize(
    "data",
    [{}, {"version": 99}, {"version": 1}, {"version": 1, "form": "x", "language": "it", "seed": "y"}],
)
def test_a_state_that_is_none_is_a_form_error(data: dict[str, object]) -> None:
    with pytest.raises(FormError):
        from_json(data)


def test_a_restored_run_sees_the_clock_of_its_last_action() -> None:
    binds = """<bind nodeset="/data/q" relevant="today() = '2026-11-24'"/>"""
    form = compile_form(xform("<q/>", binds, '<input ref="/data/q"><label>Oggi?</label></input>'))
    assert shown(form, through_json(begin(form))).label == "Oggi?"


def test_the_state_is_small_and_versioned() -> None:
    form = family()
    data = answer_all(form, begin(form), "owner", "7").to_json()
    assert data["version"] == 1
    assert data["values"] == {"/data/work": "owner", "/data/hours": "7"}


SELECTS = xform(
    "<a/><b/><g><c/><d/></g><n/>",
    """<bind nodeset="/data/a" required="true()"/>
       <bind nodeset="/data/b" constraint="count-selected(.) &lt;= 2"/>
       <bind nodeset="/data/g" relevant="/data/a != 'no' and not(selected(/data/b, 'none'))"/>
       <bind nodeset="/data/g/c" type="int" required="/data/g/d != ''" constraint=". &lt; 10"/>
       <bind nodeset="/data/g/d" type="date" relevant="/data/a = 'yes'"/>
       <bind nodeset="/data/n" calculate="count-selected(/data/b) + coalesce(/data/g/c, 0)"/>""",
    f"""<select1 ref="/data/a"><label>a</label>{item("yes")}{item("no")}{item("maybe")}</select1>
        <select ref="/data/b"><label>b</label>{item("p")}{item("q")}{item("r")}{item("none")}</select>
        <group ref="/data/g"><label>g</label><input ref="/data/g/c"><label>c</label></input>
        <input ref="/data/g/d"><label>d <output value="/data/n"/></label></input></group>""",
)
FORMS = [compile_form(xml) for xml in (FAMILY, REPEAT, SELECTS)]
_WORDS = st.sampled_from(
    ["yes", "no", "maybe", "p", "q r", "p q r", "none", "3", "12", "", " ", "2026-06-15", "owner", "small", "nido"]
)
_ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Answer, _WORDS),
    st.builds(Answer, _WORDS),
    st.builds(Answer, st.text(max_size=5)),
    st.builds(Toggle, _WORDS),
    st.just(Done()),
    st.just(Skip()),
    st.just(Back()),
    st.just(Confirm()),
    st.builds(AddAnother, st.booleans()),
    st.builds(Remove, st.sampled_from(["/data/child[1]", "/data/child[2]/name", "/data/a", "", "/", "x"])),
    st.builds(
        Edit, st.sampled_from(["/data/a", "/data/g/c", "/data/children", "/data/child[1]/name", "/data/child+"])
    ),
    st.just(Restart()),
)


@settings(max_examples=150)
@given(st.sampled_from(FORMS), st.lists(_ACTIONS, max_size=30))
def test_random_actions_never_break_a_run_and_its_state_survives_json(form: Form, actions: list[Action]) -> None:
    run = begin(form)
    for action in actions:
        taken = take(form, run, action, now=NOW)
        if taken.problem is not None:
            assert taken.run is run
        restored = through_json(taken.run)
        assert restored == taken.run
        assert prompt(form, restored, "it") == prompt(form, taken.run, "it")
        assert answers(form, restored) == answers(form, taken.run)
        run = restored


def _sensible(step: Prompt, chance: int) -> Action:
    if step.kind == "summary":
        return Confirm()
    if step.type == "repeat":
        return AddAnother(chance % 4 == 0)
    if step.choices:
        return Answer(step.choices[chance % len(step.choices)].name)
    return Answer("2026-06-15") if step.type == "date" else Answer(str(chance % 9 + 1))


@settings(max_examples=60)
@given(st.sampled_from(FORMS), st.lists(st.integers(0, 50), min_size=60, max_size=60))
def test_sensible_answers_reach_the_end(form: Form, chances: list[int]) -> None:
    run = begin(form)
    for chance in chances:
        step = shown(form, run)
        if step.kind == "finished":
            break
        taken = act(form, run, _sensible(step, chance))
        assert taken.problem is None
        run = through_json(taken.run)
    assert shown(form, run).kind in ("finished", "question")
    assert answered(run) > 0
