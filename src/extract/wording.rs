//! The words for what a number measures, taken from its clause as written.

use super::lexer::{Kind, Token};
use crate::vocab::{Cue, CueSet, Word};

/// Bounds in front of a number.
pub const BOUNDS_BEFORE: &[Cue] = &[
    Cue::ApproxBefore,
    Cue::NearBefore,
    Cue::OverBefore,
    Cue::AtLeastBefore,
    Cue::AtMostBefore,
    Cue::ControlBefore,
    Cue::BelowBefore,
];

/// Cues that are never part of what is measured, besides the bounds.
const NEVER_NOUN: &[Cue] = &[
    Cue::ApproxAfter,
    Cue::AboveAfter,
    Cue::WithinAfter,
    Cue::Estimate,
    Cue::Preliminary,
    Cue::Respectively,
    Cue::Part,
    Cue::YearOnYear,
    Cue::AnnualAverage,
    Cue::SinceYearStart,
    Cue::Versus,
    Cue::MultiYear,
    Cue::OneYear,
    Cue::LastYear,
    Cue::YearBefore,
    Cue::ThisYear,
    Cue::ThisYearEnd,
    Cue::Streak,
    Cue::NotNoun,
];

/// What is measured is told in fewer characters; more are glued text.
const MAX_WORDING_CHARS: usize = 60;
/// From this length on words in brackets are a remark.
const REMARK_CHARS: usize = 10;

/// What a share is called at its end.
pub const NAMES_OF_SHARE: [&str; 3] = ["比重", "比例", "占比"];

/// Cues dropped at the edges of a wording and kept inside it (完成 but not 完成率).
const EDGE: &[Cue] = &[
    Cue::Completion,
    Cue::To,
    Cue::From,
    Cue::RankVerb,
    Cue::Share,
    Cue::Conjunction,
    Cue::Pool,
    Cue::Adjust,
    Cue::Disposal,
    Cue::Future,
];

/// The wording of a run of tokens: what is measured, without verbs of completing, times and modifiers.
/// `keeps_change` keeps 增加, 减少 … (they are what was done: 精简材料).
pub fn wording(text: &str, tokens: &[Token], keeps_change: bool) -> String {
    let kept = |at: &usize| is_kept(text, tokens, *at);
    let inner = |at: &usize| kept(at) && !is_edge(text, &tokens[*at], keeps_change);
    let Some(from) = (0..tokens.len()).find(inner) else { return String::new() };
    let to = (from..tokens.len()).rfind(inner).map_or(from, |at| at + 1);
    let mut out = String::with_capacity(tokens[to - 1].range.end - tokens[from].range.start);
    for at in (from..to).filter(kept) {
        out.push_str(&text[tokens[at].range.clone()]);
    }
    remove_long_remark(&mut out);
    let words = last_chars(&out).trim_matches(['的', '了', '，', '、', '；', '：', ' ']);
    let words = words.strip_suffix('”').filter(|rest| !rest.contains('“')).unwrap_or(words);
    let words = words.strip_prefix('“').filter(|rest| !rest.contains('”')).unwrap_or(words);
    if words.len() < out.len() { words.to_string() } else { out }
}

/// Whether a token tells what is measured, or stands inside its name.
fn is_kept(text: &str, tokens: &[Token], at: usize) -> bool {
    match &tokens[at].kind {
        Kind::Word(word) => {
            let is_noun = !word.cues.has_any(NEVER_NOUN);
            let alone = is_noun && !word.cues.has_any(BOUNDS_BEFORE) || !word.indicators.is_empty();
            let inside = is_noun || word.cues.has_any(INSIDE_NAMES);
            if alone != inside && is_inside_name(text, tokens, at) { inside } else { alone }
        }
        Kind::Time(_) | Kind::Quantity(_) => false,
        _ => true,
    }
}

/// Whether a token at the head or the end of a wording is no part of it.
fn is_edge(text: &str, token: &Token, keeps_change: bool) -> bool {
    match &token.kind {
        Kind::Word(word) if !word.indicators.is_empty() => false,
        Kind::Word(word) => {
            (word.cues.has_any(EDGE) && !NAMES_OF_SHARE.contains(&word.text.as_str()))
                || (!keeps_change && word.cues.has_any(&[Cue::Up, Cue::Down, Cue::RateUp, Cue::RateDown]))
        }
        Kind::Punct(c) => !matches!(c, '“' | '《' | '（' | '）' | '”' | '》'),
        Kind::Text => is_filler(&text[token.range.clone()]),
        _ => false,
    }
}

/// Bounds between the words of a name belong to it: 规模以上企业, 突破性政策.
const INSIDE_NAMES: &[Cue] = &[Cue::AboveAfter, Cue::WithinAfter, Cue::OverBefore];

/// Whether a token stands between words that it does not part.
fn is_inside_name(text: &str, tokens: &[Token], at: usize) -> bool {
    let is_word = |token: &Token| match &token.kind {
        Kind::Text => !is_filler(&text[token.range.clone()]),
        Kind::Word(word) => {
            !word.indicators.is_empty() || word.cues.is_empty() || word.cues.has_any(&[Cue::VerbalNoun, Cue::Name])
        }
        _ => false,
    };
    let beside = |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(is_word);
    beside(at.checked_sub(1)) && beside(Some(at + 1))
}

/// The head of a Chinese noun phrase stands last: of a very long one the end is kept.
fn last_chars(text: &str) -> &str {
    if text.len() <= MAX_WORDING_CHARS {
        return text;
    }
    match text.char_indices().rev().nth(MAX_WORDING_CHARS) {
        Some((at, c)) => &text[at + c.len_utf8()..],
        None => text,
    }
}

/// Drops a bracketed remark; short ones (PM2.5, 物管会) belong to the name.
fn remove_long_remark(text: &mut String) {
    if let (Some(open), Some(close)) = (text.find('（'), text.rfind('）'))
        && open < close
        && text[open..close].chars().count() > REMARK_CHARS
    {
        text.replace_range(open..close + '）'.len_utf8(), "");
    }
}

/// Longer words before a number are more than one statement.
pub const ONE_STATEMENT_CHARS: usize = 16;
/// A verb and its object have more characters than these.
const ONE_OBJECT_MIN_CHARS: usize = 4;
/// Behind a verb they make it a noun: 配备率.
const NOUN_ENDINGS: [char; 6] = ['率', '数', '量', '额', '费', '型'];
/// Before a verb they tie it to what stands before.
const NEVER_BEFORE_VERB: [char; 7] = ['未', '不', '、', '和', '及', '或', '与'];

/// The last statement of the words before a number: those before its verb belong to another.
/// `has_object`: the thing itself stands behind the number.
pub fn last_statement<'a, 'v>(text: &str, tokens: &'a [Token<'v>], has_object: bool) -> &'a [Token<'v>] {
    let cues = |i: usize| tokens[i].cues();
    let has_words = |from: usize| tokens[from..].iter().any(|token| says(text, token));
    // 翻修及新建工程, 未完善手续, 配备率: no verbs of their own.
    let is_noun = |i: usize| {
        let behind = tokens.get(i + 1).map_or("", |next| &text[next.range.clone()]);
        let before = text[..tokens[i].range.start].chars().next_back().filter(|_| i > 0);
        behind.starts_with(NOUN_ENDINGS) || before.is_some_and(|c| NEVER_BEFORE_VERB.contains(&c))
    };
    let is_verb = |i: &usize, cue: Cue| cues(*i).has(cue) && !is_noun(*i) && (has_words(i + 1) || has_object);
    let Some(opener) = (0..tokens.len()).rev().find(|i| is_verb(i, Cue::Opener)) else { return tokens };
    // 吸引一批企业实现金融业增加值12亿元: 实现 ends the reach of a verb before it.
    let mut from = (opener + 1..tokens.len()).rev().find(|i| is_verb(i, Cue::Realised)).unwrap_or(opener);
    let length = |from: usize| match (tokens.get(from), tokens.last()) {
        (Some(first), Some(last)) => text[first.range.start..last.range.end].chars().count(),
        _ => 0,
    };
    // 需提交的材料: a clause of its noun.
    let is_relative = |i: usize| tokens.get(i + 1).is_some_and(|next| text[next.range.clone()].starts_with('的'));
    // Many words: any verb with an object begins the last statement.
    let is_plain_verb = |i: &usize| {
        is_verb(i, Cue::Action)
            && !cues(*i).has(Cue::VerbalNoun)
            && length(*i) > ONE_OBJECT_MIN_CHARS
            && !is_relative(*i)
    };
    if length(from) > ONE_STATEMENT_CHARS
        && let Some(verb) = (from + 1..tokens.len()).rev().find(is_plain_verb)
    {
        from = verb;
    }
    // 引进培育企业: verbs side by side are one.
    while from > 0 && cues(from - 1).has_any(&[Cue::Opener, Cue::Action]) {
        from -= 1;
    }
    &tokens[from..]
}

/// So many characters behind a number are more than its object: a comma is lost.
const ONE_OBJECT_CHARS: usize = 14;

/// Where behind a number a verb opens the next statement. 推动20个园区开展试点 is one statement: short ones are whole.
pub fn next_statement(text: &str, tokens: &[Token]) -> Option<usize> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if text[first.range.start..last.range.end].chars().count() <= ONE_OBJECT_CHARS {
        return None;
    }
    (0..tokens.len()).find(|&i| {
        let is_opener = tokens[i].cues().has_any(&[Cue::Opener, Cue::Realised]);
        is_opener
            && !tokens.get(i + 1).is_some_and(|next| text[next.range.clone()].starts_with('的'))
            && tokens[i + 1..].iter().take(2).any(|next| says(text, next))
    })
}

/// The last verb that opens a statement and has its object behind it.
pub fn last_verb(text: &str, tokens: &[Token]) -> Option<usize> {
    let is_plain = |word: &Word| word.cues.has(Cue::Action) && !word.cues.has(Cue::VerbalNoun);
    let is_verb = |i: &usize| {
        matches!(&tokens[*i].kind, Kind::Word(word)
            if word.indicators.is_empty() && (word.cues.has(Cue::Opener) || is_plain(word)))
    };
    (1..tokens.len()).rev().find(is_verb).filter(|&i| tokens[i + 1..].iter().any(|token| says(text, token)))
}

/// Whether a token tells something of what is measured.
fn says(text: &str, token: &Token) -> bool {
    const SAYS_NOTHING: &[Cue] = &[Cue::Up, Cue::Down];
    match &token.kind {
        Kind::Text => !is_filler(&text[token.range.clone()]),
        Kind::Word(word) if !word.indicators.is_empty() => true,
        Kind::Word(word) => ![NEVER_NOUN, BOUNDS_BEFORE, EDGE, SAYS_NOTHING].iter().any(|cues| word.cues.has_any(cues)),
        _ => false,
    }
}

/// Whether a text between two words tells nothing.
fn is_filler(text: &str) -> bool {
    const CHARACTERS: [char; 30] = [
        '的', '了', '为', '又', '也', '还', '在', '是', '将', '对', '把', '等', '与', '而', '就', '则', '但', '并',
        '即', '只', '才', '其', '它', '此', '这', '那', '该', '均', '各', '都',
    ];
    const WORDS: [&str; 15] = [
        "这一年",
        "但是",
        "而且",
        "其中",
        "实际",
        "大幅",
        "迅速",
        "快速",
        "明显",
        "显著",
        "虽然",
        "仍然",
        "不过",
        "它虽然",
        "而就",
    ];
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => CHARACTERS.contains(&only),
        _ => WORDS.contains(&text),
    }
}

/// The names in front of 分别, completed from each other: 诉求解决率、满意率 -> 诉求解决率, 诉求满意率. `count` numbers
/// follow; `is_term` tells what the catalogue knows.
pub fn respective_names(subject: &str, count: usize, is_term: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in subject.split(['、', '和', '及', '与']) {
        let part = part.trim_matches(['以', '，', '的']);
        if !part.is_empty() {
            names.push(part.to_string());
        }
    }
    if let ([both], 2) = (names.as_slice(), count)
        && let Some((joint, parts)) = JOINT_NAMES.iter().find(|(joint, _)| both.contains(joint))
    {
        return parts.iter().map(|part| both.replacen(joint, part, 1)).collect();
    }
    let (Some(first), Some(last)) = (names.first().cloned(), names.last().cloned()) else { return names };
    let last_index = names.len() - 1;
    for name in names.iter_mut().skip(1) {
        *name = with_head_of(&first, name, &is_term).unwrap_or_else(|| name.clone());
    }
    for name in names.iter_mut().take(last_index) {
        *name = with_tail_of(&first, name, &last, &is_term).unwrap_or_else(|| name.clone());
    }
    names
}

/// Names of two things in one: 城乡居民收入分别 speaks of towns and of the country, 存贷款余额分别 of deposits and of loans.
const JOINT_NAMES: [(&str, [&str; 2]); 4] = [
    ("城乡", ["城镇", "农村"]),
    ("存贷款", ["存款", "贷款"]),
    ("进出口", ["进口", "出口"]),
    ("收支", ["收入", "支出"]),
];

/// A name with the words that the first one begins with: 万元GDP建设用地、水耗 -> 万元GDP水耗.
fn with_head_of(first: &str, name: &str, is_term: impl Fn(&str) -> bool) -> Option<String> {
    let mut heads = first.char_indices().skip(2).map(|(at, _)| format!("{}{name}", &first[..at]));
    if !is_term(name)
        && let Some(known) = heads.find(|whole| is_term(whole))
    {
        return Some(known);
    }
    let (first, own): (Vec<char>, Vec<char>) = (first.chars().collect(), name.chars().collect());
    let is_short = own.len() + 3 <= first.len() && own.last() == first.last();
    is_short.then(|| first[..first.len() - own.len()].iter().chain(&own).collect())
}

/// A name with the words that the last one ends with: 科技服务业、信息服务业财政收入 -> 科技服务业财政收入.
fn with_tail_of(first: &str, name: &str, last: &str, is_term: impl Fn(&str) -> bool) -> Option<String> {
    let (first, end): (Vec<char>, Vec<char>) = (first.chars().collect(), last.chars().collect());
    // 一、二、三产业
    if name.chars().count() == 1 && end.len() > 1 {
        return Some(name.chars().chain(end[1..].iter().copied()).collect());
    }
    let tail_behind = |ending: &[char]| {
        let at = end.windows(ending.len()).position(|run| run == ending)?;
        Some(end[at + ending.len()..].iter().collect::<String>())
    };
    let endings = [2, 1].into_iter().filter(|&length| first.len() > length && end.len() > first.len() - length);
    let tail = endings.filter_map(|length| tail_behind(&first[first.len() - length..])).next().unwrap_or_default();
    if tail.chars().count() >= 2 {
        return (!name.ends_with(&tail)).then(|| format!("{name}{tail}"));
    }
    // 教育、医疗支出
    let mut tails = (1..end.len()).map(|at| format!("{name}{}", end[at..].iter().collect::<String>()));
    if is_term(name) { None } else { tails.find(|whole| is_term(whole)) }
}

/// All cues of a run of tokens together.
pub fn cues_in(tokens: &[Token]) -> impl Iterator<Item = CueSet> {
    tokens.iter().filter_map(|token| match &token.kind {
        Kind::Word(word) => Some(word.cues),
        _ => None,
    })
}
