"""Runs the program against an S3 server (moto's): inputs from a bucket, tables into it, and every way in which that fails.

usage: python tests/stores.py PATH/TO/zhibiao

The tables in the bucket must be those of a run over the same files on a disk, to the byte, and be read back by polars
and DuckDB. Failures are made by a proxy before the server: uploads that are refused or cut off at some request, a
program that is killed there, a second publisher in between. Prints figures and `ok`; anything else is an error.
"""

import hashlib
import http.client
import http.server
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile

import boto3
import duckdb
import polars
import pyarrow.fs
from fsspec.implementations.arrow import ArrowFSWrapper

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUCKET = "bucket"
INPUT = "输入/报告 集"
OUTPUT = "数据 集/tables"
POINTER = f"{OUTPUT}/current.json"
SEED = 20261122


def check(condition, message):
    if not condition:
        sys.exit(f"stores.py: {message}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy(http.server.ThreadingHTTPServer):
    """Hands requests on to the server, keeps a list of them, and asks `hook` what is to happen to each: None (hand it
    on), a status to answer instead, or "cut" to close the connection."""

    daemon_threads = True

    def __init__(self, target):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = target
        self.requests = []
        self.hook = lambda method, key: None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def written(self):
        """The keys that were written or deleted."""
        return [key for method, key in self.requests if method in ("PUT", "POST", "DELETE")]

    def handle_error(self, request, client_address):
        """A program that was killed hangs up."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).removeprefix(f"/{BUCKET}").removeprefix("/")
        self.server.requests.append((self.command, key))
        fate = self.server.hook(self.command, key)
        if fate == "cut":
            self.close_connection = True
            return
        if fate is not None:
            status, headers, answer = fate, [], b"<Error><Code>Made</Code><Message>made by the test</Message></Error>"
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.target)
            connection.request(self.command, self.path, body, dict(self.headers))
            response = connection.getresponse()
            status, headers, answer = response.status, response.getheaders(), response.read()
            connection.close()
        self.send_response(status)
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", lengths[0] if self.command == "HEAD" and lengths else str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do

    def log_message(self, *_):
        pass


class Stores:
    """The program, the server, and a folder for everything else."""

    def __init__(self, program, folder, server, proxy):
        self.program, self.folder, self.proxy = program, folder, proxy
        self.client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{server}", region_name="us-east-1",
                                   aws_access_key_id="test", aws_secret_access_key="test")
        self.client.create_bucket(Bucket=BUCKET)

    def environment(self, caches):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL": self.proxy.url, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "NO_PROXY": "127.0.0.1",
            "XDG_CACHE_HOME": str(self.folder / caches),
        }

    def start(self, *arguments, caches="caches"):
        return subprocess.Popen([self.program, *arguments], cwd=ROOT, env=self.environment(caches),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, code=0, caches="caches"):
        """Runs the program; gives what it printed. The sample has issues of severity error, so 0 and 1 are the same."""
        process = self.start(*arguments, caches=caches)
        out, err = process.communicate(timeout=300)
        came = 0 if process.returncode == 1 else process.returncode
        check(came == code, f"{arguments} ended with {process.returncode}, not {code}:\n{out}{err}")
        return out if code == 0 else err

    def publish(self, *more, code=0, source=None, caches="caches"):
        """A run from the bucket into the bucket; the requests are counted anew."""
        self.proxy.requests.clear()
        source = source or f"s3://{BUCKET}/{INPUT}/"
        return self.run("run", "--input", source, "--output", f"s3://{BUCKET}/{OUTPUT}", *more, code=code, caches=caches)

    def put(self, key, body):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get(self, key):
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def keys(self, prefix):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def pointer(self):
        return json.loads(self.get(POINTER))

    def current(self):
        """The files of the current version by name; each must be as the manifest says."""
        pointer = self.pointer()
        folder = f"{OUTPUT}/versions/{pointer['version']}/"
        files = {key.removeprefix(folder): self.get(key) for key in self.keys(folder)}
        check(sha256(files["manifest.json"]) == pointer["manifest_sha256"], "the pointer has another manifest")
        manifest = json.loads(files["manifest.json"])
        check(manifest["version"] == pointer["version"], "the manifest has another version than the pointer")
        told = manifest["files"] | {f"{name}.parquet": table for name, table in manifest["tables"].items()}
        wrong = [name for name, table in told.items() if sha256(files.get(name, b"")) != table["sha256"]]
        check(not wrong, f"the current version is not whole: {wrong}")
        return files


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def report(place, value):
    return f"{place}2021年政府工作报告\n\n一、2020年工作回顾\n地区生产总值达到{value}亿元，增长5.1%。新建农村公路{value}公里。\n".encode()


def make_inputs(folder):
    """The samples, and in a folder with a space: a report, an archive, a table, and what is passed over."""
    shutil.copytree(ROOT / "data/reports", folder)
    below = folder / "年 报"
    below.mkdir()
    (below / "甲县 2021年#1+100%.txt").write_bytes(report("甲县", 31))
    (below / "表 格.csv").write_text("年份,正文\n2020,乙县地区生产总值32亿元。\n2021,乙县地区生产总值33亿元。\n", encoding="utf-8")
    (below / "README.md").write_text("passed over\n")
    (below / ".hidden.txt").write_text("passed over\n")
    with zipfile.ZipFile(below / "合 集.zip", "w") as archive:
        archive.writestr("丙县.txt", report("丙县", 34))
        archive.writestr("丁县.txt", report("丁县", 35))


def same_as_on_a_disk(stores, inputs):
    for path in sorted(inputs.rglob("*")):
        if path.is_file():
            stores.put(f"{INPUT}/{path.relative_to(inputs).as_posix()}", path.read_bytes())
    # As consoles do for a folder.
    stores.put(f"{INPUT}/空/", b"")
    local = stores.folder / "local"
    stores.run("run", "--input", str(inputs), "--output", str(local))
    started = time.time()
    stores.publish()
    seconds = time.time() - started
    files = stores.current()
    expected = {path.relative_to(local / "current").as_posix(): path.read_bytes()
                for path in (local / "current").rglob("*") if path.is_file()}
    check(files == expected, f"the store has other files than the disk: {sorted(files)}, {sorted(expected)}")
    check(sorted(stores.keys(f"{OUTPUT}/")) == sorted(
        [POINTER, *(f"{OUTPUT}/versions/{stores.pointer()['version']}/{name}" for name in expected)]),
        "the store has more than a version and its pointer")
    check(stores.proxy.written()[-2:] == [f"{OUTPUT}/versions/{stores.pointer()['version']}/manifest.json", POINTER],
          "the manifest and the pointer were not written last")
    print(f"first run: {len(files)} files, {sum(map(len, files.values()))} bytes, the same as on a disk; {seconds:.1f} s")
    return local


def read_back(stores, local):
    """As an analyst would: the pointer, then the tables it names."""
    options = {"aws_endpoint_url": stores.proxy.url, "aws_region": "us-east-1", "aws_access_key_id": "test",
               "aws_secret_access_key": "test", "aws_allow_http": "true"}
    expected = polars.read_parquet(local / "current/observations.parquet")
    version = polars.scan_ndjson(f"s3://{BUCKET}/{POINTER}", storage_options=options).collect()["version"][0]
    table = f"s3://{BUCKET}/{OUTPUT}/versions/{version}/observations.parquet"
    check(polars.read_parquet(table, storage_options=options).equals(expected), "polars reads other observations")

    class Store(ArrowFSWrapper):
        """The extension of DuckDB for S3 is fetched from the internet; pyarrow speaks to the server in its place."""

        protocol = "store"

        @classmethod
        def _strip_protocol(cls, path):
            return path.removeprefix("store://")

    connection = duckdb.connect()
    connection.register_filesystem(Store(pyarrow.fs.S3FileSystem(
        endpoint_override=stores.proxy.url, access_key="test", secret_key="test", region="us-east-1")))
    prefix = f"store://{BUCKET}/{OUTPUT}"
    connection.execute(f"SET VARIABLE version = (SELECT version FROM read_json('{prefix}/current.json'))")
    read = connection.execute(
        f"SELECT count(*), sum(value) FROM read_parquet('{prefix}/versions/' || getvariable('version') || '/observations.parquet')"
    ).fetchone()
    connection.close()
    check(read[0] == expected.height > 0, f"DuckDB reads {read[0]} observations of {expected.height}")
    check(abs(read[1] - expected["value"].sum()) <= 1e-9 * abs(read[1]), "DuckDB reads other values")
    print(f"read back: {expected.height} observations in polars and DuckDB")

    for command in (["check"], ["evaluate", "--gold", "data/gold"]):
        from_store = stores.run(*command, f"s3://{BUCKET}/{OUTPUT}")
        check(from_store == stores.run(*command, str(local)), f"{command[0]} of the store says something else")
    left = [path for path in pathlib.Path(tempfile.gettempdir()).glob("zhibiao-*")]
    check(not left, f"copies are left behind: {left}")


def nothing_new(stores):
    before = stores.client.head_object(Bucket=BUCKET, Key=POINTER)
    stores.publish()
    after = stores.client.head_object(Bucket=BUCKET, Key=POINTER)
    check(stores.proxy.written() == [], f"a run with nothing new writes {stores.proxy.written()}")
    check(before["LastModified"] == after["LastModified"], "a run with nothing new touches the pointer")
    print(f"second run: nothing written, {len(stores.proxy.requests)} requests")


def failed_uploads(stores):
    """At several requests an upload is refused, cut off, or the program killed."""
    chance = random.Random(SEED)
    for number, name in enumerate(["refused", "cut off", "killed", "killed", "killed"]):
        old, files = stores.pointer(), stores.current()
        stores.put(f"{INPUT}/新 {number}.txt", report("戊县", 40 + number))
        at = chance.randrange(len(files) + 1)
        done, process = set(), []

        def hook(method, key):
            if method != "PUT" or not key.startswith(OUTPUT):
                return None
            if len(done) < at:
                done.add(key)
                return None
            if name == "killed":
                process[0].kill()
            return 500 if name == "refused" else "cut"

        stores.proxy.hook = hook
        if name == "killed":
            process.append(stores.start("run", "--input", f"s3://{BUCKET}/{INPUT}/", "--output", f"s3://{BUCKET}/{OUTPUT}"))
            process[0].communicate(timeout=300)
            check(process[0].returncode == -9, f"the program was not killed: {process[0].returncode}")
        else:
            started = time.time()
            message = stores.publish(code=2)
            check("error: cannot " in message and f"s3://{BUCKET}/{OUTPUT}/" in message, f"the failed upload is not named: {message}")
            print(f"{name}: the program gives up after {time.time() - started:.1f} s: {message.strip().splitlines()[-1][:150]}")
        stores.proxy.hook = lambda method, key: None
        check(stores.pointer() == old, "a failed upload moved the pointer")
        check(stores.current() == files, "a failed upload touched the current version")
        stores.publish()
        new = stores.current()
        check(stores.pointer()["version"] != old["version"], "the next run did not publish")
        again = done & set(stores.proxy.written())
        check(not again, f"what was uploaded before the failure is uploaded again: {again}")
        print(f"{name} after upload {at} of {len(new) + 1}: the old version stood whole, the next run uploaded {len(stores.proxy.written())}")


def passing_failures(stores):
    """Every third request fails; the program tries it again."""
    requests = []

    def hook(method, key):
        requests.append(key)
        return 503 if len(requests) % 3 == 0 else None

    stores.put(f"{INPUT}/再 新.txt", report("癸县", 70))
    old = stores.pointer()
    stores.proxy.hook = hook
    stores.publish()
    stores.proxy.hook = lambda method, key: None
    stores.current()
    check(stores.pointer()["version"] != old["version"], "the run did not publish")
    issues = polars.read_parquet(next((stores.folder / "caches/zhibiao").glob("*/current/issues.parquet")))
    check("unreadable_file" not in issues["code"], "a failure that passed is an issue")
    print(f"{len(requests) // 3} of {len(requests)} requests fail once: published all the same")


def large_files(stores):
    """A file that is uploaded in parts: one more in the directory of the version, which the store then lacks."""
    version = stores.pointer()["version"]
    (folder,) = (stores.folder / "caches/zhibiao").glob(f"*/versions/{version}")
    large = folder / "large.bin"
    large.write_bytes(random.Random(SEED).randbytes(20_000_000))
    key = f"{OUTPUT}/versions/{version}/{large.name}"
    parts = []

    def hook(method, asked):
        if method == "PUT" and asked == key:
            parts.append(asked)
            return 500 if len(parts) > 1 else None
        return None

    stores.proxy.hook = hook
    check(f"error: cannot upload s3://{BUCKET}/{key}" in stores.publish(code=2), "the failed part is not named")
    stores.proxy.hook = lambda method, key: None
    check(key not in stores.keys(key), "half a file is seen")
    unfinished = stores.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
    check(not unfinished, f"parts are left behind: {unfinished}")
    stores.publish()
    check(stores.proxy.written() == [key] * 5, f"20 MB are not uploaded in three parts: {stores.proxy.written()}")
    told = stores.client.head_object(Bucket=BUCKET, Key=key)["Metadata"]
    check(sha256(stores.get(key)) == told["sha256"] == sha256(large.read_bytes()), "the parts make another file")
    large.unlink()
    stores.client.delete_object(Bucket=BUCKET, Key=key)
    print("a file of 20 MB: uploaded in three parts; after a part failed, none of it was left")


def two_publishers(stores):
    """The pointer of one run waits until another run has published."""
    waiting, go_on = threading.Event(), threading.Event()

    def hook(method, key):
        if method == "PUT" and key == POINTER and not waiting.is_set():
            waiting.set()
            go_on.wait(300)
        return None

    stores.put("其他/甲.txt", report("己县", 50))
    stores.put("其他/乙.txt", report("庚县", 51))
    stores.proxy.hook = hook
    first = stores.start("run", "--input", f"s3://{BUCKET}/其他/甲.txt", "--output", f"s3://{BUCKET}/{OUTPUT}")
    check(waiting.wait(300), "the first run did not come to its pointer")
    stores.publish(source=f"s3://{BUCKET}/其他/*.txt", caches="other caches")
    second = stores.pointer()
    go_on.set()
    out, err = first.communicate(timeout=300)
    stores.proxy.hook = lambda method, key: None
    check(first.returncode == 2 and f"made version {second['version']} the current one" in err,
          f"of two publishers the second is not told: {first.returncode} {err}")
    check(stores.pointer() == second, "the later pointer was overwritten")
    stores.current()
    print(f"two publishers: {err.strip().splitlines()[-1]}")


def old_versions(stores):
    settings = stores.folder / "keep.toml"
    settings.write_text("[write]\nkeep_versions = 2\n")
    before = {key.split("/")[3] for key in stores.keys(f"{OUTPUT}/versions/")}
    stores.publish("--config", str(settings))
    after = {key.split("/")[3] for key in stores.keys(f"{OUTPUT}/versions/")}
    check(len(before) > 3 and len(after) == 2 and stores.pointer()["version"] in after, f"{before} became {after}")
    stores.current()
    print(f"keep_versions = 2: {len(before)} versions became {len(after)}")


def bad_inputs(stores):
    """An object that vanishes between listing and reading is an issue; a store that does not answer ends the run."""
    stores.put("失/甲.txt", report("辛县", 60))
    stores.put("失/乙.txt", report("壬县", 61))
    stores.proxy.hook = lambda method, key: 404 if method == "GET" and key == "失/乙.txt" else None
    local = stores.folder / "vanished"
    stores.run("run", "--input", f"s3://{BUCKET}/失/", "--output", str(local))
    stores.proxy.hook = lambda method, key: None
    issues = polars.read_parquet(local / "current/issues.parquet").filter(polars.col("code") == "unreadable_file")
    check(issues["source_path"].to_list() == ["乙.txt"], f"the vanished object is not an issue: {issues}")
    check(issues["message"].to_list() == ["the object is no longer there"], f"{issues['message'].to_list()}")
    for source, words in [
        (f"s3://{BUCKET}/none/", "does not exist: no report lies there"),
        ("s3://no-such-bucket/a/", "error: cannot list s3://no-such-bucket/a"),
        ("s3:///a", "names no bucket"),
    ]:
        message = stores.run("run", "--input", source, "--output", str(local), code=2)
        check(words in message, f"{source}: {message}")


def main():
    check(len(sys.argv) == 2, "give the program")
    program = str(pathlib.Path(sys.argv[1]).resolve())
    port = free_port()
    started = time.time()
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with tempfile.TemporaryDirectory() as folder:
            while time.time() < started + 60:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.1)
            folder = pathlib.Path(folder)
            # The copies of the program are looked for here.
            os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
            (folder / "tmp").mkdir()
            stores = Stores(program, folder, port, Proxy(port))
            make_inputs(folder / "inputs")
            local = same_as_on_a_disk(stores, folder / "inputs")
            read_back(stores, local)
            nothing_new(stores)
            failed_uploads(stores)
            passing_failures(stores)
            large_files(stores)
            two_publishers(stores)
            old_versions(stores)
            bad_inputs(stores)
    finally:
        server.kill()
        server.wait()
    print(f"ok, {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
