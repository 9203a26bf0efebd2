"""Each command that opens the database starts in a process of its own, where nothing has been loaded yet.

The other tests run the commands inside a process that has Django already, where a command that loads a table before
the settings would pass.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

COMMANDS = ["export steps -o out", "evaluate steps -o out", "due", "queries run steps", "audit verify"]
#: One process loads the command line; each command runs in a copy of it.
RUN = """
import json, os, sys
from opstap.cli import main

codes = {}
for words in json.loads(sys.argv[1]):
    copy = os.fork()
    if not copy:
        sys.stdout = sys.stderr
        sys.argv = ["opstap", *words.split()]
        os._exit(main() or 0)
    codes[words] = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
print(json.dumps(codes))
"""


def test_each_command_says_that_there_is_no_database(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPSTAP_", "DJANGO_"))}
    source = str(Path(__file__).parents[2] / "src")
    found = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(COMMANDS)],
        env={**kept, "PYTHONPATH": source, "OPSTAP_HOME": str(tmp_path)},
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "went wrong" not in found.stderr
    assert json.loads(found.stdout) == dict.fromkeys(COMMANDS, 2), found.stderr
    assert found.stderr.count("no database there") == len(COMMANDS), found.stderr
