"""Words that mean the same in every state (menu, help, stop...), and which offered label a text means."""

import re
from collections.abc import Sequence
from enum import StrEnum

from conversations.folding import clean, one_typo, words
from conversations.forms.choosing import Offered, read_choice

LONGEST = 120
"""Characters of the longest text that can be a command; a longer one is always an answer."""


class Word(StrEnum):
    """What a command asks for, whatever the language it was typed in."""

    MENU = "menu"
    HELP = "help"
    BACK = "back"
    CANCEL = "cancel"
    SKIP = "skip"
    LANGUAGE = "language"
    STOP = "stop"
    """No more messages that we start (channels.md 6.10; "annulla" alone is CANCEL)."""
    RETURN = "return"
    """Messages again after STOP, or on with what was left open."""
    PRIVACY = "privacy"
    ERASE = "erase"
    HUMAN = "human"
    LINK = "link"
    """Join a second channel to the same person."""
    FORM = "form"
    """The needs questionnaire."""
    FAQ = "faq"
    """The answers about the rules, by subject."""
    VOUCHERS = "vouchers"
    """What exists for her and what is left."""
    REQUESTS = "requests"
    """Her requests, vouchers and refunds."""
    REFUND = "refund"
    """Money back for a receipt."""
    DECIDE = "decide"
    """The requests she is to decide."""
    APPROVE = "approve"
    DECLINE = "decline"
    ASK = "ask"
    DETAILS = "details"
    """An answer to the one request that waits for her."""
    CONFIRM = "confirm"
    """A yes to the one charge that waits for her."""
    INBOX = "inbox"
    """The messages people left for the association."""
    NEWS = "news"
    """The newsletter: what she gets, the archive."""
    READ = "read"
    """The issue that waits, else the newest."""
    SUBSCRIBE = "subscribe"
    """The newsletter again, or for the first time."""
    UNSUBSCRIBE = "unsubscribe"
    TOPICS = "topics"
    TELL = "tell"
    """No more newsletters; everything else stays."""
    NEWSROOM = "newsroom"
    """Where the newsletter is written."""
    NEWSDESK = "newsdesk"
    """Where the newsletter is signed, approved and sent."""
    HELLO = "hello"
    THANKS = "thanks"


_SAID = {
    Word.MENU: (
        "menu | menu principale | main menu | torna al menu | vai al menu | al menu | mostra il menu | "
        "apri il menu | back to menu | back to the menu | show menu"
    ),
    Word.HELP: (
        "aiuto | aiutami | aiutatemi | mi aiuti | mi serve aiuto | ho bisogno di aiuto | help | "
        "help me | i need help | guida | istruzioni | comandi | come funziona | non capisco | "
        "non ho capito | cosa devo fare | che cosa devo fare | cosa posso fare | i don t understand | "
        "what can i do | how does it work"
    ),
    Word.BACK: (
        "indietro | torna indietro | vai indietro | domanda precedente | precedente | back | go back | "
        "previous | previous question"
    ),
    Word.CANCEL: "annulla | annulla tutto | annullare | cancel | esci | uscire | esco | exit | quit",
    Word.SKIP: (
        "salta | saltare | salta questa | salta la domanda | salta questa domanda | passo | skip | "
        "skip it | skip this | skip this question | skip question"
    ),
    Word.LANGUAGE: (
        "lingua | cambia lingua | cambiare lingua | cambia la lingua | language | change language | "
        "in english | in inglese | in italiano | speak english"
    ),
    Word.STOP: (
        "stop | stop stop | basta | basta messaggi | cancellami | disiscrivimi | "
        "disiscrivi | disiscriviti | disiscrizione | annulla iscrizione | annulla l iscrizione | "
        "cancella iscrizione | cancella l iscrizione | cancellatemi | "
        "non inviarmi piu messaggi | non inviarmi piu nulla | non mandarmi piu messaggi | "
        "non mandarmi piu nulla | non scrivermi piu | non scrivetemi piu | smetti | smettila | "
        "unsubscribe | stopall | stop all | opt out | optout | stop messages | stop promotions | "
        "stop promozioni | no more messages | don t write to me | don t message me"
    ),
    Word.RETURN: (
        "start | riprendi | riprendere | inizia | iniziare | ricomincia | riattiva | riattivami | "
        "unstop | resume | opt in | restart"
    ),
    Word.PRIVACY: (
        "privacy | informativa | informativa privacy | informativa sulla privacy | i miei dati | "
        "miei dati | dati personali | my data | privacy notice | privacy policy"
    ),
    Word.ERASE: (
        "cancella tutto | cancella i miei dati | cancella tutti i miei dati | elimina i miei dati | "
        "elimina tutto | cancellate i miei dati | delete my data | delete all my data | "
        "delete everything | erase my data | erase everything"
    ),
    Word.HUMAN: (
        "operatore | operatrice | persona | persona vera | parla con una persona | "
        "parlare con una persona | voglio parlare con una persona | vorrei parlare con una persona | "
        "posso parlare con una persona | fammi parlare con una persona | parla con qualcuno | "
        "parlare con qualcuno | posso parlare con qualcuno | voglio parlare con qualcuno | "
        "vorrei parlare con qualcuno | voglio un operatore | parla con un operatore | "
        "parlare con un operatore | human | a human | agent | operator | talk to a person | "
        "talk to a human | talk to someone | speak to a person | speak to a human | speak to someone | "
        "i want to talk to a person | i want to talk to someone | can i talk to someone | "
        "can i talk to a person"
    ),
    Word.LINK: (
        "collega | collegare | collega telegram | collega whatsapp | collega un altro canale | link | connect"
    ),
    Word.FORM: (
        "questionario | il questionario | apri il questionario | fammi il questionario | "
        "voglio fare il questionario | questionario dei bisogni | questionnaire | the questionnaire | survey"
    ),
    Word.FAQ: (
        "faq | domande e risposte | argomenti | elenco argomenti | risposte | cerca | topics | answers | "
        "questions and answers | search"
    ),
    Word.VOUCHERS: (
        "voucher | vouchers | i miei voucher | il mio voucher | buono | buoni | i miei buoni | chiedi un voucher | "
        "my vouchers | my voucher"
    ),
    Word.REQUESTS: "richieste | le mie richieste | la mia richiesta | my requests | my request | requests",
    Word.REFUND: (
        "rimborso | rimborsi | chiedi un rimborso | chiedere un rimborso | voglio un rimborso | refund | "
        "ask for a refund"
    ),
    Word.DECIDE: "da decidere | coda | richieste da decidere | to decide | queue",
    Word.APPROVE: "approva | approvo | approvata | approve",
    Word.DECLINE: "rifiuta | rifiuto | decline",
    Word.ASK: "chiedi | ask",
    Word.DETAILS: "dettagli | details",
    Word.CONFIRM: "confermo | conferma | confirm | i confirm",
    Word.INBOX: "domande | domande ricevute | le domande | messaggi ricevuti | inbox | received questions",
    Word.NEWS: (
        "newsletter | la newsletter | notizie | le notizie | ultime notizie | novita | archivio | news | the news | "
        "latest news | the newsletter | newsletter archive"
    ),
    Word.READ: "leggi | leggi ora | leggi la newsletter | leggi le notizie | read | read now | read the newsletter",
    Word.SUBSCRIBE: (
        "iscrivimi | reiscrivimi | iscrivimi alla newsletter | iscrivimi di nuovo | voglio la newsletter | "
        "vorrei la newsletter | iscrizione newsletter | iscrizione alla newsletter | subscribe | sign me up | "
        "subscribe me | subscribe to the newsletter | i want the newsletter"
    ),
    Word.UNSUBSCRIBE: (
        "stop newsletter | stop notizie | stop alla newsletter | basta newsletter | basta notizie | "
        "basta con la newsletter | niente newsletter | niente piu newsletter | disiscrivimi dalla newsletter | "
        "cancellami dalla newsletter | non voglio piu la newsletter | non mandarmi piu la newsletter | "
        "non inviare piu | non inviare piu la newsletter | togli la newsletter | stop news | stop the newsletter | "
        "no more news | no more newsletters | unsubscribe from the newsletter"
    ),
    Word.TOPICS: "cambia argomenti | cambia gli argomenti | i miei argomenti | change topics | my topics",
    Word.TELL: "dillo a un collega | dillo a una collega | tell a colleague",
    Word.NEWSROOM: "redazione | la redazione | scrivi la newsletter | newsroom",
    Word.NEWSDESK: (
        "invio newsletter | numeri | numeri della newsletter | newsletter da firmare | newsdesk | newsletter desk"
    ),
    Word.HELLO: (
        "ciao | ciao ciao | ciao a tutti | salve | buongiorno | buon giorno | buonasera | buona sera | "
        "buon pomeriggio | hello | hi | hey | hi there | hello there | good morning | good afternoon | "
        "good evening"
    ),
    Word.THANKS: (
        "grazie | grazie mille | grazie tante | molte grazie | mille grazie | ti ringrazio | "
        "ok grazie | grazie a te | thanks | thank you | thanks a lot | many thanks | "
        "thank you very much | ok thanks"
    ),
}
_WORDS = {phrase.strip(): word for word, phrases in _SAID.items() for phrase in phrases.split("|")}
_COMMANDS = {
    "menu": Word.MENU,
    "home": Word.MENU,
    "aiuto": Word.HELP,
    "help": Word.HELP,
    "indietro": Word.BACK,
    "back": Word.BACK,
    "annulla": Word.CANCEL,
    "cancel": Word.CANCEL,
    "salta": Word.SKIP,
    "skip": Word.SKIP,
    "lingua": Word.LANGUAGE,
    "language": Word.LANGUAGE,
    "settings": Word.LANGUAGE,
    "impostazioni": Word.LANGUAGE,
    "stop": Word.STOP,
    "start": Word.RETURN,
    "riprendi": Word.RETURN,
    "privacy": Word.PRIVACY,
    "cancella": Word.ERASE,
    "delete": Word.ERASE,
    "persona": Word.HUMAN,
    "operatore": Word.HUMAN,
    "human": Word.HUMAN,
    "collega": Word.LINK,
    "link": Word.LINK,
    "questionario": Word.FORM,
    "questionnaire": Word.FORM,
    "faq": Word.FAQ,
    "argomenti": Word.FAQ,
    "topics": Word.FAQ,
    "voucher": Word.VOUCHERS,
    "vouchers": Word.VOUCHERS,
    "richieste": Word.REQUESTS,
    "requests": Word.REQUESTS,
    "rimborso": Word.REFUND,
    "refund": Word.REFUND,
    "domande": Word.INBOX,
    "inbox": Word.INBOX,
    "notizie": Word.NEWS,
    "newsletter": Word.NEWS,
    "news": Word.NEWS,
    "leggi": Word.READ,
    "read": Word.READ,
    "iscrivimi": Word.SUBSCRIBE,
    "subscribe": Word.SUBSCRIBE,
    "redazione": Word.NEWSROOM,
    "newsroom": Word.NEWSROOM,
    "numeri": Word.NEWSDESK,
    "newsdesk": Word.NEWSDESK,
}
# A longer word cannot be mistaken for a short answer, so one wrong letter in it is forgiven.
_FORGIVEN = {phrase: word for phrase, word in _WORDS.items() if len(phrase) >= 7 and " " not in phrase}
_COURTESY = re.compile(
    r"\s+(?:per favore|per piacere|per cortesia|grazie|grazie mille|please|thanks|thank you|ora|now)$"
)
_GREETING = re.compile(r"^(?:ciao|salve|buongiorno|buonasera|hello|hi|hey|ok|scusa|scusi)\s+")
_SLASH = re.compile(r"/(?P<command>[A-Za-z_]{1,32})(?:@\w{1,64})?(?:\s+(?P<rest>.*))?")


def word_in(text: str) -> Word | None:
    """The command that the whole text is, typed as a word, a set phrase or a slash command; None for an answer.

    "Aiuto!", "menu per favore" and "/menu@AnyBot" are commands; "mi serve aiuto con la spesa" is an answer.
    """
    if len(text) > LONGEST:
        return None
    slash = _SLASH.fullmatch(clean(text))
    if slash:
        return _COMMANDS.get(slash["command"].casefold())
    said = words(text)
    if said in _WORDS:
        return _WORDS[said]
    bare = _COURTESY.sub("", _GREETING.sub("", said))
    if bare in _WORDS:
        return _WORDS[bare]
    return next((word for phrase, word in _FORGIVEN.items() if one_typo(bare, phrase)), None)


def argument_of(text: str) -> str:
    """What follows a slash command ("/start CODE" gives "CODE"), empty where nothing does."""
    slash = _SLASH.fullmatch(clean(text)) if len(text) <= LONGEST else None
    return (slash["rest"] or "").strip() if slash else ""


def choice_of(text: str, labels: Sequence[str], by_number: bool = True) -> int | None:
    """The index of the one label that the text means, None where none or several could be meant.

    With `by_number` a number or ordinal counts the labels from 1, and a part of a label is enough; without it
    only a whole label, with at most one typo, is meant. In a label with figures nothing is a typo: 55 € is not 50 €.
    """
    if by_number:
        found = read_choice(text, [Offered(str(index), (label,)) for index, label in enumerate(labels)])
        return int(found) if isinstance(found, str) else None
    said = words(text[: LONGEST + 1])
    whole = [index for index, label in enumerate(labels) if words(label) == said and said]
    if len(said) >= 5 and not whole:
        wordy = [(index, words(label)) for index, label in enumerate(labels) if not any(map(str.isdecimal, label))]
        whole = [index for index, label in wordy if one_typo(said, label)]
    return whole[0] if len(whole) == 1 else None
