"""The settings: what a newcomer may leave out, which mistakes are refused, and what the messages say."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.keys import DEMO_KEY_FILE, open_keys
from bot.settings import Settings, SettingsError, misspelt
from bot.settings_text import env_example, reference
from conversations.news.calendar import read_rule
from storage.crypto import new_key

ROOT = Path(__file__).parents[2]
KEY = new_key()
TELEGRAM = {"telegram_bot_token": "110201543:AAH-x9_q", "wis_secret_keys": KEY}
WHATSAPP = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "0123456789abcdef",
    "twilio_whatsapp_from": "+1 202 555 0100",
    "public_base_url": "https://wis.example.org/",
    "wis_secret_keys": KEY,
}
STAND_INS = {
    "telegram_api_base_url": "http://127.0.0.1:9001/bot",
    "twilio_api_base_url": "http://localhost:9002",
    "twilio_content_base_url": "http://[::1]:9002",
}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**values: Any) -> Settings:
    return Settings.load(None, **values)


def problems(**values: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as error:
        settings(**values)
    return error.value.problems


def test_nothing_is_needed_for_trying_out() -> None:
    empty = settings()
    assert not empty.live
    assert empty.simulator_on
    assert empty.database == f"sqlite:///{Path('data/wis.db').absolute()}"
    assert str(empty.zone) == "Europe/Rome"
    assert empty.controller == empty.association_name


def test_the_newsletter_s_rule_is_read_or_refused_with_an_example() -> None:
    assert settings().rule == read_rule("2 tue 12:30")
    assert settings(newsletter_rule="last thu 18:30 skip").rule == read_rule("last thu 18:30 skip")
    assert settings(newsletter_rule="off").rule is None
    (problem,) = problems(newsletter_rule="every month")
    assert problem.startswith("NEWSLETTER_RULE: ") and "2 tue 12:30" in problem and "off" in problem
    (problem,) = problems(newsletter_rule="1 sun 02:30")
    assert "between 02:00 and 03:00" in problem


def test_the_example_file_and_the_reference_say_what_the_program_reads() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == env_example(), "run `make docs`"
    assert (ROOT / "docs/reference/settings.md").read_text("utf-8") == reference(), "run `make docs`"


def test_a_copy_of_the_example_file_changes_nothing() -> None:
    assert Settings.load(ROOT / ".env.example") == settings()


def test_each_setting_has_a_help_text_and_no_secret_has_a_default() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name
        if field.annotation is SecretStr:
            assert field.default.get_secret_value() == "", name


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("HTTP_PORT=9000\nTZ_NAME=Europe/London\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("HTTP_PORT", "9100")
    monkeypatch.setenv("DEFAULT_LANGUAGE", "")
    read = Settings.load(tmp_path / ".env")
    assert (read.http_port, read.tz_name, read.default_language) == (9100, "Europe/London", "it")


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError):
        settings().http_port = 1  # type: ignore[misc]


def test_a_real_channel_switches_the_simulator_off_unless_it_is_asked_for() -> None:
    assert not settings(**TELEGRAM).simulator_on
    assert settings(**TELEGRAM, simulator="on").simulator_on
    assert settings(**TELEGRAM, http_host="0.0.0.0").live


def test_whatsapp_takes_the_number_as_people_write_it() -> None:
    read = settings(**WHATSAPP, twilio_webhook_keys="id1:first, id2:second")
    assert read.twilio_whatsapp_from == "whatsapp:+12025550100"
    assert read.whatsapp_number == "+12025550100"
    assert read.public_base_url == "https://wis.example.org"
    assert read.webhook_keys == {"id1": "first", "id2": "second"}


def test_a_provider_played_by_this_machine_needs_no_https_and_no_own_key() -> None:
    values = {**TELEGRAM, **WHATSAPP, **STAND_INS, "wis_secret_keys": "", "public_base_url": "http://wis.test"}
    read = settings(**values, telegram_mode="webhook", telegram_webhook_secret="short")
    assert read.live
    assert read.telegram_api_base_url == "http://127.0.0.1:9001"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"telegram_bot_token": "1:abc"}, "WIS_SECRET_KEYS is empty.*wis keys new"),
        ({"wis_secret_keys": "k1:short"}, "WIS_SECRET_KEYS: the key 'k1'"),
        ({**TELEGRAM, "telegram_bot_token": "hello"}, "copy from @BotFather"),
        ({**TELEGRAM, "telegram_mode": "webhook", "telegram_webhook_secret": "a" * 20}, "needs PUBLIC_BASE_URL"),
        ({**TELEGRAM, "telegram_mode": "webhook", "public_base_url": "https://a.example"}, "invent a long word"),
        (
            {**TELEGRAM, "telegram_mode": "webhook", "public_base_url": "https://a.example",
             "telegram_webhook_secret": "abc"},
            "too short",
        ),
        ({"telegram_webhook_secret": "with spaces in it!"}, "only letters, digits"),
        ({**TELEGRAM, "telegram_mode": "socket"}, "TELEGRAM_MODE: must be 'polling' or 'webhook'"),
        ({"twilio_account_sid": "AC1"}, "also needs TWILIO_AUTH_TOKEN and TWILIO_WHATSAPP_FROM"),
        ({**WHATSAPP, "twilio_account_sid": "SK123"}, "must begin with AC"),
        ({**WHATSAPP, "twilio_whatsapp_from": "Irene"}, "must look like whatsapp:"),
        ({**WHATSAPP, "twilio_webhook_keys": "only-a-secret"}, "must be id:secret"),
        ({**WHATSAPP, "public_base_url": ""}, "WhatsApp needs PUBLIC_BASE_URL"),
        ({**WHATSAPP, "public_base_url": "http://wis.example.org"}, "must begin with https://"),
        ({"public_base_url": "wis.example.org"}, "a whole address"),
        ({"public_base_url": "https://wis.example.org/?a=1"}, r"before any \?"),
        ({"http_host": "0.0.0.0"}, "SIMULATOR=off.*SIMULATOR_PUBLIC=on"),
        ({**TELEGRAM, "http_host": "192.0.2.1", "simulator": "on"}, "open to everybody who reaches 192.0.2.1"),
        ({"http_port": "many"}, "HTTP_PORT: must be a whole number"),
        ({"http_port": 70000}, "HTTP_PORT: .*65535"),
        ({"simulator": "perhaps"}, "SIMULATOR: must be on or off"),
        ({"default_language": "Italian"}, "two small letters"),
        ({"tz_name": "Milano"}, "no time zone 'Milano'"),
        ({"tz_name": "../etc"}, "no time zone"),
        ({"database_url": "mysql://localhost/wis"}, "must begin with sqlite"),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(values: dict[str, Any], message: str) -> None:
    assert any(re.search(message, problem) for problem in problems(**values)), problems(**values)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems(tz_name="Milano", database_url="oracle://x", http_host="0.0.0.0")) == 3


def test_the_simulator_may_be_opened_to_others_on_purpose() -> None:
    assert settings(http_host="0.0.0.0", simulator_public="on").simulator_on


@pytest.mark.parametrize("value", ["changeme", "<token>", "your-token-here", "XXXX", "secret", "...", "put-it-here"])
def test_the_text_of_an_example_is_no_secret(value: str) -> None:
    assert any("still holds the text of an example" in problem for problem in problems(twilio_auth_token=value))


def test_no_example_of_a_secret_is_accepted_as_the_secret() -> None:
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        if field.annotation is SecretStr:
            found = " ".join(problems(**{name: extra["example"]}))
            assert f"{name.upper()} still holds the text of an example" in found


def test_no_message_and_no_repr_repeats_a_secret() -> None:
    secret = "Zq8-very-private-Zq8"
    told = " ".join(
        problems(
            telegram_bot_token=secret, wis_secret_keys=secret, telegram_webhook_secret=secret + "!",
            twilio_webhook_keys=secret, database_url=f"mysql://wis:{secret}@localhost",
        )
    )
    assert secret not in told
    read = settings(**{**TELEGRAM, **WHATSAPP}, database_url=f"postgresql://wis:{secret}@localhost/wis")
    assert secret not in repr(read)
    assert KEY.partition(":")[2] not in repr(read)
    assert secret in read.database
    for value in (secret, KEY.partition(":")[2], "110201543:AAH-x9_q", "0123456789abcdef", "AC" + "0" * 32):
        assert value in read.secrets


@pytest.mark.parametrize("url", ["postgres://wis@localhost/wis", "postgresql://wis@localhost/wis"])
def test_every_spelling_of_postgresql_works(url: str) -> None:
    assert settings(database_url=url).database == "postgresql+psycopg://wis@localhost/wis"


def test_a_misspelt_name_is_noticed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=1:a\nTELEGRAM_BOT_TOKEN=1:a\nCOMPOSE_PROJECT_NAME=wis\n")
    assert misspelt(tmp_path / ".env") == ("TELEGRAM_TOKEN is no setting: did you mean TELEGRAM_BOT_TOKEN?",)
    assert misspelt(tmp_path / "missing") == ()


def test_the_demo_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    read = settings(data_dir=tmp_path / "new")
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: open_keys(read), range(16)))
    path = tmp_path / "new" / DEMO_KEY_FILE
    assert len({ring.current_id for ring, _ in rings}) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "demo key in use" in rings[0][1] and str(path) in rings[0][1]
    assert [entry.name for entry in path.parent.iterdir()] == [DEMO_KEY_FILE]
    assert rings[0][0].decrypt(rings[1][0].encrypt(b"Anna", "name"), "name") == b"Anna"


def test_keys_of_ones_own_need_no_file(tmp_path: Path) -> None:
    ring, note = open_keys(settings(data_dir=tmp_path, wis_secret_keys=KEY))
    assert (ring.current_id, note) == (KEY.partition(":")[0], "")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_demo_key_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / DEMO_KEY_FILE).write_text("k1:???")
    with pytest.raises(SettingsError, match=r"is damaged.*remove it together with the demo data"):
        open_keys(settings(data_dir=tmp_path))
    assert (tmp_path / DEMO_KEY_FILE).read_text() == "k1:???"


def test_a_data_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="choose a folder you may write to"):
        open_keys(settings(data_dir=tmp_path / "file"))
