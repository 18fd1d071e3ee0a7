"""The sentences of the author's check: what is wrong and what to write instead, in Italian and English."""

from collections.abc import Iterable
from typing import NamedTuple


class Sentence(NamedTuple):
    """One problem in both languages; {names} are filled from the problem's params."""

    it: str
    en: str


def plain(text: str) -> Sentence:
    """A piece of text that is the same in both languages."""
    return Sentence(text, text)


def instead(text: str) -> Sentence:
    """The invitation to write this text."""
    return Sentence(f"Scrivi {text}.", f"Write {text}.")


def one_of(texts: Iterable[str]) -> Sentence:
    """The invitation to write one of these texts, at most eight of them."""
    shown = ", ".join(list(texts)[:8])
    return Sentence(f"Scrivi una di queste: {shown}.", f"Write one of these: {shown}.")


TEXTS = {
    # the file
    "file_empty": Sentence(
        "il file è vuoto. Salva di nuovo il foglio di calcolo.", "the file is empty. Save the workbook again."
    ),
    "file_too_large": Sentence(
        "il file supera {limit} MB. Togli immagini e fogli che non servono.",
        "the file is larger than {limit} MB. Remove pictures and sheets that are not needed.",
    ),
    "file_unpacks_too_large": Sentence(
        "il file, aperto, occupa troppa memoria. Copia i tre fogli in un file nuovo.",
        "the file takes too much memory once opened. Copy the three sheets into a new file.",
    ),
    "file_old_format": Sentence(
        "questo è il vecchio formato .xls. Apri il file e salvalo come .xlsx.",
        "this is the old .xls format. Open the file and save it as .xlsx.",
    ),
    "file_macros": Sentence(
        "il file contiene macro (.xlsm). Salvalo come .xlsx, senza macro.",
        "the file contains macros (.xlsm). Save it as .xlsx, without macros.",
    ),
    "file_locked": Sentence(
        "il file è protetto da password. Togli la password e salvalo di nuovo.",
        "the file is protected by a password. Remove the password and save it again.",
    ),
    "file_not_a_workbook": Sentence(
        "questo non è un foglio di calcolo .xlsx. Salva il questionario come .xlsx.",
        "this is not an .xlsx workbook. Save the questionnaire as .xlsx.",
    ),
    "file_unreadable": Sentence(
        "il file è rovinato e non si apre ({detail}). Aprilo, salvalo come .xlsx e riprova.",
        "the file is damaged and cannot be opened ({detail}). Open it, save it as .xlsx and try again.",
    ),
    "too_many_rows": Sentence(
        "il foglio ha più di {limit} righe. Cancella le righe che non servono, anche quelle vuote ma colorate.",
        "the sheet has more than {limit} rows. Delete the rows that are not needed, coloured empty ones too.",
    ),
    "cell_is_a_fault": Sentence(
        "la cella contiene un errore di Excel. Scrivi un testo o un valore.",
        "the cell holds an Excel error. Write a text or a value.",
    ),
    # sheets and columns
    "sheet_missing": Sentence(
        "manca il foglio {sheet}. Crealo, con le colonne {columns}.",
        "the sheet {sheet} is missing. Create it, with the columns {columns}.",
    ),
    "column_missing": Sentence(
        "manca la colonna {name}. Aggiungila nella riga 1.", "the column {name} is missing. Add it in row 1."
    ),
    "column_twice": Sentence(
        "la colonna {name} c'è due volte. Tienine una.", "the column {name} is there twice. Keep one."
    ),
    "column_typo": Sentence(
        "la colonna {name} non è conosciuta e viene ignorata. Volevi scrivere {better}?",
        "the column {name} is not known and is ignored. Did you mean {better}?",
    ),
    "no_questions": Sentence("non c'è nessuna domanda. Scrivine una.", "there is no question. Write one."),
    "version_missing": Sentence(
        "manca la versione. Scrivi anno, mese, giorno e due cifre in version, per esempio 2026112501.",
        "the version is missing. Write year, month, day and two figures in version, for instance 2026112501.",
    ),
    "default_language_unknown": Sentence(
        "la lingua {name} non è tra quelle dei testi ({known}). Scrivila come nelle colonne label.",
        "the language {name} is not one of the texts' languages ({known}). Write it as in the label columns.",
    ),
    # rows of the survey
    "type_missing": Sentence(
        "manca il tipo di domanda. Scrivi per esempio text, integer o select_one LISTA.",
        "the question type is missing. Write for instance text, integer or select_one LIST.",
    ),
    "unknown_type": Sentence(
        "il tipo {name} non esiste. Scrivi {better}.", "the type {name} does not exist. Write {better}."
    ),
    "type_not_in_chat": Sentence(
        "il tipo {name} non funziona in una chat: la domanda viene saltata. Usa text o image.",
        "the type {name} does not work in a chat: the question is skipped. Use text or image.",
    ),
    "required_not_in_chat": Sentence(
        "il tipo {name} non funziona in una chat, quindi la domanda non può essere obbligatoria. Svuota required.",
        "the type {name} does not work in a chat, so the question cannot be required. Clear required.",
    ),
    "name_missing": Sentence(
        "manca il nome. Scrivi un nome breve senza spazi, per esempio {better}.",
        "the name is missing. Write a short name without spaces, for instance {better}.",
    ),
    "bad_name": Sentence(
        "il nome {name} non va bene: solo lettere, cifre e _, e prima una lettera. Scrivi {better}.",
        "the name {name} is not allowed: only letters, digits and _, with a letter first. Write {better}.",
    ),
    "duplicate_name": Sentence(
        "il nome {name} è già usato alla riga {other}. Scrivine un altro, per esempio {better}.",
        "the name {name} is already used in row {other}. Write another one, for instance {better}.",
    ),
    "similar_name": Sentence(
        "il nome {name} differisce solo per le maiuscole da quello della riga {other}. Cambiane uno.",
        "the name {name} differs from the one in row {other} only by capitals. Change one of them.",
    ),
    "reserved_name": Sentence(
        "il nome {name} è riservato. Scrivine un altro.", "the name {name} is reserved. Write another one."
    ),
    "group_open": Sentence(
        "begin_{kind} non è mai chiuso. Aggiungi una riga end_{kind} dopo l'ultima domanda.",
        "begin_{kind} is never closed. Add a row end_{kind} after its last question.",
    ),
    "end_without_begin": Sentence(
        "end_{kind} senza begin_{kind}. Togli questa riga o aggiungi begin_{kind} prima.",
        "end_{kind} without begin_{kind}. Remove this row or add begin_{kind} before it.",
    ),
    "end_mismatch": Sentence(
        "end_{kind} non chiude begin_{opened} della riga {other}. Scrivi end_{opened}.",
        "end_{kind} does not close begin_{opened} of row {other}. Write end_{opened}.",
    ),
    "nested_too_deep": Sentence(
        "ci sono più di {limit} gruppi uno dentro l'altro. Togline qualcuno.",
        "there are more than {limit} groups inside each other. Remove some.",
    ),
    "too_many_repeats": Sentence(
        "ci sono più di {limit} gruppi ripetuti. Togline qualcuno.",
        "there are more than {limit} repeated groups. Remove some.",
    ),
    "label_missing": Sentence(
        "manca il testo della domanda. Scrivilo in {better}.",
        "the text of the question is missing. Write it in {better}.",
    ),
    "translation_missing": Sentence(
        "manca il testo in {language}. Scrivilo in {better}.",
        "the text in {language} is missing. Write it in {better}.",
    ),
    "calculation_missing": Sentence(
        "manca il calcolo. Scrivi un'espressione in calculation.",
        "the calculation is missing. Write an expression in calculation.",
    ),
    "list_name_missing": Sentence(
        "manca il nome della lista. Scrivi {better} e il nome di una lista di choices.",
        "the name of the list is missing. Write {better} and the name of a list of choices.",
    ),
    "list_missing": Sentence(
        "la lista {name} non esiste nel foglio choices. {better}",
        "the list {name} does not exist in the sheet choices. {better}",
    ),
    "too_many_choices": Sentence(
        "{count} risposte: WhatsApp ne mostra {limit} per volta, le altre vanno su un'altra pagina.",
        "{count} choices: WhatsApp shows {limit} at a time, the others go to another page.",
    ),
    # choices
    "choice_list_name_missing": Sentence(
        "manca list_name. Scrivi la lista a cui appartiene la risposta.",
        "list_name is missing. Write the list to which the choice belongs.",
    ),
    "choice_name_missing": Sentence(
        "manca il codice della risposta. Scrivilo in name, per esempio {better}.",
        "the code of the choice is missing. Write it in name, for instance {better}.",
    ),
    "choice_name_spaces": Sentence(
        "il codice {name} contiene spazi. Scrivi {better}.", "the code {name} contains spaces. Write {better}."
    ),
    "choice_twice": Sentence(
        "il codice {name} è già nella lista {list}, alla riga {other}. Scrivine un altro.",
        "the code {name} is already in the list {list}, in row {other}. Write another one.",
    ),
    "choice_label_missing": Sentence(
        "manca il testo della risposta. Scrivilo in {better}.",
        "the text of the choice is missing. Write it in {better}.",
    ),
    "choice_label_too_long": Sentence(
        "{count} caratteri: WhatsApp ne mostra {limit}. Accorcia il testo.",
        "{count} characters: WhatsApp shows {limit}. Shorten the text.",
    ),
    # expressions
    "unknown_reference": Sentence(
        "la domanda {name} non esiste. {better}", "the question {name} does not exist. {better}"
    ),
    "bad_reference": Sentence(
        "un riferimento si scrive ${{nome}}, con le due graffe e senza spazi. Controlla le graffe.",
        "a reference is written ${{name}}, with both braces and no spaces. Check the braces.",
    ),
    "ambiguous_reference": Sentence(
        "il nome {name} è usato da più domande. Cambia uno dei nomi.",
        "the name {name} is used by several questions. Change one of the names.",
    ),
    "self_reference": Sentence(
        "la domanda {name} dipende da se stessa. Usa un'altra domanda; in constraint usa il punto.",
        "the question {name} depends on itself. Use another question; in constraint use a dot.",
    ),
    "circle": Sentence(
        "queste domande dipendono una dall'altra in cerchio: {detail}. Togli uno dei riferimenti.",
        "these questions depend on each other in a circle: {detail}. Remove one of the references.",
    ),
    "unknown_value": Sentence(
        "il codice {name} non è tra le risposte di {question}. {better}",
        "the code {name} is not among the choices of {question}. {better}",
    ),
    "bare_name": Sentence(
        "{name} è scritto senza graffe e non viene riconosciuto. Scrivi ${{{name}}}.",
        "{name} is written without braces and is not recognised. Write ${{{name}}}.",
    ),
    "unknown_choice_column": Sentence(
        "{name} non è una colonna di choices. {better}", "{name} is not a column of choices. {better}"
    ),
    "double_equals": Sentence(
        "il confronto si scrive con un solo =. Scrivi {better}.", "write one = only: {better}."
    ),
    "reversed_operator": Sentence(
        "{found} non esiste. Scrivi {operator}: {better}.", "{found} does not exist. Write {operator}: {better}."
    ),
    "uppercase_operator": Sentence(
        "and, or, not, div e mod si scrivono minuscoli. Scrivi {better}.",
        "and, or, not, div and mod are written in small letters. Write {better}.",
    ),
    "programming_operator": Sentence(
        "{found} non esiste. Scrivi {operator}: {better}.", "{found} does not exist. Write {operator}: {better}."
    ),
    "italian_operator": Sentence(
        "le parole delle espressioni sono in inglese: {found} si scrive {operator}. Scrivi {better}.",
        "the words of expressions are English: {found} is written {operator}. Write {better}.",
    ),
    "decimal_comma": Sentence(
        "i decimali si scrivono con il punto. Scrivi {better}.", "decimals are written with a point. Write {better}."
    ),
    "semicolon": Sentence(
        "i valori di una funzione si separano con la virgola. Scrivi {better}.",
        "the values of a function are separated by commas. Write {better}.",
    ),
    "parenthesis_open": Sentence(
        "manca una parentesi chiusa. Scrivi {better}, o chiudila dove serve.",
        "a closing parenthesis is missing. Write {better}, or close it where it belongs.",
    ),
    "parenthesis_extra": Sentence(
        "c'è una parentesi chiusa di troppo. Toglila.", "there is one closing parenthesis too many. Remove it."
    ),
    "quote_open": Sentence(
        "manca un apice di chiusura. Scrivi i testi così: 'testo'.",
        "a closing quote is missing. Write texts like this: 'text'.",
    ),
    "syntax": Sentence(
        "l'espressione non si capisce vicino a {detail}. Esempio giusto: ${{figli}} > 0 and ${{smart}} = 'si'.",
        "the expression cannot be read near {detail}. A right example: ${{children}} > 0 and ${{smart}} = 'yes'.",
    ),
    "unknown_function": Sentence(
        "la funzione {name} non esiste. {better}", "the function {name} does not exist. {better}"
    ),
    "argument_count": Sentence(
        "la funzione {name} vuole {wanted}, qui ne ha {count}. Scrivi per esempio {better}.",
        "the function {name} wants {wanted}, here it has {count}. Write for instance {better}.",
    ),
    "too_long": Sentence(
        "l'espressione supera {limit} caratteri. Dividila con righe calculate.",
        "the expression is longer than {limit} characters. Split it with calculate rows.",
    ),
    "too_deep": Sentence(
        "ci sono troppe parentesi una dentro l'altra. Dividila con righe calculate.",
        "there are too many parentheses inside each other. Split it with calculate rows.",
    ),
    "bad_regex": Sentence(
        "il modello di regex non è valido ({detail}). Controlla parentesi e caratteri speciali.",
        "the pattern of regex is not valid ({detail}). Check brackets and special characters.",
    ),
    "slow_regex": Sentence(
        "il modello di regex può bloccare il programma. Evita ripetizioni dentro ripetizioni, come (a+)+.",
        "the pattern of regex may block the program. Avoid repetitions inside repetitions, such as (a+)+.",
    ),
    "unsupported": Sentence(
        "{detail} da solo non si può usare. Per una domanda scrivi ${{nome}}.",
        "{detail} alone cannot be used. For a question write ${{name}}.",
    ),
    "value": Sentence("l'espressione non è valida: {detail}.", "the expression is not valid: {detail}."),
    # what only the conversion or the compiled form shows
    "bad_parameters": Sentence(
        "i parametri non vanno bene. Scrivi per esempio start=1 end=5 step=1.",
        "the parameters are not right. Write for instance start=1 end=5 step=1.",
    ),
    "duplicate_repeat": Sentence(
        "due gruppi ripetuti hanno lo stesso nome {name}. Cambiane uno.",
        "two repeats have the same name {name}. Change one of them.",
    ),
    "repeat_named_as_form": Sentence(
        "un gruppo ripetuto non può chiamarsi {name}. Cambia il nome.",
        "a repeat cannot be called {name}. Change its name.",
    ),
    "entities": Sentence(
        "entities e save_to non funzionano qui. Togli il foglio entities e la colonna save_to.",
        "entities and save_to do not work here. Remove the sheet entities and the column save_to.",
    ),
    "headers": Sentence(
        "le intestazioni del foglio non vanno bene. Nella riga 1 scrivi {better}.",
        "the headers of the sheet are not right. In row 1 write {better}.",
    ),
    "unknown_path": Sentence(
        "il percorso {detail} non porta a nessuna domanda. Scrivi ${{nome}}.",
        "the path {detail} leads to no question. Write ${{name}}.",
    ),
    "language_code": Sentence(
        "la lingua {name} non ha un codice. Scrivi per esempio label::Italiano (it).",
        "the language {name} has no code. Write for instance label::English (en).",
    ),
    "internal": Sentence(
        "il convertitore non capisce il foglio e non dice perché ({detail}). Controlla le ultime modifiche.",
        "the converter does not understand the workbook and does not say why ({detail}). Check the latest changes.",
    ),
    "other": Sentence("{detail}", "{detail}"),
}
"""Every code of a problem with its sentence; "other" passes on a message of the converter."""
