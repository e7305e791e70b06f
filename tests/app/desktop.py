# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test that uses the program as a person would needs: a receiver of notifications, the development server as a process
of its own, and the program's window through the accessibility bus. Everything waits for conditions, with a bound."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib

APP_ID = "io.github.runspotter.Runspotter"


def wait_for(what, condition, seconds=30):
    """Returns the first true value of condition(); raises when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for: {what}")
        time.sleep(0.05)


class Receiver:
    """A desktop notification service on this session bus (python-dbusmock's), which writes down every call."""

    NAME = "org.freedesktop.Notifications"
    PATH = "/org/freedesktop/Notifications"

    def __init__(self, folder):
        self.log = os.path.join(folder, "notifications.log")
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "dbusmock", "--session", "--template", "notification_daemon"],
            stdout=open(self.log, "w"), stderr=subprocess.STDOUT)
        wait_for("the notification receiver", self.is_there)

    def is_there(self):
        try:
            self.call(self.NAME, "GetServerInformation", None)
            return True
        except GLib.Error:
            return False

    def call(self, interface, method, arguments):
        return self.bus.call_sync(self.NAME, self.PATH, interface, method, arguments, None,
                                  Gio.DBusCallFlags.NONE, 5000, None)

    def notifications(self):
        """(number, title, body) of all notifications so far, in order. The service counts numbers from 1 and gives one that
        replaces another the number of that."""
        found, last = [], 0
        with open(self.log, encoding="utf-8") as log:
            for match in re.finditer(r'^\S+ Notify "[^"]*" (\d+) "[^"]*" "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"', log.read(), re.M):
                number = int(match.group(1))
                if number == 0:
                    last += 1
                    number = last
                found.append((number, match.group(2), match.group(3)))
        return found

    def titles(self):
        """Titles of all notifications so far, in order."""
        return [title for _, title, _ in self.notifications()]

    def click(self, number):
        """Clicks on the body of the notification with this number."""
        self.call("org.freedesktop.DBus.Mock", "EmitSignal",
                  GLib.Variant("(sssav)", (self.NAME, "ActionInvoked", "us",
                                           [GLib.Variant("u", number), GLib.Variant("s", "default")])))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class DevServer:
    """runspotter-dev-server as a process of its own, which can be killed and started again."""

    def __init__(self, program, *arguments):
        self.program = program
        self.arguments = list(arguments)
        self.port = 0
        self.epoch = None
        self.start()

    def start(self):
        arguments = [self.program, f"--port={self.port}", *self.arguments]
        if self.epoch:
            arguments.append(f"--epoch={self.epoch}")
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        said = {}
        while not {"url", "key", "epoch"} <= said.keys():
            line = self.process.stdout.readline()
            assert line, "the development server ended"
            name, _, value = line.strip().partition(" ")
            said[name] = value
        self.url, self.key, self.epoch = said["url"], said["key"], said["epoch"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def request(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.key, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def put_run(self, run_id, **columns):
        self.request("PUT", "/dev/runs/" + run_id, {"friendlyId": run_id, **columns})


class Program:
    """The program, seen through the accessibility bus."""

    def __init__(self, program, server, *arguments, log=None, **environment):
        """What it says goes to log, an open file, instead of this program's own errors."""
        connection = {"TRIGGER_API_URL": server.url, "TRIGGER_SECRET_KEY": server.key} if server else {}
        self.app_id = APP_ID + ".Demo" if "--demo" in arguments else APP_ID
        self.process = subprocess.Popen(
            [program, *arguments], stdout=log or sys.stderr, stderr=log,
            env={**os.environ, "GTK_A11Y": "atspi", "G_DEBUG": "fatal-criticals", **connection, **environment})
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.window = wait_for("the window", self.find_window)

    def find_window(self):
        assert self.process.poll() is None, f"the program ended with {self.process.returncode}"
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            if application is not None and application.get_process_id() == self.process.pid:
                for j in range(application.get_child_count()):
                    window = application.get_child_at_index(j)
                    if window is not None:
                        return window
        return None

    def texts(self):
        """Names and texts of everything that is visible in the window (GTK 4.8 does not tell what is showing)."""
        found = []

        def visit(node, depth):
            if node is None or depth > 60:
                return
            try:
                if not node.get_state_set().contains(Atspi.StateType.VISIBLE):
                    return
                name = node.get_name()
                if name:
                    found.append(name)
                if "Text" in node.get_interfaces():
                    text = Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
                    if text:
                        found.append(text)
                for index in range(node.get_child_count()):
                    visit(node.get_child_at_index(index), depth + 1)
            except GLib.Error:
                # The widget went away while it was looked at.
                return

        assert self.process.poll() is None, f"the program ended with {self.process.returncode}"
        visit(self.window, 0)
        return found

    def shows(self, pattern):
        return any(re.search(pattern, text) for text in self.texts())

    def wait_shows(self, pattern, seconds=30):
        try:
            return wait_for(f"the window to show {pattern!r}", lambda: self.shows(pattern), seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows {self.texts()}") from None

    def activate(self, action, *arguments):
        """An action of the application, as the desktop activates it for a click on a notification."""
        self.bus.call_sync(self.app_id, "/" + self.app_id.replace(".", "/"), "org.gtk.Actions", "Activate",
                           GLib.Variant("(sava{sv})", (action, list(arguments), {})), None,
                           Gio.DBusCallFlags.NONE, 5000, None)

    def quit(self):
        self.activate("quit")
        return self.process.wait(20)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
