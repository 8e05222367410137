"""What the project gives to the CI systems of others names commands, options and files that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from kg.cli.main import VERBS
from kg.cli.validate import command

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = {
    name
    for parameter in command.params
    if isinstance(parameter, click.Option)
    for name in (*parameter.opts, *parameter.secondary_opts)
}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / "docs" / "how-to" / "validate-in-ci.yml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "how-to" / "validate-in-ci.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_verb_on_rdf_files(hook: dict[str, str]) -> None:
    program, verb = hook["entry"].split()
    assert program == "kg"
    assert verb in VERBS
    assert hook["language"] == "python"
    found = [name for name in ("a.ttl", "b.nq", "c.jsonld", "d.ttl.txt", "e.py") if re.search(hook["files"], name)]
    assert found == ["a.ttl", "b.nq", "c.jsonld"]


def test_the_workflow_calls_the_command_with_options_that_it_has() -> None:
    steps = WORKFLOW["jobs"]["shacl"]["steps"]
    (words,) = [shlex.split(step["run"]) for step in steps if step.get("run", "").startswith("kg ")]
    assert words[:2] == ["kg", "validate"]
    assert {word for word in words if word.startswith("-")} <= OPTIONS
    (upload,) = [step["with"]["sarif_file"] for step in steps if "upload-sarif" in step.get("uses", "")]
    assert upload == words[words.index("--output") + 1]


def test_the_page_names_only_options_that_exist_and_every_allowance() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE))
    assert named <= OPTIONS
    assert {option for option in OPTIONS if option.startswith("--allow-")} <= named
    assert set(re.findall(r"- id: (\S+)", PAGE)) <= {hook["id"] for hook in HOOKS}


def test_a_commit_is_checked_by_what_make_lint_runs() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert local["repo"] == "local"
    assert {hook["language"] for hook in local["hooks"]} == {"system"}
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint: ")[2].partition("\n\n")[0]
    linted = re.findall(r"^\t\$\(BIN\)/([^.\n]+?)(?: \.)?$", recipe, re.MULTILINE)
    assert [hook["entry"].removesuffix(" --force-exclude") for hook in local["hooks"]] == linted != []
