"""House rules of the workflows, beyond what the linters know: what may run, as whom, and how the canary is led."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tools.delivery.finding import Finding

WEIGHTS = ("0", "10", "25", "50")
_UNTRUSTED = ("pull_request_target", "workflow_run", "issue_comment")
_WEIGH = "./.github/actions/canary-weight"


@dataclass(frozen=True)
class Pin:
    """The one version of an action that may run: its commit, and the tag that the commit had when it was looked up."""

    version: str
    commit: str


@dataclass(frozen=True)
class Workflow:
    """One workflow or composite action: its name as findings give it, its text and what the text says."""

    name: str
    text: str
    content: Mapping[Any, Any]

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs; a composite action counts as none."""
        return dict(self.content.get("jobs", {}))

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Every step of every job, or of the composite action."""
        runs = [*self.jobs.values(), self.content.get("runs", {})]
        return [step for run in runs for step in run.get("steps", [])]

    def fault(self, rule: str, message: str) -> Finding:
        """A finding about the file."""
        return Finding(self.name, 0, rule, message)


def read_workflow(name: str, text: str) -> Workflow:
    """The workflow of a text."""
    return Workflow(name, text, yaml.safe_load(text))


def pins(workflow: Workflow, known: Mapping[str, Pin]) -> Iterator[Finding]:
    """Foreign code runs at a commit that was looked up, its version beside it: a tag can be moved, and has been."""
    jobs = [job["uses"] for job in workflow.jobs.values() if "uses" in job]
    for uses in (*jobs, *(step["uses"] for step in workflow.steps if "uses" in step)):
        action, _, commit = uses.partition("@")
        pin = known.get(action)
        if uses.startswith("./"):
            continue
        if pin is None or pin.commit != commit or f"{uses} # {pin.version}\n" not in workflow.text:
            yield workflow.fault("pins", f"{uses} is not the pinned one")


def permissions(workflow: Workflow, _: Mapping[str, Pin]) -> Iterator[Finding]:
    """Nothing is allowed by default, and each job says what it may."""
    if workflow.jobs and workflow.content.get("permissions") != {}:
        yield workflow.fault("permissions", "the workflow allows something to every job")
    for name, job in workflow.jobs.items():
        allowed = job.get("permissions")
        if allowed is None or set(allowed.items()) - {("contents", "read"), ("id-token", "write")}:
            yield workflow.fault("permissions", f"{name} has more than it needs")


def identity(workflow: Workflow, _: Mapping[str, Pin]) -> Iterator[Finding]:
    """Only a job of a protected environment may ask for a token, and no secret is kept that could sign in."""
    for name, job in workflow.jobs.items():
        asks = "id-token" in (job.get("permissions") or {})
        if asks and "environment" not in job and "uses" not in job:
            yield workflow.fault("identity", f"{name} signs in outside of an environment")
    if "secrets." in workflow.text or "creds:" in workflow.text:
        yield workflow.fault("identity", "a secret is used; sign in with a federated token")


def time_limits(workflow: Workflow, _: Mapping[str, Pin]) -> Iterator[Finding]:
    """Every job ends."""
    for name, job in workflow.jobs.items():
        if "steps" in job and not job.get("timeout-minutes"):
            yield workflow.fault("time-limits", f"{name} has no limit")


def triggers(workflow: Workflow, _: Mapping[str, Pin]) -> Iterator[Finding]:
    """No trigger runs a stranger's change with our rights. (YAML reads the key `on` as true.)"""
    chosen = workflow.content.get(True) or {}
    for name in _UNTRUSTED:
        if name in chosen:
            yield workflow.fault("triggers", f"{name} runs a stranger's change with our rights")


def checkout(workflow: Workflow, _: Mapping[str, Pin]) -> Iterator[Finding]:
    """A checkout leaves no token behind for the steps after it."""
    for step in workflow.steps:
        keeps = step.get("with", {}).get("persist-credentials") is not False
        if keeps and str(step.get("uses", "")).startswith("actions/checkout@"):
            yield workflow.fault("checkout", "the checkout keeps its token")


def canary(workflow: Workflow, _: Mapping[str, Pin]) -> Iterator[Finding]:
    """The canary grows by 10, 25 and 50, is watched at each, and is taken out when that fails or is cancelled."""
    job = workflow.jobs.get("canary")
    if job is None:
        return
    steps = [step["with"] for step in job["steps"] if step.get("uses") == _WEIGH]
    if tuple(step["weight"] for step in steps) != WEIGHTS:
        yield workflow.fault("canary", f"weights are not {', '.join(WEIGHTS)}")
    if any(("workspace" in step) != (step["weight"] != "0") for step in steps):
        yield workflow.fault("canary", "a weight is not watched")
    yield from _retreat(workflow)


def _retreat(workflow: Workflow) -> Iterator[Finding]:
    job = workflow.jobs.get("retreat", {"steps": []})
    weights = [step["with"]["weight"] for step in job["steps"] if step.get("uses") == _WEIGH]
    condition = str(job.get("if"))
    wanted = ("always()", "canary.result == 'failure'", "canary.result == 'cancelled'")
    if weights != ["0"] or not all(part in condition for part in wanted):
        yield workflow.fault("canary", "a failed or cancelled canary is not taken out")


RULES = (pins, permissions, identity, time_limits, triggers, checkout, canary)
