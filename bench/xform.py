"""The ten questions as an XForm, as pyxform would write it from a workbook."""

from bench.questions import QUESTIONS, Question

VERSION = "bench1"
_TYPES = {"choice": "string", "number": "int", "words": "string"}


def xform() -> str:
    """The form in two languages, with a rule on every number."""
    leaves = "".join(f"<{q.name}/>" for q in QUESTIONS)
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa" xmlns:wis="urn:wis-bot:xforms">
  <h:head><h:title>Dieci domande</h:title><model>
    <itext><translation lang="Italiano (it)" default="true()">{_texts("")}</translation>
      <translation lang="English (en)">{_texts(" (en)")}</translation></itext>
    <instance><data id="bench" version="{VERSION}">{leaves}</data></instance>
    {"".join(map(_bind, QUESTIONS))}
  </model></h:head>
  <h:body>{"".join(map(_control, QUESTIONS))}</h:body>
</h:html>"""


def _texts(mark: str) -> str:
    texts = [(f"/data/{q.name}:label", q.label) for q in QUESTIONS]
    texts += [(f"/data/{q.name}/{name}:label", label) for q in QUESTIONS for name, label in q.choices]
    return "".join(f'<text id="{key}"><value>{text}{mark}</value></text>' for key, text in texts)


def _bind(question: Question) -> str:
    rule = ' constraint=". &gt;= 0 and . &lt;= 1000"' if question.kind == "number" else ""
    return (
        f'<bind nodeset="/data/{question.name}" type="{_TYPES[question.kind]}" required="true()"{rule}'
        ' wis:class="G"/>'
    )


def _control(question: Question) -> str:
    label = f"<label ref=\"jr:itext('/data/{question.name}:label')\"/>"
    if not question.choices:
        return f'<input ref="/data/{question.name}">{label}</input>'
    items = "".join(
        f"<item><label ref=\"jr:itext('/data/{question.name}/{name}:label')\"/><value>{name}</value></item>"
        for name, _ in question.choices
    )
    return f'<select1 ref="/data/{question.name}">{label}{items}</select1>'
