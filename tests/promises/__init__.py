"""What must hold after anything at all has happened: the promises P1 to P13 of docs/PROMISES.md, and who checks them.

| promise | checked by |
|---|---|
| P1 usage | `steps` after every write, `whole` at rest |
| P2 paid once | the provider's ledger at every request, `whole` at rest |
| P3 ends in time | `whole` at rest |
| P4 what has ended never changes | `steps` after every write, `whole` by the events |
| P5 zombies write nothing | `steps`: epochs and versions of every item only grow |
| P6 same key, same answer | the simulated users |
| P7 the video is there | `whole` |
| P8 nobody sees another's | the simulated users |
| P9 no orphans | `whole` |
| P10 webhooks and late costs | `whole`: the books of every revision |
| P11 retries | the provider, at every request |
| P12 what was acknowledged is there | the simulated users, `whole` |
| P13 edits pay for what they change | the simulated users, against the forecast |
"""

from tests.promises.broken import Broken, promise
from tests.promises.whole import check_promises

__all__ = ["Broken", "check_promises", "promise"]
