"""The peers of our retrieval, in the environment of the bench: a request as JSON on the standard input, answers out.

Each gets the same texts as we do: titles twice, phrasings, facts. Runs without anything of the program.
"""

import json
import re
import resource
import sqlite3
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST = 10

Documents = dict[str, list[str]]
Rank = Callable[[str], list[tuple[str, float]]]


def words(text: str) -> list[str]:
    """Lower case, without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"[^\W_]+", "".join(char for char in plain if not unicodedata.combining(char)))


def stems(text: str) -> list[str]:
    """By the Italian Snowball rules."""
    return [str(stem) for stem in ITALIAN.stemWords(words(text))]


def sqlite_fts5(documents: Documents) -> Rank:
    """SQLite FTS5 over stems, its own bm25, any word may match."""
    held = sqlite3.connect(":memory:")
    held.execute("CREATE VIRTUAL TABLE topics USING fts5(id UNINDEXED, text)")
    rows = [(id_, " ".join(stem for text in texts for stem in stems(text))) for id_, texts in documents.items()]
    held.executemany("INSERT INTO topics VALUES (?, ?)", rows)

    def rank(question: str) -> list[tuple[str, float]]:
        asked = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(stems(question)))
        if not asked:
            return []
        query = "SELECT id, -bm25(topics) FROM topics WHERE topics MATCH ? ORDER BY 2 DESC LIMIT ?"
        return list(held.execute(query, (asked, MOST)))

    return rank


def bm25s_italian(documents: Documents) -> Rank:
    """bm25s over the same stems."""
    import bm25s

    ids = list(documents)
    corpus = [[stem for text in documents[id_] for stem in stems(text)] for id_ in ids]
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)

    def rank(question: str) -> list[tuple[str, float]]:
        asked = stems(question)
        if not asked:
            return []
        places, scores = index.retrieve([asked], k=MOST, show_progress=False)
        return [(ids[place], float(score)) for place, score in zip(places[0], scores[0], strict=True)]

    return rank


def tfidf(documents: Documents) -> Rank:
    """scikit-learn TF-IDF of stems with pairs, and of 3-5 letters inside words; cosine of both together."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    ids = list(documents)
    corpus = [" . ".join(documents[id_]) for id_ in ids]
    by_word = TfidfVectorizer(
        analyzer="word", tokenizer=stems, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True
    )
    by_letter = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    plain = [" ".join(words(text)) for text in corpus]
    matrix = hstack([by_word.fit_transform(corpus), by_letter.fit_transform(plain)]).tocsr()

    def rank(question: str) -> list[tuple[str, float]]:
        asked = hstack([by_word.transform([question]), by_letter.transform([" ".join(words(question))])]).tocsr()
        scores = (matrix @ asked.T).toarray().ravel()
        return [(ids[place], float(scores[place])) for place in scores.argsort()[::-1][:MOST]]

    return rank


PEERS: dict[str, Callable[[Documents], Rank]] = {
    "SQLite FTS5, Italian stems": sqlite_fts5,
    "bm25s, Italian stems": bm25s_italian,
    "scikit-learn TF-IDF word + char": tfidf,
}


def memory() -> float:
    """Megabytes of the process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    """One peer, named by the first argument; {"documents": ..., "questions": [...]} in, its answers out."""
    request = json.load(sys.stdin)
    before = memory()
    began = time.process_time()
    rank = PEERS[sys.argv[1]](request["documents"])
    start = time.process_time() - began
    answers: list[Any] = []
    times = []
    for question in request["questions"]:
        began = time.process_time()
        answers.append(rank(question))
        times.append((time.process_time() - began) * 1000)
    grown = memory() - before
    json.dump({"start": start, "memory": grown, "ms": times, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    import Stemmer

    ITALIAN = Stemmer.Stemmer("italian")
    main()
