"""The files of deploy/ agree with each other, with the settings and with what is in the project."""

import re
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SETTINGS = {name.upper() for name in Settings.model_fields}
OTHERS = {"PATH", "PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
"""Names that mean something to Python, to the image of PostgreSQL, or to the shell."""


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


@pytest.fixture
def dockerfile() -> list[str]:
    """The instructions, each on one line."""
    told = re.sub(r"(?m)^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"))
    return [line for line in re.sub(r"\\\n\s*", " ", told).splitlines() if line]


def arguments(dockerfile: list[str], name: str) -> list[str]:
    return [line.partition(" ")[2] for line in dockerfile if line.startswith(f"{name} ")]


def test_every_name_that_is_set_is_a_setting(compose: Any, dockerfile: list[str]) -> None:
    given = {name for service in compose["services"].values() for name in service["environment"]}
    image = {pair.partition("=")[0] for line in arguments(dockerfile, "ENV") for pair in line.split()}
    asked = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    asked |= set(re.findall(r"\{\$([A-Z_]+)", (DEPLOY / "Caddyfile").read_text("utf-8")))
    assert (given | image | asked) - SETTINGS - OTHERS == set()
    assert {"DATABASE_URL", "TELEGRAM_MODE", "HTTP_PORT", "PUBLIC_BASE_URL"} <= given
    for name in (given | asked) & SETTINGS:
        assert f"\n{name}=" in (ROOT / ".env.example").read_text("utf-8")


def test_what_compose_sets_is_a_configuration_the_program_accepts(compose: Any) -> None:
    for name in ("bot-1", "bot-2"):
        told = {key.lower(): value for key, value in compose["services"][name]["environment"].items()}
        told["database_url"] = re.sub(r"\$\{[^}]*\}", "invented", told["database_url"])
        found = Settings.load(None, **told, public_base_url="https://wis.example.org")
        assert found.database == "postgresql+psycopg://wis:invented@database:5432/wis"
        assert not found.simulator_on
        assert found.telegram_mode == "webhook"


def test_two_bots_one_database_and_a_proxy_that_knows_both(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"bot-1", "bot-2", "database", "proxy"}
    assert services["bot-1"] == services["bot-2"]
    upstreams = re.findall(r"(?m)^\s*reverse_proxy (.*) \{", (DEPLOY / "Caddyfile").read_text("utf-8"))
    port = services["bot-1"]["environment"]["HTTP_PORT"]
    assert upstreams == [f"bot-1:{port} bot-2:{port}"]
    assert "ports" not in services["database"], "nobody outside reaches the database"
    assert "ports" not in services["bot-1"]
    assert services["database"]["image"].startswith("postgres:18")
    for service in services.values():
        assert set(service["networks"]) <= set(compose["networks"])
        named = {volume.partition(":")[0] for volume in service["volumes"]}
        assert {name for name in named if not name.startswith(".")} <= set(compose["volumes"])
        assert all((DEPLOY / name).exists() for name in named if name.startswith("."))


def test_the_image_is_made_of_files_that_exist_and_of_pinned_packages(compose: Any, dockerfile: list[str]) -> None:
    build = compose["services"]["bot-1"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    copied = [word for line in arguments(dockerfile, "COPY") if "--from" not in line for word in line.split()[:-1]]
    assert {"bot", "content", "conversations", "scheduler", "storage", "requirements.lock"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert allowed == set(copied), "what is copied is sent to the builder, and nothing else is"
    installs = [line for line in arguments(dockerfile, "RUN") for line in line.split("&&") if "pip install" in line]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert len(installs) == 3
    assert arguments(dockerfile, "USER") == ["wis"]
    assert arguments(dockerfile, "CMD") == ['["wis", "run"]']
    assert any("/healthz" in line for line in arguments(dockerfile, "HEALTHCHECK"))


def test_no_secret_stands_in_a_file_and_the_file_with_them_is_nowhere(compose: Any) -> None:
    secrets = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    for file in DEPLOY.iterdir():
        for name in secrets:
            for value in re.findall(rf"(?m)^\s*(?:ENV )?{name.upper()}[=:]\s*(.+)$", file.read_text("utf-8")):
                assert "${POSTGRES_PASSWORD" in value
    assert compose["services"]["bot-1"]["env_file"] == ".env"
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "**/.env*" in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")


def test_the_unit_starts_the_program_and_lets_it_write_only_its_data() -> None:
    unit = ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((DEPLOY / "wis-bot.service").read_text("utf-8"))
    service = unit["Service"]
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/wis run"
    assert service["User"] == "wis"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/{Settings.model_fields['data_dir'].default}"
    assert float(service["TimeoutStopSec"]) > 10
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_the_page_beside_them_names_files_that_exist() -> None:
    page = (DEPLOY / "README.md").read_text("utf-8")
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", page)
    named = re.findall(r"`([a-z-]+\.(?:yaml|service))`", page)
    assert len(named) >= 2
    assert [name for name in (*linked, *named) if not (DEPLOY / name).exists()] == []
