//! Numerals as reports write them: 4,500.5, 二百三十二, 1.6万, 三分之一, 七八万, 近千.
//!
//! [`scan`] reads the longest numeral at a place and says what it is worth; whether it asserts
//! anything is decided later. Linear: every byte is looked at a bounded number of times.

mod words;

pub use words::chinese_value;
use words::{chinese_digit, chinese_place, is_formal, scan_chinese, scan_formal, scan_fraction, scan_vague, tens};

/// How a numeral was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Arabic,
    Chinese,
}

/// A numeral as read, before its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeral {
    /// Byte just behind it.
    pub end: usize,
    /// The value without the multiplier: 1.6 in 1.6万.
    pub value: f64,
    /// The multiplier as written (万, 亿, 万亿, 千万 …), or empty.
    pub multiplier: &'static str,
    /// What the multiplier is worth.
    pub scale: f64,
    /// Digits after the point, as written.
    pub decimals: usize,
    pub script: Script,
    /// 余, 多 or 几 stands in it: the true value is above.
    pub is_more: bool,
    /// A fraction or 百分之N: the value is a percentage already and takes no unit.
    pub is_percentage: bool,
    /// A written minus sign.
    pub is_negative: bool,
    /// The lower of two neighbouring digits (七 in 七八万) and the byte behind it; `value` is the upper.
    pub low: Option<(f64, usize)>,
    /// A letter stands for a digit in it (1O0, l5): read, but not to be trusted.
    pub is_damaged: bool,
}

impl Numeral {
    /// A plain whole number that ends at `end`.
    pub fn new(end: usize, value: f64, script: Script) -> Numeral {
        Numeral {
            end,
            value,
            multiplier: "",
            scale: 1.0,
            decimals: 0,
            script,
            is_more: false,
            is_percentage: false,
            is_negative: false,
            low: None,
            is_damaged: false,
        }
    }
}

/// No numeral in words is longer; a longer run of its characters is no number and is not read to its end.
const MAX_WORD_CHARS: usize = 24;
/// No mixed numeral (1亿2千万) has more parts.
const MAX_PARTS: usize = 8;
/// Multipliers in front of a unit, longest first.
const MULTIPLIERS: &[(&str, f64)] = &[
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("千万", 1e7),
    ("百万", 1e6),
    ("亿", 1e8),
    ("万", 1e4),
    ("千", 1e3),
    ("億", 1e8),
    ("萬", 1e4),
];

/// Signs of "and more" between a number and its unit.
const MORE: &[&str] = &["余", "多", "几"];

/// The multiplier at `at` and its byte length.
fn multiplier_at(text: &str, at: usize) -> Option<(&'static str, f64)> {
    MULTIPLIERS.iter().copied().find(|(word, _)| text[at..].starts_with(word))
}

fn more_at(text: &str, at: usize) -> Option<usize> {
    MORE.iter().find(|word| text[at..].starts_with(**word)).map(|word| at + word.len())
}

/// The numeral that begins at `at`. `is_unit` says whether a unit or another word of more than one character begins
/// at a byte offset, so that 千 in 千瓦 is not taken for a multiplier and 成 in 成立 not for a tenth.
pub fn scan(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let mut numeral = scan_any(text, at, is_unit)?;
    // 千 alone is a digit's place (6千个 are 6000); only 万 and 亿 go with the unit.
    if numeral.multiplier == "千" {
        numeral.value *= numeral.scale;
        numeral.decimals = numeral.decimals.saturating_sub(3);
        (numeral.multiplier, numeral.scale) = ("", 1.0);
    }
    Some(numeral)
}

fn scan_any(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let first = text[at..].chars().next()?;
    let sign = match first {
        '-' => Some((-1.0, '-'.len_utf8())),
        '负' => Some((-1.0, '负'.len_utf8())),
        '+' | '±' => Some((1.0, first.len_utf8())),
        _ => None,
    };
    if let Some((sign, length)) = sign {
        let number_at = at + length;
        let mut numeral = text[number_at..]
            .starts_with(|c: char| c.is_ascii_digit())
            .then(|| scan_arabic(text, number_at, is_unit))?;
        numeral.is_negative = sign < 0.0;
        return Some(numeral);
    }
    if first.is_ascii_digit() {
        Some(scan_arabic(text, at, is_unit))
    } else if is_letter_digit(first) {
        scan_lettered(text, at, is_unit)
    } else if is_formal(first) {
        scan_formal(text, at, is_unit)
    } else if matches!(first, '上' | '数' | '几') {
        scan_vague(text, at, is_unit)
    } else if chinese_digit(first).or(chinese_place(first)).or(tens(first)).is_some() || first == '半' {
        scan_fraction(text, at, is_unit).or_else(|| scan_chinese(text, at, is_unit))
    } else {
        None
    }
}

/// Letters that stand for 0 and 1 where a page was scanned.
fn is_letter_digit(c: char) -> bool {
    matches!(c, 'O' | 'o' | 'l' | 'I')
}

/// A number in which letters stand for digits: l5.2, 1O0, 9l.9. A digit must stand beside every letter.
fn scan_lettered(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let run = text[at..]
        .bytes()
        .take(MAX_WORD_CHARS)
        .take_while(|&b| b.is_ascii_digit() || b == b'.' || is_letter_digit(char::from(b)))
        .count();
    let written = text[at..at + run].trim_end_matches('.');
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let letters = written.bytes().filter(u8::is_ascii_alphabetic).count();
    let goes_on = text[at + written.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
    if digits == 0 || letters == 0 || letters > digits || goes_on || written.contains("..") {
        return None;
    }
    let repaired: String = written
        .chars()
        .map(|c| match c {
            'O' | 'o' => '0',
            'l' | 'I' => '1',
            c => c,
        })
        .collect();
    let decimals = repaired.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let value = repaired.parse().ok()?;
    let mut numeral = Numeral { decimals, is_damaged: true, ..Numeral::new(at + written.len(), value, Script::Arabic) };
    take_multiplier(text, &mut numeral, is_unit);
    Some(numeral)
}

fn scan_arabic(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Numeral {
    if let Some(numeral) = scan_lettered(text, at, is_unit) {
        return numeral;
    }
    let bytes = text.as_bytes();
    let digits_from = |mut i: usize| {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let mut end = digits_from(at);
    // 1,234,567 and 1 234 567
    let groups = |end: usize, mark: u8| bytes.get(end) == Some(&mark) && digits_from(end + 1) == end + 4;
    let mark = if end - at <= 3 && groups(end, b' ') { b' ' } else { b',' };
    let is_grouped = groups(end, mark);
    while groups(end, mark) {
        end += 4;
    }
    let mut decimals = 0;
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        let fraction_end = digits_from(end + 1);
        decimals = fraction_end - end - 1;
        end = fraction_end;
    }
    let written = &text[at..end];
    let value = if is_grouped { written.replace([',', ' '], "").parse() } else { written.parse() };
    let value = value.unwrap_or(f64::MAX);
    let mut numeral = Numeral { decimals, ..Numeral::new(end, value, Script::Arabic) };
    take_multiplier(text, &mut numeral, is_unit);
    if numeral.scale > 1.0 && !numeral.is_more && bytes.get(numeral.end).is_some_and(u8::is_ascii_digit) {
        add_parts(text, &mut numeral, is_unit);
    }
    numeral
}

/// 1亿2千万, 3万4000, 12万3千4百, 5千6百万: the parts add up, in terms of the first 万 or 亿.
fn add_parts(text: &str, numeral: &mut Numeral, is_unit: &dyn Fn(usize) -> bool) {
    const MYRIADS: [(f64, &str); 3] = [(1e12, "万亿"), (1e8, "亿"), (1e4, "万")];
    let mut first_myriad = None;
    // The sections closed by 万 or 亿, the open one, and what a further part must stay below.
    let (mut total, mut section, mut place, mut limit) = (0.0, 0.0, f64::MAX, f64::MAX);
    let (mut value, mut scale, mut end) = (numeral.value, numeral.scale, numeral.end);
    for _ in 0..MAX_PARTS {
        let myriad = MYRIADS.into_iter().find(|(worth, _)| scale >= *worth);
        let below = scale / myriad.map_or(1.0, |(worth, _)| worth);
        if below >= place || value * below >= place || value * scale >= limit {
            break;
        }
        section += value * below;
        place = below;
        if let Some((worth, _)) = myriad {
            total += section * worth;
            section = 0.0;
            place = f64::MAX;
            limit = worth;
            first_myriad = first_myriad.or(myriad);
        }
        numeral.end = end;
        let digits = text[end..].bytes().take_while(u8::is_ascii_digit).count();
        let Ok(part) = text[end..end + digits].parse() else { break };
        let part_end = end + digits;
        let mut multipliers = MULTIPLIERS.iter().copied().chain([("百", 1e2)]);
        let multiplier = multipliers.find(|(word, _)| text[part_end..].starts_with(word) && !is_unit(part_end));
        if multiplier.is_none() && digits < 3 {
            break;
        }
        value = part;
        scale = multiplier.map_or(1.0, |(_, worth)| worth);
        end = part_end + multiplier.map_or(0, |(word, _)| word.len());
        // 1亿3千多万
        if let Some(more_end) = more_at(text, end).filter(|_| scale > 1.0 && scale < 1e4)
            && text[more_end..].starts_with('万')
        {
            numeral.is_more = true;
            scale *= 1e4;
            end = more_end + '万'.len_utf8();
        }
    }
    if let Some(end) = more_at(text, numeral.end) {
        numeral.is_more = true;
        numeral.end = end;
    }
    let (worth, word) = first_myriad.unwrap_or((numeral.scale, numeral.multiplier));
    numeral.value = (total + section) / worth;
    numeral.scale = worth;
    numeral.multiplier = word;
}

/// 余 and a multiplier, in either order: 180余万, 1.6万余, 3万多.
fn take_multiplier(text: &str, numeral: &mut Numeral, is_unit: &dyn Fn(usize) -> bool) {
    if let Some(end) = more_at(text, numeral.end) {
        numeral.is_more = true;
        numeral.end = end;
    }
    if let Some((word, scale)) = multiplier_at(text, numeral.end)
        && !is_unit(numeral.end)
    {
        numeral.multiplier = word;
        numeral.scale = scale;
        numeral.end += word.len();
    }
    if take_second_multiplier(text, numeral, is_unit) {
        return;
    }
    if let Some(end) = more_at(text, numeral.end)
        && !numeral.is_more
    {
        numeral.is_more = true;
        numeral.end = end;
    }
}

/// 5千多万 is 5千万 and more, 4万多亿 4万亿 and more.
fn take_second_multiplier(text: &str, numeral: &mut Numeral, is_unit: &dyn Fn(usize) -> bool) -> bool {
    let (second, multiplier, scale) = match numeral.multiplier {
        "千" => ("万", "千万", 1e7),
        "万" => ("亿", "万亿", 1e12),
        _ => return false,
    };
    let found = more_at(text, numeral.end).filter(|&end| text[end..].starts_with(second) && !is_unit(end));
    if let Some(end) = found {
        numeral.multiplier = multiplier;
        numeral.scale = scale;
        numeral.is_more = true;
        numeral.end = end + second.len();
    }
    found.is_some()
}

/// A year written as four digits of any kind (2021, 二〇二一, 二0一0, 二O一四) at `at`, and its end.
pub fn year_digits(text: &str, at: usize) -> Option<(i32, usize)> {
    let mut year = 0;
    let mut end = at;
    for c in text[at..].chars().take(4) {
        let digit = match c {
            'O' | 'o' => 0,
            'l' => 1,
            c => c.to_digit(10).map(|d| d as i32).or_else(|| chinese_digit(c).map(|d| d as i32))?,
        };
        year = year * 10 + digit;
        end += c.len_utf8();
    }
    let is_longer = text[end..].starts_with(|c: char| c.is_ascii_digit());
    ((1900..=2100).contains(&year) && !is_longer).then_some((year, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: f64, multiplier: &str, rest: &str) {
        let is_unit =
            |at: usize| ["千瓦", "千克", "百分点", "元", "户"].iter().any(|unit| text[at..].starts_with(unit));
        let numeral = scan(text, 0, &is_unit).unwrap_or_else(|| panic!("no numeral in {text}"));
        assert!((numeral.value - value).abs() < 1e-9, "{text}: {}", numeral.value);
        assert_eq!(numeral.multiplier, multiplier, "{text}");
        assert_eq!(&text[numeral.end..], rest, "{text}");
    }

    #[test]
    fn arabic_with_separators_and_multipliers() {
        check("4500亿元", 4500.0, "亿", "元");
        check("1,234,567.5元", 1_234_567.5, "", "元");
        check("5200余个", 5200.0, "", "个");
        check("180余万，", 180.0, "万", "，");
        check("1.6万余名", 1.6, "万", "名");
        check("1亿2千万吨", 1.2, "亿", "吨");
        check("3万4000户", 3.4, "万", "户");
        check("300千瓦", 300.0, "", "千瓦");
        check("-2.6%", 2.6, "", "%");
    }

    #[test]
    fn chinese_numerals() {
        check("二百三十二亿元", 232.0, "亿", "元");
        check("一万六千五百八十亿斤", 16580.0, "亿", "斤");
        check("十八亿三千万元", 18.3, "亿", "元");
        check("六千四百亿斤", 6400.0, "亿", "斤");
        check("一百零五户", 105.0, "", "户");
        check("两千万元", 2000.0, "万", "元");
        check("十五户", 15.0, "", "户");
        check("五条", 5.0, "", "条");
        check("三点四亿元", 3.4, "亿", "元");
        check("3千余户", 3000.0, "", "户");
    }

    #[test]
    fn fractions_are_percentages() {
        check("三分之一", 33.33, "", "");
        check("百分之二十，", 20.0, "", "，");
        check("百分之9.5", 9.5, "", "");
        check("百分之三十九点七，", 39.7, "", "，");
        check("八成以上", 80.0, "", "以上");
        check("一半以上", 50.0, "", "以上");
    }

    #[test]
    fn years_in_any_digits() {
        assert_eq!(year_digits("二〇二一年", 0).map(|y| y.0), Some(2021));
        assert_eq!(year_digits("二O一四年", 0).map(|y| y.0), Some(2014));
        assert_eq!(year_digits("2021年", 0), Some((2021, 4)));
        assert_eq!(year_digits("20210年", 0), None);
    }
}
