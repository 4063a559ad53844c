"""How the index on a cluster stands, for who keeps the installation."""

from __future__ import annotations

from elasticsearch import Elasticsearch

from store.elastic import state
from store.elastic.names import Names
from store.index import Snapshot, Standing, behind


def standing(client: Elasticsearch, names: Names, lake: Snapshot) -> Standing:
    """Raises IndexMissing where nothing was built yet, and what can go wrong with a server."""
    now = state.read(client, names)
    version = client.info()["version"]["number"]
    health = client.cluster.health(index=f"{names.prefix}-*")  # ours; others share the cluster
    colour, nodes = health["status"], health["number_of_nodes"]
    held = state.held(client, names, at_once=False)
    months = {part: h.homes for part, h in held.items() if part != state.COVERAGE}
    return Standing(
        place=f"Elasticsearch {version}, {nodes} {'node' if nodes == 1 else 'nodes'}, {colour}"
        + (", a second copy of some shards is missing" if colour == "yellow" else ""),
        generation=now.generation,
        behind=behind(lake, months),
        fault=_fault(client, names, colour, health["unassigned_primary_shards"]),
    )


def _fault(client: Elasticsearch, names: Names, colour: str, lost: int) -> str | None:
    if colour == "red":
        return f"red: {lost} shards have no copy that answers"
    found = client.indices.get_settings(index=f"{names.prefix}-*", name="index.blocks.*",
                                        flat_settings=True)  # fmt: skip
    blocks = {
        name
        for index in found.values()
        for name, value in index["settings"].items()
        if str(value) == "true"
    }
    return f"it takes no change: {', '.join(sorted(blocks))}" if blocks else None
