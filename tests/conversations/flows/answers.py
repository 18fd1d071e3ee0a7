"""A few invented answers, and a finder that knows the questions it is told: retrieval is measured elsewhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from conversations.faq.ranking import Helpline, Outcome, Ranking
from conversations.faq_views import Knowledge, Topic


def topic(key: str, family: str = "congedi", **more) -> Topic:
    """A published topic with a sentence in both languages."""
    titles = {"it": f"Titolo di {key}", "en": f"Title of {key}"}
    known = {
        "id": key,
        "version": 1,
        "published": True,
        "title": titles,
        "short": {"it": key[:24], "en": f"{key[:20]} en"},
        "answer": {"it": f"Risposta su {key}.", "en": f"Answer on {key}."},
        "family": family,
        "norms": ("D.Lgs. 0/2026, art. 1",),
        "body": "INPS",
        "page": "INPS, pagina «Prova»",
        "drafted_on": date(2026, 11, 22),
        "valid_until": date(2027, 12, 31),
        "unverified": ("en",),
    }
    return Topic(**{**known, **more})


PARENTAL = topic("congedo-parentale", related=("riposi", "nido"))
REST = topic("riposi", verified_on=date(2026, 11, 20), verified_by="Avv. Elena Prova")
NURSERY = topic("nido", "aiuti", referral="yes")
OLD = topic("bonus-vecchio", "aiuti", valid_until=date(2026, 11, 1))
UNSURE = topic("incerto", "orari", answer={"it": "Forse sì (°).", "en": "Perhaps (°)."})
VIOLENCE = topic(
    "congedo-violenza", "disabilita", answer={"it": "Chiama il 1522.", "en": "Call 1522."}, referral="yes"
)
MORTGAGE = topic("fuori-mutuo", "fuori", covered=False, norms=(), page="", body="banca")
DRAFT = topic("bozza", published=False)
TOPICS = (PARENTAL, REST, NURSERY, OLD, UNSURE, VIOLENCE, MORTGAGE, DRAFT)
IDS = tuple(one.id for one in TOPICS if one.published)


def answered(key: str, language: str = "it") -> Ranking:
    """The finder is sure."""
    return Ranking(Outcome.ANSWER, (key, *(one for one in IDS if one != key)), 0.95, (), (), language)


def offers(*keys: str, asks: tuple[str, ...] = ()) -> Ranking:
    """The finder offers these."""
    ids = (*keys, *(one for one in IDS if one not in keys))
    return Ranking(Outcome.CHOICES, ids, 0.5, keys, asks, "it")


def unknown(language: str = "it") -> Ranking:
    """The finder does not know."""
    return Ranking(Outcome.DEFER, IDS, 0.1, (), (), language)


class FakeFinder:
    """Knows the questions it was told, word for word; with a context or a facet where it was told one."""

    def __init__(self, known: Mapping[str | tuple[str, str], Ranking]) -> None:
        self.known = known
        self.asked: list[str] = []

    def ask(
        self, question: str, context: str | None = None, language: str | None = None, facet: str | None = None
    ) -> Ranking:
        self.asked.append(question)
        for more in (facet, context):
            if more and (question, more) in self.known:
                return self.known[question, more]
        return self.known.get(question, unknown())


def beside(ranking: Ranking) -> Ranking:
    """The same, with a doubt that it may be violence."""
    return replace(ranking, helpline=Helpline.BESIDE)


def violent(language: str = "it") -> Ranking:
    """The finder hears violence."""
    return replace(answered("congedo-violenza", language), helpline=Helpline.FIRST)


QUESTIONS: Mapping[str | tuple[str, str], Ranking] = MappingProxyType(
    {
        "quanto dura il congedo parentale?": answered("congedo-parentale"),
        "How long is parental leave?": answered("congedo-parentale", "en"),
        "e i riposi?": unknown(),
        ("e i riposi?", "congedo-parentale"): answered("riposi"),
        ("e per il padre?", "congedo-parentale"): answered("congedo-parentale"),
        "posso avere un aiuto per il bambino?": offers("nido", "congedo-parentale"),
        "che cosa mi spetta adesso?": offers("nido", "congedo-parentale", "riposi", asks=("child", "money")),
        ("che cosa mi spetta adesso?", "child"): answered("nido"),
        ("che cosa mi spetta adesso?", "money"): offers("nido", "bonus-vecchio"),
        "vorrei il bonus": answered("bonus-vecchio"),
        "come funziona l'incerto?": answered("incerto"),
        "mio marito mi picchia": violent(),
        "my husband hits me": violent("en"),
        "il bancomat ce l'ha lui": violent(),
        ("e quanti giorni sono?", "congedo-violenza"): answered("congedo-violenza"),
        "a casa succedono cose brutte": beside(unknown()),
        "posso cambiare turno? lui mi aspetta fuori": beside(answered("riposi")),
        "un aiuto per il bambino e per me": beside(offers("nido", "congedo-violenza")),
        "vorrei un mutuo": answered("fuori-mutuo"),
        "ayudame por favor con mi hijo": unknown("other"),
        "nido": offers("nido"),
    }
)


def knowledge(stamp: int = 1, topics: tuple[Topic, ...] = TOPICS) -> Knowledge:
    """These topics, found by those questions."""
    return Knowledge(stamp, FakeFinder(QUESTIONS), {one.id: one for one in topics})


def changed(known: Knowledge, topic_: Topic) -> Knowledge:
    """The same with this topic instead."""
    return replace(known, stamp=known.stamp + 1, topics={**known.topics, topic_.id: topic_})


def finder(known: Knowledge | None) -> FakeFinder:
    """Whoever finds the topics of this knowledge."""
    assert known is not None and isinstance(known.finder, FakeFinder)
    return known.finder
