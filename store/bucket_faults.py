"""What an object store says when it cannot be used, in sentences of our own.

StoreFault
├── StoreRefused   BadInput    key, bucket, address: somebody must change something
└── StoreAway      Transient   does not answer at the moment

Arrow and Delta tell of it in words alone; they are looked at here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deltalake.exceptions import DeltaError

from base.errors import BadInput, Transient, UniteError

if TYPE_CHECKING:
    from store.place import Bucket


# settings are named here, never read
LAKE = "unite_store_lake_".upper()
DATABASE = "unite_database_url".upper()


class StoreFault(UniteError):
    """Anything wrong with the object store."""


class StoreRefused(StoreFault, BadInput):
    """Goes on failing until somebody changes something."""


class StoreAway(StoreFault, Transient):
    """May pass by itself."""


# words, what is wrong, setting, what to do
_SAID = (
    (r"InvalidAccessKeyId|XAdminUserNotFound|AWS Access Key Id.*does not exist",
     "the object store knows no such key id", "KEY_ID", "check the key id"),
    (r"SignatureDoesNotMatch|signature we calculated",
     "the object store refused the key", "KEY", "check that the key belongs to the key id"),
    (r"NoSuchBucket|bucket does not exist|NO_SUCH_BUCKET",
     "the object store has no bucket of this name", "URL", "make the bucket, or correct its name"),
    (r"AccessDenied|ACCESS_DENIED|Forbidden|\b403\b",
     "the object store does not let this key read and write here", "KEY_ID",
     "let it list, read, write and delete under the prefix"),
    (r"PermanentRedirect|AuthorizationHeaderMalformed|\b301\b",
     "the bucket is in another region", "REGION", "set the region of the bucket"),
    (r"NotImplemented|\b501\b",
     "the object store cannot put only what is not there yet (If-None-Match)", "ENDPOINT",
     "use a store that can; without it two writers overwrite each other"),
)  # fmt: skip
_AWAY = re.compile(
    r"connection (refused|reset|closed|error)|connect to|connect error|dns error|resolve host|"
    r"timed? ?out|NETWORK_CONNECTION|error sending request|curlCode",
    re.I,
)


@contextmanager
def translated(bucket: Bucket) -> Iterator[None]:
    """Arrow's and Delta's errors as ours; what is no fault of the store passes."""
    try:
        yield
    except (OSError, DeltaError) as error:
        found = _fault(str(error), bucket)
        if found is None:
            raise
        raise found from None


def _fault(said: str, bucket: Bucket) -> StoreFault | None:
    at = bucket.endpoint or "Amazon S3"
    for pattern, what, setting, hint in _SAID:
        if re.search(pattern, said):
            return StoreRefused(
                f"{what} ({bucket.url} at {at})", where=f"{LAKE}{setting}", hint=hint
            )
    if _AWAY.search(said):
        return StoreAway(
            f"the object store at {at} does not answer", where=f"{LAKE}ENDPOINT",
            hint="check host and port; is it running?",
        )  # fmt: skip
    return None
