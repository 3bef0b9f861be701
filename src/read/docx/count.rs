//! Numbers of lists in words, letters and signs, as Word writes them.

/// The digits of Chinese numerals, and the places of a group of four.
const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const PLACES: [&str; 4] = ["", "十", "百", "千"];
const LEGAL_DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const LEGAL_PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];
const BRANCHES: [char; 12] = ['子', '丑', '寅', '卯', '辰', '巳', '午', '未', '申', '酉', '戌', '亥'];
const ROMAN: [(i64, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];
/// Signs that hold a number: the format, the first sign, and how many there are from 1 on.
const SIGNS: [(&str, char, i64); 7] = [
    ("decimalEnclosedCircle", '①', 20),
    ("decimalEnclosedCircleChinese", '①', 20),
    ("decimalEnclosedFullstop", '⒈', 20),
    ("decimalEnclosedParen", '⑴', 20),
    ("ideographEnclosedCircle", '㊀', 10),
    ("decimalFullWidth", '１', 9),
    ("decimalFullWidth2", '１', 9),
];
/// Roman numerals and repeated letters end here; Word goes on with digits.
const MAX_ROMAN: i64 = 3999;
const MAX_LETTERS: i64 = 780;
/// Chinese numerals are written out up to here.
const MAX_WORDS: i64 = 9999;

/// A number in a format of Word (`numFmt`); an unknown format is written in digits.
pub fn written(number: i64, format: &str) -> String {
    let digits = number.to_string();
    if let Some((_, first, count)) = SIGNS.iter().find(|(name, _, _)| *name == format)
        && (1..=*count).contains(&number)
    {
        return u32::try_from(number - 1)
            .ok()
            .and_then(|more| char::from_u32(*first as u32 + more))
            .into_iter()
            .collect();
    }
    let nth = |letters: &[char]| {
        let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
        letters.get(index).map_or(digits.clone(), char::to_string)
    };
    match format {
        "none" => String::new(),
        "decimalZero" if (0..10).contains(&number) => format!("0{number}"),
        "upperRoman" => roman(number).unwrap_or(digits),
        "lowerRoman" => roman(number).map_or(digits, |roman| roman.to_lowercase()),
        "upperLetter" => letters(number, b'A').unwrap_or(digits),
        "lowerLetter" => letters(number, b'a').unwrap_or(digits),
        "decimalFullWidth" | "decimalFullWidth2" => {
            digits.chars().map(|digit| char::from_u32(digit as u32 + 0xFEE0).unwrap_or(digit)).collect()
        }
        "numberInDash" => format!("- {number} -"),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseCounting"
        | "koreanCounting" => words(number, &DIGITS, &PLACES, "零", true).unwrap_or(digits),
        "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal" => {
            words(number, &LEGAL_DIGITS, &LEGAL_PLACES, "零", false).unwrap_or(digits)
        }
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" | "koreanDigital2" => {
            digits.bytes().map(|digit| DIGITS[usize::from(digit.wrapping_sub(b'0')) % 10]).collect()
        }
        "ideographTraditional" => nth(&STEMS),
        "ideographZodiac" => nth(&BRANCHES),
        _ => digits,
    }
}

/// 1 -> I, 4 -> IV.
fn roman(number: i64) -> Option<String> {
    let mut rest = Some(number).filter(|number| (1..=MAX_ROMAN).contains(number))?;
    let mut out = String::new();
    for (value, sign) in ROMAN {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    Some(out)
}

/// 1 -> a, 26 -> z, 27 -> aa, 28 -> bb.
fn letters(number: i64, first: u8) -> Option<String> {
    let index = u8::try_from((number - 1).rem_euclid(26)).ok()?;
    let times = usize::try_from((number - 1).div_euclid(26) + 1).ok()?;
    (1..=MAX_LETTERS).contains(&number).then(|| char::from(first + index).to_string().repeat(times))
}

/// 12 -> 十二, 105 -> 一百零五; `short` leaves out the 一 of 一十二.
fn words(number: i64, digits: &[char; 10], places: &[&str; 4], zero: &str, short: bool) -> Option<String> {
    let number = usize::try_from(number).ok().filter(|number| *number <= MAX_WORDS as usize)?;
    if number == 0 {
        return Some(digits[0].to_string());
    }
    let mut out = String::new();
    let mut is_gap = false;
    for place in (0..places.len()).rev() {
        let digit = number / 10usize.pow(place as u32) % 10;
        if digit == 0 {
            is_gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut is_gap) {
            out.push_str(zero);
        }
        if !(short && place == 1 && digit == 1 && out.is_empty()) {
            out.push(digits[digit]);
        }
        out.push_str(places[place]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn numbers_are_written_as_word_writes_them() {
        let cases = [
            (1, "decimal", "1"),
            (3, "decimalZero", "03"),
            (12, "decimalZero", "12"),
            (4, "upperRoman", "IV"),
            (1999, "lowerRoman", "mcmxcix"),
            (4000, "upperRoman", "4000"),
            (28, "lowerLetter", "bb"),
            (26, "upperLetter", "Z"),
            (0, "upperLetter", "0"),
            (12, "decimalFullWidth", "１２"),
            (20, "decimalEnclosedCircle", "⑳"),
            (21, "decimalEnclosedCircle", "21"),
            (3, "decimalEnclosedParen", "⑶"),
            (2, "ideographEnclosedCircle", "㊁"),
            (2, "numberInDash", "- 2 -"),
            (10, "chineseCounting", "十"),
            (12, "chineseCountingThousand", "十二"),
            (20, "japaneseCounting", "二十"),
            (105, "chineseCountingThousand", "一百零五"),
            (110, "chineseCountingThousand", "一百一十"),
            (1003, "chineseCountingThousand", "一千零三"),
            (12, "chineseLegalSimplified", "壹拾贰"),
            (10, "taiwaneseDigital", "一〇"),
            (3, "ideographTraditional", "丙"),
            (11, "ideographTraditional", "11"),
            (12, "ideographZodiac", "亥"),
            (5, "none", ""),
            (7, "somethingNew", "7"),
            (-3, "chineseCounting", "-3"),
        ];
        for (number, format, expected) in cases {
            assert_eq!(written(number, format), expected, "{number} {format}");
        }
    }
}
