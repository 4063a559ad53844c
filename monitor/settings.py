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
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from base.errors import BadInput


def _default_home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "uniteeurope"


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "uniteeurope"


_PREFIX = "UNITE_"
_FILE = "unite.toml in UNITE_HOME"
Days = Annotated[int, Field(ge=1, le=3650)]


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
    database_url: SecretStr | None = Field(
        default=None,  # it may hold a password
        description="SQLAlchemy address of the application database; default SQLite in the home.",
    )
    store_memory_mb: int = Field(
        default=512, ge=64, description="Memory the embedded index may use for a question, MB."
    )
    store_threads: int = Field(
        default=2, ge=1, description="Threads the embedded index may use for a question."
    )
    store_vault: Literal["off", "recheck", "incidents"] = Field(
        default="recheck",
        description="What the vault is kept for: nothing, to see whether a post is still public, "
        "or also to open single incidents.",
    )
    collectors_timeout: float = Field(
        default=30.0, gt=0, description="Seconds a whole answer of a platform may take."
    )
    collectors_answer_mb: int = Field(
        default=32, ge=1, description="Largest answer of a platform that is read, MB unpacked."
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
        return init_settings, env_settings, toml

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
