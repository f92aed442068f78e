"""The two commands that show what the rules make of a text."""

import json

import pytest
import typer
from typer.testing import CliRunner

from textbank.cli import text_tools
from textbank.sms.classify import classify
from textbank.sms.segments import count

TEXTS = ["STOP", "Don't stop", "Málaga 👍", "two\nlines", 'a "quote"', "\ud800"]


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(text_tools.classify)
    app.command()(text_tools.segments)
    return app


def test_texts_given_as_arguments_are_classified(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["classify", "STOP", "¿Qué tal?"])
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"text": "STOP", "class": "stop", "rule": "stop:exact"},
        {"text": "¿Qué tal?", "class": "none", "rule": "none"},
    ]
    assert "¿Qué tal?" in result.stdout


def test_texts_on_standard_input_are_counted(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["segments"], input="".join(json.dumps(text) + "\n" for text in TEXTS))
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert answers == [
        {"text": text, "encoding": count(text).encoding, "segments": count(text).segments} for text in TEXTS
    ]


def test_a_bad_line_is_reported_and_the_others_still_come_out(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["classify"], input=b'"STOP"\nSTOP\n42\n\n"\xff"\n"help"\n')
    assert result.exit_code == 1
    assert [json.loads(line)["class"] for line in result.stdout.splitlines()] == ["stop", "help"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 2", "line 3", "line 5"]


def test_an_empty_text_is_a_text(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["classify"], input='""\n')
    assert json.loads(result.stdout) == {"text": "", "class": classify("").kind, "rule": "none"}
