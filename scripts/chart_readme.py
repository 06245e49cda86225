"""Write the chart's README: ``python -m scripts.chart_readme``.

The table is made of values.yaml: of each value with its default, and of the comment above
it. What stands before the table is here.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy" / "helm" / "hitsvc"
README = CHART / "README.md"
TEXT = """\
# hitsvc on Kubernetes

One pod with its own store in a volume, which is enough for thousands of hits a second:

```sh
docker build -t registry.example.org/hitsvc:1.1.0 . && docker push registry.example.org/hitsvc:1.1.0
helm install hits deploy/helm/hitsvc --set image.repository=registry.example.org/hitsvc
helm test hits
```

Any number of pods before a Redis or Valkey that you have; its URL is a Secret, which is mounted as a file:

```sh
kubectl create secret generic hitsvc-store --from-literal=redis-url='redis://hitsvc:PASSWORD@valkey:6379/0'
helm install hits deploy/helm/hitsvc --set store.mode=external --set store.existingSecret=hitsvc-store
```

How to move from the first to the second without losing a hit: [docs/scaling.md](../../../docs/scaling.md#to-another-store).
Without Helm: `kubectl apply -k deploy/kubernetes/embedded`, or `external`; they are made of this chart.

- **Stopping fails nobody.** A pod that is to go serves on for `stop.preStopSeconds`, until nobody is sent to it; then, for
  `stop.drainSeconds`, connections that are kept are let go with an answer. The time that Kubernetes allows is both and 20 s.
- **Readiness is `/healthz`, not `/readyz`.** While the store is away, visitors get a badge that says "unavailable", and not the
  ingress' error page. A start waits for `/readyz`, so a rollout with a wrong store stops at its first pod.
- **The ingress must not ask twice.** A hit whose answer is late may have been counted. ingress-nginx is told by an annotation;
  for another see [docs/operations.md](../../../docs/operations.md#another-proxy).
- **Trust the ingress**, with the network of its pods in `trustedProxies`; else cookies are set as over plain HTTP.
- With the embedded store an upgrade is some seconds in which nothing is counted: two processes cannot share the volume.
- `kubectl exec deploy/hits-hitsvc -- hitsvc top` shows what is there. Changing counts in an external store needs `store.adminKey`.

Checked with Helm 4.3, and with the schemas of Kubernetes 1.27 to 1.37; not in a running cluster.

## Values

A value that does not exist, or makes no sense, is refused with a sentence.

"""


class Value(NamedTuple):
    """One row: a value's path, its default, and what is said of it."""

    path: str
    default: Any
    meaning: str


def values(text: str) -> Iterator[Value]:
    """Find the values of a file, leaves only, and lists and empty mappings as one."""
    defaults = yaml.safe_load(text)
    path: list[str] = []
    comment: list[str] = []
    for line in text.splitlines():
        if found := re.match(r"( *)# ?(.*)", line):
            comment.append(found[2])
        elif found := re.match(r"( *)([A-Za-z]+):", line):
            path[len(found[1]) // 2 :] = [found[2]]
            default = defaults
            for key in path:
                default = default[key]
            if not default or not isinstance(default, dict):
                yield Value(".".join(path), default, " ".join(comment))
            comment = []
        else:
            comment = []


def readme() -> str:
    """Return the whole README."""
    rows = [
        f"| `{value.path}` | `{json.dumps(value.default)}` | {value.meaning} |"
        for value in values((CHART / "values.yaml").read_text())
    ]
    return TEXT + "\n".join(
        ["| value | default | meaning |", "|---|---|---|", *rows, ""]
    )


if __name__ == "__main__":
    README.write_text(readme())
