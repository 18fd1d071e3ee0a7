"""A process of its own that uses every invitation it can, as fast as it can: python -m tests.storage.racer URL NAME.

It reads the key ring from the environment, says "ready", waits for a line, and prints how many it got.
"""

import os
import sys
from datetime import UTC, datetime

from storage import network
from storage.crypto import KeyRing
from storage.db import Conflict, Database

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def main() -> None:
    database = Database(sys.argv[1], KeyRing.parse(os.environ["WIS_SECRET_KEYS"]))
    with database.read():
        print("ready", flush=True)
    sys.stdin.readline()
    got = 0
    for number in range(int(sys.argv[3])):
        try:
            with database.write() as conn:
                network.use_invitation(conn, f"i{number}", sys.argv[2], AT)
            got += 1
        except Conflict:
            continue
    print(got, flush=True)
    database.close()


if __name__ == "__main__":
    main()
