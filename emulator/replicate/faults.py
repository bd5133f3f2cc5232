"""Scripted misfortune: which prediction meets which fault, attempt by attempt.

A plan is a list of rules. A rule matches a request to create a prediction by model (a glob), by a part of its
prompt, by its attempt (the first, second, ... request for the same model and prompt). What then happens is
`answers`, one an attempt ("ok" where nothing shall), or one answer for all of them. The first rule that
matches decides.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

Action = Literal[
    "ok",
    "throttle",
    "error_5xx",
    "no_credit",
    "drop_request",
    "drop_reply",
    "fail",
    "sensitive",
    "abort",
    "never_finish",
    "slow",
    "expire_output",
    "garbage_output",
    "truncated_output",
    "oversize",
]
SENSITIVE = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
FAILED = "Prediction failed: the model raised an error"


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happens to one prediction. The fields beside `action` belong to the actions they name."""

    action: Action
    error: str | None = None
    """fail, sensitive: the prediction's error."""
    retry_after: float = 1.0
    """throttle: seconds."""
    status: int = 503
    """error_5xx: the answer's status."""
    accepted: bool = False
    """error_5xx: whether the prediction runs (and is charged) all the same."""
    factor: float = 10.0
    """slow: how many times longer the generation takes."""
    size: int = 3_000_000_000
    """oversize: bytes of the output."""

    @property
    def message(self) -> str:
        """The error of a prediction that fails."""
        return self.error or (SENSITIVE if self.action == "sensitive" else FAILED)


OK = Fault(action="ok")


class Match(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which requests a rule is about; an empty one is about all of them."""

    model: str = "*"
    prompt: str = ""
    attempt: int | list[int] | None = None

    def fits(self, model: str, prompt: str) -> bool:
        """Whether the rule is about such a request."""
        return fnmatchcase(model, self.model) and self.prompt.casefold() in prompt.casefold()

    def fits_attempt(self, attempt: int) -> bool:
        """Whether it is about this attempt, counted from 1."""
        if self.attempt is None:
            return True
        return attempt in ([self.attempt] if isinstance(self.attempt, int) else self.attempt)


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a plan, told once: `answers`, or the fields of a Fault."""

    answers: list[Fault | Literal["ok"]]
    match: Match = Match()
    times: int | None = None
    """How many predictions it may hit in all."""
    repeat: bool = False
    """Whether the last answer goes on for every further attempt."""
    name: str = ""

    def answer(self, attempt: int) -> Fault:
        """What happens to this attempt."""
        if not self.match.fits_attempt(attempt):
            return OK
        place = attempt - 1 if not self.repeat else min(attempt, len(self.answers)) - 1
        found = self.answers[place] if place < len(self.answers) else "ok"
        return OK if found == "ok" else found


class Plan(Struct, kw_only=True):
    """The rules in force and what they have met so far."""

    rules: list[Rule] = []
    attempts: dict[str, int] = {}
    hits: list[int] = []

    def add(self, rules: list[Rule]) -> None:
        """After those in force."""
        self.rules += rules
        self.hits += [0] * len(rules)

    def clear(self) -> None:
        """As at the first start."""
        self.rules, self.attempts, self.hits = [], {}, []

    def meet(self, model: str, prompt: str) -> Fault:
        """The answer to one request to create a prediction. Counts it."""
        for number, rule in enumerate(self.rules):
            if not rule.match.fits(model, prompt):
                continue
            attempt = self._count(f"{number} {model} {prompt}")
            if rule.times is not None and self.hits[number] >= rule.times:
                continue
            fault = rule.answer(attempt)
            self.hits[number] += fault.action != "ok"
            return fault
        return OK

    def _count(self, key: str) -> int:
        self.attempts[key] = self.attempts.get(key, 0) + 1
        return self.attempts[key]


def read_rules(document: Any) -> list[Rule]:
    """The rules of a plan as JSON gives it: one rule, a list, or {"faults": [...]}. Raises ValueError."""
    if isinstance(document, dict) and "faults" in document:
        document = document["faults"]
    listed = document if isinstance(document, list) else [document]
    try:
        return [msgspec.convert(_spelled_out(rule), Rule) for rule in listed]
    except msgspec.ValidationError as wrong:
        raise ValueError(f"not a fault plan: {wrong}") from wrong


def read_file(path: Path) -> list[Rule]:
    """Raises ValueError, also where the file can't be read."""
    try:
        return read_rules(msgspec.json.decode(path.read_bytes()))
    except (OSError, msgspec.DecodeError) as wrong:
        raise ValueError(f"can't read the fault plan {path}: {wrong}") from wrong


def _spelled_out(rule: Any) -> Any:
    """The short form, one action for every attempt, as the long one."""
    if not isinstance(rule, dict) or "answers" in rule:
        return rule
    about = {k: v for k, v in rule.items() if k in ("match", "times", "name")}
    return about | {"answers": [{k: v for k, v in rule.items() if k not in about}], "repeat": True}
