# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that the programs write holds a credential: no file, log, notification, argument, and nothing that the window shows. The
settings are written to a file for this, every debug message is on, and one server says back what it was sent. Speaks TAP.

test-secrets.py PROGRAM CLI DEV-SERVER"""

import base64
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

try:
    import dbusmock  # noqa: F401: the receiver is started from it

    from desktop import DevServer, Program, Receiver, wait_for
except (ImportError, ValueError) as error:
    print(f"1..0 # SKIP needs python3-gi, the accessibility libraries and python3-dbusmock: {error}")
    sys.exit(0)

PROGRAM, CLI, DEV_SERVER = sys.argv[1:4]
WRONG_KEY = "tr_prod_wrongwrongwrongwrongwron"
# Everything that looks like one, whoever it belongs to: keys, personal tokens, public tokens.
LOOKS_SECRET = re.compile(rb"tr_(?:dev|stg|prod|preview|pat)_(?:sk_)?[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.")
NOISY = {"G_MESSAGES_DEBUG": "all", "SOUP_DEBUG": "1", "GSETTINGS_BACKEND": "keyfile"}
FAILED = {"status": "COMPLETED_WITH_ERRORS", "startedAt": "2026-08-01T10:00:01.500Z", "completedAt": "2026-08-01T10:00:09.000Z",
          "error": {"type": "BUILT_IN_ERROR", "name": "TypeError", "message": "x of undefined", "stackTrace": "at a.ts:1"}}


class Echo(http.server.ThreadingHTTPServer):
    """A server that refuses, and says back all that it was sent."""

    def __init__(self, status):
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(handler):
                body = ('{"error":"you sent %s"}' % handler.headers.get("Authorization", "")).encode()
                handler.send_response(status)
                handler.send_header("Content-Type", "application/json")
                handler.send_header("Content-Length", str(len(body)))
                handler.send_header("X-Echo", handler.headers.get("Authorization", ""))
                handler.end_headers()
                handler.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(handler, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = WRONG_KEY
        threading.Thread(target=self.serve_forever, daemon=True).start()


def find_in(data, secrets):
    """What of a credential is in the bytes, as it is or in the forms that programs write it."""
    for secret in secrets:
        raw = secret.encode()
        for form in (raw, raw[::-1], raw.hex().encode(), raw.decode().encode("utf-16-le"),
                     *(base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))):
            if form in data:
                return form
    found = LOOKS_SECRET.search(data)
    return found.group(0) if found else None


def scan(folders, secrets):
    """Looks through every file under the folders; returns how many there were."""
    n_files = 0
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                file = os.path.join(path, name)
                if not os.path.isfile(file) or os.path.islink(file):
                    continue
                with open(file, "rb") as stream:
                    data = stream.read()
                n_files += 1
                found = find_in(file.encode() + b"\n" + data, secrets)
                assert not found, f"{file} holds {found[:8]!r}…"
    return n_files


def arguments_of(pid):
    """The argument lists of a process and its children."""
    with open(f"/proc/{pid}/cmdline", "rb") as stream:
        found = [stream.read()]
    children = f"/proc/{pid}/task/{pid}/children"
    if os.path.exists(children):
        with open(children, encoding="ascii") as stream:
            for child in stream.read().split():
                found += arguments_of(child)
    return found


def home():
    """A home of this test's own, and the variables that make it one."""
    top = os.path.join(folder, "home")
    places = {"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data",
              "XDG_STATE_HOME": "state", "TMPDIR": "tmp"}
    variables = {name: os.path.join(top, place) for name, place in places.items()}
    for place in variables.values():
        os.makedirs(place, exist_ok=True)
    return top, variables


def check_program(server, secrets, steps, *arguments, with_server=True):
    """Runs the program, takes the steps, quits, and looks through what is left."""
    receiver = Receiver(folder)
    program = None
    top, variables = home()
    log = os.path.join(folder, "program.log")
    try:
        with open(log, "wb") as stream:
            program = Program(PROGRAM, server if with_server else None, *arguments, log=stream, **NOISY, **variables)
            for argument_list in arguments_of(program.process.pid):
                assert not find_in(argument_list, secrets), "an argument holds it"
            steps(program, receiver)
            shown = "\n".join(program.texts()).encode()
            assert not find_in(shown, secrets), "the window shows it"
            assert program.quit() == 0
        with open(log, "rb") as stream:
            assert b"DEBUG" in stream.read(), "the log is not the whole one"
        assert scan([folder, os.environ["XDG_RUNTIME_DIR"]], secrets) > 0
    finally:
        if program:
            program.kill()
        receiver.stop()
    return top


def test_runs():
    """A day's work: runs come, one fails and is announced, it is opened."""
    server = DevServer(DEV_SERVER, "--scenario=calm", "--hold-ms=1000")

    def steps(program, receiver):
        server.put_run("run_first", taskIdentifier="import-csv", status="PENDING")
        program.wait_shows("import-csv")
        server.put_run("run_first", **FAILED)
        wait_for("the notification", lambda: [title for title in receiver.titles() if "import-csv" in title])
        receiver.click(max(number for number, title, _ in receiver.notifications() if "import-csv" in title))
        program.wait_shows("x of undefined")

    try:
        check_program(server, [server.key], steps)
    finally:
        server.kill()


def test_refused(status):
    """A server that does not take the key, and says it back."""
    server = Echo(status)
    try:
        check_program(server, [WRONG_KEY], lambda program, receiver: program.wait_shows("Needs attention|Reconnecting"))
    finally:
        server.shutdown()
        server.server_close()


def test_demo():
    """The demo has a key too: that of the server within. It leaves the user's settings alone."""
    same = DevServer(DEV_SERVER, "--seed=1")
    same.kill()
    top = check_program(None, [same.key], lambda program, receiver: program.wait_shows("Live"), "--demo", with_server=False)
    settings = os.path.join(top, "config", "glib-2.0", "settings", "keyfile")
    assert not os.path.exists(settings), "the demo wrote settings"


def run_cli(server, status, *arguments):
    """Runs the command-line program to its end, and looks at what it said."""
    top, variables = home()
    process = subprocess.Popen(
        [CLI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, **NOISY, **variables, "TRIGGER_API_URL": server.url, "TRIGGER_SECRET_KEY": server.key})
    for argument_list in arguments_of(process.pid):
        assert not find_in(argument_list, [server.key]), "an argument holds it"
    said = process.communicate(timeout=60)
    assert process.returncode in status, (process.returncode, said)
    for text in said:
        assert not find_in(text, [server.key]), f"{arguments} said it"
    scan([top], [server.key])


def test_cli():
    """The same without a window."""
    server = DevServer(DEV_SERVER, "--scenario=empty", "--hold-ms=1000")
    try:
        server.put_run("run_first", taskIdentifier="import-csv", status="PENDING")
        server.put_run("run_first", **FAILED)
        run_cli(server, [0], "list")
        run_cli(server, [0, 1, 3], "wait", "--run=run_first", "--timeout=5")
        run_cli(server, [0, 3], "watch", "--run=run_first", "--timeout=3")
    finally:
        server.kill()
    for status in (400, 401, 403, 500):
        echo = Echo(status)
        try:
            run_cli(echo, [1, 3], "list", "--timeout=5")
            run_cli(echo, [1, 3], "wait", "--run=run_first", "--timeout=2")
        finally:
            echo.shutdown()
            echo.server_close()


def test_the_search_itself():
    """That it would find one: in a file's name, in a file, encoded, and as a public token."""
    key = "tr_dev_0123456789abcdefghijklmn"
    token = b"eyJhbGciOiJIUzI1NiJ9.eyJwdWIiOnRydWV9.c2lnbmF0dXJl"
    for data in (key.encode(), b"Basic " + base64.b64encode(b"user:" + key.encode()), key.encode("utf-16-le"), token):
        assert find_in(b"before " + data + b" after", [key]), data
        path = os.path.join(folder, "planted")
        with open(path, "wb") as stream:
            stream.write(b"before " + data + b" after")
        try:
            scan([folder], [key])
        except AssertionError:
            pass
        else:
            raise AssertionError(f"{data} was not found in a file")
        os.unlink(path)
    assert not find_in(b"tr_dev_ is how a key begins", [key])


TESTS = [("the-search-itself", test_the_search_itself, []), ("runs", test_runs, []), ("demo", test_demo, []),
         ("cli", test_cli, [])]
TESTS += [(f"refused/{status}", test_refused, [status]) for status in (401, 403, 500)]

print(f"1..{len(TESTS)}")
failed = False
for number, (name, test, arguments) in enumerate(TESTS, 1):
    folder = tempfile.mkdtemp()
    try:
        test(*arguments)
        print(f"ok {number} /secrets/{name}", flush=True)
    except Exception:  # noqa: BLE001: every failure is a failed test, and the next one is still run
        failed = True
        for line in traceback.format_exc().splitlines():
            print("#", line)
        print(f"not ok {number} /secrets/{name}", flush=True)
    finally:
        shutil.rmtree(folder)
sys.exit(failed)
