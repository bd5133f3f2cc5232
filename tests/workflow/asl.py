"""A small interpreter of the Amazon States Language: what pipeline.asl.json uses of it, as Express executes it.

It is stricter than the emulator: five minutes and 256 KiB are enforced, Lambdas outlive an execution that is cut,
everything passes through JSON, and what isn't known is refused. Time is the caller's clock.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from omnigen.ports.clock import Clock, Ids

LIFETIME: Final = 300.0
LARGEST: Final = 256 * 1024
Call = Callable[[str, Any], Awaitable[Any]]
"""Calls a function, or the service integration of that name, with its parameters."""


class StateError(Exception):
    """An error by its name, as Retry and Catch know it."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause


class Execution:
    """One run of a machine."""

    def __init__(
        self,
        definition: Mapping[str, Any],
        call: Call,
        clock: Clock,
        ids: Ids,
        entered: Callable[[str], None] = lambda _: None,
        *,
        arn: str,
    ) -> None:
        self._context = {"StateMachine": {"Id": "pipeline"}, "Execution": {"Id": arn}}
        self._definition = definition
        self._call, self._clock, self._ids, self._entered = call, clock, ids, entered
        self.largest = 0
        """Size of the largest state, in bytes."""
        self.status = "RUNNING"
        self.error: StateError | None = None
        self.calls: set[asyncio.Task[Any]] = set()
        """Lambdas that are still at work."""

    async def run(self, given: Any) -> None:
        """To its end: SUCCEEDED, FAILED or TIMED_OUT."""
        work = asyncio.create_task(self._walk(self._definition, given, self._context))
        end = asyncio.create_task(self._clock.sleep(LIFETIME))
        try:
            await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self.status = "TIMED_OUT"
                return
            try:
                work.result()
                self.status = "SUCCEEDED"
            except StateError as error:
                self.status, self.error = "FAILED", error
        finally:
            for task in (work, end):
                task.cancel()
            await asyncio.gather(work, end, return_exceptions=True)

    async def _walk(self, machine: Mapping[str, Any], given: Any, context: Mapping[str, Any]) -> Any:
        name, data = machine["StartAt"], given
        while True:
            state = machine["States"][name]
            self._entered(name)
            data = self._carried(data)
            context = {**context, "State": {"Name": name, "EnteredTime": self._clock.now().isoformat()}}
            data, following = await self._enter(state, data, context)
            if state.get("End") or state["Type"] == "Succeed":
                return self._carried(data)
            name = following or state["Next"]

    def _carried(self, data: Any) -> Any:
        text = json.dumps(data)
        self.largest = max(self.largest, len(text.encode()))
        if self.largest > LARGEST:
            raise StateError("States.DataLimitExceeded", f"{self.largest} bytes")
        return json.loads(text)

    async def _enter(self, state: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> Any:
        match state["Type"]:
            case "Succeed":
                return data, None
            case "Fail":
                raise StateError(state["Error"], state["Cause"])
            case "Choice":
                return data, next(
                    (rule["Next"] for rule in state["Choices"] if _holds(rule, data)), state["Default"]
                )
            case "Wait":
                seconds = _at(state["SecondsPath"], data)
                if not isinstance(seconds, int) or seconds < 1:
                    raise StateError("States.Runtime", f"a wait of {seconds!r} s")
                await self._clock.sleep(seconds)
                return data, None
            case "Pass":
                chosen = _at(state.get("InputPath", "$"), data, context)
                made = state.get(
                    "Result",
                    _filled(state["Parameters"], chosen, context) if "Parameters" in state else chosen,
                )
                return _placed(state, data, made), None
            case "Task" | "Parallel" | "Map" as kind:
                act = {"Task": self._task, "Parallel": self._parallel, "Map": self._map}[kind]
                return await self._persist(state, data, lambda: act(state, data, context))
        raise StateError("States.Runtime", f"type {state['Type']}")

    async def _persist(self, state: Mapping[str, Any], data: Any, act: Callable[[], Awaitable[Any]]) -> Any:
        tries = [0] * len(state.get("Retry", ()))
        while True:
            try:
                made = await act()
                selected = _filled(state["ResultSelector"], made, {}) if "ResultSelector" in state else made
                return _placed(state, data, selected), None
            except StateError as error:
                number = _matching(state.get("Retry", ()), error)
                if number is not None and tries[number] < state["Retry"][number]["MaxAttempts"]:
                    await self._clock.sleep(self._pause(state["Retry"][number], tries[number]))
                    tries[number] += 1
                    continue
                caught = _matching(state.get("Catch", ()), error)
                if caught is None:
                    raise
                rule = state["Catch"][caught]
                told = {"Error": error.name, "Cause": error.cause}
                return _placed(rule, data, told), rule["Next"]

    def _pause(self, rule: Mapping[str, Any], tries: int) -> float:
        assert rule["JitterStrategy"] == "FULL"
        longest: float = min(rule["MaxDelaySeconds"], rule["IntervalSeconds"] * rule["BackoffRate"] ** tries)
        return longest * self._ids.jitter()

    async def _task(self, state: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> Any:
        given = self._carried(_filled(state["Parameters"], data, context))
        resource = state["Resource"].removeprefix("arn:aws:states:::")
        if resource == "lambda:invoke":
            return {"StatusCode": 200, "Payload": await self._invoke(given["FunctionName"], given["Payload"])}
        return await self._invoke(resource, given)

    async def _invoke(self, name: str, given: Any) -> Any:
        task = asyncio.ensure_future(self._call(name, given))
        self.calls.add(task)
        task.add_done_callback(self.calls.discard)
        try:
            return self._carried(await asyncio.shield(task))
        except (asyncio.CancelledError, StateError):
            raise
        except BaseException as error:
            raise StateError(type(error).__name__, str(error)) from error

    async def _parallel(self, state: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> Any:
        return await _all([self._walk(branch, data, context) for branch in state["Branches"]])

    async def _map(self, state: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> Any:
        room = asyncio.Semaphore(state["MaxConcurrency"])

        async def one(value: Any) -> Any:
            async with room:
                here = {**context, "Map": {"Item": {"Value": value}}}
                return await self._walk(
                    state["ItemProcessor"], _filled(state["ItemSelector"], data, here), here
                )

        return await _all([one(value) for value in _at(state["ItemsPath"], data)])


async def _all(works: list[Any]) -> list[Any]:
    """The first that fails ends the others, as it does there."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _matching(rules: Any, error: StateError) -> int | None:
    for number, rule in enumerate(rules):
        names = rule["ErrorEquals"]
        general = "States.TaskFailed" in names and error.name != "States.Timeout"
        if error.name in names or "States.ALL" in names or general:
            return number
    return None


def _holds(rule: Mapping[str, Any], data: Any) -> bool:
    if "Or" in rule:
        return any(_holds(one, data) for one in rule["Or"])
    value = _at(rule["Variable"], data)
    wanted = rule["StringEquals"] if "StringEquals" in rule else rule["BooleanEquals"]
    return type(value) is type(wanted) and bool(value == wanted)


def _placed(state: Mapping[str, Any], data: Any, made: Any) -> Any:
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    if path == "$":
        return made
    whole = json.loads(json.dumps(data))
    *way, last = path.removeprefix("$.").split(".")
    here = whole
    for name in way:
        here = here.setdefault(name, {})
    if not isinstance(here, dict):
        raise StateError("States.ResultPathMatchFailure", path)
    here[last] = made
    return whole


def _filled(template: Any, data: Any, context: Mapping[str, Any]) -> Any:
    if isinstance(template, list):
        return [_filled(one, data, context) for one in template]
    if not isinstance(template, dict):
        return template
    return {
        name.removesuffix(".$"): _evaluated(value, data, context)
        if name.endswith(".$")
        else _filled(value, data, context)
        for name, value in template.items()
    }


def _evaluated(text: str, data: Any, context: Mapping[str, Any]) -> Any:
    if not text.startswith("States."):
        return _at(text, data, context)
    name, inside = re.fullmatch(r"States\.(\w+)\((.*)\)", text).groups()  # type: ignore[union-attr]
    args = [
        one.strip("'") if one.startswith("'") else _at(one, data, context)
        for one in (part.strip() for part in inside.split(","))
    ]
    match name:
        case "ArrayContains":
            return args[1] in args[0]
        case "Format":
            return args[0].replace("{}", "%s") % tuple(args[1:])
    raise StateError("States.IntrinsicFailure", name)


def _at(path: str, data: Any, context: Mapping[str, Any] | None = None) -> Any:
    if path.startswith("$$"):
        path, data = path[1:], context
    found, many = [data], False
    for name, index in re.findall(r"\.(\w+)|\[(\*|\d+)\]", path):
        try:
            if index == "*":
                found, many = [one for part in found for one in part], True
            else:
                found = [part[name] if name else part[int(index)] for part in found]
        except (KeyError, IndexError, TypeError) as error:
            raise StateError("States.ParameterPathFailure", f"{path} in {json.dumps(data)[:200]}") from error
    return found if many else found[0]
