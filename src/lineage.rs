//! OpenLineage events of a run (spec 2-0-2): what began, from what, and what came of it. One JSON object a line, for
//! whoever forwards them to a server; no server is asked.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::manifest::Program;
use crate::report::{Report, Status};
use crate::tidy::TableDescription;

/// The namespace of files of this machine in names of datasets.
const FILES: &str = "file";

/// A run as its events name it.
#[derive(Debug, Clone)]
pub struct Job {
    /// A UUID, the same in all events of the run.
    pub run_id: String,
    pub namespace: String,
    pub name: String,
    /// For when the scheduler meant the run, in RFC 3339.
    pub nominal_time: Option<String>,
    /// The inputs as absolute paths or globs.
    pub inputs: Vec<String>,
}

impl Job {
    /// The event of the beginning.
    pub fn start(&self, time: &str) -> Value {
        self.event("START", time, Map::new(), self.inputs(None), Vec::new())
    }

    /// The event of the end.
    pub fn end(&self, report: &Report, tables: &[TableDescription]) -> Value {
        let mut facets = Map::new();
        if let Some(error) = &report.error {
            let message = json!({ "message": error, "programmingLanguage": "Rust" });
            facets.insert("errorMessage".into(), facet("ErrorMessageRunFacet", "1-0-1", message));
        }
        let kind = match report.status {
            Status::Published | Status::Unchanged => "COMPLETE",
            Status::Failed => "FAIL",
            Status::Stopped => "ABORT",
        };
        // A run that published nothing has written nothing.
        let outputs = match report.status {
            Status::Published => outputs(report, tables),
            _ => Vec::new(),
        };
        self.event(kind, &report.ended, facets, self.inputs(Some(report)), outputs)
    }

    fn event(
        &self,
        kind: &str,
        time: &str,
        mut facets: Map<String, Value>,
        inputs: Vec<Value>,
        outputs: Vec<Value>,
    ) -> Value {
        let Program { name, version, .. } = Program::this();
        let engine = json!({ "name": name, "version": version });
        facets.insert("processing_engine".into(), facet("ProcessingEngineRunFacet", "1-1-1", engine));
        if let Some(time) = &self.nominal_time {
            let times = json!({ "nominalStartTime": time });
            facets.insert("nominalTime".into(), facet("NominalTimeRunFacet", "1-0-1", times));
        }
        let job_type = json!({ "processingType": "BATCH", "integration": "ZHIBIAO", "jobType": "JOB" });
        json!({
            "eventType": kind,
            "eventTime": time,
            "run": { "runId": self.run_id, "facets": facets },
            "job": {
                "namespace": self.namespace,
                "name": self.name,
                "facets": { "jobType": facet("JobTypeJobFacet", "2-0-4", job_type) },
            },
            "inputs": inputs,
            "outputs": outputs,
            "producer": producer(),
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        })
    }

    /// How much was read is known at the end, and of all inputs together.
    fn inputs(&self, report: Option<&Report>) -> Vec<Value> {
        let counts = report.and_then(|report| report.counts.as_ref()).filter(|_| self.inputs.len() == 1);
        let dataset = |input: &String| {
            let mut dataset = dataset(input);
            if let Some(counts) = counts {
                let statistics =
                    json!({ "rowCount": counts.documents, "size": counts.bytes, "fileCount": counts.files });
                let statistics = facet("InputStatisticsInputDatasetFacet", "1-0-0", statistics);
                dataset["inputFacets"] = json!({ "inputStatistics": statistics });
            }
            dataset
        };
        self.inputs.iter().map(dataset).collect()
    }
}

/// Adds an event to a file in one piece, so that runs at the same time do not mix their lines.
///
/// # Errors
///
/// [`Error::Io`] when the file cannot be written.
pub fn append(path: &Path, event: &Value) -> Result<()> {
    let written = OpenOptions::new().create(true).append(true).open(path);
    written
        .and_then(|mut file| file.write_all(format!("{event}\n").as_bytes()))
        .map_err(Error::io("cannot write", path))
}

/// The tables of the version; their place is the one that stays the same from version to version.
fn outputs(report: &Report, tables: &[TableDescription]) -> Vec<Value> {
    let current = Path::new(report.output.as_deref().unwrap_or_default()).join("current");
    let described = tables.iter().filter_map(|table| Some((table, report.tables.get(table.name)?)));
    let output = |(table, count): (&TableDescription, &crate::report::TableCount)| {
        let mut dataset = dataset(&current.join(format!("{}.parquet", table.name)).to_string_lossy());
        let field = |column: &crate::tidy::ColumnDescription| json!({ "name": column.name, "type": column.kind.name(), "description": column.sentence });
        let fields: Vec<Value> = table.columns.iter().map(field).collect();
        let facets = &mut dataset["facets"];
        facets["schema"] = facet("SchemaDatasetFacet", "1-2-0", json!({ "fields": fields }));
        facets["version"] = facet("DatasetVersionDatasetFacet", "1-0-1", json!({ "datasetVersion": report.version }));
        facets["documentation"] = facet("DocumentationDatasetFacet", "1-1-0", json!({ "description": table.sentence }));
        let statistics = json!({ "rowCount": count.rows, "size": count.bytes, "fileCount": 1 });
        dataset["outputFacets"] =
            json!({ "outputStatistics": facet("OutputStatisticsOutputDatasetFacet", "1-0-2", statistics) });
        dataset
    };
    described.map(output).collect()
}

/// A file or folder of this machine, or an object store by its address.
fn dataset(path: &str) -> Value {
    let (namespace, name) = match path.split_once("://").map(|(scheme, rest)| (scheme, rest.split_once('/'))) {
        Some((scheme, Some((store, key)))) => (format!("{scheme}://{store}"), key),
        _ => (FILES.to_string(), path),
    };
    let uri = if namespace == FILES { format!("file://{}", escaped(path)) } else { escaped(path) };
    let source = json!({ "name": namespace, "uri": uri });
    json!({
        "namespace": namespace,
        "name": name,
        "facets": { "dataSource": facet("DatasourceDatasetFacet", "1-0-1", source) },
    })
}

/// A path as the part of a URI: what is neither a letter, a digit nor one of a few marks by its bytes.
fn escaped(path: &str) -> String {
    let mut escaped = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b':' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(byte.into())
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// A facet with the two keys that all of them have.
fn facet(name: &str, version: &str, mut content: Value) -> Value {
    content["_producer"] = json!(producer());
    content["_schemaURL"] = json!(format!("https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}"));
    content
}

/// The program as a package URL.
fn producer() -> String {
    let Program { name, version, .. } = Program::this();
    format!("pkg:cargo/{name}@{version}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_is_named_by_store_and_path() {
        let named = |path: &str| {
            let dataset = dataset(path);
            let uri = dataset["facets"]["dataSource"]["uri"].clone();
            (dataset["namespace"].clone(), dataset["name"].clone(), uri)
        };
        assert_eq!(
            named("/data/报告 1"),
            (json!("file"), json!("/data/报告 1"), json!("file:///data/%E6%8A%A5%E5%91%8A%201"))
        );
        assert_eq!(named("s3://bucket/a/b"), (json!("s3://bucket"), json!("a/b"), json!("s3://bucket/a/b")));
    }

    #[test]
    fn events_tell_how_the_run_ended() {
        let job = Job {
            run_id: "0198c0de-0000-7000-8000-000000000000".into(),
            namespace: "here".into(),
            name: "nightly".into(),
            nominal_time: Some("2026-01-01T02:00:00Z".into()),
            inputs: vec!["/reports".into()],
        };
        let start = job.start("2026-01-01T02:00:01Z");
        assert_eq!((&start["eventType"], &start["eventTime"]), (&json!("START"), &json!("2026-01-01T02:00:01Z")));
        assert_eq!(start["run"]["facets"]["nominalTime"]["nominalStartTime"], json!("2026-01-01T02:00:00Z"));
        let mut report = Report { error: Some("no room".into()), ..Report::new() };
        for (status, kind) in [
            (Status::Failed, "FAIL"),
            (Status::Stopped, "ABORT"),
            (Status::Unchanged, "COMPLETE"),
            (Status::Published, "COMPLETE"),
        ] {
            report.status = status;
            let end = job.end(&report, &[]);
            assert_eq!((&end["eventType"], &end["run"]["runId"]), (&json!(kind), &json!(job.run_id)));
            assert_eq!(end["run"]["facets"]["errorMessage"]["message"], json!("no room"));
        }
    }
}
