"""How functions run: their runtime, their logs, their schedules, their alarms."""

from __future__ import annotations

import pytest
from tests.infra.stack import (
    EVERYTHING,
    STAGES,
    TEMPLATE,
    alarms_on,
    at,
    events,
    functions,
    of_type,
    role_of,
    statements,
    target,
)
from tests.template import ROOT

FUNCTIONS = sorted(functions())
SCHEDULED = [(name, event) for name in FUNCTIONS for event in sorted(events(name, "Schedule", "ScheduleV2"))]
LONGEST_ANSWER = 29  # API Gateway: "Quotas for configuring and running a REST API"


def test_every_folder_of_code_is_one_function() -> None:
    folders = {f"functions/{handler.parent.name}" for handler in ROOT.glob("functions/*/handler.py")}

    assert sorted(functions()[name]["CodeUri"] for name in FUNCTIONS) == sorted(folders)
    assert len(folders) == 11


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_runs_python_3_13_on_arm64_with_the_one_layer(function: str) -> None:
    properties = functions()[function]

    assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
    assert properties["Layers"] == [{"Ref": "PlumblineLayer"}]
    assert properties["Handler"] == "handler.handler"


def test_the_layer_fits_the_functions() -> None:
    (layer,) = of_type("AWS::Serverless::LayerVersion").values()

    assert layer["Properties"]["CompatibleRuntimes"] == ["python3.13"]
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]
    assert layer["Metadata"] == {"BuildMethod": "makefile"}


def test_what_all_functions_are_told_is_about_logs_and_metrics_only() -> None:
    assert sorted(TEMPLATE["Globals"]) == ["Function"]
    assert TEMPLATE["Globals"]["Function"]["Environment"]["Variables"] == {
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }


def test_no_function_is_traced_since_the_tracer_would_double_its_start() -> None:
    assert [name for name in FUNCTIONS if "Tracing" in functions()[name]] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_called_by_its_folder_in_logs(function: str) -> None:
    properties = functions()[function]
    service = properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]

    assert properties["CodeUri"] == f"functions/{service}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_writes_json_to_a_log_of_its_own_and_to_no_other(function: str) -> None:
    config = functions()[function]["LoggingConfig"]
    own = target(config["LogGroup"])
    written = [
        (one.actions, one.targets)
        for one in statements(role_of(function))
        if any(action.startswith("logs:") for action in one.actions)
    ]

    assert config["LogFormat"] == "JSON"
    assert EVERYTHING[own]["Type"] == "AWS::Logs::LogGroup"
    assert written == [(("logs:CreateLogStream", "logs:PutLogEvents"), (own,))]


def test_no_two_functions_write_to_one_log() -> None:
    logs = [target(functions()[name]["LoggingConfig"]["LogGroup"]) for name in FUNCTIONS]

    assert sorted(set(logs)) == sorted(logs) == sorted(of_type("AWS::Logs::LogGroup"))


@pytest.mark.parametrize("log", sorted(of_type("AWS::Logs::LogGroup")))
def test_a_log_ends_after_a_number_of_days(log: str) -> None:
    days = {stage: at(stage, EVERYTHING[log]["Properties"]["RetentionInDays"]) for stage in STAGES}

    assert days == {"local": 7, "dev": 14, "prod": 90}


@pytest.mark.parametrize(("function", "event"), SCHEDULED)
def test_a_schedule_does_not_repeat_since_its_next_run_does(function: str, event: str) -> None:
    schedule = events(function, "Schedule", "ScheduleV2")[event]

    assert schedule["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    assert functions()[function]["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}


def test_three_functions_are_scheduled_each_minute_and_one_each_five() -> None:
    rates = {"EachMinute": "rate(1 minute)", "EachFiveMinutes": "rate(5 minutes)"}

    assert SCHEDULED == [
        ("AlertsFunction", "EachFiveMinutes"),
        ("CommentPollingFunction", "EachMinute"),
        ("SweepFunction", "EachMinute"),
        ("TrackerPollingFunction", "EachMinute"),
    ]
    for function, event in SCHEDULED:
        assert events(function, "ScheduleV2")[event]["ScheduleExpression"] == rates[event]


@pytest.mark.parametrize("function", [name for name in FUNCTIONS if events(name, "Api")])
def test_a_function_of_the_api_ends_before_the_gateway_gives_up(function: str) -> None:
    assert functions()[function]["Timeout"] <= LONGEST_ANSWER


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_keeps_failing_raises_an_alarm(function: str) -> None:
    (alarm,) = alarms_on("Errors", "FunctionName")[function]

    assert (alarm["Namespace"], alarm["Statistic"]) == ("AWS/Lambda", "Sum")


@pytest.mark.parametrize(
    ("count", "log", "pattern"),
    [
        ("WriteCapCount", "SyncLog", '{ $.outcome = "write_cap" }'),
        ("UnknownWebhookCount", "WebhookReceiptLog", '{ $.message = "unknown webhook" }'),
    ],
)
def test_a_count_is_taken_from_what_one_function_logs(count: str, log: str, pattern: str) -> None:
    properties = of_type("AWS::Logs::MetricFilter")[count]["Properties"]
    (made,) = properties["MetricTransformations"]

    assert target(properties["LogGroupName"], "Alarms") == log
    assert properties["FilterPattern"] == pattern
    assert made["MetricValue"] == "1"


def test_an_item_that_reaches_its_cap_of_writes_raises_an_alarm() -> None:
    alarm = EVERYTHING["WriteCapAlarm"]["Properties"]
    (counted,) = EVERYTHING["WriteCapCount"]["Properties"]["MetricTransformations"]

    assert (alarm["Namespace"], alarm["MetricName"]) == (counted["MetricNamespace"], counted["MetricName"])
    assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "Sum",
        "GreaterThanThreshold",
        0,
    )


@pytest.mark.parametrize("alarm", sorted(of_type("AWS::CloudWatch::Alarm")))
def test_an_alarm_reaches_somebody_and_says_what_happened(alarm: str) -> None:
    properties = EVERYTHING[alarm]["Properties"]

    assert [target(one) for one in properties["AlarmActions"]] == ["AlarmTopic"]
    assert properties["TreatMissingData"] == "notBreaching"
    assert properties["AlarmDescription"].endswith((".", "?"))
