"""What follows from an answer: relevance, calculations, choices, repeats, actions."""

import pytest

from conversations.forms.engine import Engine
from conversations.forms.form import compile_form
from conversations.forms.instance import MOST_REPEATS, Item, find, instances
from conversations.forms.saving import load, save
from tests.conversations.forms.forms_for_tests import FAMILY, NOW, REPEAT, item, xform


def engine_of(xml: str, language: str = "it", seed: int = 7) -> Engine:
    engine = Engine(compile_form(xml), now=NOW, seed=seed, language=language)
    engine.start()
    return engine


def at(engine: Engine, ref: str) -> Item:
    found = find(engine.document, ref)
    assert found is not None, ref
    return found


def text(engine: Engine, ref: str) -> str:
    return at(engine, ref).text


def put(engine: Engine, ref: str, value: str) -> None:
    assert engine.write(at(engine, ref), value)


def again(engine: Engine) -> Engine:
    """The same run in the next turn."""
    fresh = Engine(engine.form, now=NOW, seed=engine.seed, language=engine.language)
    load(fresh, save(engine))
    return fresh


def inputs(*refs: str) -> str:
    return "".join(f'<input ref="{ref}"><label>x</label></input>' for ref in refs)


def test_a_hidden_answer_reads_as_empty_and_comes_back() -> None:
    engine = engine_of(
        xform(
            "<show/><q/><copy/>",
            '<bind nodeset="/data/q" relevant="/data/show = 1"/><bind nodeset="/data/copy" calculate="/data/q"/>',
            inputs("/data/show", "/data/q"),
        )
    )
    put(engine, "/data/show", "1")
    put(engine, "/data/q", "kept")
    assert text(engine, "/data/copy") == "kept"
    put(engine, "/data/show", "0")
    assert (text(engine, "/data/q"), text(engine, "/data/copy")) == ("", "")
    engine = again(engine)
    put(engine, "/data/show", "1")
    assert text(engine, "/data/q") == "kept"


def test_a_calculation_on_an_editable_question_writes_only_when_its_result_changes() -> None:
    engine = engine_of(
        xform("<a>2</a><double/>", '<bind nodeset="/data/double" calculate="/data/a * 2"/>', inputs("/data/double"))
    )
    assert text(engine, "/data/double") == "4"
    put(engine, "/data/double", "5")
    engine = again(engine)
    assert text(engine, "/data/double") == "5"
    engine.set(at(engine, "/data/a"), "3")
    assert text(engine, "/data/double") == "6"


def test_a_result_that_is_no_number_is_stored_as_empty() -> None:
    engine = engine_of(xform("<a/><sum/>", '<bind nodeset="/data/sum" calculate="/data/a + 1"/>', inputs("/data/a")))
    assert text(engine, "/data/sum") == ""
    put(engine, "/data/a", "41")
    assert text(engine, "/data/sum") == "42"


def test_a_choice_the_filter_drops_reads_as_not_selected_and_returns() -> None:
    engine = engine_of(FAMILY)
    put(engine, "/data/children", "small big")
    put(engine, "/data/care/needs", "nido scuola")
    put(engine, "/data/children", "big")
    assert text(engine, "/data/care/needs") == "scuola"
    assert text(engine, "/data/care/weekly") == "2"
    engine = again(engine)
    put(engine, "/data/children", "small big")
    assert text(engine, "/data/care/needs") == "nido scuola"


def test_choices_are_stored_in_the_order_of_the_list_and_only_if_offered() -> None:
    engine = engine_of(FAMILY)
    put(engine, "/data/children", "big bogus small")
    assert text(engine, "/data/children") == "small big"


def test_chance_and_clock_run_once_and_again_when_their_data_change() -> None:
    engine = engine_of(
        xform(
            "<a/><id/><stamp/>",
            """<bind nodeset="/data/id" calculate="uuid()"/>
               <bind nodeset="/data/stamp" calculate="concat(/data/a, random())"/>""",
            inputs("/data/a"),
        )
    )
    first = (text(engine, "/data/id"), text(engine, "/data/stamp"))
    engine = again(again(engine))
    assert (text(engine, "/data/id"), text(engine, "/data/stamp")) == first
    put(engine, "/data/a", "x")
    assert text(engine, "/data/id") == first[0]
    assert text(engine, "/data/stamp") not in ("x" + first[1], first[1])


def test_a_repeat_follows_its_count_and_waits_while_the_count_is_empty() -> None:
    engine = engine_of(
        xform(
            '<n/><child jr:template=""><name/></child>',
            '<bind nodeset="/data/n" type="int"/>',
            f"""{inputs("/data/n")}
            <repeat nodeset="/data/child" jr:count="/data/n">{inputs("/data/child/name")}</repeat>""",
        )
    )
    parent = at(engine, "/data")
    definition = engine.form.definitions["/data/child"]
    assert len(instances(parent, definition)) == 0
    put(engine, "/data/n", "3")
    put(engine, "/data/child[2]/name", "Bo")
    put(engine, "/data/n", "")
    engine = again(engine)
    assert len(instances(at(engine, "/data"), definition)) == 3
    assert text(engine, "/data/child[2]/name") == "Bo"
    put(engine, "/data/n", "1")
    assert len(instances(at(engine, "/data"), definition)) == 1
    put(engine, "/data/n", "999999")
    assert len(instances(at(engine, "/data"), definition)) == MOST_REPEATS


def test_added_and_removed_repeats_survive_the_turn() -> None:
    engine = engine_of(REPEAT)
    definition = engine.form.definitions["/data/child"]
    engine.add(at(engine, "/data"), definition)
    put(engine, "/data/child[1]/name", "Anna")
    put(engine, "/data/child[2]/name", "Bo")
    put(engine, "/data/child[2]/age", "4")
    assert text(engine, "/data/total") == "4"
    put(engine, "/data/child[1]/age", "3")
    assert text(engine, "/data/total") == "7"
    engine.remove(at(engine, "/data/child[1]"))
    engine = again(engine)
    assert text(engine, "/data/child[1]/name") == "Bo"
    assert text(engine, "/data/total") == "4"


def test_setvalue_acts_on_load_on_change_and_on_a_new_repeat() -> None:
    engine = engine_of(
        xform(
            '<a/><b/><c/><row jr:template=""><n/></row>',
            "",
            """<input ref="/data/a"><label>x</label>
                 <setvalue event="xforms-value-changed" ref="/data/c" value="concat('was ', /data/a)"/></input>
               <repeat nodeset="/data/row"><setvalue event="odk-new-repeat" ref="/data/row/n" value="position(..)"/>
                 <input ref="/data/row/n"><label>n</label></input></repeat>""",
            '<setvalue event="odk-instance-first-load" ref="/data/b">ciao</setvalue>',
        )
    )
    assert (text(engine, "/data/b"), text(engine, "/data/c")) == ("ciao", "")
    engine = again(engine)
    put(engine, "/data/a", "x")
    assert text(engine, "/data/c") == "was x"
    engine = again(engine)
    engine.set(at(engine, "/data/c"), "mine")
    engine = again(engine)
    assert text(engine, "/data/c") == "mine"
    engine.add(at(engine, "/data"), engine.form.definitions["/data/row"])
    engine.add(at(engine, "/data"), engine.form.definitions["/data/row"])
    assert text(engine, "/data/row[2]/n") == "2"


def test_preloads_are_given_once() -> None:
    engine = engine_of(
        xform(
            "<today/><start/><id/>",
            """<bind nodeset="/data/today" type="date" jr:preload="date" jr:preloadParams="today"/>
               <bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>
               <bind nodeset="/data/id" jr:preload="uid"/>""",
        )
    )
    first = text(engine, "/data/id")
    assert text(engine, "/data/today") == "2026-11-24"
    assert text(engine, "/data/start") == "2026-11-24T10:30:00.000+01:00"
    assert first.startswith("uuid:")
    assert text(again(engine), "/data/id") == first


def test_labels_show_values_and_fall_back_to_the_default_language() -> None:
    engine = engine_of(FAMILY, "en")
    control = at(engine, "/data/work").definition.control
    assert control is not None
    assert engine.text(control.label, at(engine, "/data/work")) == "What is your job?"
    required = at(engine, "/data/work").definition.required_message
    assert engine.text(required, at(engine, "/data/work")) == "Scegli una voce."
    note = at(engine, "/data/care/note_needs")
    assert note.definition.control is not None
    assert engine.text(note.definition.control.label, note) == "Lavori 8 ore."


def test_choice_names_are_labels() -> None:
    xml = xform(
        "<job>b</job><said/>",
        """<bind nodeset="/data/said" calculate="jr:choice-name(/data/job, '/data/job')"/>""",
        f'<select1 ref="/data/job"><label>x</label>{item("a", "Operaio")}{item("b", "Socia")}</select1>',
    )
    assert text(engine_of(xml), "/data/said") == "Socia"


def test_a_label_that_shows_itself_ends() -> None:
    xml = xform(
        "<job>b</job>",
        "",
        """<select1 ref="/data/job"><label>x</label><item><value>b</value>
             <label><output value="jr:choice-name('b', '/data/job')"/>!</label></item></select1>""",
    )
    engine = engine_of(xml)
    assert set(engine.options(at(engine, "/data/job"))[0][1]) == {"!"}


def test_random_order_of_choices_is_the_same_at_every_turn_and_differs_between_people() -> None:
    many = "".join(f"<item><name>c{n}</name><label>{n}</label></item>" for n in range(20))
    xml = xform(
        "<q/>",
        "",
        """<select1 ref="/data/q"><label>x</label><itemset nodeset="randomize(instance('l')/rows/item)">
           <value ref="name"/><label ref="label"/></itemset></select1>""",
        f'<instance id="l"><rows>{many}</rows></instance>',
    )
    first = engine_of(xml, seed=1)
    order = first.option_names(at(first, "/data/q"))
    assert order == first.option_names(at(first, "/data/q"))
    assert order == again(first).option_names(at(again(first), "/data/q"))
    other = engine_of(xml, seed=2)
    assert order != other.option_names(at(other, "/data/q"))
    assert sorted(order) == sorted(f"c{n}" for n in range(20))


@pytest.mark.parametrize(
    ("value_type", "typed", "kept"),
    [
        ("int", " 12 ", "12"),
        ("int", "12.0", "12"),
        ("int", "12.5", None),
        ("int", "dodici", None),
        ("decimal", "350.5", "350.5"),
        ("decimal", "2", "2.0"),
        ("decimal", "3,5", None),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "2026-02-30", None),
        ("time", "08:30", "08:30"),
        ("time", "25:00", None),
        ("geopoint", "45.46 9.19", "45.46 9.19"),
        ("geopoint", "145 9", None),
        ("string", " spaces kept ", " spaces kept "),
    ],
)
def test_answers_are_stored_in_canonical_form_or_refused(value_type: str, typed: str, kept: str | None) -> None:
    engine = engine_of(xform("<q/>", f'<bind nodeset="/data/q" type="{value_type}"/>', inputs("/data/q")))
    assert engine.write(at(engine, "/data/q"), typed) is (kept is not None)
    assert text(engine, "/data/q") == (kept or "")


def test_read_only_questions_are_not_written() -> None:
    binds = '<bind nodeset="/data/g" readonly="/data/lock = 1"/>'
    engine = engine_of(xform("<lock/><g><q/></g>", binds, inputs("/data/lock", "/data/g/q")))
    put(engine, "/data/g/q", "a")
    put(engine, "/data/lock", "1")
    assert not engine.write(at(engine, "/data/g/q"), "b")
    assert text(engine, "/data/g/q") == "a"


def test_rules_that_chase_each_other_end() -> None:
    binds = """<bind nodeset="/data/a" relevant="/data/b = ''"/><bind nodeset="/data/b" calculate="/data/a"/>"""
    engine = engine_of(xform("<a>x</a><b/>", binds, inputs("/data/a")))
    put(engine, "/data/a", "y")
    assert text(engine, "/data/b") in ("", "y")
    growing = engine_of(xform("<a>xx</a>", '<bind nodeset="/data/a" calculate="concat(/data/a, /data/a)"/>'))
    assert len(text(growing, "/data/a")) <= 10_000


def test_repeats_that_feed_each_other_end() -> None:
    engine = engine_of(
        xform(
            '<n/><a jr:template=""><b jr:template=""><c/></b></a>',
            "",
            f"""{inputs("/data/n")}<repeat nodeset="/data/a" jr:count="/data/n">
              <repeat nodeset="/data/a/b" jr:count="/data/n">{inputs("/data/a/b/c")}</repeat></repeat>""",
        )
    )
    put(engine, "/data/n", "400")
    assert len(instances(at(engine, "/data"), engine.form.definitions["/data/a"])) <= MOST_REPEATS


def test_a_repeat_that_counts_itself_grows_by_one_a_turn() -> None:
    engine = engine_of(
        xform(
            '<next/><row jr:template=""><stop/></row>',
            """<bind nodeset="/data/next"
                calculate="if(/data/row[last()]/stop = 1, count(/data/row), count(/data/row) + 1)"/>""",
            f'<repeat nodeset="/data/row" jr:count="/data/next">{inputs("/data/row/stop")}</repeat>',
        )
    )
    definition = engine.form.definitions["/data/row"]
    for number in (1, 2, 3):
        assert len(instances(at(engine, "/data"), definition)) == number
        engine = again(engine)
        put(engine, f"/data/row[{number}]/stop", "0")
    put(engine, "/data/row[4]/stop", "1")
    assert len(instances(at(engine, "/data"), definition)) == 4
