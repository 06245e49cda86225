"""What openapi.json says, as a page of the manual."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "hitsvc" / "pages" / "assets" / "openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
HEAD = """# API

Every address that programs may ask, and what it takes. Made of `/openapi.json`, which each service has for your tools.
How to sign in to `/api/v1/` is on [the operator's side](dashboard.md#the-api).

An error's status is in `X-Hits-Status`, and a sentence in `X-Hits-Reason`.

"""
TITLES = {
    "count": "Count",
    "read": "Read",
    "health": "Health",
    "operate": "The operator's API",
}
Node = Mapping[str, Any]


def page() -> str:
    """Return the page, in Markdown."""
    api = json.loads(SOURCE.read_text(encoding="utf-8"))
    return HEAD + "\n".join(_lines(api)) + "\n"


def _lines(api: Node) -> Iterator[str]:
    for tag in api["tags"]:
        yield f"## {TITLES[tag['name']]}"
        yield ""
        for path, item in api["paths"].items():
            for method in METHODS:
                operation = item.get(method)
                if operation and tag["name"] in operation["tags"]:
                    yield from _operation(api, f"{method.upper()} {path}", operation)
    yield "## Parameters"
    yield ""
    yield "| name | in | values | default | meaning |"
    yield "|---|---|---|---|---|"
    for one in api["components"]["parameters"].values():
        schema = one.get("schema", {})
        yield (
            f"| `{one['name']}` | {one['in']} | {_values(schema)} |"
            f" {_code(schema.get('default'))} | {_cell(one['description'])} |"
        )


def _operation(api: Node, title: str, operation: Node) -> Iterator[str]:
    yield f"### `{title}`"
    yield ""
    yield f"{operation['summary'].rstrip('.')}."
    yield ""
    named = [_resolve(api, one) for one in operation.get("parameters", ())]
    if named:
        yield "Takes " + ", ".join(f"`{one['name']}`" for one in named) + "."
        yield ""
    statuses = (
        f"{status} ({_resolve(api, answer)['description'].rstrip('.')})"
        for status, answer in operation["responses"].items()
    )
    yield f"Answers: {'; '.join(statuses)}."
    yield ""


def _resolve(api: Node, node: Node) -> Node:
    """Follow a reference, if it is one."""
    found: Any = node
    while "$ref" in found:
        target: Any = api
        for name in found["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        found = target
    return dict(found)


def _values(schema: Node) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}"
    if "maxLength" in schema:
        return f"up to {schema['maxLength']} characters"
    return "text"


def _code(value: object) -> str:
    return "" if value is None else f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
