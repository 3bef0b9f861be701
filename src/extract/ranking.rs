//! Places claimed: rows of `rankings` from the observations of a rank (居全市第二) and from words without a number
//! (位居全省前列).
//!
//! Observations are taken as they are; what is added is the group as written, what is ranked without the words of the
//! group, and of what kind it is. A place without a number needs a subject before it, a group, and the end of the
//! statement behind it; in a plan it is a row of `targets` already and taken from there.

use super::lexer::{Kind, Token};
use super::measure::Measure;
use super::period::{Question, TimeState};
use super::scope::{self, Head};
use super::target::{STRETCH_GAP_CHARS, Site, is_reference};
use super::wording::wording;
use super::{Draft, key_of, link};
use crate::model::{ObservationRow, RankingRow, Shared, TargetRow};
use crate::vocab::{Claims, Cue, HONOUR_LEVELS, HonourKind, TargetKind};
use std::ops::Range;

/// A group is named in fewer characters.
const POOL_CHARS: usize = 24;
/// The name of a list has at least so many characters; 全国 is none.
const LIST_CHARS: usize = 4;
/// A group without a verb before it is named in fewer characters.
const SHORT_POOL_CHARS: usize = 8;
/// A subject in fewer characters says too little.
const MIN_SUBJECT_CHARS: usize = 2;
/// A kind of figure in so few characters (增幅) needs the thing it is of.
const SHORT_PART_CHARS: usize = 2;
/// A place further behind the start of its clause is not read: damage may glue thousands of characters.
const MAX_LEAD_BYTES: usize = 600;

/// The places claimed in one sentence, in text order.
pub(super) fn read_sentence(
    site: &Site,
    tokens: &[Token],
    drafts: &[Draft],
    rows: &[ObservationRow],
    targets: &[TargetRow],
) -> Vec<RankingRow> {
    let mut found: Vec<RankingRow> = Vec::new();
    for (at, (draft, row)) in drafts.iter().zip(rows).enumerate() {
        if draft.measure == Measure::Rank && !is_no_claim(site, draft) {
            let mut next = numbered(site, tokens, drafts, at, row);
            // 由第11位升至第5位: both are places of the same.
            if let Some(last) = found.last().filter(|last| last.role == Some("from") && next.role == Some("to")) {
                next.indicator_text.clone_from(&last.indicator_text);
                next.indicator.clone_from(&last.indicator);
                next.within = next.within.or(last.within.clone());
            }
            found.push(next);
        }
    }
    if site.sentence.role.is_plan() {
        found.extend(targets.iter().filter(|target| target.rule_id == "standing").map(|target| promised(site, target)));
    } else if site.claims.has(Claims::STANDING) {
        wordless(site, tokens, drafts, rows, &mut found);
    }
    let report = site.report;
    for row in &mut found {
        row.ranking_id = key_of(&site.origin.document_id, "r", &(row.source_start as usize..row.source_end as usize));
        row.document_id = site.origin.document_id.clone();
        row.sentence_id = site.sentence_id;
        row.section_path = report.sections[site.sentence.section].path.clone();
        row.section_role = site.sentence.role.name();
        row.ref_area = site.origin.ref_area.clone();
        row.ref_area_name = site.origin.ref_area_name.clone();
        row.pool_level = row.within.as_deref().and_then(|within| level_in(site, within));
    }
    found.sort_by_key(|row| (row.source_start, row.source_end));
    found.dedup_by(|next, kept| next.source_start < kept.source_end);
    found
}

/// 全国第一大港, 全市第一的企业, 勇争第一, 倒数第一: the place is part of a name or a wish, or counted from below.
fn is_no_claim(site: &Site, draft: &Draft) -> bool {
    let text = site.text();
    let behind = text.get(draft.range.end..site.sentence.range.end).unwrap_or_default();
    let before = &text[draft.clause.start.min(draft.range.start)..draft.range.start];
    behind.starts_with(['的', '大'])
        || ["优势", "成绩"].iter().any(|word| behind.starts_with(word))
        || ["争", "倒数"].iter().any(|word| before.ends_with(word))
}

/// The row of an observation.
fn numbered(site: &Site, tokens: &[Token], drafts: &[Draft], at: usize, row: &ObservationRow) -> RankingRow {
    let text = site.text();
    let draft = &drafts[at];
    let before = at.checked_sub(1).map(|at| drafts[at].range.end).filter(|&end| end <= draft.range.start);
    let from = draft.clause.start.max(before.unwrap_or(0)).min(draft.range.start);
    let counted = at.checked_sub(1).map(|at| &drafts[at]).filter(|last| counts_group(site, last, draft));
    let from = counted.map_or(from, |_| draft.clause.start.min(from));
    let lead: Vec<&Token> =
        tokens.iter().filter(|t| from <= t.range.start && t.range.end <= draft.range.start).collect();
    let Group { pool, subject_end } = group(site, &lead, draft.range.start);
    let within = pool.as_ref().map(|pool| site.words(pool)).or(row.within.clone());
    // The observation knows a shorter group: what is left of it stands among the words of what is measured.
    let told_group = row.within.as_deref().unwrap_or_default();
    let last = at.checked_sub(1).map(|at| &drafts[at]).filter(|last| last.measure == Measure::Rank);
    let is_shorter = pool.as_ref().is_some_and(|pool| text[pool.clone()] != *told_group);
    let own = own_words(site, &lead, subject_end);
    let (mut subject, mut is_inferred) = (row.indicator_text.clone(), draft.subject_inferred);
    let is_cut = own.len() > subject.len() && own.starts_with(&subject);
    if (is_shorter || is_cut) && own.chars().count() >= MIN_SUBJECT_CHARS {
        (subject, is_inferred) = (own, false);
    } else if is_shorter
        && subject_end.is_some()
        && let Some(last) = before_rank(drafts, at)
    {
        (subject, is_inferred) = (last.wording.clone(), true);
    }
    // 某医院在全国中医类医院排名第三: the group goes on behind its first word, to the verb.
    let mut within = within;
    let verb = lead.last().filter(|token| is_verb(token)).map(|verb| verb.range.start);
    if let (Some(pool), Some(verb), None) = (&pool, verb, subject_end)
        && pool.end < verb
        && ends_group(site, &text[pool.start..verb])
        && text[pool.start..verb].chars().count() <= POOL_CHARS
        && !lead.iter().any(|token| {
            token.range.end == verb && scope::is_own(&text[token.range.clone()], site.report, site.vocabulary)
        })
    {
        within = Some(site.words(&(pool.start..verb)));
        (subject, is_inferred) = (own_words(site, &lead, Some(pool.start)), false);
        subject.truncate(subject.trim_end_matches('在').len());
    }
    // 税收在全市18个区中排第三
    if counted.is_some() {
        let end = pool.as_ref().or(counted.map(|count| &count.range)).map(|range| range.start);
        (subject, is_inferred) = (own_words(site, &lead, end), false);
    }
    // 增速居全省第五位、沿海城市第一位: the group alone, of what the place before is of.
    let words = text[from..draft.range.start].trim_start_matches('、');
    let alone = draft.range.start - words.len()..draft.range.start;
    let is_group = row.within.is_none() && subject == words && ends_group(site, words);
    let within = match last.filter(|last| is_group && last.clause == draft.clause) {
        Some(last) => {
            // “创新百强区”第二、“工业百强区”第六: lists of the same.
            (subject, is_inferred) = match ends_group(site, &last.wording) {
                true => (String::new(), false),
                false => (last.wording.clone(), true),
            };
            Some(site.words(&alone))
        }
        None => within,
    };
    let mut subject = cleaned(site, &subject);
    // 投资6亿元，增速居沿海城市首位: the rate of what the number before measures.
    let kind = site.vocabulary.honours.ranked(&subject).filter(|_| subject.chars().count() <= SHORT_PART_CHARS);
    let goes_with = |last: &&Draft| {
        subject.is_empty()
            || kind
                .is_some_and(|kind| matches!(kind, "growth" | "increment") || kind == "level" && last.unit_text != "%")
                && !last.wording.ends_with(&subject)
                && link::link(&subject, &subject, None, site.vocabulary).is_none()
    };
    if let Some(last) = before_rank(drafts, at).filter(goes_with) {
        (subject, is_inferred) = (format!("{}{subject}", last.wording), true);
    }
    let is_own = subject.is_empty()
        || scope::is_named(&subject, site.report)
        || scope::is_own(&subject, site.report, site.vocabulary);
    // 我县位居全国百强县第18位: of the list itself.
    let subject = match &within {
        Some(within) if (is_own || within.ends_with(&subject)) && within.chars().count() >= LIST_CHARS => {
            within.clone()
        }
        _ if subject.is_empty() => row.indicator_text.clone(),
        _ => subject,
    };
    let indicator = if subject == row.indicator_text {
        row.indicator.clone()
    } else {
        let linked = link::link(&subject, &subject, None, site.vocabulary);
        linked.map(|i| site.vocabulary.indicators[i].id.clone())
    };
    let of_measure =
        if is_inferred { of_told(site, &drafts[..at], &subject) } else { site.vocabulary.honours.ranked(&subject) };
    let next = drafts.get(at + 1).filter(|next| next.measure == Measure::Rank && next.clause == draft.clause);
    let role = if next.is_some_and(|next| moves(site, from, draft, next)) {
        Some("from")
    } else if last.is_some_and(|last| last.clause == draft.clause && moves(site, last.clause.start, last, draft)) {
        Some("to")
    } else {
        None
    };
    let form = match (draft.comparator, row.value) {
        ("<=", _) => "within",
        (_, 1.0) => "first",
        _ => "place",
    };
    RankingRow {
        scope: row.scope.clone(),
        indicator,
        indicator_text: subject,
        of_measure,
        form,
        rank: Some(row.value),
        comparator: Some(row.comparator),
        total: counted.map(|count| (count.value * count.scale) as i32),
        within,
        role,
        status: row.status,
        time_period: row.time_period.clone(),
        period_basis: row.period_basis,
        obs_id: Some(row.obs_id.clone()),
        flags: match (&row.flags, is_inferred && !draft.subject_inferred) {
            (Some(flags), true) => Some(format!("{flags}|subject_inferred")),
            (None, true) => Some("subject_inferred".to_string()),
            (flags, false) => flags.clone(),
        },
        rule_id: row.rule_id,
        rank_text: row.value_text.clone(),
        quote: row.quote.clone(),
        source_start: row.source_start,
        source_end: row.source_end,
        ..RankingRow::default()
    }
}

/// 增长5%，居全省第三: the place of what was told before, if that was one thing; else of what the words name.
fn of_told(site: &Site, before: &[Draft], subject: &str) -> Option<&'static str> {
    let is_time = |draft: &&Draft| site.vocabulary.dimension(draft.unit) == Some("time");
    let told = before.iter().filter(|draft| draft.measure != Measure::Rank && !is_time(draft));
    let told = told.filter(|draft| draft.wording == subject);
    match told.map(|draft| draft.measure).collect::<Vec<_>>().as_slice() {
        [] => site.vocabulary.honours.ranked(subject),
        [Measure::ChangePct] => Some("growth"),
        [Measure::Level] => Some("level"),
        _ => None,
    }
}

/// 在全市｜18个｜区中排｜第三: the number before a place counts its group.
fn counts_group(site: &Site, count: &Draft, draft: &Draft) -> bool {
    let Some(behind) = site.text().get(count.range.end..draft.range.start) else { return false };
    let group = site.vocabulary.honours.prefix(HonourKind::PoolEnd, behind).map(|group| &behind[group.len()..]);
    let is_near = behind.chars().count() <= SHORT_POOL_CHARS && !behind.contains('、');
    count.measure == Measure::Level && is_near && group.is_some_and(|rest| rest.starts_with(['中', '里']))
}

/// The number told before a place, if it is no place itself.
fn before_rank(drafts: &[Draft], at: usize) -> Option<&Draft> {
    drafts[..at].iter().rfind(|draft| draft.measure != Measure::Rank).filter(|draft| !draft.wording.is_empty())
}

/// The words of what is ranked, before the verb or the group.
fn own_words(site: &Site, lead: &[&Token], end: Option<usize>) -> String {
    let Some(end) = end else { return String::new() };
    let own: Vec<Token> = lead.iter().filter(|token| token.range.end <= end).map(|token| (*token).clone()).collect();
    wording(site.text(), &own, true)
}

/// The words of what is ranked without adverbs and the words of a change or of an occasion around them.
fn cleaned(site: &Site, words: &str) -> String {
    let (targets, honours) = (&site.vocabulary.targets, &site.vocabulary.honours);
    let mut words = words;
    // …考核中从第9名提升
    if let Some(at) = words.rfind(['从', '由']).filter(|&at| words[at..].contains('第')) {
        words = &words[..at];
    }
    loop {
        let before = words;
        words = targets.without_suffixes(TargetKind::StandingVerb, words);
        words = targets.without_suffixes(TargetKind::SubjectTail, words);
        // 产量｜分居, but not 总分.
        let adverb = honours.suffix(HonourKind::RankAdverb, words).filter(|_| honours.ranked(words).is_none());
        words = adverb.map_or(words, |adverb| &words[..words.len() - adverb.len()]);
        // 在…考评中
        if let Some(inner) = words.strip_suffix('中').filter(|inner| honours.ranked(inner).is_some()) {
            words = inner.strip_prefix('在').unwrap_or(inner);
        }
        if words == before {
            return words.to_string();
        }
    }
}

fn is_verb(token: &Token) -> bool {
    token.cues().has_any(&[Cue::RankVerb, Cue::To]) && !token.cues().has(Cue::Pool)
}

/// 由第11位升至第5位: a place left for another.
fn moves(site: &Site, from: usize, draft: &Draft, next: &Draft) -> bool {
    let text = site.text();
    let (Some(lead), Some(gap)) = (text.get(from..draft.range.start), text.get(draft.range.end..next.range.start))
    else {
        return false;
    };
    lead.contains(['从', '由']) && gap.contains(['升', '跃', '进', '降', '至', '到'])
}

/// The group that a place is in, and where the words for verb and group begin.
struct Group {
    pool: Option<Range<usize>>,
    /// Where the words of what is ranked end; `None` where the group stands among them (在全省考评中位居第二).
    subject_end: Option<usize>,
}

/// The group as written: 居｜全国大中城市｜第四, 连续六年｜全国区县级｜第一. `end` is where the place begins.
fn group(site: &Site, lead: &[&Token], end: usize) -> Group {
    let text = site.text();
    let verb = lead.iter().rposition(|token| is_verb(token));
    if let Some((verb, first)) = verb.and_then(|verb| Some((lead[verb], lead.get(verb + 1)?))) {
        let words = text[first.range.start..end].trim_end_matches(['的', '前', '、', ' ']);
        let words = words.strip_suffix("排名").unwrap_or(words);
        let start = first.range.start + (words.len() - words.trim_start_matches(['了', '在']).len());
        let words = words.trim_start_matches(['了', '在']);
        let is_name = (2..=POOL_CHARS).contains(&words.chars().count()) && !words.contains(['，', '；', '。']);
        let opens = site.vocabulary.honours.level_of(words).is_some()
            || words.starts_with('“')
            || lead.iter().any(|token| token.range.start == start && token.word_cues().has(Cue::Pool));
        // 污水直排区 holds no verb.
        let ends = ends_group(site, words) && &text[verb.range.clone()] != "排";
        let is_told = verb.range.len() > '居'.len_utf8()
            && (level_in(site, words).is_some() || is_reference(site.vocabulary, words));
        if is_name && (opens || ends || is_told) {
            return Group { pool: Some(start..start + words.len()), subject_end: Some(verb.range.start) };
        }
    }
    // 在全省考评中位居第二, 税收全市第一: the word for the group before the verb or the place.
    let is_last = verb.is_some_and(|verb| verb + 1 == lead.len());
    let before = if is_last { &lead[..lead.len() - 1] } else { lead };
    let Some(word) = before.iter().rfind(|token| token.word_cues().has(Cue::Pool)) else {
        return Group { pool: None, subject_end: None };
    };
    // 连续六年全国区县级第一
    let whole = word.range.start..end;
    let is_near = !is_last && text[whole.clone()].chars().count() <= SHORT_POOL_CHARS;
    let is_whole = is_near && ends_group(site, &text[whole.clone()]);
    let pool = if is_whole { whole } else { word.range.clone() };
    Group { subject_end: (pool.end == end).then_some(pool.start), pool: Some(pool) }
}

fn ends_group(site: &Site, words: &str) -> bool {
    let words = words.trim_end_matches('”');
    let words = words.strip_suffix('）').and_then(|words| words.rfind('（').map(|at| &words[..at])).unwrap_or(words);
    site.vocabulary.honours.suffix(HonourKind::PoolEnd, words).is_some()
}

/// The level of a group by its first word that tells one.
fn level_in(site: &Site, words: &str) -> Option<&'static str> {
    let honours = &site.vocabulary.honours;
    // 省 tells at the head only: 大中城市 is no group of one city.
    let level_at = |at: usize| honours.level_of(&words[at..]).filter(|(word, _)| at == 0 || word.chars().count() > 1);
    let told = words.char_indices().find_map(|(at, _)| level_at(at).map(|(_, level)| level));
    told.or_else(|| {
        let (_, areas) = site.vocabulary.areas_in(words).next()?;
        let level = site.vocabulary.areas[*areas.first()?].level.as_str();
        HONOUR_LEVELS.into_iter().find(|known| *known == level)
    })
}

/// A place without a number that a plan promises.
fn promised(site: &Site, target: &TargetRow) -> RankingRow {
    RankingRow {
        scope: target.scope.clone(),
        indicator: target.indicator.clone(),
        indicator_text: target.indicator_text.clone(),
        of_measure: site.vocabulary.honours.ranked(&target.indicator_text),
        form: "vague",
        within: target.reference.clone(),
        status: target.status,
        time_period: target.horizon.clone(),
        period_basis: "section",
        flags: target.flags.clone(),
        rule_id: target.rule_id,
        rank_text: target.target_text.clone(),
        quote: target.quote.clone(),
        source_start: target.source_start,
        source_end: target.source_end,
        ..RankingRow::default()
    }
}

/// Adds the places without a number that a sentence claims.
fn wordless(site: &Site, tokens: &[Token], drafts: &[Draft], rows: &[ObservationRow], found: &mut Vec<RankingRow>) {
    let text = site.text();
    let sentence = site.sentence.range.clone();
    let words: Vec<Range<usize>> = site
        .vocabulary
        .honours
        .vague_in(&text[sentence.clone()])
        .map(|at| sentence.start + at.start..sentence.start + at.end)
        .collect();
    let mut time = TimeState::default();
    let mut place: Option<Range<usize>> = None;
    let mut next = words.into_iter().peekable();
    for clause in tokens.split_inclusive(Token::ends_clause) {
        let Some(end) = clause.last().map(|token| token.range.end) else { continue };
        match scope::head(text, clause, site.report, site.vocabulary) {
            Head::Silent => {}
            Head::Whole | Head::Named(_) => place = None,
            Head::Part(part) => place = Some(part),
        }
        let mut read = 0;
        let mut from = clause[0].range.start;
        while let Some(word) = next.next_if(|word| word.end <= end) {
            if word.start < from || !is_closed(&text[word.end..sentence.end]) {
                continue;
            }
            let until = clause.iter().position(|token| token.range.end > word.start).unwrap_or(clause.len()).max(read);
            time.read(&clause[read..until], text, site.place());
            read = until;
            let is_streak = |draft: &&Draft| draft.unit_text.starts_with('年');
            let numbers = drafts.iter().filter(|draft| !is_streak(draft));
            let numbers = numbers.map(|draft| draft.range.end).filter(|&end| end <= word.start);
            let start = numbers.chain([from]).max().unwrap_or(from).max(from);
            let Some(claim) = claim_of(site, clause, start..word.start, place.as_ref()) else { continue };
            let Some(subject) = subject_of(site, &claim, drafts, rows) else { continue };
            let range = claim.start..word.end;
            let span = site.normalized.source_span(&range);
            let streak = streak(clause, start, word.start);
            let period = time.period(site.place(), Question { streak, ..Question::default() });
            let is_ahead = time.is_after(site.report.reviewed_year);
            found.push(RankingRow {
                scope: place.as_ref().map_or("self".into(), |place| site.words(place).into()),
                indicator: subject.indicator,
                of_measure: if subject.is_inferred {
                    of_told(site, drafts, &subject.text)
                } else {
                    site.vocabulary.honours.ranked(&subject.text)
                },
                indicator_text: subject.text,
                form: "vague",
                within: claim.pool.as_ref().map(|pool| site.words(pool)),
                status: if is_ahead { "target" } else { "actual" },
                time_period: period.text,
                period_basis: period.basis,
                flags: subject.is_inferred.then(|| "subject_inferred".to_string()),
                rule_id: "standing",
                rank_text: site.source.slice(&span).to_string(),
                quote: site.words(&(subject.start.min(claim.start)..word.end)),
                source_start: span.start as i32,
                source_end: span.end as i32,
                ..RankingRow::default()
            });
            from = word.end;
        }
    }
}

/// Nothing stands behind a place but the next of a list or statement.
fn is_closed(behind: &str) -> bool {
    const JOINTS: &[&str] = &["、", "，", "；", "。", "（", "！", "：", "并", "且", "\n", "\t", "……"];
    behind.is_empty() || JOINTS.iter().any(|joint| behind.starts_with(joint))
}

/// 连续五年 before a place: five years that end with the one spoken of.
fn streak(clause: &[Token], from: usize, to: usize) -> Option<i32> {
    let inside: Vec<&Token> = clause.iter().filter(|t| from <= t.range.start && t.range.end <= to).collect();
    let at = inside.iter().position(|token| token.word_cues().has(Cue::Streak))?;
    let number = inside[at + 1..].first()?.quantity()?;
    (number.unit_text == "年" && number.numeral.value >= 2.0).then_some(number.numeral.value as i32)
}

/// A place without a number: where its verb or group begins, and its group.
struct Claim {
    start: usize,
    pool: Option<Range<usize>>,
    /// The words before it.
    subject: Range<usize>,
    has_words: bool,
    wording: String,
}

/// What stands before a word like 前列, up to `lead.end`.
fn claim_of(site: &Site, clause: &[Token], lead: Range<usize>, place: Option<&Range<usize>>) -> Option<Claim> {
    let text = site.text();
    if lead.len() > MAX_LEAD_BYTES {
        return None;
    }
    let words = &text[lead.clone()];
    let targets = &site.vocabulary.targets;
    if site.vocabulary.honours.holds(HonourKind::Slogan, words) {
        return None;
    }
    let standing = targets.last_of(TargetKind::StandingVerb, words);
    let inside = |token: &&Token| lead.start <= token.range.start && token.range.end <= lead.end;
    let ranking = clause.iter().filter(inside).rfind(|token| is_verb(token));
    let ranking = ranking.map(|token| token.range.start - lead.start..token.range.end - lead.start);
    let verbs = standing.into_iter().chain(ranking);
    let verb = verbs.max_by_key(|verb| (verb.end, verb.len()));
    let verb = verb.filter(|verb| words[verb.end..].chars().count() <= POOL_CHARS);
    let (start, pool) = match verb {
        Some(verb) => {
            let pool = lead.start + verb.end..lead.end;
            let length = text[pool.clone()].trim_start_matches(['了', '在']).len();
            let pool = pool.end - length..pool.end;
            if pool.is_empty() {
                let tail = &text[lead.end..];
                site.vocabulary.honours.prefix(HonourKind::Standing, tail)?;
                // 在全市名列前茅
                let start = lead.start + verb.start;
                let before = clause.iter().find(|token| token.range.end == start && token.word_cues().has(Cue::Pool));
                (start, before.map(|token| token.range.clone()))
            } else if level_in(site, &text[pool.clone()]).is_some()
                || is_reference(site.vocabulary, &text[pool.clone()])
            {
                (lead.start + verb.start, Some(pool))
            } else {
                return None;
            }
        }
        None => {
            let token = clause.iter().find(|t| t.range.end == lead.end && t.word_cues().has(Cue::Pool))?;
            (token.range.start.max(lead.start), Some(token.range.clone()))
        }
    };
    let before = lead.start..start;
    let inside = |token: &&Token| before.start <= token.range.start && token.range.start < before.end;
    let is_place =
        |token: &&Token| place.is_some_and(|place| token.range.start < place.end && place.start < token.range.end);
    let mut all: Vec<Token> = clause.iter().filter(inside).cloned().collect();
    // 数字经济走｜在全省前列: the verb begins inside a run of plain text.
    if let Some(last) = all.last_mut().filter(|last| matches!(last.kind, Kind::Text)) {
        last.range.end = last.range.end.min(before.end);
    }
    let mut own: Vec<Token> = all.iter().filter(|token| !is_place(token)).cloned().collect();
    // 示范区｜建设: the place is what the words are about.
    if own.len() < all.len() && wording(text, &own, true).chars().count() <= MIN_SUBJECT_CHARS {
        own = all;
    }
    let told = wording(text, &own, true);
    let told = cleaned(site, &told);
    let mut told = targets.without_suffixes(TargetKind::SubjectTail, &told);
    while let Some(lead) = site.vocabulary.honours.prefix(HonourKind::Lead, told) {
        told = &told[lead.len()..];
    }
    // 在主要经济体中名列前茅: the group, not what is ranked.
    let is_group = told.strip_suffix('中').is_some_and(|words| ends_group(site, words));
    // 领导赞誉“…
    if is_group || told.matches('“').count() != told.matches('”').count() {
        return None;
    }
    let has_words = own.iter().any(|token| matches!(token.kind, Kind::Text) || !token.word_cues().is_empty());
    Some(Claim { start, pool, subject: before, has_words, wording: told.to_string() })
}

/// What has the place.
struct Subject {
    text: String,
    indicator: Option<Shared>,
    start: usize,
    is_inferred: bool,
}

/// The words before a place, or what the number right before it measures.
fn subject_of(site: &Site, claim: &Claim, drafts: &[Draft], rows: &[ObservationRow]) -> Option<Subject> {
    let number = drafts.iter().zip(rows).filter(|(draft, _)| {
        draft.range.end <= claim.start && draft.measure != Measure::Rank && !draft.unit_text.starts_with('年')
    });
    let number = number.max_by_key(|(draft, _)| draft.range.end);
    let is_near = |draft: &Draft| site.text()[draft.range.end..claim.start].chars().count() <= STRETCH_GAP_CHARS;
    // 投资6亿元，增幅全市领先: the rate of what the number before measures.
    if claim.wording.chars().count() <= SHORT_PART_CHARS
        && site.vocabulary.honours.ranked(&claim.wording).is_some()
        && let Some((draft, row)) = number.filter(|(draft, row)| is_near(draft) && !row.indicator_text.is_empty())
    {
        return Some(Subject {
            text: format!("{}{}", row.indicator_text, claim.wording),
            indicator: row.indicator.clone(),
            start: draft.quote.start.max(site.sentence.range.start),
            is_inferred: true,
        });
    }
    if claim.wording.chars().count() >= MIN_SUBJECT_CHARS {
        let indicator = link::link(&claim.wording, &claim.wording, None, site.vocabulary);
        return Some(Subject {
            text: claim.wording.clone(),
            indicator: indicator.map(|i| site.vocabulary.indicators[i].id.clone()),
            start: claim.subject.start,
            is_inferred: false,
        });
    }
    let (draft, row) = number?;
    (is_near(draft) && !row.indicator_text.is_empty() && !claim.has_words).then(|| Subject {
        text: row.indicator_text.clone(),
        indicator: row.indicator.clone(),
        start: draft.quote.start.max(site.sentence.range.start),
        is_inferred: true,
    })
}
