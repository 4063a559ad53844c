"""One installation, opened: its folder, keys, lake, index, database, registry and tagger.

Everything is opened when it is first needed, so that a command pays for what it uses.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from base.errors import BadInput
from collectors.collector import Access
from collectors.http import Http
from monitor import cities, unfinished_restore
from monitor.database import Database
from monitor.entering import effective
from monitor.keys import Keys
from monitor.settings import Settings
from monitor.unheld import Unheld
from store.duckdb_index import DuckdbIndex
from store.index import Index
from store.lake import Lake

if TYPE_CHECKING:
    from monitor.sealing import Sealer
    from nlp.scrub import Scrub
    from nlp.tagger import Tagger


class Workspace:
    """What the commands, the pages and the tests work on."""

    def __init__(self, settings: Settings, *, unfinished: bool = False) -> None:
        """unfinished: for the restore itself; to others a home whose restore broke off is shut."""
        self.settings = settings
        self.home: Path = settings.home
        if not unfinished:
            unfinished_restore.refuse(self.home)

    @cached_property
    def registry(self) -> cities.Registry:
        """Cities and platforms, with the installation's own changes."""
        return effective.registry(self.settings)

    def reread(self) -> None:
        """Forget what was made of the registry, after somebody changed it."""
        for name in ("registry", "sealer", "tagger", "index"):
            self.__dict__.pop(name, None)

    @cached_property
    def keys(self) -> Keys:
        """The installation's keys."""
        return Keys(self._folder("keys"))

    @cached_property
    def lake(self) -> Lake:
        """The lake, made if it is not there."""
        lake = self.closed_lake
        lake.create()
        return lake

    @property
    def closed_lake(self) -> Lake:
        """The lake as it stands, whatever its schema; for backup and upgrade."""
        bucket = self.settings.lake_bucket()
        if bucket is None:
            return Lake(self._folder("lake"))
        from store.shared_lock import SharedLock  # and with it the database, 0.2 s to import

        return Lake(bucket, SharedLock(bucket.url, self.settings.database_address()))

    @cached_property
    def database(self) -> Database:
        """The application database, made if it is not there.

        Raises DatabaseOlder, DatabaseNewer: `unite upgrade` brings it to another revision.
        """
        database = self.closed_database
        database.prepare()
        return database

    @property
    def closed_database(self) -> Database:
        """The application database as it stands, whatever its revision; for backup and upgrade."""
        address = self.settings.database_address()
        if address.startswith("sqlite"):
            self._folder()
        return Database(address)

    @cached_property
    def index(self) -> Index:
        """The index: Elasticsearch where the settings name one, else embedded."""
        if self.settings.store_elastic_url is not None:
            return self._elastic(self.settings.store_elastic_url)
        return DuckdbIndex(
            self._folder("index"),
            self.registry.countries,
            memory_limit=f"{self.settings.store_memory_mb}MB",
            threads=self.settings.store_threads,
        )

    @cached_property
    def unheld(self) -> Unheld:
        """Posts that the index cannot hold."""
        return Unheld(lambda: self.database)

    @cached_property
    def sealer(self) -> Sealer:
        """Makes posts of items."""
        from monitor.sealing import Sealer

        terms = {p.code: p.terms_class for p in self.registry.platforms.values()}
        return Sealer(self.keys, terms, self.settings.store_vault != "off")

    @cached_property
    def tagger(self) -> Tagger:
        """The tagger with the city tie: what the pipeline uses."""
        from monitor.tagging import build

        return build(self.settings, self.registry, tie_city=True)

    @cached_property
    def scrubber(self) -> Scrub:
        """The scrubber alone, for words that somebody types."""
        from monitor.tagging import scrubber

        return scrubber(self.settings)

    def _elastic(self, urls: str) -> Index:
        from store.elastic.door import Address, connect  # half a second that others need not pay
        from store.elastic_index import ElasticIndex

        given = self.settings
        key = given.store_elastic_api_key
        address = Address.parse(
            urls,
            api_key=key.get_secret_value() if key else None,
            ca=given.store_elastic_ca,
            fingerprint=given.store_elastic_fingerprint,
            timeout=given.store_elastic_timeout,
        )
        countries, name = self.registry.countries, given.store_elastic_name
        return ElasticIndex(
            connect(address), countries, name=name,
            refused=lambda row: self.unheld.add(row.key, row.reason, row.field),
        )  # fmt: skip

    def access(self, platform: str, http: Http) -> Access:
        """How a platform's collector reaches it: the client, and the keys of this installation."""
        return Access(http, self.settings.keys(platform), self.settings.service(platform))

    def has(self, part: str) -> bool:
        """Whether a part of the home (`lake`, `index`, `keys`) was ever made."""
        if part == "lake" and self.settings.store_lake_url is not None:
            return True  # somebody else's to make, as a database on a server is
        return (self.home / part).exists()

    @property
    def has_index(self) -> bool:
        """Whether an index was ever made, or is kept on a server, where asking tells."""
        return self.settings.store_elastic_url is not None or self.has("index")

    @property
    def has_database(self) -> bool:
        """Whether the application database is there, or somebody else's to make."""
        url = self.settings.database_address()
        return not url.startswith("sqlite") or Path(url.partition("///")[2]).exists()

    def _folder(self, *parts: str) -> Path:
        folder = self.home.joinpath(*parts)
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise BadInput(
                f"the home folder cannot be used ({error.strerror})",
                where="UNITE_HOME",
                expected="a folder this user may write to",
            ) from error
        return folder
