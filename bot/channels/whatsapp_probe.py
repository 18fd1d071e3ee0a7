"""A request signed as Twilio signs, which carries no message, for `wis doctor`."""

from dataclasses import dataclass

from twilio.request_validator import HMAC_SHA256, RequestValidator  # type: ignore[import-untyped]

from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_signature import SETTINGS, SIGNATURE

PATH = "/whatsapp/inbound?doctor"
FORM = {"Doctor": "signature"}
"""Without a MessageSid it is no message: the bot counts it and does nothing."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A request to `url` with `FORM`: `signer` says with which secret, "" for a forged one that must be refused."""

    url: str
    signer: str
    headers: dict[str, str]


def probes(config: WhatsAppConfig) -> list[Probe]:
    """One for the auth token and each shared key, and a forged one."""
    url = config.public(PATH)
    account = RequestValidator(config.auth_token).compute_signature(url, FORM)
    found = [Probe(url, "the auth token", {SIGNATURE: account})]
    for key, secret in config.webhook_keys.items():
        signature = RequestValidator(secret).compute_signature(url, FORM, HMAC_SHA256)
        settings = f"algorithm={HMAC_SHA256},key={key}"
        found.append(Probe(url, f"the shared key {key}", {SIGNATURE: signature, SETTINGS: settings}))
    forged = RequestValidator("forged" + config.auth_token[::-1]).compute_signature(url, FORM)
    return [*found, Probe(url, "", {SIGNATURE: forged})]
