"""Kubernetes objects on stdin against the official schemas, strictly; part of check-deploy.sh.

Argument: the definition (CRD) of Elastic's operator, for its Elasticsearch; without it that is
left out by name.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

KUBERNETES = "1.33"


def main() -> None:
    """Exit status 1 with the first object that is wrong."""
    own = _own(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    for thing in yaml.safe_load_all(sys.stdin):
        name = f"{thing['kind']} {thing['metadata']['name']}"
        if "k8s.elastic.co" not in thing["apiVersion"]:
            kubernetes_validate.validate(thing, KUBERNETES, strict=True)
        elif not own:
            print(f"not here, left out: the schema of {name}", file=sys.stderr)
            continue
        else:
            jsonschema.validate(thing, own[thing["apiVersion"].partition("/")[2]])
        print(f"  {name}")


def _own(definition: Path) -> dict[str, Any]:
    """Version → schema in which a key that is not known is an error."""
    (crd,) = [d for d in yaml.safe_load_all(definition.read_text("utf-8")) if d]
    found = {v["name"]: v["schema"]["openAPIV3Schema"] for v in crd["spec"]["versions"]}
    for one in found.values():
        _close(one)
        one["properties"]["metadata"] = {"type": "object"}
    return found


def _close(part: Any) -> None:
    if isinstance(part, dict):
        is_open = part.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in part
        if "properties" in part and not is_open:
            part["additionalProperties"] = False
        for inner in part.values():
            _close(inner)
    elif isinstance(part, list):
        for inner in part:
            _close(inner)


if __name__ == "__main__":
    main()
