"""Small forms written as XForm XML, and how tests walk through them."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from conversations.forms.form import Form, compile_form
from conversations.forms.walk import Action, Answer, Run, Taken, start, take

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Rome"))


def xform(instance: str, binds: str = "", body: str = "", model: str = "") -> str:
    """An XForm around the children of its data element, its binds, its body and more model elements."""
    return f"""<?xml version="1.0"?>
    <h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms"
        xmlns:wis="https://example.org/wis">
      <h:head><h:title>Prova</h:title>
        <model><instance><data id="prova" version="1">{instance}</data></instance>{model}{binds}</model>
      </h:head>
      <h:body>{body}</h:body>
    </h:html>"""


def item(value: str, label: str | None = None) -> str:
    """A choice."""
    return f"<item><label>{label or value}</label><value>{value}</value></item>"


FAMILY = xform(
    "<work/><hours>8</hours><children/><none_reason/><care><needs/><note_needs/><weekly/></care><story/>",
    """
    <bind nodeset="/data/work" type="string" required="true()" wis:class="G"
        jr:requiredMsg="jr:itext('required')"/>
    <bind nodeset="/data/hours" type="int" constraint=". &gt; 0 and . &lt;= 12"
        jr:constraintMsg="jr:itext('hours:message')" wis:class="G"/>
    <bind nodeset="/data/children" type="string" constraint="not(selected(., 'none')) or count-selected(.) = 1"/>
    <bind nodeset="/data/none_reason" relevant="selected(/data/children, 'none')"/>
    <bind nodeset="/data/care" relevant="/data/children != '' and not(selected(/data/children, 'none'))"/>
    <bind nodeset="/data/care/needs" wis:class="S" required="/data/work = 'owner'"/>
    <bind nodeset="/data/care/note_needs" readonly="true()"/>
    <bind nodeset="/data/care/weekly" calculate="count-selected(/data/care/needs) * 2" type="int"/>
    """,
    f"""
    <select1 ref="/data/work"><label ref="jr:itext('work')"/>{item("employee", "Dipendente")}{item("owner")}</select1>
    <input ref="/data/hours"><label>Quante ore **al giorno**?</label><hint>Solo un numero</hint></input>
    <select ref="/data/children"><label>Figli</label>{item("none")}{item("small")}{item("big")}</select>
    <input ref="/data/none_reason"><label>Perché?</label></input>
    <group ref="/data/care"><label>Cura</label>
      <input ref="/data/care/note_needs"><label>Lavori <output value="/data/hours"/> ore.</label></input>
      <select ref="/data/care/needs"><label>Che cosa serve?</label>
        <itemset nodeset="instance('needs')/rows/item[selected(/data/children, for)]">
          <value ref="name"/><label ref="jr:itext(itextId)"/></itemset>
      </select>
    </group>
    <input ref="/data/story" appearance="multiline"><label>Racconta</label></input>
    """,
    """
    <itext>
      <translation lang="Italiano (it)" default="true()">
        <text id="work"><value>Che lavoro fai?</value></text>
        <text id="required"><value>Scegli una voce.</value></text>
        <text id="hours:message"><value>Tra 1 e 12, non <output value="/data/hours"/>.</value></text>
        <text id="need-nido"><value>Nido</value></text><text id="need-scuola"><value>Scuola</value></text>
      </translation>
      <translation lang="English (en)">
        <text id="work"><value>What is your job?</value></text>
        <text id="hours:message"><value>Between 1 and 12, not <output value="/data/hours"/>.</value></text>
        <text id="need-nido"><value>Nursery</value></text><text id="need-scuola"><value>School</value></text>
      </translation>
    </itext>
    <instance id="needs"><rows>
      <item><name>nido</name><for>small</for><itextId>need-nido</itextId></item>
      <item><name>scuola</name><for>big</for><itextId>need-scuola</itextId></item>
    </rows></instance>
    """,
)
REPEAT = xform(
    '<people/><child jr:template=""><name/><age/></child><child><name/><age/></child><total/>',
    """<bind nodeset="/data/child/age" type="int" relevant="../name != ''"/>
       <bind nodeset="/data/total" calculate="sum(/data/child/age)"/>""",
    """<group ref="/data/child"><label>Figlio</label><repeat nodeset="/data/child">
         <input ref="/data/child/name"><label>Nome <output value="position(..)"/></label></input>
         <input ref="/data/child/age"><label>Età di <output value="../name"/></label></input>
       </repeat></group>""",
)


def family() -> Form:
    """The form FAMILY, compiled."""
    return compile_form(FAMILY)


def begin(form: Form, preset: Mapping[str, str] | None = None, hidden: frozenset[str] = frozenset()) -> Run:
    """A new run in Italian at NOW."""
    return start(form, now=NOW, seed=7, language="it", preset=preset, hidden=hidden)


def act(form: Form, run: Run, action: Action) -> Taken:
    """One action at NOW."""
    return take(form, run, action, now=NOW)


def answer_all(form: Form, run: Run, *values: str | Action) -> Run:
    """The run after several actions or answers, none of which may be refused."""
    for value in values:
        taken = act(form, run, Answer(value) if isinstance(value, str) else value)
        assert taken.problem is None, (run.at, value, taken.problem)
        run = taken.run
    return run
