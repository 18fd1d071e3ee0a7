"""Which settings do not go together, each said with what to do about it; no sentence repeats a secret."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

from pydantic import SecretStr
from pydantic.config import JsonDict

from bot.settings_fields import Fields, pairs
from conversations.news.calendar import BadRule
from storage.crypto import BadKeys, KeyRing

_SAMPLE = re.compile(
    r".*(<|>|\.\.\.).*|\W*(change.?me|your|x{3,}|insert|put.|paste|example).*|token|secret|password", re.I | re.S
)


def conflicts(s: Fields) -> Iterator[str]:
    """What must be corrected before these settings can work."""
    yield from _keys_conflicts(s)
    yield from _address_conflicts(s)
    yield from _telegram_conflicts(s)
    yield from _whatsapp_conflicts(s)
    for name, field in type(s).model_fields.items():
        value, extra = getattr(s, name), field.json_schema_extra
        if isinstance(value, SecretStr) and isinstance(extra, dict) and _sample(value.get_secret_value(), extra):
            yield f"{name.upper()} still holds the text of an example: put the real value, or leave it empty"
    try:
        _ = s.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"TZ_NAME: there is no time zone {s.tz_name!r}; write one like Europe/Rome"
    try:
        _ = s.rule
    except BadRule as error:
        yield f"NEWSLETTER_RULE: {error}; off for none"
    if not re.match(r"$|sqlite:///|postgres(ql)?(\+psycopg)?://", s.database_url.get_secret_value()):
        yield "DATABASE_URL must begin with sqlite:/// or postgresql://, or be empty for a file in DATA_DIR"
    elif not _has_readable_port(s.database_url.get_secret_value()):
        yield (
            "DATABASE_URL cannot be read: write it like postgresql://wis:PASSWORD@localhost:5432/wis, with signs such"
            " as : / @ in the password as %3A %2F %40"
        )


def _has_readable_port(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _sample(value: str, extra: JsonDict) -> bool:
    return bool(value) and (value == extra["example"] or bool(_SAMPLE.fullmatch(value)))


def _keys_conflicts(s: Fields) -> Iterator[str]:
    text = s.wis_secret_keys.get_secret_value()
    try:
        if text:
            KeyRing.parse(text)
    except BadKeys as error:
        yield f"WIS_SECRET_KEYS: {error}"
    if not text and _real(s):
        yield (
            "WIS_SECRET_KEYS is empty, but a real channel is set: personal data need a key of your own. Run"
            " `wis keys new` and put what it prints into .env (docs/howto/keys.md)"
        )


def _address_conflicts(s: Fields) -> Iterator[str]:
    for name in ("public_base_url", "telegram_api_base_url", "twilio_api_base_url", "twilio_content_base_url"):
        url = urlsplit(getattr(s, name))
        if getattr(s, name) and (url.scheme not in ("http", "https") or not url.hostname):
            yield f"{name.upper()} must be a whole address like https://wis.example.org"
        elif url.query or url.fragment:
            yield f"{name.upper()} must end before any ? or #"
    if s.simulator_on and not s.simulator_public and not _loopback(s.http_host):
        yield (
            f"the simulator would be open to everybody who reaches {s.http_host}: set SIMULATOR=off, or HTTP_HOST="
            "127.0.0.1, or, if you want just that, SIMULATOR_PUBLIC=on"
        )
    if s.public_base_url.startswith("http://") and _real(s):
        yield "PUBLIC_BASE_URL must begin with https:// : Telegram and Twilio deliver to nothing else"


def _telegram_conflicts(s: Fields) -> Iterator[str]:
    token, secret = s.telegram_bot_token.get_secret_value(), s.telegram_webhook_secret.get_secret_value()
    if token and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        yield "TELEGRAM_BOT_TOKEN is not a token: copy from @BotFather all of it, digits, colon and letters"
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        yield "TELEGRAM_WEBHOOK_SECRET may hold only letters, digits, - and _, at most 256"
    if token and s.telegram_mode == "webhook":
        if not s.public_base_url:
            yield "TELEGRAM_MODE=webhook needs PUBLIC_BASE_URL; without a public address use TELEGRAM_MODE=polling"
        if not secret:
            yield "TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET: invent a long word and put it into .env"
        elif len(secret) < 16 and _real(s):
            yield "TELEGRAM_WEBHOOK_SECRET is too short to be safe: use 16 letters and digits or more"


def _whatsapp_conflicts(s: Fields) -> Iterator[str]:
    parts = {
        "TWILIO_ACCOUNT_SID": s.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": s.twilio_auth_token.get_secret_value(),
        "TWILIO_WHATSAPP_FROM": s.twilio_whatsapp_from,
    }
    missing = [name for name, value in parts.items() if not value]
    if 0 < len(missing) < len(parts):
        yield f"WhatsApp also needs {' and '.join(missing)}; to switch it off, leave all TWILIO_ settings empty"
    if s.twilio_account_sid and not re.fullmatch(r"AC[A-Za-z0-9]+", s.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID must begin with AC: copy it from the first page of Twilio's console"
    if s.twilio_whatsapp_from and not re.fullmatch(r"(whatsapp:)?\+\d{6,15}", s.twilio_whatsapp_from):
        yield "TWILIO_WHATSAPP_FROM must look like whatsapp:+12025550100"
    if s.twilio_account_sid and not s.public_base_url:
        yield "WhatsApp needs PUBLIC_BASE_URL: Twilio signs each message for exactly that address"
    keys = s.twilio_webhook_keys.get_secret_value()
    if keys and (not all(key and value for key, value in pairs(keys)) or keys.count(",") + 1 != len(s.webhook_keys)):
        yield "TWILIO_WEBHOOK_KEYS must be id:secret, several with a comma between them"


def _servers(s: Fields) -> Iterator[str]:
    if s.telegram:
        yield s.telegram_api_base_url
    if s.whatsapp:
        yield from (s.twilio_api_base_url, s.twilio_content_base_url)


def _real(s: Fields) -> bool:
    """Whether a channel goes to its provider, not to a server of this machine that plays it in a test."""
    return not all(_loopback(urlsplit(url).hostname or "") for url in _servers(s))


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


