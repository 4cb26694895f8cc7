"""The importer's last words as one sentence; real ones, shortened. See also test_importing.py."""

from pathlib import Path

import pytest

from graph.managed.failures import import_failure

FILES = [Path("/people.csv"), Path("/places.csv")]
INPUT = "org.neo4j.internal.batchimport.input.InputException"
FAILED = "Caused by: org.neo4j.importer.FileImporter$CsvImportException"
WRONG_ROW = f"""\
org.neo4j.cli.CommandFailedException: Error importing csv file.
{FAILED}: {INPUT}: ERROR in input
  data source: BufferedCharSeeker[source:/a/folder/1.csv, position:12, line:2]
  in field: n:long:2
  for header: [id:ID(A), n:long]
  raw field value: No space left on device
  original error: Not an integer: "No space left on device"
Caused by: {INPUT}: ERROR in input
  data source: BufferedCharSeeker[source:/a/folder/0.csv, position:40, line:7]
  original error: another one, in another thread
"""
TWICE = (
    f"{FAILED}: java.lang.RuntimeException: java.util.concurrent.ExecutionException: org.neo4j."
    "internal.batchimport.cache.idmapping.string.DuplicateInputIdException: Id 'a' is defined "
    "more than once in group 'A'\n"
)
FULL_DISK = (
    f"{FAILED}: java.io.UncheckedIOException: org.neo4j.io.fs.OutOfDiskSpaceException: System is "
    "out of disk space for store file at: /a/folder/neostore. To be able to proceed please "
    "allocate more disk space for the database and restart.\n"
    "Caused by: java.io.IOException: something else\n"
)
FULL_DISK_TOO = f"{FAILED}: java.io.IOException: No space left on device\n"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (WRONG_ROW, '/places.csv, line 3: Not an integer: "No space left on device"'),
        (TWICE, "Id 'a' is defined more than once in group 'A'"),
        (FULL_DISK, "no space is left on the disk"),
        (FULL_DISK_TOO, "no space is left on the disk"),
        (f"{FAILED}: {INPUT}: {'x' * 1000}\x1b", "x" * 300),
        (
            "Starting\nTerminating due to java.lang.OutOfMemoryError: Java heap space\n",
            "Terminating due to java.lang.OutOfMemoryError: Java heap space (exit code 3)",
        ),
        ("", "no word of it (exit code 3)"),
    ],
)
def test_the_first_cause_is_told(said: str, sentence: str) -> None:
    assert import_failure(said.splitlines(), 3, FILES) == sentence
