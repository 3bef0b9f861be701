//! The process that reads one PDF file with PDFium: bytes in, one message a line out.
//!
//! PDFium is native code that works on hostile files, and it is not made for threads; so it runs alone, and what it does
//! to its process touches no other file. What it sends is taken up by [`super::pages_of_worker`].

use std::io::{BufWriter, Read, Write};
use std::path::Path;

use pdfium_render::prelude::{
    PdfPage, PdfPageObjectCommon, PdfPageObjectType, PdfPageObjectsCommon, PdfPageTextChar, Pdfium, PdfiumError,
    PdfiumInternalError,
};

use super::Message;
use super::reflow::{Page, Run, is_space};

/// A gap in a line wider than this, in ems, begins a new run.
const RUN_GAP: f32 = 0.6;
/// Characters whose base lines lie nearer than this, in ems, stand on one line.
const SAME_LINE: f32 = 0.1;
/// Lines that lean less than this, in degrees, are meant to be level.
const LEVEL_DEGREES: f32 = 2.0;
/// With fewer characters than this a page is asked for pictures.
const FEW_CHARACTERS: i32 = 200;
/// Objects of a page that are looked at for pictures.
const MAX_OBJECTS: usize = 1000;
/// The share of a page that a picture must cover to be the page.
const PICTURE_SHARE: f32 = 0.5;

/// Reads the PDF file on `input` with the library and writes messages, the last one [`Message::End`] or an error.
///
/// # Errors
///
/// When nothing can be read or written any more.
pub fn serve(library: &Path, max_pages: usize, mut input: impl Read, output: impl Write) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let mut output = BufWriter::new(output);
    let mut send = |message: &Message| -> std::io::Result<()> {
        serde_json::to_writer(&mut output, message)?;
        output.write_all(b"\n")?;
        // A crash on a later page must not take this one with it.
        output.flush()
    };
    let pdfium = match Pdfium::bind_to_library(library) {
        Ok(bindings) => Pdfium::new(bindings),
        Err(error) => return send(&Message::NoLibrary(error.to_string())),
    };
    let document = match pdfium.load_pdf_from_byte_vec(bytes, None) {
        Ok(document) => document,
        Err(PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::PasswordError)) => {
            return send(&Message::Locked);
        }
        Err(PdfiumError::PdfiumLibraryInternalError(error)) => return send(&Message::Damaged(format!("{error:?}"))),
        Err(error) => return send(&Message::Damaged(error.to_string())),
    };
    let count = usize::try_from(document.pages().len()).unwrap_or(0);
    if count > max_pages {
        return send(&Message::TooManyPages(count));
    }
    for index in 0..count {
        let page = i32::try_from(index).ok().and_then(|index| document.pages().get(index).ok());
        match page.and_then(|page| read_page(&page).ok()) {
            Some(page) => send(&Message::Page(page))?,
            None => send(&Message::BadPage)?,
        }
    }
    send(&Message::End)
}

fn read_page(page: &PdfPage) -> Result<Page, PdfiumError> {
    let text = page.text()?;
    let mut runs: Vec<Run> = Vec::new();
    // White space belongs to a run only when more follows.
    let mut space: Option<Run> = None;
    for character in text.chars().iter() {
        let Some(run) = run_of(&character) else { continue };
        let end = space.as_ref().or(runs.last()).filter(|end| goes_on(end, &run)).map(|end| end.x1);
        match (end, runs.last_mut(), run.text.trim().is_empty()) {
            (Some(_), Some(last), false) => {
                last.text.extend(space.take().map(|space| space.text));
                last.text.push_str(&run.text);
                last.x1 = last.x1.max(run.x1);
            }
            (Some(end), Some(_), true) => {
                let before = space.take().map(|space| space.text).unwrap_or_default();
                space = Some(Run { text: before + &run.text, x1: end.max(run.x1), ..run });
            }
            (_, _, true) => space = None,
            (_, _, false) => {
                space = None;
                runs.push(run);
            }
        }
    }
    let (width, height) = (page.width().value, page.height().value);
    let is_picture = text.len() < FEW_CHARACTERS && has_large_picture(page, width * height * PICTURE_SHARE);
    Ok(Page { width: round(width), height: round(height), is_picture, runs })
}

/// A run of one character, in the coordinates of its own writing direction; `None` for what PDFium adds.
fn run_of(character: &PdfPageTextChar) -> Option<Run> {
    if character.is_generated().unwrap_or(false) {
        return None;
    }
    let text = match character.unicode_value() {
        // How PDFium marks a hyphen at the end of a line.
        0x02 | 0xFFFE => '-',
        code => char::from_u32(code).filter(|c| *c != '\0' && *c != '\r' && *c != '\n')?,
    };
    let bounds = character.loose_bounds().ok()?;
    let (x, y) = character.origin().ok()?;
    let matrix = character.matrix().ok()?;
    let size = (character.unscaled_font_size().value * matrix.c().hypot(matrix.d())).abs();
    let lean = matrix.b().atan2(matrix.a()).to_degrees();
    let quarter = (lean / 90.0).round();
    let run = if (lean - quarter * 90.0).abs() > LEVEL_DEGREES {
        let (sine, cosine) = lean.to_radians().sin_cos();
        let along = x.value * cosine + y.value * sine;
        Run { x0: along, x1: along + size, y: y.value * cosine - x.value * sine, angle: lean, ..Run::default() }
    } else {
        // The character's box turned so that it reads from left to right.
        let (left, right) = (bounds.left().value, bounds.right().value);
        let (bottom, top) = (bounds.bottom().value, bounds.top().value);
        let angle = quarter.rem_euclid(4.0) * 90.0;
        let (x0, x1, y) = match angle as u32 {
            90 => (bottom, top, -x.value),
            180 => (-right, -left, -y.value),
            270 => (-top, -bottom, x.value),
            _ => (left, right, y.value),
        };
        Run { x0, x1, y, angle, ..Run::default() }
    };
    let run = Run { x0: round(run.x0), x1: round(run.x1), y: round(run.y), size: round(size), ..run };
    run.is_sound().then(|| Run { text: text.to_string(), ..run })
}

/// Whether a character stands behind a run on the same line.
fn goes_on(run: &Run, next: &Run) -> bool {
    let gap = next.x0 - run.x1;
    next.angle == run.angle
        && (next.size - run.size).abs() < run.size * 0.05
        && (next.y - run.y).abs() < run.size * SAME_LINE
        && next.x0 >= run.x0
        && (-run.size..run.size * RUN_GAP).contains(&gap)
        && !is_space(gap, run.size, &run.text, &next.text)
}

fn has_large_picture(page: &PdfPage, area: f32) -> bool {
    page.objects().iter().take(MAX_OBJECTS).any(|object| {
        // A form may hold the picture, as scanners write it.
        matches!(object.object_type(), PdfPageObjectType::Image | PdfPageObjectType::XObjectForm)
            && object.bounds().is_ok_and(|bounds| (bounds.width().value * bounds.height().value).abs() >= area)
    })
}

/// Hundredths of a point are far finer than a line.
fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}
