//! Numerals as reports write them: 4,500.5, 二百三十二, 1.6万, 三分之一, 近千.
//!
//! [`scan`] reads the longest numeral at a place and says what it is worth; whether it asserts
//! anything is decided later. Linear: every byte is looked at a bounded number of times.

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
        }
    }
}

/// No numeral in words is longer; a longer run of its characters is no number and is not read to its end.
const MAX_WORD_CHARS: usize = 24;
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

/// The numeral that begins at `at`. `is_unit` says whether a unit begins at a byte offset, so that 千
/// in 千瓦 is not taken for a multiplier.
pub fn scan(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    let first = text[at..].chars().next()?;
    if first.is_ascii_digit() {
        Some(scan_arabic(text, at, is_unit))
    } else if first == '-' {
        let mut numeral =
            text[at + 1..].starts_with(|c: char| c.is_ascii_digit()).then(|| scan_arabic(text, at + 1, is_unit))?;
        numeral.is_negative = true;
        Some(numeral)
    } else if chinese_digit(first).is_some() || chinese_place(first).is_some() {
        scan_fraction(text, at).or_else(|| scan_chinese(text, at, is_unit))
    } else {
        None
    }
}

fn scan_arabic(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Numeral {
    let bytes = text.as_bytes();
    let digits_from = |mut i: usize| {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let mut end = digits_from(at);
    let mut digits = text[at..end].to_string();
    // 1,234,567
    while bytes.get(end) == Some(&b',') && digits_from(end + 1) == end + 4 {
        digits.push_str(&text[end + 1..end + 4]);
        end += 4;
    }
    let mut decimals = 0;
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        let fraction_end = digits_from(end + 1);
        decimals = fraction_end - end - 1;
        digits.push_str(&text[end..fraction_end]);
        end = fraction_end;
    }
    let value = digits.parse().unwrap_or(f64::MAX);
    let mut numeral = Numeral { decimals, ..Numeral::new(end, value, Script::Arabic) };
    take_multiplier(text, &mut numeral, is_unit);
    // 1亿2千万, 3万4000: the parts add up, in terms of the first multiplier.
    while numeral.scale > 1.0 && !numeral.is_more && bytes.get(numeral.end).is_some_and(u8::is_ascii_digit) {
        let part_end = digits_from(numeral.end);
        let Ok(part) = text[numeral.end..part_end].parse::<f64>() else { break };
        let (word, scale) = [("千万", 1e7), ("百万", 1e6), ("万", 1e4), ("千", 1e3)]
            .into_iter()
            .find(|(word, _)| text[part_end..].starts_with(word) && !is_unit(part_end))
            .unwrap_or(("", 1.0));
        if scale >= numeral.scale || part * scale >= numeral.scale || (word.is_empty() && part_end - numeral.end < 3) {
            break;
        }
        numeral.value += part * scale / numeral.scale;
        numeral.end = part_end + word.len();
    }
    numeral
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
    if let Some(end) = more_at(text, numeral.end)
        && !numeral.is_more
    {
        numeral.is_more = true;
        numeral.end = end;
    }
}

fn chinese_digit(c: char) -> Option<f64> {
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

fn chinese_place(c: char) -> Option<f64> {
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
    let (mut total, mut section, mut digit) = (0.0, 0.0, None);
    let mut end = at;
    let (mut places, mut digits) = (0, 0);
    let mut plain = 0.0;
    for c in text[at..].chars().take(MAX_WORD_CHARS) {
        if let Some(value) = chinese_digit(c) {
            digit = Some(value);
            plain = plain * 10.0 + value;
            digits += 1;
            if digits > 15 {
                return None;
            }
        } else if let Some(place) = chinese_place(c) {
            places += 1;
            if place >= 1e4 {
                section += digit.take().unwrap_or(if section == 0.0 && total == 0.0 { 1.0 } else { 0.0 });
                total = (total + section) * place;
                section = 0.0;
            } else {
                section += digit.take().unwrap_or(1.0) * place;
            }
        } else {
            break;
        }
        end += c.len_utf8();
    }
    if end == at {
        return None;
    }
    let mut value = if places == 0 { plain } else { total + section + digit.unwrap_or(0.0) };
    let (fraction, digits) = chinese_decimals(text, end);
    if digits > 0 {
        value += fraction;
        end += '点'.len_utf8() + digits * '一'.len_utf8();
    }
    value.is_finite().then_some((value, end))
}

/// The digits behind 点 (三十九点七): their value below one, and how many there are.
fn chinese_decimals(text: &str, at: usize) -> (f64, usize) {
    let Some(rest) = text[at..].strip_prefix('点') else { return (0.0, 0) };
    let digits: Vec<f64> = rest.chars().map_while(|c| chinese_digit(c).filter(|_| c != '两')).take(6).collect();
    let fraction = digits.iter().rev().fold(0.0, |value, digit| (value + digit) / 10.0);
    ((fraction * 1e6).round() / 1e6, digits.len())
}

fn scan_chinese(text: &str, at: usize, is_unit: &dyn Fn(usize) -> bool) -> Option<Numeral> {
    // The multiplier 万 / 亿 at the end stays a multiplier, as in 六千四百亿斤 -> 6400 亿斤.
    let mut run_end = at;
    for c in text[at..].chars().take(MAX_WORD_CHARS) {
        if chinese_digit(c).is_none() && chinese_place(c).is_none() || (run_end > at && is_unit(run_end)) {
            break;
        }
        run_end += c.len_utf8();
    }
    if run_end == at {
        return None;
    }
    let (_, decimals) = chinese_decimals(text, run_end);
    if decimals > 0 {
        // 三点四亿: the multiplier stands behind the decimals.
        let (value, end) = chinese_value(text, at)?;
        let mut numeral = Numeral { decimals, ..Numeral::new(end, value, Script::Chinese) };
        take_multiplier(text, &mut numeral, is_unit);
        return Some(numeral);
    }
    let run = &text[at..run_end];
    let (multiplier, scale, value) = if let Some(hundred_millions) =
        run.find('亿').filter(|at| at + '亿'.len_utf8() < run.len() && *at > 0)
    {
        // 十八亿三千万: 18.3 亿, as 1亿2千万 is 1.2 亿.
        let (whole, _) = chinese_value(&run[..hundred_millions], 0)?;
        let rest = chinese_value(&run[hundred_millions + '亿'.len_utf8()..], 0).map_or(0.0, |(rest, _)| rest);
        ("亿", 1e8, whole + rest / 1e8)
    } else {
        let trailing = ["万亿", "亿", "万"].into_iter().find(|word| run.ends_with(word) && run.len() > word.len());
        let multiplier = trailing.unwrap_or("");
        let (value, _) = chinese_value(&run[..run.len() - multiplier.len()], 0)?;
        (multiplier, MULTIPLIERS.iter().find(|(word, _)| *word == multiplier).map_or(1.0, |(_, scale)| *scale), value)
    };
    let mut numeral = Numeral { multiplier, scale, ..Numeral::new(run_end, value, Script::Chinese) };
    if multiplier.is_empty() {
        take_multiplier(text, &mut numeral, is_unit);
    } else if let Some(end) = more_at(text, numeral.end) {
        numeral.is_more = true;
        numeral.end = end;
    }
    Some(numeral)
}

/// 三分之一, 百分之二十, 百分之9.5, 千分之三, 八成, 一半: all as percentages.
fn scan_fraction(text: &str, at: usize) -> Option<Numeral> {
    let percentage = |end: usize, value: f64, decimals: usize| Numeral {
        decimals,
        is_percentage: true,
        ..Numeral::new(end, value, Script::Chinese)
    };
    if text[at..].starts_with("一半") {
        return Some(percentage(at + "一半".len(), 50.0, 0));
    }
    let (bottom, bottom_end) = chinese_value(text, at)?;
    if let Some(rest) = text[bottom_end..].strip_prefix("分之") {
        let top_at = text.len() - rest.len();
        let (top, end, decimals) = match rest.chars().next()? {
            c if c.is_ascii_digit() => {
                let top = scan_arabic(text, top_at, &|_| true);
                (top.value, top.end, top.decimals)
            }
            _ => {
                let (top, end) = chinese_value(text, top_at)?;
                let decimals = text[top_at..end].split_once('点').map_or(0, |(_, fraction)| fraction.chars().count());
                (top, end, decimals)
            }
        };
        if bottom == 0.0 {
            return None;
        }
        let value = if bottom == 100.0 { top } else { (top / bottom * 1e4).round() / 100.0 };
        return Some(percentage(end, value, if bottom == 100.0 { decimals } else { 2 }));
    }
    if (1.0..10.0).contains(&bottom) && text[bottom_end..].starts_with('成') && bottom_end == at + '一'.len_utf8() {
        let behind = &text[bottom_end + '成'.len_utf8()..];
        if behind.starts_with(['以', '，', '。', '、', '左', '的', '多', '；']) || behind.is_empty() {
            return Some(percentage(bottom_end + '成'.len_utf8(), bottom * 10.0, 0));
        }
    }
    None
}

/// A year written as four digits of any kind (2021, 二〇二一, 二0一0, 二O一四) at `at`, and its end.
pub fn year_digits(text: &str, at: usize) -> Option<(i32, usize)> {
    let mut year = 0;
    let mut end = at;
    for c in text[at..].chars().take(4) {
        let digit = match c {
            'O' | 'o' => 0,
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
        check("3千余户", 3.0, "千", "户");
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
