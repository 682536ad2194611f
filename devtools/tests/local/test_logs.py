import json

from rich.console import Console

from devtools.local import logs

LINE = {
    "timestamp": "2026-11-25T07:00:00.000Z",
    "level": "info",
    "service": "order-svc",
    "event": "order placed",
    "correlation_id": "abc-123",
    "order_id": 17,
}


def kept(name):
    text = logs.file(name).read_text()
    return [json.loads(line) for line in text.splitlines()]


def write(*lines):
    log = logs.Log("order-svc", "order-svc", None)
    for line in lines:
        log.line(line)
    log.close()
    return log


def raw(*lines):
    return list(write(*lines).tail)


def test_json_lines_are_kept_as_they_came(var):
    write(json.dumps(LINE))

    assert kept("order-svc") == [LINE]


def test_other_lines_are_wrapped_as_json(var):
    write("Booting", "[1, 2]")

    first, second = kept("order-svc")
    assert first["event"] == "Booting"
    assert first["service"] == "order-svc"
    assert second["event"] == "[1, 2]"


def test_a_second_run_adds_to_the_file(var):
    write("one")
    write("two")

    assert [record["event"] for record in kept("order-svc")] == ["one", "two"]


def test_a_line_is_readable_on_the_console(var):
    console = Console(width=200, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(logs.readable(LINE, "order-svc-worker"))
    text = console.export_text()
    console.file.close()

    assert "order-svc-worker" in text
    assert "order placed abc-123  order_id=17" in text


def test_the_cause_of_a_death_is_the_exceptions_last_line(var):
    lines = ["Traceback (most recent call last):", '  File "x"', "KeyError: 'A'"]

    assert logs.cause(raw(json.dumps(LINE), *lines)) == "KeyError: 'A'"


def test_the_cause_of_a_death_is_every_setting_that_is_wrong(var):
    lines = ["The configuration has 2 problem(s):", "  A: is missing", "  B: too weak"]

    assert logs.cause(raw(*lines)) == (
        "The configuration has 2 problem(s): A: is missing; B: too weak"
    )


def test_the_cause_of_a_death_is_the_first_error_and_its_exception(var):
    error = {**LINE, "level": "error", "event": "cannot start"}
    errors = [{**error, "exception": "Trace\nOSError: no disk"}, error, LINE]

    assert logs.cause(raw(*map(json.dumps, errors))) == "OSError: no disk"


def test_the_cause_of_a_silent_death_says_so(var):
    assert logs.cause([]) == "it wrote nothing"
