"""In which language a question is written, as far as its small words tell."""

from collections.abc import Sequence
from typing import Final, Literal

Guess = Literal["it", "en", "other"]

_ITALIAN: Final = frozenset(
    "il lo la gli le un una uno di del della dei delle da dal dalla al alla ai alle con per su sul sulla tra"
    " fra e o ma se che chi cosa come quando quanto quanti quante quanta dove perche non mi ti ci si vi io tu"
    " lui lei noi voi loro mio mia miei mie tuo tua suo sua nostro nostra ho hai ha abbiamo avete hanno sono sei"
    " siamo siete era posso puoi puo possiamo devo deve dobbiamo vorrei voglio serve c questo questa quello"
    " quella qual quale anche piu gia ancora poi dopo prima mese mesi giorni anni lavoro figlio figlia bambino"
    " mamma papa moglie marito ciao grazie buongiorno salve faccio fare fatto sto sta stare vuole dice detto"
    " stato stata essere avere chiedere prendere casa".split()
)
_ENGLISH: Final = frozenset(
    "the an of to in is are was were be been am do does did have has had can could should would will my your"
    " his her our their me you he she we they it i this that these those what which who when where why how much"
    " many and or but if for from with without about at on by not no yes please hello hi thanks thank want need"
    " get work leave day days month months year years child children kid baby wife husband mother father boss"
    " job pay paid help time there so because after before until am also still now im m s t don".split()
)
_OTHER: Final = frozenset(
    "el los las una por para como cuando cuanto quiero tengo puedo mi hijo hija trabajo usted gracias hola que"
    " es y pero je tu il nous vous les des du une est avec pour dans mon ma mes suis peux combien bonjour merci"
    " travail enfant et ich du er sie wir ihr der die das und ist nicht ein eine mein meine habe kann wie viel"
    " danke hallo arbeit kind eu voce meu minha filho trabalho obrigado ola quanto nao sim ang mga ako ko sa ng"
    " po ba kung paano anak trabaho si sunt am este pentru copil cum cat multumesc buna lucru nje une jam me te"
    " per qe si punë femije faleminderit".split()
)
_SHARED: Final = frozenset("i in me no do a".split())
"""Words of both languages, which are Italian when nothing else is said."""
COMMON: Final = _ITALIAN | _ENGLISH
"""The small words that tell Italian or English."""
_BOTH: Final = _OTHER & COMMON


def guess(words: Sequence[str]) -> Guess:
    """ "it", "en", or "other" where other small words clearly prevail. Without any small word: "it"."""
    italian = sum(word in _ITALIAN for word in words)
    english = sum(word in _ENGLISH and word not in _SHARED for word in words)
    other = sum(word in _OTHER and word not in _BOTH for word in words)
    strange = sum(not word.isascii() for word in words)
    if strange * 2 > len(words) or (other >= 2 and other > italian and other > english):
        return "other"
    return "en" if english > italian else "it"
