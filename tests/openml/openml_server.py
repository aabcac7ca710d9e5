"""A server on this machine that speaks as much of OpenML's protocol as the client needs, and can misbehave."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import polars as pl

NS = 'xmlns:oml="http://openml.org/openml"'
XML, TEXT = "text/xml; charset=utf-8", "text/plain; charset=utf-8"


def error(code: int, message: str) -> bytes:
    return f"<oml:error {NS}><oml:code>{code}</oml:code><oml:message>{message}</oml:message></oml:error>".encode()


@dataclass
class Answer:
    body: bytes
    content_type: str = XML
    status: int = 200
    cut: bool = False
    stall: float = 0.0


@dataclass
class World:
    """What the server knows: an answer a path, and which paths were asked for."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def dataset(
        self,
        number: int,
        arff: str,
        *,
        name: str = "mixed",
        target: str = "y",
        sparse: bool = False,
        parquet: pl.DataFrame | None = None,
        kinds: dict[str, str] | None = None,
        row_id: str = "",
        ignore: tuple[str, ...] = (),
        md5: str = "",
        parquet_host: str = "",
    ) -> None:
        body = arff.encode()
        more = "".join(f"<oml:ignore_attribute>{each}</oml:ignore_attribute>" for each in ignore)
        more += f"<oml:row_id_attribute>{row_id}</oml:row_id_attribute>" if row_id else ""
        more += f"<oml:default_target_attribute>{target}</oml:default_target_attribute>" if target else ""
        if parquet is not None:
            path = f"/datasets/0000/{number:04d}/dataset_{number}.pq"
            buffer = io.BytesIO()
            parquet.write_parquet(buffer)
            self.answers[path] = Answer(buffer.getvalue(), "application/octet-stream")
            more += f"<oml:parquet_url>{parquet_host or self.url}{path}</oml:parquet_url>"
        self.answers[f"/api/v1/xml/data/{number}"] = Answer(
            f"""<oml:data_set_description {NS}><oml:id>{number}</oml:id><oml:name>{name}</oml:name>
            <oml:version>1</oml:version><oml:description>d</oml:description>
            <oml:format>{"Sparse_ARFF" if sparse else "ARFF"}</oml:format><oml:licence>CC0</oml:licence>
            <oml:url>{self.url}/data/v1/download/{number}/{name}.arff</oml:url><oml:file_id>{number}</oml:file_id>
            {more}<oml:visibility>public</oml:visibility><oml:status>active</oml:status>
            <oml:md5_checksum>{md5 or hashlib.md5(body, usedforsecurity=False).hexdigest()}</oml:md5_checksum>
            </oml:data_set_description>""".encode()
        )
        self.answers[f"/data/v1/download/{number}/{name}.arff"] = Answer(body, TEXT)
        if kinds:
            features = "".join(
                f"<oml:feature><oml:index>{i}</oml:index><oml:name>{column}</oml:name>"
                f"<oml:data_type>{kind}</oml:data_type>"
                + "".join(
                    f"<oml:nominal_value>{v}</oml:nominal_value>" for v in ("n", "p") if kind == "nominal"
                )
                + "<oml:number_of_missing_values>0</oml:number_of_missing_values></oml:feature>"
                for i, (column, kind) in enumerate(kinds.items())
            )
            self.answers[f"/api/v1/xml/data/features/{number}"] = Answer(
                f"<oml:data_features {NS}>{features}</oml:data_features>".encode()
            )

    def named(self, name: str, numbers: tuple[int, ...]) -> None:
        rows = "".join(
            f"<oml:dataset><oml:did>{n}</oml:did><oml:name>{name}</oml:name><oml:version>1</oml:version>"
            f"<oml:status>active</oml:status><oml:format>ARFF</oml:format></oml:dataset>"
            for n in numbers
        )
        self.answers[f"named {name}"] = Answer(f"<oml:data {NS}>{rows}</oml:data>".encode())

    def task(self, number: int, dataset: int, splits: str, *, repeats: int, folds: int) -> None:
        self.answers[f"/api/v1/xml/task/{number}"] = Answer(
            f"""<oml:task {NS}><oml:task_id>{number}</oml:task_id><oml:task_name>t</oml:task_name>
            <oml:task_type_id>1</oml:task_type_id><oml:task_type>Supervised Classification</oml:task_type>
            <oml:input name="source_data"><oml:data_set><oml:data_set_id>{dataset}</oml:data_set_id>
            <oml:target_feature>y</oml:target_feature></oml:data_set></oml:input>
            <oml:input name="estimation_procedure"><oml:estimation_procedure><oml:id>1</oml:id>
            <oml:type>crossvalidation</oml:type>
            <oml:data_splits_url>{self.url}/api_splits/get/{number}/Task_{number}_splits.arff</oml:data_splits_url>
            <oml:parameter name="number_repeats">{repeats}</oml:parameter>
            <oml:parameter name="number_folds">{folds}</oml:parameter>
            <oml:parameter name="percentage"></oml:parameter>
            <oml:parameter name="stratified_sampling">true</oml:parameter>
            </oml:estimation_procedure></oml:input>
            <oml:input name="cost_matrix"><oml:cost_matrix></oml:cost_matrix></oml:input>
            <oml:input name="evaluation_measures"><oml:evaluation_measures>
            <oml:evaluation_measure>predictive_accuracy</oml:evaluation_measure>
            </oml:evaluation_measures></oml:input></oml:task>""".encode()
        )
        self.answers[f"/api_splits/get/{number}/Task_{number}_splits.arff"] = Answer(splits.encode(), TEXT)

    def suite(self, number: int, alias: str, tasks: tuple[int, ...]) -> None:
        listed = "".join(f"<oml:task_id>{task}</oml:task_id>" for task in tasks)
        answer = Answer(
            f"""<oml:study {NS}><oml:id>{number}</oml:id><oml:alias>{alias}</oml:alias>
            <oml:main_entity_type>task</oml:main_entity_type><oml:name>{alias}</oml:name>
            <oml:description>d</oml:description><oml:status>active</oml:status>
            <oml:creation_date>2020-01-01 00:00:00</oml:creation_date><oml:creator>1</oml:creator>
            <oml:data><oml:data_id>7</oml:data_id></oml:data><oml:tasks>{listed}</oml:tasks></oml:study>""".encode()
        )
        self.answers |= dict.fromkeys((f"/api/v1/xml/study/{number}", f"/api/v1/xml/study/{alias}"), answer)


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            path = unquote(urlsplit(self.path).path)
            world.paths.append(path)
            unknown = error(111, "Unknown dataset") if "/data/" in path else error(151, "Unknown task")
            if path.startswith("/api/v1/xml/data/list/"):
                words = path.split("/")[5:]
                filters = dict(zip(words[1::2], words[2::2], strict=True))
                assert filters["status"] == "active"
                path = f"named {filters['data_name']}"
                unknown = error(372, "No results")
            answer = world.answers.get(path) or Answer(unknown, XML, 412)
            time.sleep(answer.stall)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("ETag", f'"{hashlib.md5(answer.body, usedforsecurity=False).hexdigest()}"')
            self.send_header("Last-Modified", formatdate(0, usegmt=True))
            if answer.cut:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
            self.close_connection = self.close_connection or answer.cut

        def do_HEAD(self):
            self.do_GET()

    return Handler


def serve() -> tuple[World, ThreadingHTTPServer]:
    world = World()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(world))
    server.daemon_threads = True
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return world, server
