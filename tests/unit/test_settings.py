"""Settings: environment over file over default; a wrong one is named with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from base.errors import BadInput
from monitor.settings import Settings, load

pytestmark = pytest.mark.unit
# Each setting with a value that is not its default, and one that it cannot have.
VALUES: dict[str, tuple[str, Any, str | None]] = {
    "home": ("/tmp/elsewhere", Path("/tmp/elsewhere"), None),
    "shared_data": ("/data", Path("/data"), None),
    "log_level": ("debug", "debug", "loud"),
    "log_json": ("true", True, "perhaps"),
    "secrets": (str(Path(__file__).parent), Path(__file__).parent, None),
    "database_url": ("sqlite:///x.db", "sqlite:///x.db", None),
    "store_memory_mb": ("128", 128, "1"),
    "store_threads": ("4", 4, "0"),
    "store_elastic_url": ("https://es.example:9200", "https://es.example:9200", None),
    "store_elastic_api_key": ("a2V5", "a2V5", None),
    "store_elastic_ca": ("/etc/ca.pem", Path("/etc/ca.pem"), None),
    "store_elastic_fingerprint": ("ab" * 32, "ab" * 32, None),
    "store_elastic_name": ("monitor", "monitor", "Upper Case"),
    "store_elastic_timeout": ("5", 5.0, "0"),
    "store_lake_url": ("s3://bucket/lake", "s3://bucket/lake", None),
    "store_lake_endpoint": ("https://store.example", "https://store.example", None),
    "store_lake_region": ("eu-central-1", "eu-central-1", None),
    "store_lake_key_id": ("key id", "key id", None),
    "store_lake_key": ("key", "key", None),
    "store_lake_allow_http": ("true", True, "maybe"),
    "store_vault": ("off", "off", "open"),
    "collectors_timeout": ("2.5", 2.5, "0"),
    "collectors_interval": ("0.5", 0.5, "-1"),
    "collectors_ca": ("/etc/ca.pem", Path("/etc/ca.pem"), None),
    "collectors_answer_mb": ("3", 3, "x"),
    "collectors_x_bearer_token": ("AAAA", "AAAA", None),
    "collectors_reddit_client_id": ("id", "id", None),
    "collectors_reddit_client_secret": ("secret", "secret", None),
    "collectors_youtube_key": ("key", "key", None),
    "collectors_bluesky_handle": ("a.example", "a.example", None),
    "collectors_bluesky_password": ("pass", "pass", None),
    "collectors_mastodon_token": ("m.example token", "m.example token", None),
    "collectors_services": ("x=http://x.example", "x=http://x.example", None),
    "nlp_language_least": ("0.7", 0.7, "1.5"),
    "nlp_batch": ("1000", 1000, "0"),
    "nlp_cache": ("/var/cache/lists", Path("/var/cache/lists"), None),
    "taxonomy_reviewers": ("1", 1, "3"),
    "taxonomy_lenient": ("true", True, "maybe"),
    "monitor_registry_lenient": ("true", True, "maybe"),
    "monitor_recheck_days": ("7", 7, "0"),
    "monitor_recheck_posts": ("50", 50, "-1"),
    "monitor_retention_days": ("90", 90, "4000"),
    "monitor_purpose": ("study", "study", None),
    "monitor_spark_master": ("local[2]", "local[2]", None),
    "monitor_collect_minutes": ("30", 30, "-1"),
    "monitor_follow": ("true", True, "perhaps"),
    "monitor_index_minutes": ("5", 5, "often"),
    "monitor_alert_minutes": ("10", 10, "x"),
    "monitor_recheck_minutes": ("0", 0, "20000"),
    "monitor_retain_hours": ("12", 12, "1000"),
    "monitor_evaluate_days": ("7", 7, "-1"),
    "monitor_backup_folder": ("/mnt/backup", Path("/mnt/backup"), None),
    "monitor_backup_recipient": ("/etc/key.pub", Path("/etc/key.pub"), None),
    "monitor_backup_hours": ("12", 12, "0"),
    "monitor_disk_gb": ("40", 40.0, "0"),
    "monitor_free_gb": ("1.5", 1.5, "-1"),
    "dashboard_host": ("::1", "::1", None),
    "dashboard_port": ("0", 0, "70000"),
    "dashboard_address": ("https://m.example", "https://m.example", "http://m.example"),
    "dashboard_metrics_token": ("sixteen-or-more-characters", "sixteen-or-more-characters", "x"),
    "dashboard_threads": ("2", 2, "0"),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"UNITE_{name.upper()}", raising=False)
    monkeypatch.setenv("UNITE_HOME", str(tmp_path))
    return tmp_path


def _value(settings: Settings, name: str) -> Any:
    found = getattr(settings, name)
    return found.get_secret_value() if isinstance(found, SecretStr) else found


def test_every_setting_is_tried_here() -> None:
    assert VALUES.keys() >= Settings.model_fields.keys(), "add a row to VALUES"


@pytest.mark.parametrize("name", [n for n in VALUES if n in Settings.model_fields])
def test_a_setting_comes_from_the_environment_then_the_file_then_its_default(
    name: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, value, _ = VALUES[name]
    default = _value(load(), name)
    assert default != value
    if name != "home":
        (home / "unite.toml").write_text(f'{name} = "{given}"\n')
        assert _value(load(), name) == value
        monkeypatch.setenv(f"UNITE_{name.upper()}", "")  # empty is not set
        assert _value(load(), name) == value
        (home / "unite.toml").write_text(f'{name} = "nonsense of the file"\n')
    monkeypatch.setenv(f"UNITE_{name.upper()}", given)
    assert _value(load(), name) == value


@pytest.mark.parametrize("name", [n for n in VALUES if VALUES[n][2] is not None])
@pytest.mark.parametrize("place", ["environment", "unite.toml"])
def test_a_wrong_setting_is_named_with_its_place(
    name: str, place: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = VALUES[name][2] or ""
    if place == "environment":
        monkeypatch.setenv(f"UNITE_{name.upper()}", wrong)
    else:
        (home / "unite.toml").write_text(f'{name} = "{wrong}"\n')
    with pytest.raises(BadInput) as caught:
        load()
    assert f"UNITE_{name.upper()}" in str(caught.value)
    assert place in (caught.value.where or "")
    assert caught.value.expected


@pytest.mark.parametrize("content", [b"nlp_batch = \n", b"[", b"\xff\xfe", b"a = 'x\n"])
def test_a_file_that_is_no_toml_is_named(home: Path, content: bytes) -> None:
    (home / "unite.toml").write_bytes(content)
    with pytest.raises(BadInput, match=r"unite\.toml in UNITE_HOME: cannot be read"):
        load()


def test_an_empty_home_is_the_default_and_never_the_present_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UNITE_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert load().home == tmp_path / "uniteeurope"


def test_a_secret_is_printed_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITE_DATABASE_URL", "postgresql+psycopg://u:geheim77@db/unite")
    settings = load()
    assert settings.database_address().startswith("postgresql+psycopg://u:geheim77@")
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "geheim77" not in shown
    monkeypatch.setenv("UNITE_NLP_BATCH", "geheim77")
    with pytest.raises(BadInput) as caught:
        load()
    assert "geheim77" not in str(caught.value)


def test_settings_do_not_change_while_they_are_used() -> None:
    with pytest.raises(ValueError):
        load().nlp_batch = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "key", "hint"),
    [
        ("store_thread = 2", "store_thread", "'store_threads'"),
        ("UNITE_NLP_BATCH = 5", "UNITE_NLP_BATCH", "'nlp_batch'"),
        ("[store]\nthreads = 2", "store", "store_"),
        ("[store]\n[dashboard]\nport = 1", "store", "store_"),
        ('geheim77 = "geheim78"', "geheim77", None),
    ],
)
def test_an_unknown_key_of_the_file_is_named_with_the_nearest(
    home: Path, line: str, key: str, hint: str | None
) -> None:
    (home / "unite.toml").write_text(f'log_level = "error"\n{line}\n')
    with pytest.raises(BadInput) as caught:
        load()
    error = caught.value
    assert (error.what, error.where) == (f"unknown setting {key!r}", "unite.toml in UNITE_HOME")
    assert set(error.available) == Settings.model_fields.keys()
    assert (hint is None) == (error.hint is None)
    assert (hint or "") in (error.hint or "")
    assert "geheim78" not in str(error)


def test_an_unknown_variable_is_said_once_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNITE_NLP_BACH", "geheim77")
    monkeypatch.setenv("UNITE_TEST_SOMETHING_URL", "x")
    monkeypatch.setenv("UNITE_DASHBORD_PORT", "")  # empty is not set
    monkeypatch.setenv("unite_log_level", "error")  # any case
    for _ in range(2):
        assert load().nlp_batch == 50_000
    said = capsys.readouterr().err
    assert said == (
        "unite: UNITE_NLP_BACH in the environment is no setting; did you mean UNITE_NLP_BATCH?\n"
    )


def test_the_keys_of_a_platform_are_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITE_COLLECTORS_REDDIT_CLIENT_ID", "id")
    monkeypatch.setenv("UNITE_COLLECTORS_SERVICES", "x=http://x.example bluesky=http://b.example")
    settings = load()
    assert settings.keys("reddit") == {"client_id": "id", "client_secret": ""}
    assert settings.keys("feeds") == {}
    assert settings.service("bluesky") == "http://b.example"
    assert settings.service("reddit") is None
    assert "id" not in repr(settings.collectors_reddit_client_id)


def test_secrets_may_be_files_of_a_folder_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "unite_database_url").write_text("postgresql+psycopg://u:geheim@db/unite\n")
    (tmp_path / "unite_dashboard_metrics_token").write_text("a-token-for-a-scraper")
    (tmp_path / "ca.pem").write_text("not a setting")
    monkeypatch.setenv("UNITE_SECRETS", str(tmp_path))
    assert load().database_address() == "postgresql+psycopg://u:geheim@db/unite"
    assert "geheim" not in repr(load())
    monkeypatch.setenv("UNITE_DATABASE_URL", "sqlite:///other.db")
    assert load().database_address() == "sqlite:///other.db"
    monkeypatch.setenv("UNITE_SECRETS", str(tmp_path / "none"))
    with pytest.raises(BadInput, match="UNITE_SECRETS: no folder"):
        load()


@pytest.mark.parametrize(("name", "value", "is_fine"), [
    ("dashboard_address", "https://monitor.example", True),
    ("dashboard_address", "https://monitor.example:8443", True),
    ("dashboard_address", "http://monitor.example", False),  # the session would travel unsealed
    ("dashboard_address", "https://monitor.example/pages", False),
    ("dashboard_address", "monitor.example", False),
    ("dashboard_metrics_token", "a-token-for-a-scraper", True),
    ("dashboard_metrics_token", "short", False),
])  # fmt: skip
def test_what_shows_the_pages_to_others_is_checked(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, is_fine: bool
) -> None:
    monkeypatch.setenv(f"UNITE_{name.upper()}", value)
    if is_fine:
        assert getattr(load(), name)
    else:
        with pytest.raises(BadInput, match=f"UNITE_{name.upper()}") as caught:
            load()
        assert "short" not in str(caught.value)
