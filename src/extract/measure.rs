//! How a number measures: the level of a thing, its change, its place among others, its share.

use crate::model::names;

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

names!(Measure {
    Level "level",
    ChangePct "change_pct",
    ChangeAbs "change_abs",
    Rank "rank",
    Share "share",
    Multiple "multiple",
});

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    /// 零增长
    Flat,
}

names!(Direction { Up "up", Down "down", Flat "flat" });

impl Direction {
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
            Direction::Flat => Direction::Flat,
        }
    }
}
