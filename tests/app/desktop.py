# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test that uses the program as a person would needs: a receiver of notifications, the development server as a process
of its own, and the program's window through the accessibility bus. Everything waits for conditions, with a bound."""

import collections
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

    ROOT = "/org/a11y/atspi/accessible/root"

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

    def connect_accessibility(self):
        """The accessibility bus, and the name that the program has there."""
        address = self.bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                     Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.tree_bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        children = self.tree_bus.call_sync("org.a11y.atspi.Registry", self.ROOT,
                                           "org.a11y.atspi.Accessible", "GetChildren", None, None,
                                           Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        for name, _ in children:
            pid = self.tree_bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)), None,
                                          Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
            if pid == self.process.pid:
                self.tree_name = name

    def ask(self, path, interface, method, *arguments):
        return self.tree_bus.call_sync(self.tree_name, path, interface, method, *(arguments or (None,)), None,
                                       Gio.DBusCallFlags.NONE, 30000, None).unpack()[0]

    def read_tree(self):
        """Everything that the program tells of itself, in a few questions: path → (parent's path, name, interfaces, states). GTK
        tells at once what somebody has asked for before; the children of the rest are asked for first."""
        if not hasattr(self, "tree_bus"):
            self.connect_accessibility()
        asked = set()
        while True:
            items = self.ask("/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")
            known = collections.Counter(parent for _, _, (_, parent), *_ in items)
            missing = {(path, count) for (_, path), _, _, _, count, *_ in items if count > known[path]} - asked
            if not missing:
                return {path: (parent, name, interfaces, states)
                        for (_, path), _, (_, parent), _, _, interfaces, name, _, _, states in items}
            asked |= missing
            for path, _ in missing:
                try:
                    self.ask(path, "org.a11y.atspi.Accessible", "GetChildren")
                except GLib.Error:
                    # The widget went away meanwhile.
                    pass

    def texts(self):
        """Names and texts of everything that is visible in the window (GTK 4.8 does not tell what is showing)."""
        found = []
        assert self.process.poll() is None, f"the program ended with {self.process.returncode}"
        tree = self.read_tree()

        def is_visible(path):
            # The root is the program itself, which has no states.
            while path in tree and path != self.ROOT:
                path, _, _, states = tree[path]
                if not states[0] & 1 << int(Atspi.StateType.VISIBLE):
                    return False
            return True

        for path, (_, name, interfaces, _) in tree.items():
            is_text = not name and "org.a11y.atspi.Text" in interfaces
            if not (name or is_text) or not is_visible(path):
                continue
            if name:
                found.append(name)
                continue
            try:
                count = self.ask(path, "org.freedesktop.DBus.Properties", "Get",
                                 GLib.Variant("(ss)", ("org.a11y.atspi.Text", "CharacterCount")))
                if count > 0:
                    found.append(self.ask(path, "org.a11y.atspi.Text", "GetText", GLib.Variant("(ii)", (0, count))))
            except GLib.Error:
                # The widget went away while it was looked at.
                pass
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
