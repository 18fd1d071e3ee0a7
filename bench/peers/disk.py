"""One SQLite table of keys and texts, flushed to the disk at every commit: where the peers keep their state."""

import sqlite3


class Disk:
    """Opens the file as our own database is opened (WAL, synchronous=FULL). Used on the event loop's thread: a hop
    to another one would cost the peers more than it saves here."""

    def __init__(self, path: str) -> None:
        self._conn = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._conn.execute(f"PRAGMA {pragma}")
        self._conn.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")

    def get(self, key: str) -> str | None:
        """The value under the key."""
        row = self._conn.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, values: dict[str, str | None]) -> None:
        """Every value is under its key and on the disk; None removes it. One commit."""
        self._conn.execute("BEGIN IMMEDIATE")
        for key, value in values.items():
            if value is None:
                self._conn.execute("DELETE FROM kept WHERE key = ?", (key,))
            else:
                self._conn.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, value))
        self._conn.execute("COMMIT")

    def everything(self) -> dict[str, str]:
        """All of it."""
        return dict(self._conn.execute("SELECT key, value FROM kept"))

    def close(self) -> None:
        """The file is closed."""
        self._conn.close()
