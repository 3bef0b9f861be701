//! An evaluation as a page and as JSON.

use serde_json::{Map, Value, json};
use std::fmt::Write;

use super::{Evaluation, FIELDS, Score};

/// The figures of a document on the page: name and heading.
const COLUMNS: [(&str, &str); 7] = [
    ("P", "precision"),
    ("R", "recall"),
    ("detect", "F1"),
    ("tuple", "tuple"),
    ("full", "full"),
    ("linked", "linked"),
    ("link_precision", "links right"),
];
/// The least width of a heading.
const WIDTH: usize = 6;

fn score_json(score: &Score) -> Value {
    let mut object = Map::from_iter([("gold".to_string(), json!(score.gold)), ("pred".into(), json!(score.rows))]);
    object.extend(score.figures().into_iter().map(|(name, figure)| (name.to_string(), json!(figure))));
    Value::Object(object)
}

impl Evaluation {
    /// All figures as data.
    pub fn to_json(&self) -> Value {
        let documents: Map<String, Value> =
            self.documents.iter().map(|(name, score)| (name.clone(), score_json(score))).collect();
        let phenomena: Map<String, Value> = self
            .phenomena
            .iter()
            .map(|(name, seen)| {
                let [recall, tuple, full] = seen.shares();
                (name.clone(), json!({"gold": seen.gold, "R": recall, "tuple": tuple, "full": full}))
            })
            .collect();
        json!({"documents": documents, "ALL": score_json(&self.total), "phenomena": phenomena, "absent": self.absent})
    }

    /// All figures as a page: documents, fields, phenomena.
    pub fn to_text(&self) -> String {
        let mut page = String::new();
        let figure = |figure: Option<f64>| figure.map_or("-".to_string(), |figure| format!("{figure:.3}"));
        let named = |score: &Score, name: &str| {
            figure(score.figures().into_iter().find(|(n, _)| *n == name).and_then(|(_, figure)| figure))
        };
        let total = ("ALL".to_string(), self.total.clone());
        let width = self.documents.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(16);
        let _ = write!(page, "{:<width$} {:>6} {:>6}", "document", "gold", "rows");
        COLUMNS.iter().for_each(|(_, label)| page.push_str(&format!("  {label:>WIDTH$}")));
        page.push('\n');
        for (name, score) in self.documents.iter().chain([&total]) {
            let _ = write!(page, "{name:<width$} {:>6} {:>6}", score.gold, score.rows);
            for (name, label) in COLUMNS {
                let _ = write!(page, "  {:>w$}", named(score, name), w = label.len().max(WIDTH));
            }
            page.push('\n');
        }
        let _ = writeln!(page, "\n{:<width$} {:>6}", "field", "right");
        for name in FIELDS {
            let _ = writeln!(page, "{name:<width$} {:>6}", named(&self.total, name));
        }
        let _ = writeln!(page, "\n{:<width$} {:>6}  recall   tuple    full", "phenomenon", "gold");
        for (name, seen) in &self.phenomena {
            let [recall, tuple, full] = seen.shares();
            let _ = writeln!(page, "{name:<width$} {:>6}  {recall:>6.3}  {tuple:>6.3}  {full:>6.3}", seen.gold);
        }
        page
    }
}
