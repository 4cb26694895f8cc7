"""The log knows headers, references and bytes; what entries mean is known elsewhere."""

import subprocess
import sys
from pathlib import Path

CODE = "import sys, eventlog, eventlog.sqlite; print(*sorted(sys.modules))"


def test_a_log_works_without_the_vocabulary() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", CODE]
    result = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in result.stdout.split()}
    assert "eventlog" in loaded
    assert not loaded & {"schema", "graph", "api", "onrecord", "pydantic"}
