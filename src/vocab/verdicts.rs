//! How an outcome is held against a target, from `verdicts.csv`.

use super::Indicator;
use super::load::{fields, records, suggestion};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// What a target asks of its outcome; decided by its form and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerdictRule {
    /// A bare figure (增长8%): reached or passed on the good side.
    Exact,
    /// A figure with 左右: reached but for the tolerance.
    About,
    /// 以上, 不低于.
    AtLeast,
    /// 以内, 不超过.
    AtMost,
    /// From one figure to another: within, or beyond on the good side.
    Range,
}

impl VerdictRule {
    pub const ALL: &'static [(VerdictRule, &'static str)] = &[
        (VerdictRule::Exact, "exact"),
        (VerdictRule::About, "about"),
        (VerdictRule::AtLeast, "at_least"),
        (VerdictRule::AtMost, "at_most"),
        (VerdictRule::Range, "range"),
    ];

    pub fn name(self) -> &'static str {
        VerdictRule::ALL[self as usize].1
    }
}

/// A target, an outcome and the verdict they must give.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictExample {
    pub line: usize,
    /// The rule, or the indicator of which less is better.
    pub name: String,
    pub low: f64,
    pub high: f64,
    pub outcome: f64,
    pub want: String,
}

/// The rows of `verdicts.csv`.
#[derive(Debug)]
pub struct VerdictRules {
    tolerances: BTreeMap<VerdictRule, f64>,
    lower: BTreeSet<String>,
    coarse: BTreeSet<String>,
    near: Vec<String>,
    pub examples: Vec<VerdictExample>,
}

impl VerdictRules {
    /// By which part of the target's figure an outcome may fall short.
    pub fn tolerance(&self, rule: VerdictRule) -> f64 {
        self.tolerances.get(&rule).copied().unwrap_or(0.0)
    }

    /// Whether less of an indicator is better.
    pub fn is_lower_better(&self, indicator: &str) -> bool {
        self.lower.contains(indicator)
    }

    /// Whether the words of a target make its bound a figure to come near to (接近1000亿元), not one to stay below.
    pub fn is_near(&self, target_text: &str) -> bool {
        self.near.iter().any(|word| target_text.contains(word.as_str()))
    }

    /// Whether an indicator counts other things from report to report, so that no outcome is held against its targets.
    pub fn is_coarse(&self, indicator: &str) -> bool {
        self.coarse.contains(indicator)
    }
}

/// Reads `verdicts.csv`.
pub(super) fn load_verdicts(text: &str, indicators: &[Indicator]) -> Result<VerdictRules> {
    const FILE: &str = "verdicts.csv";
    let mut rules = VerdictRules {
        tolerances: BTreeMap::new(),
        lower: BTreeSet::new(),
        coarse: BTreeSet::new(),
        near: Vec::new(),
        examples: Vec::new(),
    };
    for (line, row) in records(FILE, text, &["kind", "name", "tolerance", "examples"])? {
        let problem = |message: String| Error::Vocab { file: FILE.into(), line, message };
        let [kind, name, tolerance, examples] = fields(&row);
        let is_new = match kind {
            "rule" => {
                let Some(&(rule, _)) = VerdictRule::ALL.iter().find(|(_, known)| *known == name) else {
                    let known = VerdictRule::ALL.iter().map(|&(_, known)| known);
                    return Err(problem(format!("unknown rule `{name}`{}", suggestion(name, known))));
                };
                let tolerance = tolerance.parse().ok().filter(|part| (0.0..1.0).contains(part));
                let tolerance =
                    tolerance.ok_or_else(|| problem("the tolerance must be a part, 0 to below 1".into()))?;
                rules.tolerances.insert(rule, tolerance).is_none()
            }
            "lower" | "coarse" => {
                if !indicators.iter().any(|known| known.id == name) {
                    let known = indicators.iter().map(|known| known.id.as_str());
                    return Err(problem(format!("no indicator `{name}`{}", suggestion(name, known))));
                }
                let list = if kind == "lower" { &mut rules.lower } else { &mut rules.coarse };
                list.insert(name.to_string())
            }
            "near" => {
                let is_new = !name.is_empty() && rules.near.iter().all(|known| known != name);
                rules.near.push(name.to_string());
                is_new
            }
            _ => {
                let known = ["rule", "near", "lower", "coarse"].into_iter();
                return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, known))));
            }
        };
        if !is_new {
            return Err(problem(format!("`{name}` as {kind} stands twice")));
        }
        for text in examples.split(';').filter(|text| !text.is_empty()) {
            let example = example(line, name, text);
            rules.examples.push(example.ok_or_else(|| problem(format!("`{text}` is not TARGET|OUTCOME|VERDICT")))?);
        }
    }
    Ok(rules)
}

/// `8|7.6|met` or `5..5.5|5|met`.
fn example(line: usize, name: &str, text: &str) -> Option<VerdictExample> {
    let mut parts = text.split('|');
    let (target, outcome, want) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    let (low, high) = target.split_once("..").unwrap_or((target, target));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    Some(VerdictExample { line, name: name.into(), low, high, outcome, want: want.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_lines_are_told() {
        let problem = |line: &str| load_verdicts(&format!("kind,name,tolerance,examples\n{line}\n"), &[]).unwrap_err();
        let told = |line: &str, message: &str| {
            let error = problem(line).to_string();
            assert!(error.contains(message) && error.contains("verdicts.csv"), "{error}");
        };
        told("rule,abuot,0,", "unknown rule `abuot`; did you mean `about`?");
        told("rule,about,1.5,", "the tolerance must be a part, 0 to below 1");
        told("rule,about,0.05,8|met", "`8|met` is not TARGET|OUTCOME|VERDICT");
        told("lower,pm25,,", "no indicator `pm25`");
        told("lowest,pm25,,", "unknown kind `lowest`; did you mean `lower`?");
        told("rule,exact,0,\nrule,exact,0,", "`exact` as rule stands twice");
    }
}
