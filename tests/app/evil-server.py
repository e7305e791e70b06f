# SPDX-License-Identifier: GPL-3.0-or-later
"""A realtime server that means harm. While it behaves it keeps a sound log of runs and answers as the native dialect does; told
to, it answers with bytes that no server should send. It counts what it is asked, and where it sees the key.

evil-server.py [PORT] [CASE] plays one case by hand; the names are those of CASES."""

import gzip
import itertools
import json
import socket
import socketserver
import struct
import sys
import threading
import time
import urllib.parse
import zlib

MB = 1024 * 1024
KEY = "tr_dev_evilserverkey0123456789ab"
COLUMNS = {
    "id": "cm0", "taskIdentifier": "task", "createdAt": "2026-08-01T10:00:00.000", "updatedAt": "2026-08-01T10:00:00.000",
    "startedAt": None, "delayUntil": None, "queuedAt": None, "expiredAt": None, "completedAt": None, "friendlyId": "run_0",
    "number": "1", "isTest": "f", "status": "EXECUTING", "usageDurationMs": "0", "costInCents": "0", "baseCostInCents": "0",
    "ttl": None, "payload": "{}", "payloadType": "application/json", "metadata": None, "metadataType": "application/json",
    "output": None, "outputType": "application/json", "runTags": "{}", "error": None, "realtimeStreams": "{}",
}
UP_TO_DATE = b'{"headers":{"control":"up-to-date"}}'


def utc(seconds=0):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000", time.gmtime(time.time() + seconds))


def run(run_id, **columns):
    """A run's columns, sound but for those that are named."""
    return {**COLUMNS, "id": "cm" + run_id, "friendlyId": run_id, "createdAt": utc(), "updatedAt": utc(), **columns}


class Raw(dict):
    """A row whose value is sent as these bytes, whatever JSON says."""

    def __init__(self, run_id, data):
        super().__init__(friendlyId=run_id, id="cm" + run_id)
        self.data = data


def element(value, key=None, operation="insert"):
    """One message of a shape body."""
    if key is None:
        key = value.get("id", "x") if isinstance(value, dict) else "x"
    body = value.data if isinstance(value, Raw) else json.dumps(value).encode("utf-8", "surrogatepass")
    return b'{"key":' + json.dumps(str(key)).encode() + b',"value":' + body + \
        b',"headers":{"operation":"' + operation.encode() + b'"}}'


def known():
    """The run that a program must not forget."""
    return KNOWN


# Always the same: what does not change is no news, however often it is sent.
KNOWN = run("run_known", taskIdentifier="known-task")


class Log:
    """The sound part: rows in order of their last change. The offset counts changes, the handle says which log it is."""

    def __init__(self):
        self.changed = threading.Condition()
        self.rows = {}
        self.serial = 0
        self.epoch = 1

    def put(self, *values):
        with self.changed:
            for value in values:
                self.serial += 1
                self.rows[value["friendlyId"]] = (self.serial, value)
            self.changed.notify_all()

    def wake(self):
        with self.changed:
            self.changed.notify_all()

    def renew(self):
        """Makes every client begin again."""
        with self.changed:
            self.epoch += 1
            self.changed.notify_all()


class Exchange:
    """One request and its answer, on the bare socket."""

    def __init__(self, server, connection, path, headers):
        self.server = server
        self.connection = connection
        self.path, _, query = path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.headers = headers
        self.live = self.query.get("live") == "true"
        self.run_id = urllib.parse.unquote(self.path.rsplit("/", 1)[1]) if "/runs/" in self.path else None

    def send(self, data):
        self.connection.sendall(data)

    def head(self, status=200, reason="X", length=None, **headers):
        """Sends a head; names of headers have underscores for dashes."""
        lines = [f"HTTP/1.1 {status} {reason}"]
        fields = {"content_type": "application/json", "electric_handle": f"runs_{self.server.log.epoch}",
                  "electric_offset": f"{self.server.log.serial}_0", **headers}
        if length is not None:
            fields["content_length"] = length
        else:
            fields["connection"] = "close"
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
        self.send("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n")

    def answer(self, body, status=200, **headers):
        self.head(status, length=len(body), **headers)
        self.send(body)

    def answer_rows(self, *elements, up_to_date=True, **headers):
        self.answer(b"[" + b",".join([*elements, *([UP_TO_DATE] if up_to_date else [])]) + b"]", **headers)

    def stream(self, pieces, end=b"", **headers):
        """Sends without saying how long it will be, until the other side hangs up or the case is over."""
        case = self.server.case
        self.head(**headers)
        for piece in pieces:
            if self.server.case is not case:
                return
            self.send(piece)
        self.send(end)

    def stall(self):
        case = self.server.case
        while self.server.case is case and not self.server.closed:
            time.sleep(0.05)

    def reset(self):
        """Ends the connection as a crashed machine would."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def behave(self):
        log = self.server.log
        handle = f"runs_{log.epoch}" if self.run_id is None else f"run_{log.epoch}"
        known = self.query.get("offset", "-1")
        if known != "-1" and self.query.get("handle") != handle:
            self.answer(b'[{"headers":{"control":"must-refetch"}}]', 409, electric_handle=handle)
            return
        since = 0 if known == "-1" else int(known.split("_")[0])
        end = time.monotonic() + self.server.hold_s
        case = self.server.case
        with log.changed:
            while True:
                rows = [value for serial, value in sorted(log.rows.values(), key=lambda row: row[0])
                        if serial > since and self.run_id in (None, value["friendlyId"])]
                if rows or not self.live or time.monotonic() > end or case is not self.server.case or self.server.closed:
                    break
                log.changed.wait(0.1)
            serial = log.serial
        if self.run_id is not None and not rows and since == 0:
            self.answer(b'{"error":"Run not found"}', 404)
            return
        self.answer_rows(*[element(row) for row in rows], electric_handle=handle, electric_offset=f"{serial}_0")


class EvilServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, port=0, hold_s=1.0):
        super().__init__(("127.0.0.1", port), Connection)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = KEY
        self.hold_s = hold_s
        self.log = Log()
        self.case = None
        self.closed = False
        self.requests = []  # (monotonic time, path, live)
        self.strangers = []  # requests without the key
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def play(self, case):
        """Answers with @case, a function of an Exchange, from now on; None behaves."""
        self.case = case
        self.log.wake()

    def handle_error(self, request, client_address):
        """The other side hangs up all the time, and may."""
        if not isinstance(sys.exc_info()[1], (OSError, ValueError)):
            super().handle_error(request, client_address)

    def stop(self):
        self.closed = True
        self.log.wake()
        self.shutdown()
        self.server_close()


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        while not self.server.closed:
            line = self.rfile.readline(65536)
            if not line.strip():
                return
            headers = {}
            while True:
                field = self.rfile.readline(65536).decode("latin-1")
                if not field.strip():
                    break
                name, _, value = field.partition(":")
                headers[name.strip().lower()] = value.strip()
            path = line.decode("latin-1").split(" ")[1]
            exchange = Exchange(self.server, self.connection, path, headers)
            self.server.requests.append((time.monotonic(), path, exchange.live))
            if headers.get("authorization") != "Bearer " + self.server.key:
                self.server.strangers.append(path)
            case = self.server.case
            if case is None:
                exchange.behave()
            else:
                case(exchange)
                # What it left the connection in is not for the next one.
                return


# ---- what it does instead of answering; each is a function of an Exchange ----

def raw(data, then_stall=False):
    def case(exchange):
        exchange.send(data)
        if then_stall:
            exchange.stall()
    return case


def status(code, body=b'{"error":"no"}', **headers):
    return lambda exchange: exchange.answer(body, code, **headers)


def body(data, **headers):
    return lambda exchange: exchange.answer(data, **headers)


def stalled(exchange):
    exchange.stall()


def endless(piece, start=b""):
    return lambda exchange: exchange.stream(itertools.chain([start], itertools.repeat(piece)))


def endless_rows(exchange):
    def pieces():
        yield b"["
        for number in itertools.count():
            yield b",".join(element(run(f"run_e{number:06}{i:03}")) for i in range(100)) + b","
    exchange.stream(pieces())


def endless_headers(exchange):
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    case = exchange.server.case
    for number in itertools.count():
        if exchange.server.case is not case:
            return
        exchange.send(f"x-{number}: {'y' * 8000}\r\n".encode())


def endless_continue(exchange):
    case = exchange.server.case
    while exchange.server.case is case:
        exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def endless_header(exchange):
    case = exchange.server.case
    exchange.send(b"HTTP/1.1 200 OK\r\nx-long: ")
    while exchange.server.case is case:
        exchange.send(b"y" * 65536)


def drip(data):
    """Slow loris: a byte now and then."""
    def case(exchange):
        playing = exchange.server.case
        exchange.head()
        for byte in itertools.cycle(data):
            if exchange.server.case is not playing:
                return
            exchange.send(bytes([byte]))
            time.sleep(0.2)
    return case


def drip_head(exchange):
    playing = exchange.server.case
    for byte in itertools.chain(b"HTTP/1.1 200 OK\r\nx: ", itertools.repeat(0x79)):
        if exchange.server.case is not playing:
            return
        exchange.send(bytes([byte]))
        time.sleep(0.2)


def promised(exchange):
    exchange.head(length=1024 * MB)
    exchange.stall()


def zipped(data):
    return lambda exchange: exchange.answer(data() if callable(data) else gzip.compress(data), content_encoding="gzip")


def bomb():
    """1,100 MB of blanks in a megabyte: one packed piece again and again. Nobody gets as far as the checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * MB) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + piece * 1100


def many_rows(count):
    def case(exchange):
        def pieces():
            yield b"[" + element(known()) + b","
            for first in range(0, count, 500):
                yield b"".join(b'{"key":"k%d","value":{"friendlyId":"run_m%d"},"headers":{"operation":"insert"}},' % (i, i)
                               for i in range(first, first + 500))
        exchange.stream(pieces(), UP_TO_DATE + b"]")
    return case


def many_updates(count):
    def case(exchange):
        def pieces():
            yield b"[" + element(known()) + b"," + element(run("run_many"), "one") + b","
            for first in range(0, count, 1000):
                yield b"".join(b'{"key":"one","value":{"number":"%d"},"headers":{"operation":"update"}},' % i
                               for i in range(first, first + 1000))
        exchange.stream(pieces(), UP_TO_DATE + b"]")
    return case


def big_element(size):
    def case(exchange):
        def pieces():
            yield b'[{"key":"big","value":{"friendlyId":"run_big","payload":"'
            yield from itertools.repeat(b"x" * MB, size // MB)
        exchange.stream(pieces(), b'"},"headers":{"operation":"insert"}},' + UP_TO_DATE + b"]")
    return case


def new_handles(exchange):
    exchange.answer_rows(element(known()), electric_handle=f"h{time.monotonic_ns()}",
                         electric_offset=f"{time.monotonic_ns()}_0")


def never_up_to_date(exchange):
    exchange.answer_rows(element(known()), up_to_date=False, electric_offset=f"{time.monotonic_ns()}_0")


def same_offset(exchange):
    exchange.answer_rows(element(known()), up_to_date=False, electric_offset="5_0",
                         electric_handle=exchange.query.get("handle", "h"))


def eager(exchange):
    """A live request is answered at once, with nothing, for ever."""
    exchange.answer_rows(element(known()), electric_handle=exchange.query.get("handle", "h"), electric_offset="5_0")


def no_up_to_date_storm(exchange):
    exchange.answer(b"[]", electric_handle=exchange.query.get("handle", "h"), electric_offset=f"{time.monotonic_ns()}_0")


def conflict(exchange):
    exchange.answer(b'[{"headers":{"control":"must-refetch"}}]', 409, electric_handle=f"h{time.monotonic_ns()}")


def refetch_in_body(exchange):
    exchange.answer(b'[{"headers":{"control":"must-refetch"}}]')


def redirect(make_location, code=307):
    return lambda exchange: exchange.answer(b"", code, location=make_location(exchange))


def redirect_loop(exchange):
    exchange.answer(b"", 302, location=f"{exchange.path}?x={time.monotonic_ns()}")


def reset_at(stage):
    def case(exchange):
        if stage == "head":
            exchange.send(b"HTTP/1.1 200 OK\r\nelectric-han")
        elif stage == "body":
            exchange.head(length=1000)
            exchange.send(b'[{"key":"a","value":{"friendlyId":"run_reset","status":"EXEC')
        elif stage == "chunk":
            exchange.head(transfer_encoding="chunked")
            exchange.send(b"ffff\r\n[{\"key\":")
        time.sleep(0.02)
        exchange.reset()
    return case


def echo_key(code):
    """The key, given back where it may be shown."""
    return lambda exchange: exchange.answer(
        b'{"error":"bad key ' + exchange.headers.get("authorization", "").encode() + b' in ' +
        exchange.headers.get("authorization", "").split(" ")[-1].encode() + b'"}', code,
        x_key=exchange.headers.get("authorization", ""), location="/" + exchange.headers.get("authorization", ""))


GOOD_HEADERS = b"electric-handle: h\r\nelectric-offset: 7_0\r\n"

# name: what it does; what the window must say meanwhile (a pattern), or None where the only matter is that it survives
CASES = {
    "endless-body": (endless(b" " * 65536, b"["), None),
    "endless-rows": (endless_rows, None),
    "endless-headers": (endless_headers, "Reconnecting|Connecting"),
    "endless-header": (endless_header, "Reconnecting|Connecting"),
    "endless-continue": (endless_continue, None),
    "promised-gigabyte": (promised, None),
    "stalled": (stalled, None),
    "drip-head": (drip_head, None),
    "drip-body": (drip(b"[  "), None),
    "gzip-bomb": (zipped(bomb), "Needs attention|Reconnecting"),
    "gzip-lie": (body(b"[]", content_encoding="gzip"), "Reconnecting"),
    "gzip-cut": (lambda exchange: exchange.answer(gzip.compress(b"[" + b" " * MB)[:200], content_encoding="gzip"),
                 "Reconnecting"),
    "encoding-unknown": (body(b"\x00\x01\x02", content_encoding="zstd, br"), "Reconnecting|Needs attention"),
    "chunk-lies": (raw(b"HTTP/1.1 200 OK\r\n" + GOOD_HEADERS + b"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n[]"),
                   "Reconnecting"),
    "chunk-negative": (raw(b"HTTP/1.1 200 OK\r\n" + GOOD_HEADERS + b"transfer-encoding: chunked\r\n\r\n-1\r\n[]"),
                       "Reconnecting"),
    "length-lies": (raw(b"HTTP/1.1 200 OK\r\n" + GOOD_HEADERS + b"content-length: -5\r\n\r\n[]"), None),
    "deep-nesting": (body(b"[" * MB), "Reconnecting|Needs attention"),
    "deep-row": (body(b'[{"key":"d","value":' + b'{"a":' * 100000 + b"1" + b"}" * 100000 + b',"headers":{"operation":"insert"}}]'),
                 "Reconnecting|Needs attention"),
    "element-of-100-mb": (big_element(100 * MB), "Needs attention"),
    "million-rows": (many_rows(1000000), None),
    "million-updates": (many_updates(1000000), None),
    "not-json": (body(b"<html><body>It works!</body></html>"), "Reconnecting"),
    "json-object": (body(b'{"error":"what"}'), "Reconnecting"),
    "json-cut": (body(b'[{"key":"a","val'), "Reconnecting|Needs attention"),
    "empty-body": (body(b""), None),
    "invalid-utf-8": (body(b"[" + element(known()) + b',{"key":"\xff\xfe","value":{"friendlyId":"run_\xc3\x28"},"headers":{"operation":"insert"}},' +
                           UP_TO_DATE + b"]", electric_handle="h", electric_offset="9_0"), None),
    "no-headers": (body(b"[]", electric_handle=None, electric_offset=None), "Needs attention"),
    "no-offset": (body(b"[]", electric_offset=None), "Needs attention"),
    "huge-handle": (body(b"[" + UP_TO_DATE + b"]", electric_handle="h" * 50000), "Needs attention|Reconnecting"),
    "header-newlines": (raw(b"HTTP/1.1 200 OK\r\nelectric-handle: a\r\n b\nc: d\r\nelectric-offset: 1\x00_0\r\n"
                            b"content-length: 2\r\n\r\n[]"), None),
    "header-query": (body(b"[" + element(known()) + b"," + UP_TO_DATE + b"]", electric_handle="a&live=false#x y%00", electric_offset="..//?x=1"), None),
    "new-handles": (new_handles, None),
    "never-up-to-date": (never_up_to_date, "Catching up"),
    "empty-never-up-to-date": (no_up_to_date_storm, "Catching up"),
    "same-offset": (same_offset, "Reconnecting|Catching up"),
    "eager-live": (eager, "Live"),
    "conflict-storm": (conflict, "Reconnecting|Catching up"),
    "refetch-storm": (refetch_in_body, "Reconnecting|Catching up"),
    "redirect-away": (None, "another address"),
    "redirect-javascript": (redirect(lambda exchange: "javascript:alert(1)"), "another address"),
    "redirect-userinfo": (redirect(lambda exchange: "http://x:y@" + exchange.server.url[7:] + "/"), "another address"),
    "redirect-huge": (redirect(lambda exchange: "http://" + "a" * 30000 + ".example/"), "another address"),
    "redirect-loop": (redirect_loop, "another address"),
    "redirect-nowhere": (status(302), "another address"),
    "reset-before": (reset_at("start"), "Reconnecting"),
    "reset-head": (reset_at("head"), "Reconnecting"),
    "reset-body": (reset_at("body"), "Reconnecting"),
    "reset-chunk": (reset_at("chunk"), "Reconnecting"),
    "garbage": (raw(bytes(range(256)) * 300), "Reconnecting"),
    "http-0.9": (raw(b"[]\n"), "Reconnecting"),
    "switching-protocols": (raw(b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nxyz", True), None),
    "status-0": (raw(b"HTTP/1.1 000 Nothing\r\ncontent-length: 0\r\n\r\n"), None),
    "status-999": (status(999), None),
    "304": (status(304, b""), "Reconnecting"),
    "204": (raw(b"HTTP/1.1 204 No\r\n\r\n"), None),
    "206": (status(206, b"[]"), "Reconnecting"),
    "400": (status(400), "Needs attention"),
    "401": (echo_key(401), "Needs attention"),
    "401-basic": (status(401, www_authenticate='Basic realm="x"'), "Needs attention"),
    "403": (echo_key(403), "Needs attention"),
    "404": (echo_key(404), "Reconnecting|Needs attention"),
    "429": (status(429, retry_after="99999999999999999999999"), "Reconnecting"),
    "429-negative": (status(429, retry_after="-5"), "Reconnecting"),
    "429-words": (status(429, retry_after="Fri, 31 Dec 99999 23:59:59 GMT"), "Reconnecting"),
    "500-of-10-mb": (status(500, b"<html><b>" + b"x" * (10 * MB)), "Reconnecting"),
    "503-bidi": (status(503, "‮gnihton\x00\x1b[31m\u2066<a href='x'>".encode() + b"\xff"), "Reconnecting"),
    "502-endless": (lambda exchange: exchange.stream(itertools.repeat(b"<p>" * 10000), status=502), "Reconnecting"),
    "date-skew": (lambda exchange: exchange.answer_rows(element(known()), date="Mon, 01 Jan 0001 00:00:00 GMT",
                                                   age="99999999999", expires="Mon, 01 Jan 9999 00:00:00 GMT"), None),
    "set-cookie": (status(500, set_cookie="a=" + "b" * 4000, clear_site_data="*", alt_svc='h3=":1"'), "Reconnecting"),
}


# ---- rows that no run should have, in a sound answer ----

BIDI = "\u202e\u2066\u200f"
CONTROL = "".join(map(chr, range(1, 32))) + "\x7f\x85"
MARKUP = "<b>&amp;<a href='file:///etc/passwd'>%s %n</a> &broken; </b><span size='999999'>"
LONG = "long " * (MB // 5)
JOINED = "w" * MB
DONE = {"status": "COMPLETED_SUCCESSFULLY", "completedAt": "2026-08-01T10:00:09.000"}
FAILED = {"status": "COMPLETED_WITH_ERRORS", "completedAt": "2026-08-01T10:00:09.000"}


def deep(depth, opening='{"a":', closing="}"):
    return opening * depth + "1" + closing * depth


def raw_row(run_id, text):
    return Raw(run_id, ('{"id":"cm%s","friendlyId":"%s",%s}' % (run_id, run_id, text)).encode("utf-8", "surrogateescape"))


def text_rows(name, text):
    """The same text in every place that is shown."""
    words = json.dumps(text)
    return [
        run(f"run_{name}_1", taskIdentifier=text, status=text, runTags="{" + json.dumps(text, ensure_ascii=False) + "}", ttl=text,
            metadata='{"label":%s,"progress":0.5,%s:%s,"links":[{"url":"https://x.example/","title":%s}]}'
            % (words, words, words, words), payload='{%s:%s}' % (words, words), output=words, realtimeStreams="{" + words + "}"),
        run(f"run_{name}_2", taskIdentifier=text, **FAILED,
            error=json.dumps({"type": "BUILT_IN_ERROR", "name": text, "message": text, "stackTrace": text})),
        run(f"run_{name}_3", taskIdentifier=text, **FAILED, error=json.dumps({"type": "STRING_ERROR", "raw": text}),
            payloadType=text, outputType=text, metadataType=text, payload=text, output=text, metadata=text),
        run(f"run_{name}_4", **FAILED, error=text),
    ]


def json_rows(name, text):
    """The same JSON text in every column that holds some."""
    return [run(f"run_{name}_1", metadata=text, payload=text, output=text, error=text),
            run(f"run_{name}_2", metadata=text, payload=text, output=text, error=text, **FAILED,
                payloadType="application/super+json", outputType="application/super+json",
                metadataType="application/super+json")]


TIMES = ["9999-12-31T23:59:59.999", "0001-01-01T00:00:00.000", "-0044-03-15T00:00:00.000", "99999-01-01T00:00:00",
         "2026-02-30T25:61:61", "", "now", "infinity", "-infinity", "1e400", "2026-08-01 10:00:00.123456789012345678901234567890"]
NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 400, "-1", "0x10", "", "1.5", "--1", "1e-400"]
TYPES = ["null", "true", "0", "1e400", '""', '"x"', "[]", "{}", '["x"]', '{"x":1}', "[[[]]]"]
LINKS = ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,<script>", "http://", "https://x@evil.example/", "https://[::",
         "HTTPS://\u0430pple.example/", "mailto:", "mailto:a@b?body=" + "x" * 10000, "https://x.example/" + "y" * 100000,
         "https://x.example/\r\nHost: y", "vbscript:x", "//x.example", "https://127.0.0.1:99999/", "ftp://x", " https://x.example"]

ROWS = {
    "bidi": text_rows("bidi", BIDI + "gnp.exe" + BIDI),
    "control": text_rows("control", CONTROL),
    "markup": text_rows("markup", MARKUP),
    "nul": text_rows("nul", "a\x00b"),
    "surrogate": text_rows("surrogate", "a\ud800b"),
    "empty": text_rows("empty", ""),
    "long": text_rows("long", LONG),
    "joined": text_rows("joined", JOINED),
    "combining": text_rows("combining", "Z" + "\u0300" * 5000),
    "lines": text_rows("lines", "line\n" * 100000),
    "array": [run("run_array_1", runTags="{" + ",".join(f"t{i}" for i in range(5000)) + "}"),
              run("run_array_2", runTags="{{{{a}}}}"), run("run_array_3", runTags='{"a\\'),
              run("run_array_4", runTags="{" * 100000), run("run_array_5", runTags="{NULL,null,,}"),
              run("run_array_6", runTags="{" + ",".join("x" * 2000 for _ in range(50)) + "}")],
    "times": [run(f"run_times_{i}", createdAt=time_, startedAt=time_, updatedAt=time_, completedAt=time_, delayUntil=time_,
                  queuedAt=time_, expiredAt=time_, status=status_)
              for i, (time_, status_) in enumerate(itertools.product(TIMES, ["EXECUTING", "COMPLETED_SUCCESSFULLY"]))],
    "numbers": [run(f"run_numbers_{i}", usageDurationMs=number, costInCents=number, baseCostInCents=number, number=number,
                    metadata='{"progress":%s,"total":%s,"current":%s}' % ((number or "null",) * 3))
                for i, number in enumerate(NUMBERS)],
    "types": [raw_row(f"run_types_{i}", ",".join(f'"{name}":{value}' for name in COLUMNS if name not in ("id", "friendlyId")))
              for i, value in enumerate(TYPES)],
    "ids": [Raw(f"run_ids_{i}", ('{"id":%s,"friendlyId":%s,"status":"EXECUTING"}' % (value, value)).encode())
            for i, value in enumerate(TYPES)] +
           [run("run_../../etc"), run("run_%00"), run("run_" + "x" * 100000), run("run_ \n\t"), run("run_<b>"), run("run_?&#/")],
    "no-id": [Raw("run_none_1", b'{"status":"EXECUTING"}'), Raw("run_none_2", b"{}"), Raw("run_none_3", b"null"),
              Raw("run_none_4", b"7"), Raw("run_none_5", b"[]"), Raw("run_none_6", b'"x"')],
    "doubled": [Raw("run_doubled_1", b'{"friendlyId":"run_doubled_1","friendlyId":"run_doubled_x","status":"EXECUTING",'
                                     b'"status":"CRASHED","taskIdentifier":"a","taskIdentifier":"b"}')],
    "columns": [raw_row("run_columns_1", ",".join(f'"c{i}":"{i}"' for i in range(200))),
                raw_row("run_columns_2", ",".join(f'"c{i}":"{i}"' for i in range(5000)))],
    "deep": json_rows("deep", deep(100000)) + json_rows("deepest", "[" * MB) +
            [run("run_deep_250", metadata=deep(250), payload=deep(250, "[", "]"), output=deep(250), error=deep(250))],
    # More than a server keeps in a row (512 KB); the rest goes to its object store.
    "wide": json_rows("wide", "{" + ",".join(f'"k{i}":{i}' for i in range(50000)) + "}"),
    "list": json_rows("list", "[" + ",".join("1" for _ in range(200000)) + "]"),
    "cut": json_rows("cut", '{"progress":0.5,"a":["b"'),
    "words": json_rows("words", "not json at all"),
    "digits": json_rows("digits", '{"progress":' + "9" * 100000 + ',"n":1e999999999,"m":-0.0,"x":' + "1" * 5000 + "}"),
    "super": [run(f"run_super_{i}", payload=value, output=value, payloadType="application/super+json",
                  outputType="application/super+json") for i, value in enumerate([
                      '{"json":{"a":1},"meta":{"values":{"a":["Date"],"b.c.d":["bigint"],"":["Map"]}}}',
                      '{"json":1,"meta":{"values":{"' + "a." * 50000 + '":["Date"]}}}',
                      '{"json":{"a":{}},"meta":{"referentialEqualities":{"a":["a.a","a"],"":["a"]}}}',
                      '{"json":null,"meta":{"values":' + deep(240) + "}}", '{"json":[],"meta":7}', '{"meta":{}}'])],
    "links": [run("run_links_1", metadata=json.dumps({"links": [{"url": link, "title": link[:50]} for link in LINKS]})),
              run("run_links_2", metadata=json.dumps({f"link{i}": link for i, link in enumerate(LINKS)})),
              run("run_links_3", metadata=json.dumps({"links": [f"https://x.example/{i}" for i in range(10000)]})),
              run("run_links_4", metadata=json.dumps({f"u{i}": f"https://x.example/{i}" for i in range(10000)}))],
    "progress": [run(f"run_progress_{i}", metadata=value) for i, value in enumerate([
        '{"progress":-5}', '{"progress":1e308,"total":1e-308}', '{"progress":{"current":5,"total":0}}',
        '{"progress":{"progress":{"progress":1}}}', '{"progress":"50%%"}', '{"status":{"progress":[],"label":{}}}',
        '{"steps":[' + ",".join('{"name":"s%d","status":"running"}' % i for i in range(20000)) + "]}",
        '{"logs":[' + ",".join('"line"' for _ in range(100000)) + "]}"])],
    "packets": [run(f"run_packets_{i}", payload=value, output=value, payloadType=kind, outputType=kind, **DONE)
                for i, (value, kind) in enumerate([
                    ("javascript:alert(1)", "application/store"), ("/etc/passwd", "application/store"), ("", "application/store"),
                    ("x" * MB, "application/store"), ("\x00\x01", "text/plain"), ("x", ""), ("x", "a" * MB), ("{}", "image/png")])],
}


if __name__ == "__main__":
    evil = EvilServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    evil.log.put(known())
    if len(sys.argv) > 2:
        evil.play(CASES[sys.argv[2]][0])
    print(f"TRIGGER_API_URL={evil.url} TRIGGER_SECRET_KEY={evil.key}", flush=True)
    evil.thread.join()
