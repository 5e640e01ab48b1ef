"""Reads the templates, so that tests make their tables from what is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
MAIN = ROOT / "template.yaml"
DATA = ROOT / "infra" / "data.yaml"

_OF_A_TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, read into their long ones."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if tag == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


def load(path: Path) -> dict[str, Any]:
    """A template as plain values: `!Ref x` is `{"Ref": "x"}`, `!GetAtt a.b` `{"Fn::GetAtt": ["a", "b"]}`."""
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    return template


def resources(kind: str, path: Path = DATA) -> dict[str, dict[str, Any]]:
    """The resources of one type by their logical id, whole (properties, policies, conditions)."""
    found = load(path)["Resources"].items()
    return {name: resource for name, resource in found if resource["Type"] == kind}


def tables(path: Path = DATA) -> dict[str, dict[str, Any]]:
    """What `create_table` takes for each table, by its short name: "links" for `LinksTable`."""
    made = {}
    for logical_id, resource in resources("AWS::DynamoDB::Table", path).items():
        name = logical_id.removesuffix("Table").lower()
        properties = resource["Properties"]
        made[name] = {"TableName": name} | {k: properties[k] for k in _OF_A_TABLE if k in properties}
    return made
