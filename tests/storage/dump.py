"""Everything a database holds: as anybody with the file would see it, and as the program sees it with its keys."""

from pathlib import Path

from sqlalchemy import select, text

from storage.db import Database
from storage.schema import METADATA


def raw(database: Database) -> bytes:
    """What is on the disk: the whole SQLite file with its log, or every column of every PostgreSQL table as bytes."""
    if database.kind == "sqlite":
        file = Path(str(database.engine.url.database))
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    parts: list[bytes] = []
    with database.read() as conn:
        for table in METADATA.sorted_tables:
            for row in conn.execute(text(f'SELECT * FROM "{table.name}"')):
                parts += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b"\n".join(parts)


def rows(database: Database) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, decrypted."""
    with database.read() as conn:
        return {
            table.name: [dict(row._mapping) for row in conn.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }


def opened(database: Database) -> str:
    """All rows, decrypted, as one text to search in."""
    return repr(rows(database))
