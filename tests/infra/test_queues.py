"""A queue repeats what failed, gives up in time, and somebody hears of it."""

from __future__ import annotations

import pytest
from tests.infra.stack import (
    EVERYTHING,
    STAGES,
    TEMPLATE,
    alarms_on,
    at,
    events,
    feeding_queues,
    functions,
    of_type,
    role_of,
    statements,
    target,
)

FED = [(name, event) for name in sorted(functions()) for event in sorted(events(name, "SQS"))]
QUEUES = sorted(of_type("AWS::SQS::Queue"))
FEEDING = sorted({queue for name in functions() for queue in feeding_queues(name)})
FOURTEEN_DAYS = 14 * 24 * 3600
# Lambda: "Creating and configuring an Amazon SQS event source mapping".
LEAST_RATIO, LEAST_RECEIVES, LEAST_CONCURRENCY = 6, 5, 2


def dead_letters_of(queue: str) -> str:
    return target(EVERYTHING[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])


def test_three_functions_are_fed_by_a_queue_each_of_its_own() -> None:
    assert FED == [("CopyFunction", "Hints"), ("JobsFunction", "Jobs"), ("SyncFunction", "Hints")]
    assert FEEDING == ["CopyQueue", "JobsQueue", "SyncQueue"]


@pytest.mark.parametrize(("function", "event"), FED)
def test_a_message_is_handled_alone(function: str, event: str) -> None:
    assert events(function, "SQS")[event]["BatchSize"] == 1


@pytest.mark.parametrize("stage", sorted(STAGES))
@pytest.mark.parametrize(("function", "event"), FED)
def test_a_message_stays_hidden_for_six_times_as_long_as_the_function_may_run(
    function: str, event: str, stage: str
) -> None:
    queue = EVERYTHING[target(events(function, "SQS")[event]["Queue"])]
    visibility = at(stage, queue["Properties"]["VisibilityTimeout"])

    assert visibility >= LEAST_RATIO * at(stage, functions()[function]["Timeout"])


@pytest.mark.parametrize(("function", "event"), FED)
def test_a_function_reports_each_message_that_failed(function: str, event: str) -> None:
    assert events(function, "SQS")[event]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(("function", "event"), FED)
def test_a_queue_starts_no_more_workers_than_is_said(function: str, event: str) -> None:
    scaling = events(function, "SQS")[event]["ScalingConfig"]

    assert scaling["MaximumConcurrency"] >= LEAST_CONCURRENCY


@pytest.mark.parametrize("queue", FEEDING)
def test_a_message_is_tried_five_times_before_it_is_put_aside(queue: str) -> None:
    assert EVERYTHING[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"] >= LEAST_RECEIVES


@pytest.mark.parametrize("queue", FEEDING)
def test_what_was_put_aside_is_kept_for_fourteen_days(queue: str) -> None:
    put_aside = EVERYTHING[dead_letters_of(queue)]["Properties"]["MessageRetentionPeriod"]

    assert put_aside == FOURTEEN_DAYS
    assert EVERYTHING[queue]["Properties"]["MessageRetentionPeriod"] < put_aside  # a message keeps its age


@pytest.mark.parametrize("queue", FEEDING)
def test_one_message_put_aside_raises_an_alarm(queue: str) -> None:
    (alarm,) = alarms_on("ApproximateNumberOfMessagesVisible", "QueueName")[dead_letters_of(queue)]

    assert (alarm["Namespace"], alarm["Statistic"]) == ("AWS/SQS", "Maximum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["EvaluationPeriods"] == 1


@pytest.mark.parametrize("queue", FEEDING)
def test_messages_that_wait_for_an_hour_raise_an_alarm(queue: str) -> None:
    (alarm,) = alarms_on("ApproximateAgeOfOldestMessage", "QueueName")[queue]

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 3600)


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_feeds_a_function_or_holds_what_was_put_aside(queue: str) -> None:
    assert queue in FEEDING or queue in {dead_letters_of(one) for one in FEEDING}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_and_refuses_plain_http_where_there_is_tls(queue: str) -> None:
    policies = of_type("AWS::SQS::QueuePolicy").values()
    (policy,) = [p for p in policies if queue in {target(one) for one in p["Properties"]["Queues"]}]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    transport, tls = TEMPLATE["Conditions"][policy["Condition"]]["Fn::Equals"]

    assert ({stage: at(stage, transport) for stage in STAGES}, tls) == (
        {"local": "any", "dev": "tls", "prod": "tls"},
        "tls",
    )
    assert EVERYTHING[queue]["Properties"]["SqsManagedSseEnabled"] is True
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "sqs:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert queue in {target(one) for one in statement["Resource"]}


@pytest.mark.parametrize("function", sorted(functions()))
def test_no_function_sends_to_the_queue_that_calls_it(function: str) -> None:
    sends_to = {
        name
        for one in statements(role_of(function))
        if "sqs:SendMessage" in one.actions
        for name in one.targets
    }

    assert sends_to.isdisjoint(feeding_queues(function))


@pytest.mark.parametrize("function", sorted(functions()))
def test_a_function_takes_messages_from_its_own_queue_only(function: str) -> None:
    takes_from = {
        name
        for one in statements(role_of(function))
        if {"sqs:ReceiveMessage", "sqs:DeleteMessage"} & set(one.actions)
        for name in one.targets
    }

    assert takes_from == set(feeding_queues(function))
