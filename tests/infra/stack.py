"""What the templates say, put together: references are followed to the resource that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.template import MAIN, ROOT, load

Resource = dict[str, Any]

TEMPLATE = load(MAIN)
STAGES: dict[str, dict[str, Any]] = TEMPLATE["Mappings"]["ByStage"]
NESTED = {
    name: load(ROOT / resource["Properties"]["Location"])
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Application"
}
EVERYTHING: dict[str, Resource] = dict(TEMPLATE["Resources"])
for _name, _inner in NESTED.items():
    _twice = EVERYTHING.keys() & _inner["Resources"].keys()
    assert not _twice, f"{_name} uses names that another template has too: {_twice}"
    EVERYTHING |= _inner["Resources"]

# What a function may touch that is none of the stack's: the address in SES that a parameter names.
OUTSIDE = {"AlertSender"}

_OF_NAME = {
    resource["Properties"]["Name"]["Fn::Sub"]: name
    for name, resource in EVERYTHING.items()
    if resource["Type"] == "AWS::SSM::Parameter"
}


def of_type(kind: str) -> dict[str, Resource]:
    """The resources of one type in all templates, by their logical id."""
    return {name: one for name, one in EVERYTHING.items() if one["Type"] == kind}


def functions() -> dict[str, Resource]:
    """The properties of each function, with what the Globals add."""
    shared = TEMPLATE["Globals"]["Function"]
    return {
        name: _with(shared, one["Properties"]) for name, one in of_type("AWS::Serverless::Function").items()
    }


def _with(shared: Resource, own: Resource) -> Resource:
    variables = shared["Environment"]["Variables"] | own.get("Environment", {}).get("Variables", {})
    return shared | own | {"Environment": {"Variables": variables}}


def at(stage: str, value: Any) -> Any:
    """A value as it is in one stage."""
    match value:
        case {"Fn::FindInMap": ["ByStage", {"Ref": "Stage"}, key]}:
            return STAGES[stage][key]
    return value


def target(value: Any, inside: str = "") -> str:
    """The logical id that a reference leads to, through parameters and outputs of the nested templates.

    `inside` is the nested template that the reference stands in. The name of a parameter of the stack is
    given back as it is; what is no reference gives "".
    """
    match value:
        case {"Ref": name}:
            return _given(name, inside)
        case {"Fn::GetAtt": [name, attribute]} if attribute.startswith("Outputs."):
            return target(NESTED[name]["Outputs"][attribute.removeprefix("Outputs.")]["Value"], name)
        case {"Fn::GetAtt": [name, _]}:
            return str(name)
        case {"Fn::Sub": text}:
            return _in_text(text, inside)
    return ""


def _given(name: str, inside: str) -> str:
    if inside and name in NESTED[inside].get("Parameters", {}):
        return target(EVERYTHING[inside]["Properties"]["Parameters"][name])
    return name


def _in_text(text: str, inside: str) -> str:
    for name, logical_id in _OF_NAME.items():
        if text == name or text.endswith(f":parameter{name}"):
            return logical_id
    if text.endswith(":identity/${AlertSender}"):
        return "AlertSender"
    found = re.match(r"\$\{(?P<name>\w+)(?:\.(?P<attribute>[\w.]+))?\}", text)
    if not found:
        return ""
    if found["attribute"]:
        return target({"Fn::GetAtt": [found["name"], found["attribute"]]}, inside)
    return _given(found["name"], inside)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy: what may be done to what; `texts` are the resources as they are written.

    `via` is the service that must ask in the role's name, "" when the role itself may.
    """

    effect: str
    actions: tuple[str, ...]
    targets: tuple[str, ...]
    texts: tuple[str, ...]
    via: str


def statements(role: str) -> list[Statement]:
    """What a role may do."""
    policies = EVERYTHING[role]["Properties"]["Policies"]
    return [_statement(one) for policy in policies for one in policy["PolicyDocument"]["Statement"]]


def _statement(written: Resource) -> Statement:
    assert written.keys() - {"Condition"} == {"Effect", "Action", "Resource"}, f"write out: {written}"
    resources = _many(written["Resource"])
    return Statement(
        written["Effect"],
        tuple(_many(written["Action"])),
        tuple(target(one) for one in resources),
        tuple(_text(one) for one in resources),
        _via(written.get("Condition")),
    )


def _via(condition: Any) -> str:
    if condition is None:
        return ""
    (service,) = re.findall(r"^(\w+)\.\$", condition["StringEquals"]["kms:ViaService"]["Fn::Sub"])
    assert [list(one) for one in condition.values()] == [["kms:ViaService"]]
    return str(service)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return str(value["Fn::Sub"]) if isinstance(value, dict) and "Fn::Sub" in value else str(value)


def role_of(function: str) -> str:
    """The role of a function."""
    return target(functions()[function]["Role"])


def events(function: str, *kinds: str) -> dict[str, Resource]:
    """What calls a function: the properties of its events of the kinds given."""
    found: dict[str, Resource] = functions()[function].get("Events", {})
    return {name: one["Properties"] for name, one in found.items() if one["Type"] in kinds}


def feeding_queues(function: str) -> list[str]:
    """The queues whose messages call a function."""
    return [target(one["Queue"]) for one in events(function, "SQS").values()]


def alarms_on(metric: str, dimension: str) -> dict[str, list[Resource]]:
    """The alarms on one metric, by the resource that their dimension names."""
    found: dict[str, list[Resource]] = {}
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        inside = next((one for one, inner in NESTED.items() if name in inner["Resources"]), "")
        if alarm["Properties"]["MetricName"] == metric:
            (watched,) = [d for d in alarm["Properties"]["Dimensions"] if d["Name"] == dimension]
            found.setdefault(target(watched["Value"], inside), []).append(alarm["Properties"])
    return found
