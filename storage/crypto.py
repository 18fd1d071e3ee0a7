"""Personal data at rest: a ring of AES-GCM keys for the columns, and one keyed hash for the look-ups.

Each master key is never used directly: HKDF derives one key to encrypt with and one to hash with.

Rotation. The ring is written newest first. New data are encrypted with the first key; every key of the ring can
still decrypt. Look-ups cannot have two answers, so they use one designated key: the last, the oldest. Putting a new
key in front therefore changes no hash; after the columns are encrypted again, nothing is encrypted with the last key
any more, but it must stay: what is kept only as a hash (invitation codes) can never be hashed again. A hash begins
with the id of its key, so that a ring without that key is noticed, not a person silently not found.

CryptoError
├── BadKeys         the text of the ring cannot be used
├── UnknownKey      encrypted with a key that is not in the ring
└── Tampered        not what this ring has encrypted for this purpose
"""

import base64
import binascii
import hmac
import os
import re
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
LONGEST_ID: Final = 16
LONGEST_HASH: Final = LONGEST_ID + 1 + 43

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}")
_ID_RULE = f"must be 1 to {LONGEST_ID} small letters, digits, - or _ (not shown here: it may be a secret)"


class CryptoError(Exception):
    """Something is wrong with a key or with encrypted data."""


class BadKeys(CryptoError):
    """The keys cannot be used."""


class UnknownKey(CryptoError):
    """The data were encrypted with a key that is not in WIS_SECRET_KEYS."""


class Tampered(CryptoError):
    """The data are not what was encrypted for this purpose: damaged, changed, or moved from another column."""


class KeyRing:
    """The keys of one installation, newest first. Its repr shows ids only."""

    __slots__ = ("_ciphers", "_current", "_head", "_lookup", "current_id", "ids", "lookup_id")

    def __init__(self, keys: dict[str, bytes]) -> None:
        """`keys` maps key id to 32 random bytes, newest first. Raises BadKeys."""
        if not keys:
            raise BadKeys("there is no key: make one with `wis keys new`")
        for key_id, secret in keys.items():
            _check(key_id, secret)
        self.ids: Final = tuple(keys)
        self.current_id: Final = self.ids[0]
        self.lookup_id: Final = self.ids[-1]
        self._ciphers = {key_id: AESGCM(_derive(secret, b"encrypt")) for key_id, secret in keys.items()}
        self._current = self._ciphers[self.current_id]
        self._head = bytes([len(self.current_id)]) + self.current_id.encode()
        self._lookup = _derive(keys[self.lookup_id], b"lookup")

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.ids)})"

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """The ring written as `id:base64,id:base64`, newest first. Raises BadKeys, whose message shows no secret."""
        keys: dict[str, bytes] = {}
        for place, part in enumerate((part.strip() for part in text.split(",") if part.strip()), start=1):
            key_id, colon, encoded = part.partition(":")
            if not colon:
                raise BadKeys(f"key number {place} has no id: write it as id:base64, as `wis keys new` prints it")
            if not _ID.fullmatch(key_id):
                raise BadKeys(f"the id of key number {place} {_ID_RULE}")
            if key_id in keys:
                raise BadKeys(f"two keys have the id {key_id!r}: each key needs its own")
            keys[key_id] = _decode(key_id, encoded.strip())
        return cls(keys)

    def encrypt(self, plain: bytes, purpose: str) -> bytes:
        """A token that only this ring can read, and only for the same purpose (the name of the column)."""
        nonce = os.urandom(NONCE_BYTES)
        return self._head + nonce + self._current.encrypt(nonce, plain, purpose.encode())

    def decrypt(self, token: bytes, purpose: str) -> bytes:
        """What was encrypted for this purpose. Raises UnknownKey, Tampered."""
        key_id = self.key_of(token)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(
                f"{purpose} was encrypted with the key {key_id!r}, but WIS_SECRET_KEYS holds only"
                f" {', '.join(self.ids)}: add that key again, behind the others"
            )
        start = 1 + len(key_id)
        nonce, data = token[start : start + NONCE_BYTES], token[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, data, purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise Tampered(f"{purpose}: the stored data are damaged, or belong to another column") from error

    def key_of(self, token: bytes) -> str:
        """The id of the key that made this token, whether or not the ring holds it. Raises Tampered."""
        length = token[0] if token else 0
        key_id = bytes(token[1 : 1 + length]).decode("ascii", "replace")
        if length > LONGEST_ID or not _ID.fullmatch(key_id):
            raise Tampered("the stored data do not begin with the id of a key: they were never encrypted")
        return key_id

    def hash(self, purpose: str, value: str) -> str:
        """The same text for the same value always, by which it is found again; at most LONGEST_HASH characters.

        Two purposes never share a hash. Without the key nobody can try all phone numbers.
        """
        message = f"{len(purpose)}:{purpose}{value}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._lookup, message, "sha256")
        return f"{self.lookup_id}:{base64.urlsafe_b64encode(digest)[:-1].decode()}"

    def hash_is_current(self, hashed: str) -> bool:
        """Whether the hash was made with the designated key of this ring."""
        return hashed.partition(":")[0] == self.lookup_id


def new_key() -> str:
    """A fresh random key as WIS_SECRET_KEYS wants it: `id:base64`, with a random id."""
    return f"k{os.urandom(3).hex()}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _check(key_id: str, secret: bytes) -> None:
    if not _ID.fullmatch(key_id):
        raise BadKeys(f"the id of a key {_ID_RULE}")
    if len(secret) != KEY_BYTES:
        raise BadKeys(f"the key {key_id!r} has {len(secret)} bytes, not {KEY_BYTES}: make one with `wis keys new`")
    if len(set(secret)) < KEY_BYTES // 4:
        raise BadKeys(f"the key {key_id!r} is not random: make one with `wis keys new`")


def _decode(key_id: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKeys(f"the key {key_id!r} is not base64: make one with `wis keys new`") from error


def _derive(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"wis 1 " + use).derive(secret)
