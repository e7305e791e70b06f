# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole program against a server that means harm (evil-server.py). Whatever the server does, the program must not crash,
warn, hang, swell, storm the server, forget what it knew, or give the key away; and it must come back by itself or with one click
once the server behaves. Speaks TAP.

test-evil-server.py PROGRAM [PATTERN]: with PATTERN only the cases whose names match it"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, FOLDER)

try:
    import dbusmock  # noqa: F401: the receiver is started from it

    from desktop import APP_ID, Program, Receiver, wait_for
    from gi.repository import Atspi, Gio, GLib
except (ImportError, ValueError) as error:
    print(f"1..0 # SKIP needs python3-gi, the accessibility libraries and python3-dbusmock: {error}")
    sys.exit(0)

spec = importlib.util.spec_from_file_location("evil_server", os.path.join(FOLDER, "evil-server.py"))
evil = importlib.util.module_from_spec(spec)
spec.loader.exec_module(evil)

PROGRAM = sys.argv[1]
PATTERN = sys.argv[2] if len(sys.argv) > 2 else ""
MB = 1024 * 1024

# How long the window may keep somebody waiting.
MAX_WAIT_S = 2.0
# Requests of one feed in a second that bring nothing; the window that is counted over lets one through at each end.
MAX_REQUESTS_PER_S = 5
# The limits of src/protocol/spot-limits.h let one feed hold a body's rows (two states of each while it is read) and one element;
# a program that swells beyond this has found something that is not bounded.
MAX_RSS_MB = 1500


def is_sanitized():
    with open(PROGRAM, "rb") as file:
        return b"__asan_init" in file.read()


SANITIZED = is_sanitized()
PACE = 4 if SANITIZED else 1


class Heart:
    """Asks the program something small ten times a second, and remembers the longest time without an answer, less what the
    program had to wait for a processor meanwhile: other people's work is not its fault."""

    def __init__(self, program):
        self.program = program
        self.worst_s = 0.0
        self.beating = True
        self.thread = threading.Thread(target=self.beat, daemon=True)
        self.thread.start()

    def beat(self):
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        while self.beating:
            start = time.monotonic() - self.get_starved_s()
            try:
                bus.call_sync(APP_ID, "/" + APP_ID.replace(".", "/"), "org.gtk.Actions", "List", None, None,
                              Gio.DBusCallFlags.NO_AUTO_START, 30000, None)
            except GLib.Error:
                if not self.beating or self.program.process.poll() is not None:
                    return
            self.worst_s = max(self.worst_s, time.monotonic() - self.get_starved_s() - start)
            time.sleep(0.1)

    def get_starved_s(self):
        """How long the program's main thread has been ready to run and did not."""
        try:
            with open(f"/proc/{self.program.process.pid}/schedstat", encoding="ascii") as file:
                return int(file.read().split()[1]) / 1e9
        except OSError:
            return 0.0

    def take_worst(self):
        worst, self.worst_s = self.worst_s, 0.0
        return worst

    def stop(self):
        self.beating = False
        self.thread.join()


class Patient(Program):
    """The program, with what it says and writes kept for the autopsy."""

    def __init__(self, server, folder):
        self.app_id = APP_ID
        self.said = os.path.join(folder, "said")
        self.home = os.path.join(folder, "home")
        os.makedirs(self.home)
        environment = {name: os.path.join(self.home, name.lower()) for name in
                       ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
        self.log = open(self.said, "wb")
        self.process = subprocess.Popen(
            [PROGRAM], stdout=self.log, stderr=self.log,
            env={**os.environ, **environment, "HOME": self.home, "GTK_A11Y": "atspi", "G_DEBUG": "fatal-criticals",
                 "G_MESSAGES_DEBUG": "spot-app spot-net spot-service spot-model spot-protocol spot-ui",
                 "TRIGGER_API_URL": server.url, "TRIGGER_SECRET_KEY": server.key})
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.window = wait_for("the window", self.find_window)
        self.sections = []
        self.heart = Heart(self)

    def memory_mb(self, field="VmRSS"):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(field + r":\s+(\d+)", file.read()).group(1)) // 1024

    def wait_shows_all(self, patterns, seconds):
        """Waits until all of it is in the window at one time; returns what is there."""
        texts = []

        def look():
            texts[:] = self.texts()
            return all(any(re.search(pattern, text) for text in texts) for pattern in patterns)

        try:
            wait_for(f"the window to show {patterns}", look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows {texts}") from None
        return list(texts)

    def reconnect(self):
        self.bus.call_sync(APP_ID, "/" + APP_ID.replace(".", "/") + "/window/1", "org.gtk.Actions", "Activate",
                           GLib.Variant("(sava{sv})", ("reconnect", [], {})), None, Gio.DBusCallFlags.NONE, 5000, None)

    def show_run(self, run_id):
        self.activate("show-run", GLib.Variant("(ss)", ("environment-1", run_id)))

    def find_sections(self):
        """The buttons of the sections of a run."""
        found = []

        def visit(node, depth):
            if node is None or depth > 60 or len(found) == 5:
                return
            if node.get_name() in ("Overview", "Payload", "Output", "Error", "Metadata") and "Action" in node.get_interfaces():
                found.append(node)
            for index in range(node.get_child_count()):
                visit(node.get_child_at_index(index), depth + 1)

        visit(self.window, 0)
        return found

    def show_sections(self):
        """Looks at each section that the run has, one after the other; returns how many those are."""
        if len(self.sections) < 5:
            self.sections = self.find_sections()
        assert len(self.sections) == 5, [button.get_name() for button in self.sections]
        count = 0
        for button in self.sections:
            if button.get_state_set().contains(Atspi.StateType.VISIBLE):
                button.do_action(0)
                # Until it has been drawn.
                time.sleep(0.05)
                count += 1
        return count

    def check_said(self):
        with open(self.said, "rb") as file:
            said = file.read()
        bad = [line for line in said.splitlines()
               if re.search(rb"CRITICAL|WARNING|runtime error|AddressSanitizer|LeakSanitizer", line)
               # libsoup's, about a Content-Length below zero, before anybody else can see it.
               and b"property 'content-length'" not in line]
        assert not bad, bad[:5]

    def check_secrets(self, receiver, texts):
        key = evil.KEY.encode()
        secrets = {key, key[8:24]}

        def has(data):
            return any(secret in data for secret in secrets)

        with open(f"/proc/{self.process.pid}/cmdline", "rb") as file:
            assert not has(file.read()), "the key is in the command line"
        for name in (self.said, receiver.log):
            with open(name, "rb") as file:
                assert not has(file.read()), f"the key is in {os.path.basename(name)}"
        for folder, _, names in os.walk(self.home):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert not has(file.read()), f"the key is in {name}"
        for text in texts:
            assert not has(text.encode()), f"the key is in the window: {text[:200]}"

    def stop(self):
        self.heart.stop()
        self.kill()
        self.log.close()


class Ward:
    """One server and one program, through many cases: what one case did must not be felt in the next."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        self.elsewhere = evil.EvilServer()
        self.server = evil.EvilServer()
        self.server.log.put(evil.known())
        self.receiver = Receiver(self.folder)
        self.patient = None
        self.marker = 0
        self.number = 0

    def admit(self):
        """A program that runs and is live."""
        if self.patient is not None and self.patient.process.poll() is not None:
            self.discharge()
        if self.patient is None:
            self.patient = Patient(self.server, self.folder_of_patient())
            self.patient.wait_shows("known-task", 30 * PACE)
            self.patient.wait_shows("^Live$|Live", 30 * PACE)

    def folder_of_patient(self):
        self.number += 1
        folder = os.path.join(self.folder, str(self.number))
        os.makedirs(folder)
        return folder

    def get_last_words(self):
        said = os.path.join(self.folder, str(self.number), "said")
        if not os.path.exists(said):
            return []
        with open(said, errors="replace") as file:
            return file.read().splitlines()[-25:]

    def discharge(self):
        if self.patient is not None:
            self.patient.stop()
            self.patient = None

    def recover(self):
        """The server behaves, somebody clicks on Retry: all is well, and what was known before is there."""
        self.marker += 1
        task = f"marker-{self.marker}-end"
        self.server.log.put(evil.run("run_marker", taskIdentifier=task))
        self.server.log.renew()
        self.server.play(None)
        self.patient.reconnect()
        self.patient.wait_shows_all([task, "known-task"], 15 * PACE)

    def check_vitals(self, name):
        worst = self.patient.heart.take_worst()
        memory = self.patient.memory_mb()
        print(f"# {name}: longest wait {worst * 1000:.0f} ms, {memory} MB, at most {self.patient.memory_mb('VmHWM')} MB")
        assert self.patient.process.poll() is None, f"the program ended with {self.patient.process.returncode}"
        assert worst < MAX_WAIT_S * PACE, f"nothing was answered for {worst:.1f} s"
        assert SANITIZED or memory < MAX_RSS_MB, f"{memory} MB"
        self.patient.check_said()

    def check_requests(self, since):
        """Each second's requests of each feed."""
        times = {}
        for at, path, _ in list(self.server.requests):
            if at >= since:
                times.setdefault(path.partition("?")[0], []).append(at)
        for path, at in times.items():
            for i in range(len(at) - MAX_REQUESTS_PER_S - 1):
                gap = at[i + MAX_REQUESTS_PER_S + 1] - at[i]
                assert gap > 0.9, f"{MAX_REQUESTS_PER_S + 2} requests for {path} in {gap:.2f} s"

    def close(self):
        self.discharge()
        self.receiver.stop()
        self.server.stop()
        self.elsewhere.stop()
        shutil.rmtree(self.folder)


def test_answers(ward, name, act, words):
    """Bytes instead of an answer, to a program that knows something."""
    ward.admit()
    start = time.monotonic()
    if name == "redirect-away":
        act = evil.redirect(lambda exchange: ward.elsewhere.url + exchange.path)
    ward.server.play(act)
    ward.server.log.renew()
    wait_for("a request", lambda: any(at > start for at, _, _ in ward.server.requests), 5 * PACE)
    time.sleep(SECONDS.get(name, 0.3))
    # The words about it, and what was known before.
    texts = ward.patient.wait_shows_all(["known-task"] + ([words] if words else []), 5 * PACE)
    ward.check_requests(start)
    assert not ward.elsewhere.requests, "the program followed a redirect to another origin"
    assert not ward.server.strangers
    ward.check_vitals(name)
    ward.patient.check_secrets(ward.receiver, texts)
    ward.recover()


# Cases that need longer than a second to show what they do.
SECONDS = {"endless-body": 2, "endless-rows": 3, "gzip-bomb": 2, "element-of-100-mb": 2, "million-rows": 3,
           "million-updates": 2, "conflict-storm": 2, "eager-live": 2, "never-up-to-date": 2, "new-handles": 2,
           "same-offset": 2, "204": 2, "empty-never-up-to-date": 2}


def test_rows(ward, name, rows):
    """Rows that no run should have, in a sound answer: they come, change, are opened, and each of their sections is looked at."""
    ward.admit()
    start = time.monotonic()
    server, patient = ward.server, ward.patient
    server.log.put(*rows)
    patient.wait_shows_all(["known-task"], 15 * PACE)
    for row in rows[:8]:
        patient.show_run(row["friendlyId"])
        patient.show_sections()
    texts = patient.texts()
    # The same once more as changes, then away.
    server.log.put(*rows)
    patient.show_run("run_known")
    ward.check_requests(start)
    ward.check_vitals(name)
    patient.check_secrets(ward.receiver, texts)
    for row in rows:
        server.log.rows.pop(row["friendlyId"], None)
    ward.recover()


TESTS = [("answer/" + name, test_answers, (name, *case)) for name, case in evil.CASES.items()]
TESTS += [("rows/" + name, test_rows, (name, rows)) for name, rows in evil.ROWS.items()]
TESTS = [test for test in TESTS if re.search(PATTERN, test[0])]

print(f"1..{len(TESTS)}")
failed = False
ward = Ward()
began = time.monotonic()
for number, (name, test, arguments) in enumerate(TESTS, 1):
    start = time.monotonic()
    try:
        test(ward, *arguments)
        print(f"# {time.monotonic() - start:.1f} s\nok {number} /evil/{name}", flush=True)
    except Exception:  # noqa: BLE001: every failure is a failed test, and the next one is still run
        failed = True
        for line in traceback.format_exc().splitlines()[-4:]:
            print("#", line[:2000])
        for line in ward.get_last_words():
            print("# it said:", line[:300])
        print(f"not ok {number} /evil/{name}", flush=True)
        ward.discharge()
        ward.server.play(None)
        ward.server.log.renew()
ward.close()
print(f"# {time.monotonic() - began:.0f} s in all")
sys.exit(failed)
