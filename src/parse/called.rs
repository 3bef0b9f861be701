//! What the government that reports calls itself and the whole: 全市 is said by prefectures, by cities of the level of counties and
//! by municipalities; 全区 by districts and, in a report of its own, by an autonomous region.

use super::*;
use crate::vocab::Area;

/// The kinds of divisions that go by one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Called {
    Province,
    Region,
    Municipality,
    City,
    Prefecture,
    County,
}

impl Called {
    pub fn fits(self, area: &Area) -> bool {
        let ends = |endings: &[&str]| endings.iter().any(|ending| area.name.ends_with(ending));
        match self {
            Called::Province => area.level == "province" && ends(&["省", "市"]),
            Called::Region => area.level == "province" && ends(&["自治区"]),
            Called::Municipality => area.level == "province" && ends(&["市"]),
            Called::City => matches!(area.level.as_str(), "city" | "county") && ends(&["市"]),
            Called::Prefecture => area.level == "city" && ends(&["州", "盟", "地区"]),
            Called::County => area.level == "county",
        }
    }

    /// What a government of that place would be called.
    pub fn of(area: &Area) -> Option<Called> {
        let kinds =
            [Called::Municipality, Called::Province, Called::Region, Called::City, Called::Prefecture, Called::County];
        kinds.into_iter().find(|kind| kind.fits(area))
    }
}

/// What the reporting government is called, and whether the text says so (its name, its own committees, those who lead it) or only
/// speaks of a whole most often (全市 in the report of a district is its city).
pub(super) fn reporting_kind(text: &str, represented: &str, kind: ReportKind) -> Option<(Called, bool)> {
    const SELVES: [(&str, Called); 10] = [
        ("省人民政府", Called::Province),
        ("自治区人民政府", Called::Region),
        ("市人民政府", Called::City),
        ("市政府", Called::City),
        ("州人民政府", Called::Prefecture),
        ("行政公署", Called::Prefecture),
        ("县人民政府", Called::County),
        ("旗人民政府", Called::County),
        ("区人民政府", Called::County),
        ("区政府", Called::County),
    ];
    const WHOLES: [(Called, &[&str]); 4] = [
        (Called::Province, &["全省", "我省"]),
        (Called::City, &["全市", "我市"]),
        (Called::Prefecture, &["全州", "我州", "全盟", "我盟"]),
        (Called::County, &["全县", "我县", "全区", "我区", "全旗", "我旗"]),
    ];
    let count = |words: &[&str]| words.iter().map(|word| mentions(text, word)).sum::<usize>();
    // A bureau of statistics writes under the government whose figures it releases.
    let is_led = kind != ReportKind::Communique;
    let is_led_by =
        |leads: &[&str]| is_led && led_clauses(text).any(|clause| leads.iter().any(|words| clause.contains(words)));
    let is_county =
        own_committees(text) >= OWN_COMMITTEES || is_led_by(&["市委市政府", "市委、市政府", "市委、市人民政府"]);
    let named = SELVES.iter().find(|(words, _)| represented.contains(words)).map(|(_, kind)| *kind);
    if let Some(named) = named {
        // 市人民政府 under a 市政府: a city of the level of counties.
        return Some((if named == Called::City && is_county { Called::County } else { named }, true));
    }
    if is_county {
        return Some((Called::County, true));
    }
    let (most, words) = WHOLES.iter().max_by_key(|(_, words)| count(words))?;
    if is_led_by(&["省委省政府", "省委、省政府", "省委、省人民政府", "自治区党委、政府", "自治区党委和政府"])
    {
        let is_prefecture = count(WHOLES[2].1) > count(WHOLES[1].1);
        return Some((if is_prefecture { Called::Prefecture } else { Called::City }, true));
    }
    if count(words) < MIN_MENTIONS {
        return None;
    }
    match most {
        // Without committees of its own as a district has them, and with those of a region.
        Called::County
            if count(&["自治区党委"]) > 0 && count(&["市委"]) == 0 && count(&["全区", "我区"]) >= MIN_MENTIONS =>
        {
            Some((Called::Region, true))
        }
        // No province above it.
        Called::City if count(&["省委", "省政府", "自治区党委"]) == 0 => Some((Called::Municipality, false)),
        _ => Some((*most, false)),
    }
}

/// So many mentions of its committee tell a report of a district or a county; those of cities and provinces have none.
const OWN_COMMITTEES: usize = 2;

/// How often a text names the party committee of a county, a district or a banner; not 社区委员会 and 自治区委.
fn own_committees(text: &str) -> usize {
    let is_own = |at: &usize| !text[..*at].ends_with(['社', '治', '地']);
    ["县委", "区委", "旗委"].into_iter().flat_map(|words| places(text, words)).filter(is_own).count()
}

/// How far before 领导下 those who lead are named.
const LED_CHARS: usize = 40;

/// What stands before 领导下 in a text: 在市委、市政府和区委的坚强.
pub(super) fn led_clauses(text: &str) -> impl Iterator<Item = &str> {
    places(text, "领导下").map(|at| last_chars(&text[..at], LED_CHARS).rsplit(['。', '\n', '；']).next().unwrap_or(""))
}

/// Whether a text without a level of its own is the state's: it names the council and speaks of the country.
pub(super) fn speaks_of_state(text: &str) -> bool {
    holds(text, "国务院") && mentions(text, "全国") + mentions(text, "我国") >= MIN_MENTIONS
}
