//! Numerals in words: 二百三十二亿, 七八万, 壹仟, 三分之一, 八成, 上百.

use super::{
    MAX_WORD_CHARS, MULTIPLIERS, Numeral, Script, more_at, scan_arabic, take_multiplier, take_second_multiplier,
};
use std::borrow::Cow;

pub(super) fn chinese_digit(c: char) -> Option<f64> {
    Some(match c {
        '零' | '〇' | '○' => 0.0,
        '一' => 1.0,
        '二' | '两' => 2.0,
        '三' => 3.0,
        '四' => 4.0,
        '五' => 5.0,
        '六' => 6.0,
        '七' => 7.0,
        '八' => 8.0,
        '九' => 9.0,
        _ => return None,
    })
}

pub(super) fn chinese_place(c: char) -> Option<f64> {
    Some(match c {
        '十' => 10.0,
        '百' => 100.0,
        '千' => 1000.0,
        '万' => 1e4,
        '亿' => 1e8,
        _ => return None,
    })
}

/// The value of a run of Chinese numerals (二百三十二, 一百零五, 十五, 两千万), and its end.
/// A run of bare digits (二〇二一) is read digit by digit.
pub fn chinese_value(text: &str, at: usize) -> Option<(f64, usize)> {
    let end = run_end(text, at, &|_| false);
    let mut value = run_value(&text[at..end])?;
    let (fraction, digits) = chinese_decimals(text, end);
    value += fraction;
    let behind = if digits > 0 { '点'.len_utf8() + digits * '一'.len_utf8() } else { 0 };
    Some((value, end + behind))
}

/// Where the run of Chinese numerals at `at` ends; a unit inside it (千 of 千瓦) ends it too.
fn run_end(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> usize {
    let mut end = at;
    for c in text[at..].chars().take(MAX_WORD_CHARS) {
        let is_numeral = chinese_digit(c).is_some() || chinese_place(c).is_some() || tens(c).is_some();
        if !is_numeral || (end > at && is_unit(end)) {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// 廿 and 卅: two and three tens.
pub(super) fn tens(c: char) -> Option<f64> {
    match c {
        '廿' => Some(20.0),
        '卅' => Some(30.0),
        _ => None,
    }
}

/// The value of a whole run, if it is well formed: places fall (十百 is no number), 百 and 千 need a digit but at the
/// head of the run.
fn run_value(run: &str) -> Option<f64> {
    let (mut total, mut section, mut digit) = (0.0, 0.0, None);
    let (mut places, mut digits, mut plain) = (0, 0, 0.0);
    let (mut last_place, mut last_myriad) = (f64::MAX, f64::MAX);
    for c in run.chars() {
        if let Some(value) = chinese_digit(c) {
            digit = Some(value);
            plain = plain * 10.0 + value;
            digits += 1;
            if digits > 15 {
                return None;
            }
        } else if let Some(value) = tens(c) {
            if last_place <= 10.0 {
                return None;
            }
            section += value;
            last_place = 10.0;
            places += 1;
        } else {
            let place = chinese_place(c)?;
            if place >= 1e4 {
                section += digit.take().unwrap_or(if section == 0.0 && total == 0.0 { 1.0 } else { 0.0 });
                if section == 0.0 && place < last_myriad {
                    return None;
                }
                // 万亿 and 万万 multiply all before them, 亿 and 万 their own section.
                (total, section) = if place > last_myriad || section == 0.0 {
                    ((total + section) * place, 0.0)
                } else {
                    (total + section * place, 0.0)
                };
                last_myriad = place;
                last_place = f64::MAX;
            } else {
                let is_bare = digit.is_none() && places > 0 && place > 10.0;
                if place >= last_place || is_bare {
                    return None;
                }
                section += digit.take().unwrap_or(1.0) * place;
                last_place = place;
            }
            places += 1;
        }
    }
    if run.is_empty() {
        return None;
    }
    let value = if places == 0 { plain } else { total + section + digit.unwrap_or(0.0) };
    value.is_finite().then_some(value)
}

/// Two digits next to each other that say "about": 七八万, 三四十, 十五六. Gives the run with the lower one, the run with
/// the upper one, and the bytes before the upper one.
fn neighbours(run: &str) -> Option<(String, String, usize)> {
    let mut pair = None;
    let mut previous: Option<(usize, f64)> = None;
    for (at, c) in run.char_indices() {
        let digit = chinese_digit(c).map(|digit| (at, digit));
        if let Some(found) = previous.zip(digit) {
            if pair.is_some() {
                return None;
            }
            pair = Some(found);
        }
        previous = digit;
    }
    let ((low_at, _), (high_at, _)) = pair.filter(|((_, low), (_, high))| *low > 0.0 && *high == low + 1.0)?;
    let behind = run[high_at..].chars().next().map_or(high_at, |c| high_at + c.len_utf8());
    let low = format!("{}{}", &run[..high_at], &run[behind..]);
    let upper = format!("{}{}", &run[..low_at], &run[high_at..]);
    Some((low, upper, high_at))
}

/// The digits behind 点 (三十九点七): their value below one, and how many there are.
fn chinese_decimals(text: &str, at: usize) -> (f64, usize) {
    let Some(rest) = text[at..].strip_prefix('点') else { return (0.0, 0) };
    let digits: Vec<f64> = rest.chars().map_while(|c| chinese_digit(c).filter(|_| c != '两')).take(6).collect();
    let fraction = digits.iter().rev().fold(0.0, |value, digit| (value + digit) / 10.0);
    ((fraction * 1e6).round() / 1e6, digits.len())
}

pub(super) fn scan_chinese(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let end = run_end(text, at, is_unit);
    let run = &text[at..end];
    let (_, decimals) = chinese_decimals(text, end);
    if decimals > 0 {
        // 三点四亿: the multiplier stands behind the decimals.
        let (value, end) = chinese_value(text, at)?;
        let mut numeral = Numeral { decimals, ..Numeral::new(end, value, Script::Chinese) };
        take_multiplier(text, &mut numeral, is_unit);
        return Some(numeral);
    }
    // 七亿七千多万 is 七亿七千万 and more.
    let myriads_end = more_at(text, end)
        .filter(|&more_end| !run.ends_with(['万', '亿']) && text[more_end..].starts_with('万') && !is_unit(more_end))
        .map(|more_end| more_end + '万'.len_utf8());
    let run = if myriads_end.is_some() { Cow::Owned(format!("{run}万")) } else { Cow::Borrowed(run) };
    let pair = neighbours(&run);
    let (value, multiplier, scale) = in_myriads(pair.as_ref().map_or(&run, |(_, upper, _)| upper))?;
    let end = myriads_end.unwrap_or(end);
    let mut numeral =
        Numeral { multiplier, scale, is_more: myriads_end.is_some(), ..Numeral::new(end, value, Script::Chinese) };
    if let Some((low, _, split)) = pair {
        let (low, _, low_scale) = in_myriads(&low)?;
        numeral.low = Some((low * low_scale / scale, at + split));
    }
    if multiplier.is_empty() {
        take_multiplier(text, &mut numeral, is_unit);
    } else if take_second_multiplier(text, &mut numeral, is_unit) {
    } else if let Some(end) = more_at(text, numeral.end).filter(|_| !numeral.is_more) {
        numeral.is_more = true;
        numeral.end = end;
    }
    // 一百几十种
    if numeral.is_more
        && text[..numeral.end].ends_with('几')
        && let Some(rest) = text[numeral.end..].strip_prefix('十')
    {
        numeral.end = text.len() - rest.len();
        take_multiplier(text, &mut numeral, is_unit);
    }
    Some(numeral)
}

/// A run's value, its multiplier and what that is worth. 万 and 亿 at the end stay a multiplier, as in 六千四百亿斤 ->
/// 6400 亿斤; 十八亿三千万 is 18.3 亿, as 1亿2千万 is 1.2 亿.
fn in_myriads(run: &str) -> Option<(f64, &'static str, f64)> {
    let whole = run_value(run)?;
    if let Some(at) = run.find('亿').filter(|at| at + '亿'.len_utf8() < run.len() && *at > 0) {
        let before = run_value(&run[..at])?;
        let rest = run_value(&run[at + '亿'.len_utf8()..]).unwrap_or(0.0);
        return Some(((before * 1e8 + rest) / 1e8, "亿", 1e8));
    }
    let trailing = ["万亿", "亿", "万"].into_iter().find(|word| run.ends_with(word) && run.len() > word.len());
    let Some(multiplier) = trailing else { return Some((whole, "", 1.0)) };
    let value = run_value(&run[..run.len() - multiplier.len()])?;
    let scale = MULTIPLIERS.iter().find(|(word, _)| *word == multiplier).map_or(1.0, |(_, scale)| *scale);
    Some((value, multiplier, scale))
}

/// The plain character of one of the forms of contracts and cheques (壹仟贰佰), if it is one.
fn plain_form(c: char) -> Option<char> {
    const FORMAL: &str = "壹贰叁肆伍陆柒捌玖拾佰仟";
    const PLAIN: &str = "一二三四五六七八九十百千";
    FORMAL.chars().zip(PLAIN.chars()).find(|(formal, _)| *formal == c).map(|(_, plain)| plain)
}

pub(super) fn is_formal(c: char) -> bool {
    plain_form(c).is_some()
}

/// 壹仟贰佰万: a formal numeral has a place in it, or 万 or 亿 behind it; 队伍 and 大陆 have not.
pub(super) fn scan_formal(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let (mut plain, mut end) = (String::new(), at);
    for c in text[at..].chars().take(MAX_WORD_CHARS) {
        let Some(character) = plain_form(c).or(matches!(c, '零' | '万' | '亿').then_some(c)) else { break };
        plain.push(character);
        end += c.len_utf8();
    }
    if !plain.contains(|c| chinese_place(c).is_some()) {
        return None;
    }
    let (value, multiplier, scale) = in_myriads(&plain)?;
    let mut numeral = Numeral { multiplier, scale, ..Numeral::new(end, value, Script::Chinese) };
    if multiplier.is_empty() {
        take_multiplier(text, &mut numeral, is_unit);
    }
    Some(numeral)
}

/// 上百, 数十, 几千万: at least the place named.
pub(super) fn scan_vague(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let number_at = at + text[at..].chars().next()?.len_utf8();
    let end = run_end(text, number_at, is_unit);
    let run = &text[number_at..end];
    if run.contains(|c| chinese_digit(c).is_some()) {
        return None;
    }
    let (value, multiplier, scale) = in_myriads(run)?;
    let end = more_at(text, end).unwrap_or(end);
    Some(Numeral { multiplier, scale, is_more: true, ..Numeral::new(end, value, Script::Chinese) })
}

/// 三分之一, 百分之二十, 百分之9.5, 千分之三, 八成, 一半: all as percentages.
pub(super) fn scan_fraction(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let percentage = |end: usize, value: f64, decimals: usize| Numeral {
        decimals,
        is_percentage: true,
        ..Numeral::new(end, value, Script::Chinese)
    };
    for half in ["一半", "半数"] {
        if text[at..].starts_with(half) {
            return Some(percentage(at + half.len(), 50.0, 0));
        }
    }
    let run_end = run_end(text, at, is_unit);
    let (bottom, bottom_end) = chinese_value(text, at)?;
    if let Some(rest) = text[bottom_end..].strip_prefix("分之") {
        let top_at = text.len() - rest.len();
        let mut low = None;
        let (top, end, decimals) = match rest.chars().next()? {
            c if c.is_ascii_digit() => {
                let top = scan_arabic(text, top_at, &|_| true);
                (top.value, top.end, top.decimals)
            }
            _ => {
                let top = scan_chinese(text, top_at, &|_| false)?;
                low = top.low;
                (top.value * top.scale, top.end, top.decimals)
            }
        };
        if bottom == 0.0 {
            return None;
        }
        let share = |top: f64| if bottom == 100.0 { top } else { (top / bottom * 1e4).round() / 100.0 };
        let numeral = percentage(end, share(top), if bottom == 100.0 { decimals } else { 2 });
        return Some(Numeral { low: low.map(|(low, split)| (share(low), split)), ..numeral });
    }
    // 八成, 七八成, 八成五; no tenth in 成立 and 成效.
    let run = &text[at..run_end];
    let pair = neighbours(run);
    let tenths = run_value(pair.as_ref().map_or(run, |(_, upper, _)| upper))?;
    let is_one_digit = pair.is_some() && run.chars().count() == 2 || run.chars().count() == 1;
    if is_one_digit
        && (1.0..10.0).contains(&tenths)
        && let Some(rest) = text[run_end..].strip_prefix('成')
        && !is_unit(run_end)
    {
        let end = text.len() - rest.len();
        let behind = rest.chars().next().unwrap_or(' ');
        let half_tenth = chinese_digit(behind).filter(|_| pair.is_none() && !is_unit(end));
        let end = end + half_tenth.map_or(0, |_| behind.len_utf8());
        let numeral = percentage(end, tenths * 10.0 + half_tenth.unwrap_or(0.0), 0);
        let low = pair.and_then(|(low, _, split)| Some((run_value(&low)? * 10.0, at + split)));
        return Some(Numeral { low, ..numeral });
    }
    None
}
