"""The Elasticsearch that all tests of a checkout share: one, and none is left."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

pytestmark = pytest.mark.server


def test_it_answers_and_keeps_what_a_test_writes(elasticsearch_url: str, elastic_name: str) -> None:
    with Elasticsearch(elasticsearch_url) as client:
        client.index(index=f"{elastic_name}-a", document={"n": 1}, refresh=True)
        assert client.count(index=f"{elastic_name}*")["count"] == 1
