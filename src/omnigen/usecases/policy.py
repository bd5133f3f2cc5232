"""The numbers that the use cases go by: how long, how often, how much. Seconds unless said otherwise."""

from datetime import timedelta

from attrs import frozen


@frozen(kw_only=True)
class Policy:
    """Timings and bounds; tests shorten them, production takes the defaults."""

    frame_rate: int = 24
    job_deadline: timedelta = timedelta(hours=1)
    """Longest life of a revision, queueing for the provider included."""
    closing: timedelta = timedelta(minutes=2)
    """How long after its deadline what still runs may be brought home; then the job ends without it."""
    leg: timedelta = timedelta(seconds=240)
    """Life of a leg: below the five minutes of an Express execution, with time to hand over."""
    lease: timedelta = timedelta(seconds=20)
    """A leg that hasn't been heard of for so long is taken to be dead."""
    poll: float = 2.0
    """Between two looks at a running prediction; a webhook shortens it."""
    adoption: timedelta = timedelta(seconds=60)
    """How long after a lost reply its prediction is looked for. Longer than a request may take to arrive."""
    clock_skew: timedelta = timedelta(seconds=5)
    """How far the provider's clock may differ from ours."""
    attempts: int = 3
    """Takes that are made of one thing before its scene fails."""
    backoff: float = 1.0
    """First wait after a refusal that may pass; doubled each time, jittered, at most `backoff_cap`."""
    backoff_cap: float = 30.0
    creations_a_minute: int = 600
    """The provider's limit for the account, shared by all workers."""
    retries_a_minute: int = 120
    """How many of them may be second or later tries, of all jobs together: a failing model is not stormed."""
    link: timedelta = timedelta(minutes=15)
    """Life of a signed URL that a user gets."""
    input_link: timedelta = timedelta(hours=2)
    """Life of a signed URL that the provider gets: longer than it may queue."""
    max_clip: int = 500_000_000
    """Largest output that is taken in, bytes."""
    max_upload: int = 25_000_000
    """Largest reference file, bytes."""
    purge_after: timedelta = timedelta(days=1)
    """How long a deleted job can be restored."""
    event_poll: float = 0.4
    """Between two looks for new events of a job that somebody watches."""

    def backoff_after(self, tries: int, jitter: float) -> timedelta:
        """Wait before the next try: exponential, capped, with full jitter above a half."""
        ceiling = min(self.backoff_cap, self.backoff * 2 ** min(30, max(0, tries - 1)))
        return timedelta(seconds=ceiling * (0.5 + jitter / 2))
