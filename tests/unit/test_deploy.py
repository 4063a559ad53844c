"""What the files of deployment name is there: settings, commands, paths, secrets, metrics.

Their form is checked by scripts/check-deploy.sh, the proxy by tests/server/test_tls_proxy.py.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from monitor.cli import main as cli
from monitor.metrics.scrape import Scrape
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "compose.yaml", ROOT / "Dockerfile", *(ROOT / "deploy").rglob("*.*")]
DEPLOYED = [f for f in FILES if f.is_file() and "secrets" not in f.parent.parts]
COMPOSE = (ROOT / "compose.yaml").read_text()
# what stands in compose.yaml for the person who starts it, and is no setting of ours
ASKED = {"UNITE_NAME", "UNITE_PURPOSE"}


def text(*names: str) -> str:
    return "\n".join(f.read_text() for f in DEPLOYED if not names or f.name in names)


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(r"\bUNITE_[A-Z_]+[A-Z]\b", text()))
    settings = {f"UNITE_{name.upper()}" for name in Settings.model_fields}
    assert len(named & settings) >= 8
    assert named - settings - ASKED == set()


def test_every_command_that_is_run_exists() -> None:
    lists = re.findall(
        r"(?:command|args): \[([a-z]+)[,\]]", text("compose.yaml", "pages.yaml", "streams.yaml")
    )
    own = {word for word in lists if word not in ("db", "scheduler")}
    written = re.findall(r"\bunite ([a-z]+)", text())
    assert {"serve", "collect"} <= own
    assert (own | set(written) | {"run"}) - set(cli.names()) == set()


def test_every_path_that_an_image_takes_is_there_and_travels() -> None:
    copied = [
        word
        for line in re.findall(
            r"^COPY (?!--from)(?:--\S+ )*(.*)$", text("Dockerfile"), re.MULTILINE
        )
        for word in line.split()[:-1]
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []
    travels = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    assert [path for path in copied if path.rstrip("/") not in travels] == []
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    wanted = {name.rstrip("*") for name in rooms["packages"]["find"]["include"]}
    assert wanted <= set(copied)


def test_images_are_pinned_and_ours_have_the_version_of_the_code() -> None:
    images = re.findall(r"image: (\S+)", COMPOSE) + re.findall(
        r"^FROM (\S+)", text("Dockerfile"), re.MULTILINE
    )
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text("Dockerfile"), re.MULTILINE))
    assert [i for i in images if i not in stages and not re.search(r":v?\d+\.\d+", i)] == []
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    ours = re.findall(r"uniteeurope(?:-airflow)?:(\S+)", COMPOSE)
    ours += re.findall(r"(?:newTag|defaultAirflowTag): (\S+)", text())
    assert set(ours) == {version}
    for name in ("compose.yaml", "elasticsearch.yaml"):  # the one the tests run against
        assert "9.4.3" in text(name)
    locked = re.search(
        r"^apache-airflow==(\S+)", (ROOT / "requirements-airflow.lock").read_text(), re.MULTILINE
    )
    assert locked is not None
    assert f"apache/airflow:{locked[1]}-" in text("Dockerfile")
    assert f"airflowVersion: {locked[1]}" in text("airflow-values.yaml")


def test_secrets_stand_in_no_file_and_all_are_made_but_the_key(tmp_path: Path) -> None:
    (tmp_path / "secrets.sh").write_text((ROOT / "deploy" / "secrets.sh").read_text())
    for _ in range(2):
        done = subprocess.run(
            ["sh", "secrets.sh", "monitor.example"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
    made = {f.name: f.read_bytes() for f in (tmp_path / "secrets").iterdir()}
    assert "unite_store_elastic_api_key" in done.stdout
    wanted = set(re.findall(r"deploy/secrets/(\S+?)\}", COMPOSE))
    assert wanted - set(made) == {"unite_store_elastic_api_key"}
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert (tmp_path / "secrets" / "ca.key").stat().st_mode & 0o077 == 0
    assert made["postgres_password"] in made["unite_database_url"]
    subprocess.run(
        ["sh", "secrets.sh", "monitor.example"], cwd=tmp_path, check=True, capture_output=True
    )
    assert made == {f.name: f.read_bytes() for f in (tmp_path / "secrets").iterdir()}
    ours = {f"unite_{name}" for name in Settings.model_fields}
    assert {name for name in wanted if name.startswith("unite_")} <= ours
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_alert_rules_ask_for_metrics_that_exist(tmp_path: Path) -> None:
    rules = text("rules.yml")
    # the documents say it, so that a rule and its remedy stand together
    asked = set(re.findall(r"\bunite_[a-z_]+", rules))
    source = "\n".join(f.read_text() for f in (ROOT / "monitor" / "metrics").rglob("*.py"))
    source += (ROOT / "dashboard" / "watching.py").read_text()
    told = set(re.findall(r'"(unite_[a-z_]+)"', source)) | {
        "unite_items_fetched",
        "unite_items_unmapped",
    }
    assert len(asked) >= 8
    bare = {re.sub(r"_(total|bucket)$", "", name) for name in asked}
    assert bare <= told
    assert Scrape(Workspace(Settings(home=tmp_path))).text()
    assert set(re.findall(r"\bunite ([a-z]+)", rules)) <= set(cli.names())


def test_containers_may_do_little() -> None:
    pods = text("pages.yaml", "streams.yaml")
    assert pods.count("automountServiceAccountToken: false") == 2
    assert pods.count("runAsNonRoot: true") == 2
    assert "enforce: restricted" in text("namespace.yaml")
    assert re.search(r"^USER 10001", text("Dockerfile"), re.MULTILINE)
    # the pages are shown by a proxy in their own network, and by nothing else
    assert "network_mode: service:app" in COMPOSE
    assert "UNITE_DASHBOARD_HOST" not in text()
    assert 'ports: ["443:8443"]' in COMPOSE
    assert set(re.findall(r'ports: \["([^"]+)"\]', COMPOSE)) == {
        "443:8443", "127.0.0.1:8080:8080", "127.0.0.1:9090:9090",
    }  # fmt: skip
