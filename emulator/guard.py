"""A watchman that outlives the supervisor: if the supervisor is killed, it ends the children.

It is a shell that reads process groups from a pipe. While the supervisor lives it only waits; when
the pipe closes, for whatever reason, it asks every group still listed to end, and soon forces it.
This works where PR_SET_PDEATHSIG does not (macOS), and reaches grandchildren too.
"""

import subprocess
from typing import Final

# No `--` before the group: dash would take it for a process.
_SCRIPT: Final = """
trap '' INT TERM HUP
groups=
while read -r sign group; do
  if [ "$sign" = + ]; then groups="$groups $group"; continue; fi
  kept=
  for g in $groups; do [ "$g" = "$group" ] || kept="$kept $g"; done
  groups=$kept
done
[ -n "$groups" ] || exit 0
for g in $groups; do kill -TERM "-$g" 2>/dev/null; done
sleep 3
for g in $groups; do kill -KILL "-$g" 2>/dev/null; done
exit 0
"""


class Guard:
    """Keeps the list of process groups that must not outlive this process."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C in the terminal must not reach it.
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """End this process group if the supervisor goes."""
        self._tell(f"+ {group}\n")

    def forget(self, group: int) -> None:
        """This process group has ended."""
        self._tell(f"- {group}\n")

    def dismiss(self) -> None:
        """Close the pipe and wait: with nothing left to watch the shell ends at once."""
        if self._shell.stdin is not None:
            self._shell.stdin.close()
        self._shell.wait()

    def _tell(self, line: str) -> None:
        if self._shell.stdin is None:
            return
        try:
            self._shell.stdin.write(line.encode())
            self._shell.stdin.flush()
        except (BrokenPipeError, ValueError):
            # Someone killed the watchman: the children still end with a clean stop.
            return
