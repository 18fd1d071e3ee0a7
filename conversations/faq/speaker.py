"""Who is speaking and for whom, read from a question and told to the ranking as features."""

from collections.abc import Mapping, Sequence
from typing import Final

MARK: Final = "@"
"""What begins the name of such a feature."""

_SAYS: Final[Mapping[str, str]] = {
    "padre": (
        "mia moglie partor | mia moglie e incinta | mia compagna e incinta | mia moglie aspetta | mia "
        "compagna aspetta | mia moglie ha partorito | la mia compagna | mia moglie | sono papa | sono un papa "
        "| sono il papa | sono padre | sono un padre | divento papa | divento padre | diventare papa | "
        "diventare padre | come papa | come padre | mia fidanzata | my wife | my girlfriend | i am a father | "
        "i m a father | as a father | as a dad | i am the father | become a father | becoming a father | i am "
        "dad"
    ),
    "madre": (
        "mio marito | il mio compagno | sono mamma | sono una mamma | sono incinta | sono madre | aspetto un "
        "bambino | ho partorito | my husband | my boyfriend | i am pregnant | i m pregnant | i am a mother | "
        "i gave birth | im pregnant"
    ),
    "autonomo": (
        "partita iva | p iva | sono autonom | in proprio | self employed | freelance | ho un negozio | my "
        "shop | mio negozio | artigian | commerciant"
    ),
    "titolare": (
        "sono il titolare | sono la titolare | sono titolare | mia dipendente | miei dipendenti | mio "
        "dipendente | una dipendente | mie ragazze | mia ditta | nostra ditta | mia impresa | my employee | "
        "our employee | my company is"
    ),
    "famiglia": "mia badante | nostra badante | mia colf | assumere una | baby sitter | babysitter",
    "per-anziano": (
        "mia madre | mia mamma | mio padre | mio papa | mia nonna | mio nonno | mia suocera | mio suocero | "
        "miei genitori | my mother | my father | my mom | my dad | my parents"
    ),
    "per-figlio": (
        "mio figlio | mia figlia | miei figli | mio bambin | mia bambin | il bimbo | il bambino | la bambina "
        "| my son | my daughter | my child | my kid | my baby | i figli | i bambini"
    ),
    "per-coniuge": "mia moglie e malata | mio marito e malato | my wife is sick",
    "per-se": "sono malat | ho un tumore | mi sono ammalat | i have cancer",
}
"""For each speaker, beginnings of what he says, between |."""
_PHRASES: Final = tuple(
    (MARK + who, f" {phrase.strip()}") for who, said in _SAYS.items() for phrase in said.split("|")
)
_PLURAL_YOU: Final = frozenset(
    "voi vi vostro vostra vostri vostre avete potete fate siete date offrite ridate rimborsate rispondete"
    " mandate pagate dite sapete aiutate vedete tenete leggete usate trovate chiamate approvate accettate rifate"
    " verificate controllate cercate organizzate".split()
)

UNNAMED: Final = MARK + "lui"
"""A man who is spoken of as "he" and never named: that is how people speak of whom they are afraid of."""
_WHOLE: Final = 5
"""Words from which "he" is a man of this text; in a shorter one he is the man of the question before."""
_HE: Final = frozenset(("lui", "he", "him"))
_NAMED: Final = frozenset(
    "capo titolare padre papa nonno figlio figli figlia bambino bimbo nipote fratello collega dottore medico"
    " pediatra dipendente amico suocero cliente neonato piccolo principale responsabile datore anziano operaio"
    " commercialista tata boss father dad son brother doctor friend grandfather baby child owner manager chief"
    " colleague uncle client employer worker employee kid customer".split()
)


def speaker(words: Sequence[str]) -> tuple[str, ...]:
    """The features, each once: @padre, @madre, @autonomo... @voi for "you there", @lui for a man never named."""
    said = f" {' '.join(words)} "
    found = dict.fromkeys(who for who, phrase in _PHRASES if phrase in said)
    if not _PLURAL_YOU.isdisjoint(words):
        found[MARK + "voi"] = None
    if len(words) >= _WHOLE and not _HE.isdisjoint(words) and _NAMED.isdisjoint(words):
        found[UNNAMED] = None
    return tuple(found)
