# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole program as a person meets it: real window, real server process, real notification service. Speaks TAP.

test-desktop.py PROGRAM DEV-SERVER"""

import datetime
import os
import shutil
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

try:
    import dbusmock  # noqa: F401: the receiver is started from it

    from desktop import DevServer, Program, Receiver, wait_for
except (ImportError, ValueError) as error:
    print(f"1..0 # SKIP needs python3-gi, the accessibility libraries and python3-dbusmock: {error}")
    sys.exit(0)

PROGRAM, DEV_SERVER = sys.argv[1:3]
CREATED = {"taskIdentifier": "import-csv", "status": "PENDING"}
EXECUTING = {"status": "EXECUTING", "startedAt": "2026-08-01T10:00:01.500Z"}
FAILED = {"status": "COMPLETED_WITH_ERRORS", "completedAt": "2026-08-01T10:00:09.000Z",
          "error": {"type": "BUILT_IN_ERROR", "name": "TypeError", "message": "x of undefined", "stackTrace": "at a.ts:1"}}


def settled(server, program, marker):
    """Waits until the program has shown a change that came after everything before."""
    server.put_run(marker, taskIdentifier=marker, status="PENDING")
    program.wait_shows(marker)


def test_a_run_from_start_to_end(dialect):
    """Rows change live, a run is opened, followed to its end, and announced once; a click on that opens it again."""
    server = DevServer(DEV_SERVER, "--scenario=empty", f"--dialect={dialect}", "--hold-ms=1000")
    receiver = Receiver(folder)
    program = None
    try:
        server.put_run("run_first", **CREATED)
        program = Program(PROGRAM, server)
        program.wait_shows("Live")
        program.wait_shows(r"import-csv.*[Qq]ueued")
        server.put_run("run_first", **EXECUTING, metadata='{"progress":0.25,"label":"Reading rows"}')
        program.wait_shows(r"import-csv.*[Ee]xecuting")
        program.wait_shows("25")
        assert receiver.titles() == []

        server.put_run("run_first", **FAILED)
        wait_for("the notification", receiver.titles)
        program.wait_shows(r"import-csv.*[Ff]ailed")
        # Anything that would make the program say it twice: the same row again, and another run's change.
        server.put_run("run_first", ttl="10m")
        settled(server, program, "marker-one")
        assert receiver.titles() == ["import-csv failed"], receiver.titles()

        receiver.click(1)
        program.wait_shows("run_first")
        program.wait_shows("x of undefined")
        assert program.quit() == 0
    finally:
        if program:
            program.kill()
        server.kill()
        receiver.stop()


def test_server_killed_in_mid_run(dialect):
    """The window says Reconnecting, keeps its rows, and catches up; what ended meanwhile is announced once."""
    server = DevServer(DEV_SERVER, "--scenario=calm", f"--dialect={dialect}", "--hold-ms=1000", "--seed=7")
    receiver = Receiver(folder)
    program = None
    try:
        program = Program(PROGRAM, server)
        program.wait_shows("Live")
        rows = wait_for("rows", lambda: [text for text in program.texts() if "completed" in text.lower()])
        server.kill()
        program.wait_shows("Reconnecting")
        kept = [text for text in program.texts() if "completed" in text.lower()]
        assert kept and len(kept) >= len(rows) - 1, (rows, kept)

        server.start()
        program.wait_shows("Live", 60)
        # The scenario goes on as if its database had survived.
        wait_for("news after the restart", lambda: program.shows("xecuting|tarting"), 60)
        assert program.quit() == 0
        titles = receiver.titles()
        assert len([title for title in titles if "was canceled" in title]) == 0, titles
    finally:
        if program:
            program.kill()
        server.kill()
        receiver.stop()


def test_end_while_server_is_away(dialect):
    """A run seen unfinished, which ends while the server is away, is announced once when it is back."""
    server = DevServer(DEV_SERVER, "--scenario=empty", f"--dialect={dialect}", "--hold-ms=1000")
    receiver = Receiver(folder)
    program = None
    try:
        created = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        server.put_run("run_away", **CREATED, createdAt=created)
        server.put_run("run_old", taskIdentifier="old-task", **FAILED, createdAt=created)
        program = Program(PROGRAM, server)
        program.wait_shows(r"import-csv.*[Qq]ueued")
        server.kill()
        program.wait_shows("Reconnecting")
        program.wait_shows("import-csv")
        server.start()
        server.put_run("run_old", taskIdentifier="old-task", **FAILED, createdAt=created)
        server.put_run("run_away", **{**CREATED, **FAILED}, createdAt=created)
        program.wait_shows(r"import-csv.*[Ff]ailed", 60)
        wait_for("the notification", receiver.titles)
        settled(server, program, "marker-two")
        assert receiver.titles() == ["import-csv failed"], receiver.titles()
        assert program.quit() == 0
    finally:
        if program:
            program.kill()
        server.kill()
        receiver.stop()


def test_wrong_key(dialect):
    """A key that the server does not know: said in words, with what to do, and nothing goes on behind the user's back."""
    server = DevServer(DEV_SERVER, "--scenario=empty", f"--dialect={dialect}")
    program = None
    try:
        program = Program(PROGRAM, server, TRIGGER_SECRET_KEY="tr_dev_wrongwrongwrongwrongwr")
        program.wait_shows("Needs attention")
        assert not any("wrongwrong" in text for text in program.texts())
        assert program.quit() == 0
    finally:
        if program:
            program.kill()
        server.kill()


def test_batch_of_the_demo():
    """A batch is announced by its first failure and one summary, and a click on that shows the batch."""
    receiver = Receiver(folder)
    program = None
    try:
        program = Program(PROGRAM, None, "--demo")
        summary = wait_for("the summary of the batch",
                           lambda: [n for n in receiver.notifications() if n[1:] == ("Newsletter", "22 completed, 2 failed")], 60)
        assert len([title for title in receiver.titles() if title == "send-email failed"]) == 1, receiver.titles()
        assert not program.shows("^24 runs")
        receiver.click(summary[0][0])
        program.wait_shows("^24 runs")
        assert program.quit() == 0
    finally:
        if program:
            program.kill()
        receiver.stop()


TESTS = [(f"{test.__name__[5:]}/{dialect}".replace("_", "-"), test, [dialect])
         for test in (test_a_run_from_start_to_end, test_server_killed_in_mid_run, test_end_while_server_is_away, test_wrong_key)
         for dialect in ("electric", "native")]
TESTS.append(("batch-of-the-demo", test_batch_of_the_demo, []))

print(f"1..{len(TESTS)}")
failed = False
for number, (name, test, arguments) in enumerate(TESTS, 1):
    folder = tempfile.mkdtemp()
    try:
        test(*arguments)
        print(f"ok {number} /desktop/{name}", flush=True)
    except Exception:  # noqa: BLE001: every failure is a failed test, and the next one is still run
        failed = True
        for line in traceback.format_exc().splitlines():
            print("#", line)
        print(f"not ok {number} /desktop/{name}", flush=True)
    finally:
        shutil.rmtree(folder)
sys.exit(failed)
