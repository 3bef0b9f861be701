//! The descriptors of a dataset, made from the definitions of its tables: `datapackage.json` (Frictionless Data
//! Package 2) and `croissant.json` (MLCommons Croissant 1.1).
//!
//! Nothing here knows a table by name, and nothing depends on a clock or on where the dataset lies.

#![deny(clippy::disallowed_methods)]

use serde_json::{Map, Value, json};

use crate::config::About;
use crate::manifest::TableDigest;
use crate::tidy::{ColumnDescription, ForeignKey, Kind, TableDescription, Values};

/// The name and the sentences that stand for the whole dataset.
const NAME: &str = "zhibiao";
const TITLE: &str = "Indicators of Chinese government reports";
const TITLE_ZH: &str = "中国政府报告指标数据";
const SENTENCE: &str = "The numbers that Chinese government reports state, as tidy tables: what each measures, of which \
                        place and time, whether it was reached, estimated or promised, and the words it was taken from.";
const SENTENCE_ZH: &str = "中国各级政府报告陈述的数字，整理成规整的数据表：每个数字测量什么、属于何时何地、是已达到、预计还是承诺，以及所出自的原文。";
const KEYWORDS: [&str; 6] = ["China", "government reports", "indicators", "targets", "statistics", "政府工作报告"];
/// The media type of Parquet files as registered, and the one that Croissant knows.
const PARQUET: &str = "application/vnd.apache.parquet";
const PARQUET_OF_CROISSANT: &str = "application/x-parquet";

/// A finished dataset as its descriptors show it.
pub struct Dataset<'a> {
    /// The name of the version: a digest of all that it is made from and of its tables.
    pub version: &'a str,
    pub about: &'a About,
    pub tables: Vec<(&'a TableDescription, &'a TableDigest)>,
}

impl Dataset<'_> {
    /// The version by the rules of semantic versioning: that of the program, and which dataset of it.
    fn semantic_version(&self) -> String {
        format!("{}+{}", env!("CARGO_PKG_VERSION"), self.version)
    }
}

/// The file `datapackage.json`.
pub fn data_package(dataset: &Dataset) -> Value {
    let about = dataset.about;
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": NAME,
        "id": dataset.version,
        "title": TITLE,
        "title_zh": TITLE_ZH,
        "description": SENTENCE,
        "description_zh": SENTENCE_ZH,
        "version": dataset.semantic_version(),
        "keywords": KEYWORDS,
        "licenses": [{ "name": about.license, "path": license_url(&about.license) }],
        "resources": dataset.tables.iter().map(|(table, digest)| resource(table, digest)).collect::<Vec<_>>(),
    });
    insert(&mut package, "homepage", about.url.as_deref());
    if let Some(creator) = &about.creator {
        package["contributors"] = json!([{ "title": creator, "roles": ["creator"] }]);
    }
    package
}

fn resource(table: &TableDescription, digest: &TableDigest) -> Value {
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": table.name,
        "type": "table",
        "path": file_of(table),
        "format": "parquet",
        "mediatype": PARQUET,
        // Without `bytes`: frictionless-py counts none of Parquet files and calls every number wrong.
        "hash": format!("sha256:{}", digest.sha256),
        "rows": digest.rows,
        "title": table.name,
        "description": table.sentence,
        "description_zh": table.sentence_zh,
        "row_order": table.order,
        "schema": schema(table),
    })
}

fn schema(table: &TableDescription) -> Value {
    let mut schema = json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": table.columns.iter().map(|column| field(table, column)).collect::<Vec<_>>(),
        // Parquet marks what is missing itself, and an empty text is a value; data frames say it so of numbers and dates.
        "missingValues": ["nan", "NaT"],
    });
    if !table.key.is_empty() {
        schema["primaryKey"] = json!(table.key);
    }
    let foreign_keys: Vec<Value> = table.foreign_keys().iter().map(|key| foreign_key(table, key)).collect();
    if !foreign_keys.is_empty() {
        schema["foreignKeys"] = json!(foreign_keys);
    }
    schema
}

/// A table that leads to itself is the empty name.
fn foreign_key(table: &TableDescription, key: &ForeignKey) -> Value {
    let resource = if key.table == table.name { "" } else { key.table };
    json!({ "fields": key.columns, "reference": { "resource": resource, "fields": key.referenced } })
}

fn field(table: &TableDescription, column: &ColumnDescription) -> Value {
    let kind = match column.kind {
        Kind::Text => "string",
        Kind::Int32 | Kind::Int64 => "integer",
        Kind::Double => "number",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
    };
    let mut constraints = Map::new();
    if !column.nullable {
        constraints.insert("required".into(), json!(true));
    }
    if table.key == [column.name.as_str()] {
        constraints.insert("unique".into(), json!(true));
    }
    match column.values {
        Values::Open => {}
        Values::OneOf(list) => {
            constraints.insert("enum".into(), json!(list));
        }
        Values::EachOf(list) => {
            let one = list.join("|");
            constraints.insert("pattern".into(), json!(format!("({one})(\\|({one}))*")));
        }
    }
    let mut field = json!({
        "name": column.name,
        "type": kind,
        "description": column.sentence,
        "description_zh": column.sentence_zh,
    });
    insert(&mut field, "unit", column.unit.as_deref());
    if !constraints.is_empty() {
        field["constraints"] = Value::Object(constraints);
    }
    field
}

/// The file `croissant.json`.
pub fn croissant(dataset: &Dataset) -> Value {
    let about = dataset.about;
    let version = dataset.semantic_version();
    let author = about.creator.as_deref().unwrap_or(NAME);
    let tables: Vec<&TableDescription> = dataset.tables.iter().map(|(table, _)| *table).collect();
    let mut package = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": { "en": TITLE, "zh": TITLE_ZH },
        "description": { "en": SENTENCE, "zh": SENTENCE_ZH },
        "alternateName": NAME,
        "identifier": dataset.version,
        "version": version,
        "inLanguage": ["zh", "en"],
        "keywords": KEYWORDS,
        "license": license_url(&about.license),
        "citeAs": format!("@misc{{{NAME}, title = {{{TITLE}}}, author = {{{author}}}, version = {{{version}}}}}"),
        "distribution": dataset.tables.iter().map(|(table, digest)| file_object(table, digest)).collect::<Vec<_>>(),
        "recordSet": tables.iter().map(|table| record_set(table, &tables)).collect::<Vec<_>>(),
    });
    insert(&mut package, "url", about.url.as_deref());
    insert(&mut package, "datePublished", about.date_published.as_deref());
    if let Some(creator) = &about.creator {
        package["creator"] = json!({ "@type": "sc:Organization", "name": creator });
    }
    package
}

fn file_object(table: &TableDescription, digest: &TableDigest) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file_of(table),
        "name": { "en": file_of(table) },
        "description": { "en": table.sentence, "zh": table.sentence_zh },
        "contentUrl": file_of(table),
        "contentSize": format!("{} B", digest.bytes),
        "encodingFormat": PARQUET_OF_CROISSANT,
        "sha256": digest.sha256,
    })
}

/// The references of single columns that lead to the whole key of another table.
fn key_references(table: &TableDescription, tables: &[&TableDescription]) -> Vec<ForeignKey> {
    let leads_to_key = |key: &ForeignKey| {
        let other = tables.iter().find(|other| other.name == key.table);
        key.table != table.name && other.is_some_and(|other| other.key == key.referenced && other.key.len() == 1)
    };
    table.foreign_keys().into_iter().filter(leads_to_key).collect()
}

fn record_set(table: &TableDescription, tables: &[&TableDescription]) -> Value {
    // Readers join what a field leads to, one step far and row by row: keys of several columns cannot be told, nor columns
    // that are no key (codes of areas have a row for each name), nor a second step.
    let is_last = |key: &ForeignKey| {
        let other = tables.iter().find(|other| other.name == key.table);
        other.is_some_and(|other| key_references(other, tables).is_empty())
    };
    let references: Vec<ForeignKey> = key_references(table, tables).into_iter().filter(is_last).collect();
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let mut field = record_field(table, column);
            let leads = |key: &&ForeignKey| key.columns == [column.name.as_str()];
            if let Some(ForeignKey { table, referenced: [there], .. }) = references.iter().find(leads) {
                field["references"] = json!({ "field": { "@id": format!("{table}/{there}") } });
            }
            field
        })
        .collect();
    let mut record_set = json!({
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": { "en": table.name },
        "description": { "en": table.sentence, "zh": table.sentence_zh },
        "field": fields,
    });
    let key: Vec<Value> = table.key.iter().map(|name| json!({ "@id": format!("{}/{name}", table.name) })).collect();
    if !key.is_empty() {
        record_set["key"] = json!(key);
    }
    record_set
}

fn record_field(table: &TableDescription, column: &ColumnDescription) -> Value {
    let kind = match column.kind {
        Kind::Text => "sc:Text",
        Kind::Int32 => "cr:Int32",
        Kind::Int64 => "cr:Int64",
        Kind::Double => "cr:Float64",
        Kind::Boolean => "sc:Boolean",
        Kind::Date => "sc:Date",
    };
    json!({
        "@type": "cr:Field",
        "@id": format!("{}/{}", table.name, column.name),
        "name": { "en": column.name },
        "description": { "en": column.sentence, "zh": column.sentence_zh },
        "dataType": kind,
        "source": { "fileObject": { "@id": file_of(table) }, "extract": { "column": column.name } },
    })
}

/// The JSON-LD context that the standard prescribes word for word.
fn context() -> Value {
    json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "arrayShape": "cr:arrayShape",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "containedIn": "cr:containedIn",
        "cr": "http://mlcommons.org/croissant/",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "dct": "http://purl.org/dc/terms/",
        "description": { "@container": "@language" },
        "equivalentProperty": "cr:equivalentProperty",
        "examples": { "@id": "cr:examples", "@type": "@json" },
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isArray": "cr:isArray",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "name": { "@container": "@language" },
        "parentField": "cr:parentField",
        "path": "cr:path",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    })
}

fn file_of(table: &TableDescription) -> String {
    format!("{}.parquet", table.name)
}

/// The page of a licence in the SPDX list.
fn license_url(license: &str) -> String {
    format!("https://spdx.org/licenses/{license}.html")
}

/// Says something that is known.
fn insert(object: &mut Value, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        object[key] = json!(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::TableDescription;
    use crate::vocab::Vocabulary;

    fn tables() -> Vec<TableDescription> {
        crate::tidy::tables(&Vocabulary::embedded().unwrap())
    }

    fn with_dataset<T>(about: &About, describe: impl Fn(&Dataset) -> T) -> T {
        let tables = tables();
        let digest = TableDigest { bytes: 12, rows: 3, sha256: "ab".into() };
        let tables = tables.iter().map(|table| (table, &digest)).collect();
        describe(&Dataset { version: "0123456789abcdef", about, tables })
    }

    fn named<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
        list.as_array().unwrap().iter().find(|value| value[key] == name).unwrap()
    }

    #[test]
    fn a_resource_has_its_file_types_constraints_and_keys() {
        let package = with_dataset(&About::default(), data_package);
        assert_eq!(package["version"], format!("{}+0123456789abcdef", env!("CARGO_PKG_VERSION")));
        assert_eq!(package["licenses"][0]["path"], "https://spdx.org/licenses/CC-BY-4.0.html");
        assert_eq!(package["resources"].as_array().unwrap().len(), tables().len());
        let targets = named(&package["resources"], "name", "targets");
        assert_eq!((&targets["path"], &targets["hash"]), (&json!("targets.parquet"), &json!("sha256:ab")));
        let schema = &targets["schema"];
        assert_eq!(schema["primaryKey"], json!(["target_id"]));
        let id = named(&schema["fields"], "name", "target_id");
        assert_eq!((&id["type"], &id["constraints"]), (&json!("string"), &json!({ "required": true, "unique": true })));
        assert_eq!(named(&schema["fields"], "name", "status")["constraints"]["enum"], json!(["target", "requirement"]));
        let low = named(&schema["fields"], "name", "low");
        assert_eq!(
            (&low["type"], &low["unit"], &low["constraints"]),
            (&json!("number"), &json!("as in unit_measure"), &Value::Null)
        );
        let pattern = named(&schema["fields"], "name", "flags")["constraints"]["pattern"].as_str().unwrap();
        assert!(pattern.starts_with("(damaged|") && pattern.ends_with(")*"), "{pattern}");
        let to_sentences = &schema["foreignKeys"][1];
        assert_eq!(to_sentences["fields"], json!(["document_id", "sentence_id"]));
        assert_eq!(
            to_sentences["reference"],
            json!({ "resource": "sentences", "fields": ["document_id", "sentence_id"] })
        );
        let observations = named(&package["resources"], "name", "observations");
        let to_itself = json!({ "fields": ["related_obs_id"], "reference": { "resource": "", "fields": ["obs_id"] } });
        assert!(observations["schema"]["foreignKeys"].as_array().unwrap().contains(&to_itself));
    }

    #[test]
    fn a_record_set_has_its_file_fields_and_references() {
        let package = with_dataset(&About::default(), croissant);
        let file = named(&package["distribution"], "@id", "targets.parquet");
        assert_eq!((&file["sha256"], &file["contentSize"]), (&json!("ab"), &json!("12 B")));
        let targets = named(&package["recordSet"], "@id", "targets");
        assert_eq!(targets["key"], json!([{ "@id": "targets/target_id" }]));
        let field = |name: &str| named(&targets["field"], "@id", name);
        assert_eq!(field("targets/low")["dataType"], "cr:Float64");
        assert_eq!(field("targets/is_headline")["dataType"], "sc:Boolean");
        assert_eq!(field("targets/document_id")["references"], json!({ "field": { "@id": "documents/document_id" } }));
        // A key of two columns cannot be told of one field, nor a code with a row for each name, nor a table that leads on.
        for name in ["targets/sentence_id", "targets/ref_area", "targets/obs_id"] {
            assert_eq!(field(name)["references"], Value::Null);
        }
        assert_eq!(field("targets/low")["description"]["zh"].as_str().unwrap().chars().last(), Some('。'));
        assert_eq!(package["datePublished"], Value::Null);
    }

    #[test]
    fn what_the_settings_say_of_the_dataset_is_told() {
        let about: About = toml::from_str(
            "license = \"MIT\"\nurl = \"https://example.org/x\"\ncreator = \"Someone\"\ndate_published = \"2026-01-31\"\n",
        )
        .unwrap();
        let package = with_dataset(&about, data_package);
        assert_eq!(
            (&package["homepage"], &package["contributors"][0]["title"]),
            (&json!("https://example.org/x"), &json!("Someone"))
        );
        let package = with_dataset(&about, croissant);
        assert_eq!(package["license"], "https://spdx.org/licenses/MIT.html");
        assert_eq!(
            (&package["url"], &package["datePublished"]),
            (&json!("https://example.org/x"), &json!("2026-01-31"))
        );
        assert!(package["citeAs"].as_str().unwrap().contains("author = {Someone}"));
    }
}
