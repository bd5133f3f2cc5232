"""Deterministic simulation: the real use cases, the real workflows, everything that can go wrong, and a judge at each step.

    loop       virtual time, drawn order, processes that are killed or frozen between any two steps
    streams    chance, in separate streams by name
    faults     which call of which port goes wrong, and how (`Plan`; `DrawnPlan` draws by chance)
    ports      each port between its users and a real adapter: where a fault of the plan is carried out
    stage      the container, wired as in production over these ports, made once
    world      what exists while a seed is simulated: stores, provider, composer, clocks, the watch, the trace
    provider   the provider with its own ledger, the judge of P2 and P11; the composer
    cluster    API processes, and the local worker or the state machine with its Lambdas
    workload   users: what they ask for, and what they hold us to (P6, P8, P12)
    chaos      kills, freezes, cuts, jumps of the clock, replayed messages
    run        `simulate(seed)`: one seed from its beginning to its rest

`simulate(123)` gives a `Result`: `violation` is None or a `tests.promises.Broken` with the promise's name. Another plan
may be given: anything that keeps `faults.Plan`, as one that breaks the n-th call and no other.
docs/SIMULATION.md says what is simulated and what is not.
"""
