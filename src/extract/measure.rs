//! How a number measures: the level of a thing, its change, its place among others, its share.

/// What kind of statement a number makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Level,
    ChangePct,
    ChangeAbs,
    Rank,
    Share,
    Multiple,
}

impl Measure {
    pub fn name(self) -> &'static str {
        match self {
            Measure::Level => "level",
            Measure::ChangePct => "change_pct",
            Measure::ChangeAbs => "change_abs",
            Measure::Rank => "rank",
            Measure::Share => "share",
            Measure::Multiple => "multiple",
        }
    }
}

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    /// 零增长
    Flat,
}

impl Direction {
    pub fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Flat => "flat",
        }
    }

    pub fn reversed(self) -> Direction {
        match self {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
            Direction::Flat => Direction::Flat,
        }
    }
}
