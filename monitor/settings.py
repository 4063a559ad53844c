"""Settings: environment variables `UNITE_…` and `unite.toml` in the home folder.

The environment wins over the file, the file over the defaults. Secrets are files under
`UNITE_HOME/keys` or secret types, and are never printed.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from base.errors import BadInput

if TYPE_CHECKING:
    from store.place import Bucket


def _default_home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "uniteeurope"


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "uniteeurope"


_PREFIX = "UNITE_"
_FILE = "unite.toml in UNITE_HOME"
Days = Annotated[int, Field(ge=1, le=3650)]
Minutes = Annotated[int, Field(ge=0, le=10_080)]


class Settings(BaseSettings):
    """Everything an installation decides."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default_factory=_default_home,
        description="Folder of everything this installation keeps: lake, index, keys, database.",
    )
    shared_data: Path = Field(
        default=Path("../shared/data"),
        description="Folder of the open data sets, for training and evaluation only.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="Least serious event that is written to stderr."
    )
    log_json: bool = Field(default=False, description="Events as JSON lines, for a collector.")
    secrets: Path | None = Field(
        default=None,
        description="Folder with a file for a setting, `unite_database_url`: secrets as Docker and "
        "Kubernetes mount them. The environment wins over them, they over unite.toml.",
    )
    database_url: SecretStr | None = Field(
        default=None,  # it may hold a password
        description="SQLAlchemy address of the application database; default SQLite in the home.",
    )
    store_lake_url: str | None = Field(
        default=None,
        description="Where the lake is, as s3://BUCKET/PREFIX of an object store; default the "
        "folder lake in the home. Needs PostgreSQL, which holds the lake's lock.",
    )
    store_lake_endpoint: str | None = Field(
        default=None, description="Address of the object store, if it is not Amazon's: https://…."
    )
    store_lake_region: str = Field(
        default="us-east-1", description="Region of the bucket, as the object store names it."
    )
    store_lake_key_id: SecretStr | None = Field(
        default=None, description="Key id that may list, read, write and delete under the prefix."
    )
    store_lake_key: SecretStr | None = Field(
        default=None, description="Secret key that belongs to the key id."
    )
    store_lake_allow_http: bool = Field(
        default=False,
        description="Whether the object store may be asked without encryption: only on a "
        "machine's own network.",
    )
    store_memory_mb: int = Field(
        default=512, ge=64, description="Memory the embedded index may use for a question, MB."
    )
    store_threads: int = Field(
        default=2, ge=1, description="Threads the embedded index may use for a question."
    )
    store_elastic_url: str | None = Field(
        default=None,
        description="Address of the Elasticsearch that is the index, `https://host:9200`; of "
        "several nodes with commas between. Without it the index is a folder in the home.",
    )
    store_elastic_api_key: SecretStr | None = Field(
        default=None, description="API key of that Elasticsearch, in its `encoded` form."
    )
    store_elastic_ca: Path | None = Field(
        default=None,
        description="File (PEM) of the authority that signed that Elasticsearch's certificate; "
        "without it and a fingerprint those that the system trusts.",
    )
    store_elastic_fingerprint: str | None = Field(
        default=None,
        description="SHA-256 of that Elasticsearch's certificate, or of the authority that "
        "signed it, in the place of a file.",
    )
    store_elastic_name: str = Field(
        default="unite",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="First part of the name of each index, alias and template there: lower-case "
        "letters, digits, - and _. Two installations on one cluster take two names.",
    )
    store_elastic_timeout: float = Field(
        default=30.0, gt=0, description="Seconds that an answer of Elasticsearch may take."
    )
    store_vault: Literal["off", "recheck", "incidents"] = Field(
        default="recheck",
        description="What the vault is kept for: nothing, to see whether a post is still public, "
        "or also to open single incidents.",
    )
    collectors_timeout: float = Field(
        default=30.0, gt=0, description="Seconds a whole answer of a platform may take."
    )
    collectors_interval: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="Seconds between two questions of one process to one host. Airflow collects "
        "from as many homes at once as this allows (docs/airflow.md).",
    )
    collectors_answer_mb: int = Field(
        default=32, ge=1, description="Largest answer of a platform that is read, MB unpacked."
    )
    collectors_ca: Path | None = Field(
        default=None,
        description="File of certificates (PEM) that are believed beside the public ones: of an "
        "own authority, or of a proxy that signs. Proxies themselves: HTTPS_PROXY, NO_PROXY.",
    )
    collectors_x_bearer_token: SecretStr | None = Field(
        default=None, description="Bearer token of an X developer app (v2): posts of searches."
    )
    collectors_reddit_client_id: SecretStr | None = Field(
        default=None, description="Client id of a Reddit script app: posts of communities."
    )
    collectors_reddit_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of the same Reddit app."
    )
    collectors_youtube_key: SecretStr | None = Field(
        default=None, description="Key of the YouTube Data API v3: comments under videos."
    )
    collectors_bluesky_handle: SecretStr | None = Field(
        default=None, description="Handle of a Bluesky account, for searches; feeds need none."
    )
    collectors_bluesky_password: SecretStr | None = Field(
        default=None, description="App password of the same Bluesky account, never its password."
    )
    collectors_mastodon_token: SecretStr | None = Field(
        default=None,
        description="Access token of a Mastodon account, as `server token` pairs with commas "
        "between; only servers whose timelines are closed need one.",
    )
    collectors_services: str = Field(
        default="",
        description="Where the APIs of platforms stand, if not at their own address (a mirror, a "
        "local network): `bluesky=https://pds.example reddit=…`.",
    )
    nlp_language_least: float = Field(
        default=0.4, ge=0, le=1, description="Least probability at which a language is believed."
    )
    nlp_batch: int = Field(
        default=50_000, ge=1, le=500_000, description="Posts tagged and merged at a time."
    )
    nlp_cache: Path = Field(
        default_factory=_default_cache,
        description="Folder for word lists that were read once; it may be emptied at any time.",
    )
    taxonomy_reviewers: int = Field(
        default=2,
        ge=1,
        le=2,
        description="People who must stand behind a change of the word lists before it counts: "
        "2, its author and another who accepts it, or 1.",
    )
    taxonomy_lenient: bool = Field(
        default=False,
        description="Whether posts are tagged with the rest where rows of the word lists are"
        " wrong; what is left out is said. Codes and the words around names must always be right.",
    )
    monitor_registry_lenient: bool = Field(
        default=False,
        description="Whether cities are read with the rest where a change of the registry under"
        " UNITE_HOME is wrong; what is left out is said.",
    )
    monitor_recheck_days: Days = Field(
        default=30,
        description="Days an irrelevant post is kept, counted from its collection, where its "
        "source does not say otherwise.",
    )
    monitor_recheck_posts: int | None = Field(
        default=None,
        ge=0,
        le=86_400,
        description="Most posts of a source that are asked a day whether they are still public; "
        "0 asks none. Without it 200, and more where a platform's terms set the days within "
        "which what was deleted there must go.",
    )
    monitor_retention_days: Days = Field(
        default=730, description="Days a relevant post is kept, counted from its collection."
    )
    monitor_purpose: str | None = Field(
        default=None,
        description="Name of the purpose sheet under which `unite run` and Airflow collect; "
        "without it they collect nothing.",
    )
    monitor_collect_minutes: Minutes = Field(
        default=60, description="Minutes between two looks at the sources; 0 is never."
    )
    monitor_follow: bool = Field(
        default=False,
        description="Whether `unite run` follows the streams all the time, beside its looks.",
    )
    monitor_index_minutes: Minutes = Field(
        default=15,
        description="Minutes until what was collected stands in the figures; 0 is never.",
    )
    monitor_alert_minutes: Minutes = Field(
        default=60, description="Minutes between two looks for what is wrong; 0 is never."
    )
    monitor_recheck_minutes: Minutes = Field(
        default=60,
        description="Minutes between two portions of posts that are asked whether they are still "
        "public; 0 is never.",
    )
    monitor_retain_hours: int = Field(
        default=24, ge=0, le=720,
        description="Hours between two droppings of what was kept long enough; 0 is never.",
    )  # fmt: skip
    monitor_evaluate_days: int = Field(
        default=28, ge=0, le=365,
        description="Days between two measurements of the tagger on example posts; 0 is never.",
    )  # fmt: skip
    monitor_backup_folder: Path | None = Field(
        default=None,
        description="Folder that `unite run` backs up into, on another disk; without it never.",
    )
    monitor_backup_recipient: Path | None = Field(
        default=None,
        description="File with the public half of the key that those backups are sealed with "
        "(`unite backup --new-key`).",
    )
    monitor_backup_hours: int = Field(
        default=24, ge=1, le=720, description="Hours between two backups of `unite run`."
    )
    monitor_disk_gb: float | None = Field(
        default=None, gt=0,
        description="GB that the home folder may take: at 80 % a warning, at 100 % collecting "
        "pauses. Without it only what is free on the disk counts.",
    )  # fmt: skip
    monitor_free_gb: float = Field(
        default=2.0, ge=0,
        description="GB that should stay free on the disk: below it a warning, below half of it "
        "collecting pauses.",
    )  # fmt: skip
    monitor_spark_master: str = Field(
        default="local[*]",
        description="Where `--engine spark` computes: `local[2]` with two cores of this machine, "
        "`local[*]` with all, or the address of a cluster, `spark://host:7077` (docs/spark.md).",
    )
    dashboard_host: str = Field(
        default="127.0.0.1", description="Address the pages are served on; loopback by default."
    )
    dashboard_port: int = Field(
        default=8050, ge=0, le=65535, description="Port of the pages; 0 takes a free one."
    )
    dashboard_address: str | None = Field(
        default=None,
        pattern=r"^https://[^/?#@\s]+$",
        description="Address under which a TLS proxy on this machine shows the pages, "
        "`https://monitor.example`; they themselves stay on loopback.",
    )
    dashboard_metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="What a scraper of /metrics must send as bearer token; without it /metrics "
        "answers only who asks from this machine itself, not through a proxy.",
    )
    dashboard_threads: int = Field(
        default=8, ge=1, le=64, description="Questions of the pages that run at the same time."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        home = Path(os.environ.get("UNITE_HOME") or _default_home())
        toml = TomlConfigSettingsSource(settings_cls, home / "unite.toml")
        _refuse_unknown(toml.toml_data)
        mounted = os.environ.get("UNITE_SECRETS") or toml.toml_data.get("secrets")
        if not mounted:
            return init_settings, env_settings, toml
        if not Path(mounted).is_dir():
            raise BadInput(
                "setting UNITE_SECRETS: no folder is there",
                where="environment" if os.environ.get("UNITE_SECRETS") else _FILE,
                expected=settings_cls.model_fields["secrets"].description,
            )
        files = SecretsSettingsSource(settings_cls, secrets_dir=mounted)
        return init_settings, env_settings, files, toml

    def service(self, platform: str) -> str | None:
        """Where the API of a platform stands, if not at its own address."""
        pairs = (pair.partition("=") for pair in self.collectors_services.split())
        return {name: address for name, _, address in pairs}.get(platform)

    def keys(self, platform: str) -> dict[str, str]:
        """The keys of a platform: name → key; those that are not set are empty."""
        prefix = f"collectors_{platform}_"
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name.removeprefix(prefix): value.get_secret_value() if value else ""
            for name, value in found.items()
            if name.startswith(prefix)
        }

    def lake_bucket(self) -> Bucket | None:
        """Where the lake is on an object store, None for the folder. Raises BadInput."""
        if self.store_lake_url is None:
            return None
        from store.place import Bucket  # and with it Arrow, which many commands do without

        key_id, key = self.store_lake_key_id, self.store_lake_key
        bucket = Bucket(
            self.store_lake_url,
            self.store_lake_endpoint,
            self.store_lake_region,
            None if key_id is None else key_id.get_secret_value(),
            None if key is None else key.get_secret_value(),
            self.store_lake_allow_http,
        )
        if self.database_address().startswith("sqlite"):
            raise BadInput(
                "a lake on an object store needs a lock that all its writers see",
                where="UNITE_DATABASE_URL",
                expected="postgresql+psycopg://USER:PASSWORD@HOST:5432/NAME",
                hint="set it, or leave UNITE_STORE_LAKE_URL out",
            )
        return bucket

    def database_address(self) -> str:
        """SQLAlchemy address of the application database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'unite.db'}"


def load(**given: Any) -> Settings:
    """The settings of this process. Raises BadInput that names the setting and where it stands.

    An unknown key of unite.toml is an error; an unknown UNITE_… of the environment, which other
    programs may have set, is said on stderr once.
    """
    for name in sorted(n.upper() for n, value in os.environ.items() if value):
        key = name.removeprefix(_PREFIX).lower()
        is_ours = name.startswith(_PREFIX) and not name.startswith(f"{_PREFIX}TEST_")
        if is_ours and key not in Settings.model_fields:
            _tell_unknown(name)
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0])
        name = f"UNITE_{field.upper()}"
        in_environment = any(n.upper() == name and value for n, value in os.environ.items())
        raise BadInput(
            f"setting {name}: {first['msg']}",
            where="environment" if in_environment else _FILE,
            expected=Settings.model_fields[field].description,
        ) from None
    except (ValueError, OSError) as error:
        # what TOML says holds a line and a column and nothing of the file
        said = f" ({error})" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise BadInput(f"cannot be read{said}", where=_FILE, expected="TOML in UTF-8") from None


def _refuse_unknown(found: Mapping[str, Any]) -> None:
    for key, value in found.items():
        if key not in Settings.model_fields:
            # [store] threads = 2 is store_threads = 2
            parts = [key, *value] if isinstance(value, dict) else [key]
            near = _nearest("_".join(parts[:2]))
            raise BadInput(
                f"unknown setting {key!r}",
                where=_FILE,
                expected="a name of a setting and its value on each line, no [tables]",
                available=sorted(Settings.model_fields),
                hint=f"did you mean {near!r}?" if near else None,
            )


@cache
def _tell_unknown(name: str) -> None:
    near = _nearest(name)
    ask = f"did you mean {_PREFIX}{near.upper()}?" if near else "see docs/reference.md"
    print(f"unite: {name} in the environment is no setting; {ask}", file=sys.stderr)


def _nearest(key: str) -> str | None:
    key = key.lower().removeprefix(_PREFIX.lower())
    return next(iter(get_close_matches(key, Settings.model_fields, n=1)), None)
