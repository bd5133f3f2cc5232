"""The arithmetic of an AWS bill: what is rounded, doubled, free, and what follows from what."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import bill as bench
from benchmarks.bill_composing import Composing, Work
from benchmarks.bill_meter import Step, index_writes, item_size, whole
from benchmarks.bill_model import (
    Invocations,
    Run,
    bill,
    gb_seconds,
    idle_in_lambda,
    prices,
    read_units,
    seconds_at,
    storage_gb_seconds,
    total,
    write_units,
)

AT = prices()
NOTHING = Run(invocations=())
WORK = Work(cpu=4.0, alone=3.0)
COMPOSING = Composing(
    segments=(WORK,) * 6, mix=Work(cpu=2.0, alone=2.0), join=Work(cpu=1.0, alone=1.0),
    clip_bytes=4e6, segment_bytes=2e6, sound_bytes=1e6, video_bytes=12e6, seconds=27.5, peak_mb=300,
)  # fmt: skip
STEPS = {
    **{name: Step(calls=1, database=4, writes=3, reads=5) for name in bench._GENERATOR_STEPS},
    "generate_scene": Step(calls=96, database=760, writes=400, reads=600, puts=6, provider=102),
    "compose_video": Step(calls=1, database=10, writes=8, reads=8, puts=2, gets=14),
    "watch_once": Step(database=2, reads=6),
}
MEASURED = bench.Measured(steps=STEPS, composing=COMPOSING, request_cpu_s=0.001)
ASSUME = bench.Assumptions()


def a_call(**changes: object) -> Invocations:
    return replace(Invocations(function="f", count=1, seconds=1, memory_mb=1024), **changes)  # type: ignore[arg-type]


def dollars(design: bench.Design) -> float:
    return total(bench.run_of(MEASURED, design, ASSUME), AT)


class TestLambda:
    def test_a_call_is_rounded_up_to_a_millisecond(self) -> None:
        """1.2 ms are two; a whole number of them stays."""
        assert gb_seconds(a_call(seconds=0.0012)) == 0.002
        assert gb_seconds(a_call(seconds=0.003)) == 0.003

    def test_memory_is_what_is_paid_for(self) -> None:
        """Twice the memory, twice the price; arm64 is a fifth cheaper."""
        once, twice = (bill(Run(invocations=(a_call(memory_mb=mb),)), AT)["Lambda f"] for mb in (512, 1024))
        other = bill(Run(invocations=(a_call(arch="x86_64"),)), AT)["Lambda f"]
        assert twice == pytest.approx(2 * once)
        assert twice / other == pytest.approx(0.8, abs=0.001)

    def test_512_mb_of_tmp_are_free(self) -> None:
        """Only what is above costs."""
        assert storage_gb_seconds(a_call(storage_mb=512), AT) == 0
        assert storage_gb_seconds(a_call(storage_mb=512 + 1024, seconds=3), AT) == 3

    def test_calls_of_one_function_are_one_line(self) -> None:
        """However many kinds of calls it has."""
        both = bill(Run(invocations=(a_call(), a_call(seconds=2))), AT)["Lambda f"]
        assert both == pytest.approx(3 * AT["lambda"]["arm64_gb_second"])

    @pytest.mark.parametrize(
        ("memory_mb", "seconds"), [(1769 // 2, 8.0), (1769, 4.0), (2 * 1769, 3.0), (4 * 1769, 3.0)]
    )
    def test_more_memory_helps_as_long_as_there_is_something_to_do_beside(
        self, memory_mb: int, seconds: float
    ) -> None:
        """4 s of CPU, 3 of them one after another: half a CPU takes 8 s, two take 3 s, and four no less."""
        assert seconds_at(memory_mb, cpu=4, alone=3) == pytest.approx(seconds, rel=0.01)

    @given(st.floats(128, 10_240), st.floats(0.001, 100), st.floats(0, 1))
    def test_waiting_is_never_shortened(self, memory_mb: float, cpu: float, part: float) -> None:
        """More memory never makes a call slower, nor faster than what it waits for."""
        small = seconds_at(memory_mb / 2, cpu=cpu, alone=cpu * part, waiting=5)
        large = seconds_at(memory_mb, cpu=cpu, alone=cpu * part, waiting=5)
        assert 5 <= large <= small * (1 + 1e-9)


class TestTheRest:
    def test_express_rounds_time_and_memory_up(self) -> None:
        """0.25 s of 50 MB are 0.3 s of 64 MB; of 65 MB they are 0.3 s of 128 MB."""
        small = bill(replace(NOTHING, executions_s=(0.25,)), AT)["Step Functions"]
        large = bill(replace(NOTHING, executions_s=(0.25,), execution_mb=65), AT)["Step Functions"]
        price, request = AT["express"]["gb_second"], AT["express"]["request"]
        assert small == pytest.approx(request + 0.3 * 64 / 1024 * price)
        assert large == pytest.approx(request + 0.3 * 128 / 1024 * price)

    def test_units_are_whole_and_transactions_double(self) -> None:
        """A write counts by the kB, a read by four; half a unit where an old answer will do."""
        assert [write_units(size) for size in (0, 1024, 1025)] == [1, 1, 2]
        assert write_units(1025, transaction=True) == 4
        assert [read_units(size) for size in (0, 4096, 4097)] == [1, 1, 2]
        assert (read_units(5000, transaction=True), read_units(1, consistent=False)) == (4, 0.5)

    def test_every_quantity_has_a_price(self) -> None:
        """None of them is counted and then forgotten."""
        for name in ("write_units", "read_units", "puts", "gets", "nat_bytes", "log_bytes", "secret_calls"):
            assert total(replace(NOTHING, **{name: 1e9}), AT) > 0, name
        assert total(NOTHING, AT) == 0

    def test_the_seed_costs_what_it_was_said_to(self) -> None:
        """5 x 60 s x 2 GB + 90 s x 10 GB = 1,500 GB-s: between $0.02 and $0.035."""
        assert sum(gb_seconds(call) for call in idle_in_lambda(arch="arm64").invocations) == 1500
        assert all(0.02 <= total(idle_in_lambda(arch=arch), AT) <= 0.035 for arch in ("arm64", "x86_64"))


class TestMeter:
    def test_items_are_measured_as_dynamodb_does(self) -> None:
        """Names and values in UTF-8, numbers two digits a byte, three bytes for a list or a map and one for each part."""
        assert item_size({"a": {"S": "ü"}}) == 3
        assert item_size({"n": {"N": "1234"}}) == 4
        assert item_size({"l": {"L": [{"BOOL": True}]}, "m": {"M": {"k": {"NULL": True}}}}) == 6 + 7

    @pytest.mark.parametrize(
        ("before", "after", "writes"),
        [({}, {}, 0), ({}, "1", 1), ("1", "1", 0), ("1", "2", 2), ("1", {}, 1)],
    )
    def test_the_index_is_written_where_its_keys_change(
        self, before: object, after: object, writes: int
    ) -> None:
        """Added, left alone, moved, removed."""
        items = [{"sweep": {"S": "open#1"}, "sweep_at": {"S": at}} if at else {} for at in (before, after)]
        assert index_writes(*items) == writes

    def test_a_query_is_paid_for_whole(self) -> None:
        """What a filter or a projection leaves out has been read."""
        asked = {
            "TableName": "t",
            "KeyConditionExpression": "#pk = :pk",
            "FilterExpression": "#v > :v",
            "ProjectionExpression": "#v",
            "ExpressionAttributeNames": {"#pk": "pk", "#v": "v"},
            "ExpressionAttributeValues": {":pk": {"S": "x"}, ":v": {"N": "1"}},
        }
        assert whole(asked) == {
            "TableName": "t",
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ExpressionAttributeValues": {":pk": {"S": "x"}},
        }


class TestOurRun:
    def test_waiting_is_not_paid_for_by_the_second(self) -> None:
        """A generation that takes twice as long costs calls and Express time, never a sleeping Lambda."""
        lines = bill(bench.run_of(MEASURED, bench.SMALL, ASSUME), AT)
        asleep = idle_in_lambda(arch="arm64", scenes=6).invocations[0]
        assert lines["Lambda generator"] < gb_seconds(asleep) * AT["lambda"]["arm64_gb_second"] / 10

    def test_polling_less_often_costs_less(self) -> None:
        """Calls, units and logs follow the interval."""
        by_poll = [dollars(replace(bench.SMALL, poll_s=poll)) for poll in (2, 4, 8)]
        assert by_poll == sorted(by_poll, reverse=True)

    def test_the_interval_that_was_counted_is_told_as_it_was(self) -> None:
        """96 calls for six scenes of 60 s at 4 s; at 2 s, 90 more."""
        assert bench._times(96, 6, 4.0) == 96
        assert bench._times(96, 6, 2.0) == 186

    def test_a_scene_more_has_more_of_everything(self) -> None:
        """Nothing is fixed at six."""
        longer = replace(MEASURED, composing=replace(COMPOSING, segments=(WORK,) * 7))
        more, less = (bench.run_of(m, bench.SMALL, ASSUME) for m in (longer, MEASURED))
        assert more.nat_bytes > less.nat_bytes
        assert total(more, AT) > total(less, AT)

    def test_the_longest_video_is_scaled_by_length_and_pixels(self) -> None:
        """40 scenes; a segment by its pixels, the join by its length as well, the sound by its length alone."""
        largest = bench.longest(COMPOSING)
        assert len(largest.segments) == 40
        assert largest.segments[0].cpu == pytest.approx(4.0 * 2.25)
        assert largest.join.cpu == pytest.approx(1.0 * 2.25 * 180 / 27.5)
        assert largest.mix.cpu == pytest.approx(2.0 * 180 / 27.5)

    def test_the_cheapest_is_the_cheapest_in_time(self) -> None:
        """A size that is too slow isn't chosen, however cheap."""
        rows = [
            {"memory_mb": 1, "dollars": 1, "in_time": False},
            {"memory_mb": 2, "dollars": 3, "in_time": True},
            {"memory_mb": 3, "dollars": 2, "in_time": True},
        ]
        assert bench.cheapest(rows)["memory_mb"] == 3

    def test_what_is_defined_is_what_is_priced(self) -> None:
        """The sizes are those that Terraform and the emulator read."""
        told = json.loads((bench.ROOT / "infra/resources.json").read_text())["functions"]
        defined = bench.run_of(MEASURED, bench.Design.defined(), ASSUME)
        sizes = {call.function: call.memory_mb for call in defined.invocations}
        assert sizes == {name: told[name]["memory_mb"] for name in ("generator", "composer")}

    def test_slower_cores_cost_more(self) -> None:
        """The machine that measured need not be Lambda's."""
        slow = bench.run_of(MEASURED, bench.SMALL, bench.Assumptions(speed=1.5))
        assert total(slow, AT) > dollars(bench.SMALL)
