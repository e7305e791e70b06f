# SPDX-License-Identifier: GPL-3.0-or-later
"""build-aux/situations over pages and logs of the test's own, and what must be true of doc/protocol.md. Speaks TAP.

test-situations.py SOURCE-DIR"""

import json
import os
import re
import subprocess
import sys
import tempfile
import traceback

TOP = sys.argv[1]
SITUATIONS = os.path.join(TOP, "build-aux", "situations")
PAGE = os.path.join(TOP, "doc", "protocol.md")
TABLE = """
# A page
| No. | Situation | Tests | Differs |
| --- | --- | --- | --- |
| 1 | One | `/a/1-x` | as `/not/a/test` |
| 2 | Two | `/a/2-y` `/b/z` | |
| 3 | Three | `/c/3-deep` | |
| Limit | Of what | Beyond it | Tests |
| `SPOT_MAX_FOO` | foo | an error | `/a/limit-foo` |
"""
GOOD = ["ok 1 /a/1-x", "ok 2 /a/2-y", "    ok 3 - /b/z", "ok 4 /c/3-deep/one", "ok 5 /c/3-deep/two", "ok 6 /a/limit-foo"]


def run(*logs, complete=True, table=TABLE):
    """The lines that the script prints over logs of TAP lines, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.md")
        with open(page, "w", encoding="utf-8") as file:
            file.write(table)
        paths = []
        for number, lines in enumerate(logs):
            paths.append(os.path.join(folder, f"{number}.json"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                json.dump({"name": "some test", "stdout": "\n".join(lines)}, file)
                file.write("\n")
        words = [sys.executable, SITUATIONS, *(["--complete"] if complete else []), page, *paths]
        result = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=False)
        return [line.split() for line in result.stdout.splitlines()], result.returncode


def state(lines, key):
    """What is said of a row; None for nothing."""
    for line in lines:
        if line[0] == key:
            return "NOT RUN" if line[1:3] == ["NOT", "RUN"] else line[1]
    return None


def check(expected, *logs, **options):
    """Expects a state for each of the rows 1, 2, 3 and SPOT_MAX_FOO, and an exit status."""
    lines, status = run(*logs, **options)
    found = [state(lines, key) for key in ("1", "2", "3", "SPOT_MAX_FOO")] + [status]
    assert found == expected, f"{found} instead of {expected}: {lines}"


def test_all_good():
    check(["ok", "ok", "ok", "ok", 0], GOOD)


def test_failed():
    check(["ok", "FAILED", "ok", "ok", 1], [*GOOD[:2], "not ok 3 - /b/z", *GOOD[3:]])
    check(["ok", "ok", "FAILED", "ok", 1], [*GOOD[:4], "not ok 5 /c/3-deep/two", GOOD[5]])
    check(["ok", "ok", "ok", "FAILED", 1], [*GOOD[:5], "not ok 6 /a/limit-foo"])


def test_failed_once():
    check(["FAILED", "ok", "ok", "ok", 1], GOOD, ["not ok 1 /a/1-x"])
    check(["FAILED", "ok", "ok", "ok", 1], ["not ok 1 /a/1-x"], GOOD)


def test_number_in_the_path():
    """A test that the table does not name counts all the same."""
    check(["ok", "ok", "FAILED", "ok", 1], [*GOOD, "not ok 7 /d/2x/3-more"])
    check(["FAILED", "ok", "FAILED", "ok", 1], [*GOOD, "not ok 7 /d/1-3-both"])
    check(["ok", "ok", "ok", "ok", 0], [*GOOD, "not ok 7 /d/limit", "not ok 8 /d/3"])


def test_not_run():
    check(["NOT RUN", "NOT RUN", "NOT RUN", "NOT RUN", 1], [])
    check(["NOT RUN", "NOT RUN", "NOT RUN", "NOT RUN", 1])
    check(["ok", "NOT RUN", "ok", "ok", 1], [*GOOD[:2], *GOOD[3:]])
    check(["NOT RUN", "ok", "ok", "ok", 1], [*GOOD[1:], "ok 1 /a/1-xx"])


def test_skipped():
    check(["ok", "NOT RUN", "ok", "ok", 1], [*GOOD[:2], "ok 3 /b/z # SKIP no such thing", *GOOD[3:]])
    check(["ok", "FAILED", "ok", "ok", 1], [*GOOD[:2], "ok 3 /b/z # SKIP no such thing", *GOOD[3:], "not ok 7 /b/z"])


def test_some_tests():
    check(["ok", None, None, None, 0], GOOD[:1], complete=False)
    check([None, "FAILED", None, None, 0], ["not ok 1 /b/z"], complete=False)
    check([None, "NOT RUN", None, None, 0], ["ok 1 /b/z"], complete=False)
    check([None, None, None, None, 0], ["ok 1 /e"], complete=False)


def test_unknown_number():
    lines, status = run([*GOOD, "ok 7 /d/17-x"])
    assert status == 1 and ["/d/17-x:", "there"] == lines[-2][:2], lines


def test_no_table():
    _, status = run(GOOD, table="# Nothing\n")
    assert status == 1


def read_page():
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def test_page_has_every_situation():
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", read_page(), re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 94, numbers


def test_page_names_tests_by_number():
    """Each situation has a test that bears its number."""
    for number, cells in re.findall(r"^\| (\d+) \|(.*)\|$", read_page(), re.MULTILINE):
        tests = re.findall(r"`(/[^`]+)`", cells.split("|")[1])
        parts = [part for test in tests for part in test.split("/")]
        numbers = {n for part in parts for match in [re.match(r"(\d+(?:-\d+)*)-\D", part)] if match for n in match[1].split("-")}
        assert number in numbers, f"situation {number} has none: {tests}"


def test_page_has_every_limit():
    with open(os.path.join(TOP, "src", "protocol", "spot-limits.h"), encoding="utf-8") as file:
        limits = re.findall(r"#define (SPOT_\w+)", file.read())
    rows = re.findall(r"^\| `(SPOT_\w+)` \|", read_page(), re.MULTILINE)
    assert sorted(limits) == sorted(rows), f"not in both: {sorted(set(limits) ^ set(rows))}"


tests = [(name[5:].replace("_", "-"), test) for name, test in sorted(globals().items()) if name.startswith("test_")]
print(f"1..{len(tests)}")
for index, (name, test) in enumerate(tests, 1):
    try:
        test()
        print(f"ok {index} /situations/{name}", flush=True)
    except Exception:
        print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
        print(f"not ok {index} /situations/{name}", flush=True)
