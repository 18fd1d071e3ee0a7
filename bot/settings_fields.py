"""What can be set, each with its help text, default and example; .env.example and the reference are made from it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from conversations.news.calendar import Rule, read_rule


def _in(group: str, text: str, default: Any = "", *, example: str = "", **rules: Any) -> Any:
    """A setting with its group and help text, and an example where the default is empty."""
    return Field(default, description=text, json_schema_extra={"group": group, "example": example}, **rules)


def _root(value: object) -> object:
    return value.strip().rstrip("/").removesuffix("/bot") if isinstance(value, str) else value


def _sender(value: object) -> object:
    if isinstance(value, str) and value:
        return "whatsapp:" + value.removeprefix("whatsapp:").replace(" ", "")
    return value


def _capitals(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Url = Annotated[str, BeforeValidator(_root)]
Sender = Annotated[str, BeforeValidator(_sender)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_capitals)]
_START, _TG, _WA, _WHO, _RUN = "Start", "Telegram", "WhatsApp (Twilio)", "Who you are", "Running it"


class Fields(BaseSettings):
    """The settings one by one, not yet seen together."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = _in(_START, "Folder for the database, the demo key and the files people send.", Path("data"))
    database_url: SecretStr = _in(
        _START,
        "Database. Empty means an SQLite file in DATA_DIR; PostgreSQL 14 or later works too.",
        SecretStr(""), example="postgresql://wis:PASSWORD@localhost/wis",
    )
    wis_secret_keys: SecretStr = _in(
        _START,
        "Keys that encrypt personal data, as id:base64,id:base64 with the newest first (`wis keys new` makes one)."
        " Keep them away from the database and its backups: without them the data are lost. May be empty only while"
        " no real channel is set: then a demo key is made in DATA_DIR.",
        SecretStr(""), example="k1:BASE64-OF-32-RANDOM-BYTES",
    )
    http_host: str = _in(_START, "Address the web server listens on.", "127.0.0.1")
    http_port: int = _in(_START, "Port the web server listens on; 0 takes a free one.", 8080, ge=0, le=65535)
    public_base_url: Url = _in(
        _START,
        "The https address under which Telegram and Twilio reach this web server, exactly as you give it to them."
        " Needed for WhatsApp and for Telegram in webhook mode.",
        example="https://wis.example.org",
    )
    simulator: bool | None = _in(
        _START, "The simulator page: on or off. Empty means on until a real channel is set, then off.", None,
        example="on",
    )
    simulator_public: bool = _in(
        _START,
        "Let others than this machine open the simulator page, where one can be anyone: for demonstrations only.",
        False,
    )

    telegram_bot_token: SecretStr = _in(
        _TG, "The bot's token, from @BotFather. Empty switches Telegram off.", SecretStr(""),
        example="110201543:THE-LONG-PART-FROM-BOTFATHER",
    )
    telegram_mode: Literal["polling", "webhook"] = _in(
        _TG, "polling needs no public address; webhook needs PUBLIC_BASE_URL and the next setting.", "polling"
    )
    telegram_webhook_secret: SecretStr = _in(
        _TG, "What Telegram must send along with each webhook: 16 to 256 letters, digits, - and _, invented by you.",
        SecretStr(""), example="A-LONG-RANDOM-WORD",
    )
    telegram_api_base_url: Url = _in(
        _TG, "Telegram's server (without /bot); another one for tests.", "https://api.telegram.org"
    )

    twilio_account_sid: str = _in(
        _WA, "Twilio account. The next two are needed too; all three empty switch WhatsApp off.",
        example="AC-THEN-32-HEX-DIGITS",
    )
    twilio_auth_token: SecretStr = _in(
        _WA, "Twilio's auth token; it also checks the signature of every webhook.", SecretStr(""),
        example="32-HEX-DIGITS",
    )
    twilio_whatsapp_from: Sender = _in(_WA, "Our WhatsApp number at Twilio.", example="whatsapp:+12025550100")
    twilio_webhook_keys: SecretStr = _in(
        _WA, "Shared keys that sign Twilio's webhooks instead of the auth token, as id:secret,id:secret.",
        SecretStr(""), example="webhooks_sharedkey_ID:SECRET",
    )
    twilio_api_base_url: Url = _in(_WA, "Twilio's server; another one for tests.", "https://api.twilio.com")
    twilio_content_base_url: Url = _in(
        _WA, "Twilio's server for templates; another one for tests.", "https://content.twilio.com"
    )
    whatsapp_daily_limit: int = _in(
        _WA, "People to whom we may write first in 24 hours: Meta's limit of your portfolio.", 250, ge=0
    )
    sensitive_on_whatsapp: bool = _in(
        _WA, "Ask the questions about health and care (GDPR art. 9) on WhatsApp too. Ask a lawyer first.", False
    )

    association_name: str = _in(_WHO, "The association that runs the network, as people know it.", "IRENE ETS")
    office_phone: str = _in(_WHO, "A number people may call; empty if there is none.", example="+12025550123")
    office_hours: str = _in(_WHO, "When somebody answers, in Italian.", "lunedì-venerdì, 9-13")
    controller_name: str = _in(_WHO, "Who answers for the personal data (GDPR). Empty means ASSOCIATION_NAME.")
    payments_iban: str = _in(
        _WHO, "The account from which vouchers are paid (IBAN), for `wis payments batch`.",
        example="IT60X0542811101000000123456",
    )
    privacy_contact: str = _in(
        _WHO, "Where to write about one's own data: an e-mail or postal address.", example="privacy@wis.example"
    )
    default_language: str = _in(_WHO, "The language of who has not chosen one yet.", "it", pattern="^[a-z]{2}$")
    newsletter_rule: str = _in(
        _WHO,
        "When the monthly newsletter goes out: which weekday of the month at what time, as `2 tue 12:30` or `last thu"
        " 18:30`. A slot that was missed is caught up with for 48 hours; `catch-up 6h` or `skip` behind it change"
        " that. `off` means that each issue gets a date of its own.",
        "2 tue 12:30",
    )
    newsletter_feeds: bool = _in(
        _WHO,
        "Visit the feeds of content/feeds.toml every three hours and put what is new into the editors' inbox.",
        False,
    )
    tz_name: str = _in(_WHO, "The time zone of dates, reminders and quiet hours.", "Europe/Rome")

    log_level: Level = _in(
        _RUN, "How much is logged. Personal data are masked at every level.", "INFO"
    )
    log_format: Literal["text", "json"] = _in(_RUN, "text for people, json for a log collector.", "text")
    faq_semantic: Path | None = _in(
        _RUN,
        "Folder where `wis faq download` put a sentence encoder, as a second opinion on what a question means. Empty"
        " means questions are found by their words alone.",
        None, example="data/encoder",
    )

    @property
    def telegram(self) -> bool:
        """Whether Telegram is served."""
        return bool(self.telegram_bot_token.get_secret_value())

    @property
    def whatsapp(self) -> bool:
        """Whether WhatsApp is served."""
        return bool(self.twilio_account_sid)

    @property
    def live(self) -> bool:
        """Whether any real channel is served; only while none is, demo data may be loaded."""
        return self.telegram or self.whatsapp

    @property
    def simulator_on(self) -> bool:
        """Whether the simulator page is served."""
        return not self.live if self.simulator is None else self.simulator

    @property
    def database(self) -> str:
        """The database's address as SQLAlchemy wants it, with the password: never log it."""
        given = self.database_url.get_secret_value()
        if not given:
            return f"sqlite:///{(self.data_dir / 'wis.db').absolute()}"
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", given)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of TZ_NAME."""
        return ZoneInfo(self.tz_name)

    @property
    def rule(self) -> Rule | None:
        """The newsletter's standing rule, None where there is none. Raises BadRule."""
        return None if self.newsletter_rule.strip().lower() == "off" else read_rule(self.newsletter_rule)

    @property
    def controller(self) -> str:
        """Who answers for the personal data."""
        return self.controller_name or self.association_name

    @property
    def whatsapp_number(self) -> str:
        """Our WhatsApp number without `whatsapp:`, empty if there is none."""
        return self.twilio_whatsapp_from.removeprefix("whatsapp:")

    @property
    def webhook_keys(self) -> dict[str, str]:
        """Twilio's shared keys by id."""
        return dict(pairs(self.twilio_webhook_keys.get_secret_value()))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the logs to mask."""
        values = [value.get_secret_value() for value in dict(self).values() if isinstance(value, SecretStr)]
        password = urlsplit(self.database_url.get_secret_value()).password
        parts = [part for value in values for _, part in pairs(value)]
        return tuple(value for value in (*values, *parts, self.twilio_account_sid, password or "") if value)


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """The parts of `name:value,name:value`; one without a colon is left out."""
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, colon, value = part.partition(":")
        if colon:
            yield name.strip(), value.strip()
