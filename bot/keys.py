"""The key ring of one installation: from the settings, or for trying out from a file of its own."""

import os
import tempfile
from pathlib import Path
from typing import Final

from bot.settings import Settings, SettingsError
from storage.crypto import BadKeys, KeyRing, new_key

DEMO_KEY_FILE: Final = "demo.key"


def open_keys(settings: Settings) -> tuple[KeyRing, str]:
    """The key ring, and a note for the operator ("" if there is nothing to say). Raises SettingsError.

    Without WIS_SECRET_KEYS the ring holds the demo key of DATA_DIR, made on first use and readable by its owner only.
    """
    given = settings.wis_secret_keys.get_secret_value()
    if given:
        return KeyRing.parse(given), ""
    path = settings.data_dir / DEMO_KEY_FILE
    try:
        _write_once(path, new_key())
        ring = KeyRing.parse(path.read_text("ascii").strip())
    except OSError as error:
        problem = f"DATA_DIR: cannot keep the demo key in {path} ({error.strerror}): choose a folder you may write to"
        raise SettingsError((problem,)) from error
    except (BadKeys, ValueError) as error:
        problem = f"{path} is damaged ({error}): restore it, or remove it together with the demo data"
        raise SettingsError((problem,)) from error
    return ring, f"demo key in use ({path}): fine for trying out, not for real people; see docs/howto/keys.md"


def _write_once(path: Path, text: str) -> None:
    """The file exists, whole and with mode 0600; one that was there is left as it is, also by two at a time."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


