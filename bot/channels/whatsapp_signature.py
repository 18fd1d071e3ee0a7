"""Whether a webhook really comes from Twilio."""

import re
from collections.abc import Mapping
from typing import Literal

from multidict import MultiDict
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator  # type: ignore[import-untyped]

SIGNATURE = "X-Twilio-Signature"
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"

Refusal = Literal["", "missing", "forged", "unknown_key", "algorithm"]


class Signatures:
    """The check of signatures against the public address we have told Twilio, whatever host a request names."""

    def __init__(self, public_base_url: str, auth_token: str, keys: Mapping[str, str]) -> None:
        if not public_base_url or not auth_token:
            raise ValueError("signatures cannot be checked without the public address and the auth token")
        self._base = public_base_url.rstrip("/")
        self._account = RequestValidator(auth_token)
        self._shared = {key: RequestValidator(secret) for key, secret in keys.items()}

    def refusal(self, path: str, form: MultiDict[str], headers: Mapping[str, str]) -> Refusal:
        """Why the request is refused, empty if it is genuine. `path` is the path with the query exactly as
        received, `form` keeps blank and repeated fields. A replay is genuine: its MessageSid tells it.
        """
        signature = headers.get(SIGNATURE, "")
        if not signature:
            return "missing"
        settings = headers.get(SETTINGS, "")
        if not settings.strip():
            return "" if self._account.validate(self._base + path, form, signature, HMAC_SHA1) else "forged"
        # The header only says which of our keys to try; the algorithm is ours to know, never the sender's choice.
        named = dict(re.findall(r"\s*([^=,\s]+)\s*=\s*([^,\s]*)", settings))
        if named.get("algorithm", "").upper() != HMAC_SHA256:
            return "algorithm"
        key = self._shared.get(named.get("key", ""))
        if key is None:
            return "unknown_key"
        return "" if key.validate(self._base + path, form, signature, HMAC_SHA256) else "forged"
