"""Alembic's environment: runs on the connection it is given, or on DATABASE_URL when called as `alembic`."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlmodel.sql.sqltypes import AutoString

from storage.schema import METADATA
from storage.types import Secret, SecretBytes, SecretJson, Time


def plainly(kind: str, item: object, _: object) -> str | Literal[False]:
    """A migration names the database's own types, so that it stays true when a type of ours changes."""
    if kind == "type":
        if isinstance(item, Time):
            return "sa.DateTime(timezone=True)"
        if isinstance(item, Secret | SecretBytes | SecretJson):
            return "sa.LargeBinary()"
        if isinstance(item, AutoString):
            return f"sa.String(length={item.length})" if item.length else "sa.Text()"
    return False


def run(connection: Connection) -> None:
    """Migrates in one transaction; what a table refers to is checked when all tables are there again."""
    rebuilds = connection.dialect.name == "sqlite"
    if rebuilds:
        # SQLite changes a table by making it anew: the old one could not go while others refer to it
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=plainly,
    )
    with context.begin_transaction():
        context.run_migrations()
    if rebuilds:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left rows that refer to nothing: {broken[:3]}")


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
    if given.in_transaction():
        given.commit()
else:
    with create_engine(os.environ["DATABASE_URL"]).connect() as opened:
        run(opened)
