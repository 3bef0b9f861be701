//! Any bytes through all stages: alone, or as a paragraph of a report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhibiao_fuzz::check_road;

const HEAD: &str = "2021年政府工作报告\n各位代表：\n一、2020年工作回顾\n";
const TAIL: &str = "\n二、2021年主要任务\n坚持稳中求进，扎实做好各项工作。\n";

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    match first % 4 {
        0 => check_road("txt", rest),
        1 => check_road("html", rest),
        _ => check_road("txt", &[HEAD.as_bytes(), rest, TAIL.as_bytes()].concat()),
    }
});
