"""A small store, made for these tests: seven topics, a few concepts, and an index of them."""

from functools import cache

from conversations.faq.concepts import Table, compile_table, read_table
from conversations.faq.entries import VIOLENCE, Entry
from conversations.faq.index import Index, build

TABLE = """\
concept\titaliano\tenglish
maternita\tmaternita | congedo di maternita | cinque mesi\tmaternity | maternity leave
incinta\tincinta | aspetto un bambino\tpregnant | expecting
figlio\tfiglio | bambino | bimbo\tchild | kid | son
padre\tpapa | padre\tfather | dad
congedo-parentale\tcongedo parentale | facoltativa\tparental leave
nido\tnido | asilo nido\tnursery | daycare
bonus-nido\tbonus nido\tnursery bonus
voucher\tvoucher | vostro contributo\tvoucher
violenza\tmi mena | =picchia | botte\thits me | beats me
violenza-forse\tho paura di tornare a casa\tscared at home
violenza-indizio\tmi controlla | ho paura\ti am scared | scared of
datore\t=capo | titolare\tboss
marito\tmio marito | il mio compagno\tmy husband | my boyfriend
quanto-dura\tquanto dura | quanti mesi\thow long | how many months
quanto-pagato\tquanto mi danno | quanto prendo\thow much
"""

ENTRIES = (
    Entry(
        "congedo-maternita",
        {"it": "Congedo di maternità", "en": "Maternity leave"},
        "congedi",
        related=("congedo-paternita",),
        phrasings=(
            "quanto dura la maternità",
            "sono incinta, quanti mesi sto a casa",
            "chi mi paga la maternità",
            "aspetto un bambino, quando smetto di lavorare",
            "how long is maternity leave",
            "I am pregnant, when do I stop working",
        ),
    ),
    Entry(
        "congedo-paternita",
        {"it": "Congedo di paternità", "en": "Paternity leave"},
        "congedi",
        phrasings=(
            "quanti giorni ha il papà",
            "mia moglie partorisce, quanti giorni ho io",
            "dieci giorni del padre",
            "sono papà e nasce mio figlio",
            "how many days does a father get",
        ),
    ),
    Entry(
        "congedo-parentale",
        {"it": "Congedo parentale", "en": "Parental leave"},
        "congedi",
        phrasings=(
            "quanti mesi di congedo parentale ho",
            "la facoltativa fino a che età del figlio",
            "facoltativa a ore si può",
            "how many months of parental leave",
        ),
    ),
    Entry(
        "bonus-nido",
        {"it": "Bonus nido", "en": "Nursery bonus"},
        "aiuti",
        phrasings=(
            "bonus nido come si chiede",
            "quanto mi danno per il nido",
            "la retta dell'asilo nido è cara, c'è un rimborso",
            "how much is the nursery bonus",
        ),
    ),
    Entry(
        "voucher-tempi",
        {"it": "Voucher: quando arriva", "en": "Voucher: when"},
        "progetto",
        phrasings=(
            "quando mi rispondete per il voucher",
            "a che punto è la mia richiesta di voucher",
            "quando arrivano i soldi del voucher",
            "when do I get the voucher",
        ),
    ),
    Entry(
        VIOLENCE,
        {"it": "Violenza: 1522", "en": "Violence: 1522"},
        "disabilita",
        referral="yes",
        phrasings=("subisco violenza in casa", "mio marito mi picchia", "numero per le donne maltrattate"),
    ),
    Entry(
        "fuori-pensione",
        {"it": "Pensione", "en": "Pension"},
        "fuori",
        covered=False,
        phrasings=("quando vado in pensione", "quanti anni di contributi per la pensione", "when can I retire"),
    ),
)

ELSEWHERE = (
    "che tempo fa domani",
    "raccontami una barzelletta",
    "chi ha vinto la partita",
    "come si cucina la pasta",
    "what is the weather",
    "tell me a joke",
)


@cache
def table() -> Table:
    """The compiled concepts."""
    return compile_table(read_table(TABLE))


@cache
def index() -> Index:
    """The index of everything above."""
    return build(ENTRIES, read_table(TABLE), ELSEWHERE)
