"""What Step Functions Express forbids, and what we ask of a state machine of ours: complaints, none where all is well."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

State = Mapping[str, Any]

LONGEST_S: Final = 300
"""An Express execution lives for five minutes."""
PLACES: Final = frozenset({"GeneratorFunction", "ComposerFunction"})
_FORBIDDEN: Final = (".sync", ".waitForTaskToken", ":activity:", "describeExecution")
_OURS: Final = "Transient"


def states_of(machine: State) -> Iterator[tuple[str, State]]:
    """All states by name, those of branches and iterations included."""
    for name, state in machine["States"].items():
        yield name, state
        for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            yield from states_of(inner)


def complaints(machine: State) -> list[str]:
    """Everything that is wrong with it."""
    found = [*_of_the_whole(machine)]
    for name, state in states_of(machine):
        found += [f"{name}: {complaint}" for complaint in _of(state)]
    return found


def _of_the_whole(machine: State) -> Iterator[str]:
    if machine.get("TimeoutSeconds", 0) > LONGEST_S:
        yield f"it may run for {machine['TimeoutSeconds']} s"
    places = set(re.findall(r"\$\{(\w+)\}", str(machine)))
    if places != PLACES:
        yield f"its placeholders are {sorted(places)}"
    if len(str(machine)) > 1_000_000:
        yield "its definition is larger than 1 MB"
    names = [name for name, _ in states_of(machine)]
    yield from (f"two states are called {name}" for name in set(names) if names.count(name) > 1)
    yield from (f"{name} is longer than 80 signs" for name in names if len(name) > 80)


def _of(state: State) -> Iterator[str]:
    text = str(state)
    yield from (f"{word} is not for Express" for word in _FORBIDDEN if word in state.get("Resource", ""))
    if "Timestamp" in text:
        yield "it counts with dates"
    match state["Type"]:
        case "Task":
            yield from _of_a_task(state)
        case "Map":
            yield from _of_a_map(state)
        case "Parallel" if "Catch" not in state:
            yield "what escapes its branches is not caught"
        case "Wait" if "SecondsPath" not in state:
            yield "how long it waits is for the step to say"
        case "Choice" if "Default" not in state:
            yield "it has no default"


def _of_a_task(state: State) -> Iterator[str]:
    if not 0 < state.get("TimeoutSeconds", 0) < LONGEST_S:
        yield "it has no time-out, or one that no execution lives to see"
    catches = [name for rule in state.get("Catch", ()) for name in rule["ErrorEquals"]]
    if catches[-1:] != ["States.ALL"]:
        yield "it does not catch everything"
    if not state.get("Retry"):
        yield "it is never tried again"
    for rule in state.get("Retry", ()):
        yield from _of_a_retry(rule)
    if state.get("Resource", "").endswith("lambda:invoke"):
        if "ResultSelector" not in state:
            yield "it takes the whole answer along"
        if not any(_OURS in rule["ErrorEquals"] for rule in state.get("Retry", ())):
            yield "our own transient error is not tried again"


def _of_a_retry(rule: State) -> Iterator[str]:
    if {"States.ALL", "States.Runtime"} & set(rule["ErrorEquals"]):
        yield "a bug is tried again"
    if rule.get("MaxAttempts", 3) and not {"MaxDelaySeconds", "JitterStrategy", "BackoffRate"} <= rule.keys():
        yield "its pauses have no bound, no jitter or no back-off"


def _of_a_map(state: State) -> Iterator[str]:
    if state["ItemProcessor"].get("ProcessorConfig", {}).get("Mode") != "INLINE":
        yield "a distributed map is not for Express"
    if not 0 < state.get("MaxConcurrency", 0) <= 40:
        yield "more than 40 at once"
    if "ItemSelector" not in state:
        yield "each iteration takes the whole state along"
