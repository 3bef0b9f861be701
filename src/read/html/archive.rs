//! Web archives (MHTML): a page and its pictures in the form of a mail. The first page in it is the text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quoted_printable::ParseMode;

/// The page in an archive, and the encoding that its part names.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    pub bytes: Vec<u8>,
    pub charset: Option<String>,
}

/// What the head of a part says, in small letters and each field in one line.
struct Head(String);

impl Head {
    /// Reads fields up to the first empty line.
    fn read<'a>(lines: &mut impl Iterator<Item = &'a [u8]>) -> Head {
        let mut head = String::new();
        for line in lines.map(<[u8]>::trim_ascii_end).take_while(|line| !line.is_empty()) {
            head.push(if line.starts_with(b" ") || line.starts_with(b"\t") { ' ' } else { '\n' });
            head.push_str(&String::from_utf8_lossy(line));
        }
        head.push('\n');
        Head(head)
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// A parameter of the content type: `boundary="x"`.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.field("content-type")?.split(';').find_map(|parameter| {
            let (found, value) = parameter.split_once('=')?;
            found.trim().eq_ignore_ascii_case(name).then_some(value.trim().trim_matches('"'))
        })
    }

    fn is(&self, kind: &str) -> bool {
        self.field("content-type").is_some_and(|value| value.to_lowercase().starts_with(kind))
    }
}

/// Whether bytes begin with the head of an archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let start = &start[..start.len().min(super::HEAD_BYTES)];
    let is_head = start.iter().take_while(|&&byte| byte != b'\n').any(|&byte| byte == b':');
    if !is_head {
        return false;
    }
    let head = Head::read(&mut start.split(|&byte| byte == b'\n'));
    head.field("mime-version").is_some() && (head.is("multipart/related") || head.is("text/html"))
}

/// The first page in an archive, or what is wrong with it.
pub(super) fn first_page(bytes: &[u8]) -> Result<Part, String> {
    let mut lines = bytes.trim_ascii_start().split(|&byte| byte == b'\n');
    let mut head = Head::read(&mut lines);
    let boundary = head.parameter("boundary").map(|boundary| format!("--{boundary}").into_bytes());
    let is_boundary = |line: &&[u8]| boundary.as_ref().is_some_and(|boundary| line.starts_with(boundary));
    while !head.is("text/html") {
        if lines.find(is_boundary).is_none() {
            return Err("the web archive holds no page; save the page as HTML".to_string());
        }
        head = Head::read(&mut lines);
    }
    let body: Vec<&[u8]> = lines.take_while(|line| !is_boundary(line)).collect();
    let body = body.join(&b'\n');
    let broken = |error: String| format!("the page in the web archive is broken ({error}); save the page as HTML");
    let bytes = match head.field("content-transfer-encoding").unwrap_or("").to_lowercase().as_str() {
        "quoted-printable" => {
            quoted_printable::decode(body, ParseMode::Robust).map_err(|error| broken(error.to_string()))?
        }
        "base64" => {
            let packed: Vec<u8> = body.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).map_err(|error| broken(error.to_string()))?
        }
        _ => body,
    };
    Ok(Part { bytes, charset: head.parameter("charset").map(str::to_lowercase) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(encoding: &str, body: &str) -> String {
        format!(
            "From: <Saved by a browser>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\
             \ttype=\"text/html\";\r\n\tboundary=\"--x9\"\r\n\r\npreamble\r\n----x9\r\nContent-Type: image/png\r\n\r\nPNG\r\n\
             ----x9\r\nContent-Type: text/html; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n\
             ----x9\r\nContent-Type: text/html\r\n\r\n<p>frame\r\n----x9--\r\n"
        )
    }

    #[test]
    fn the_first_page_is_unpacked() {
        let rows = [
            ("quoted-printable", "<p class=3D=\r\n\"x\">=E5=8C=BA</p>", "<p class=\"x\">区</p>"),
            ("base64", "PHA+5Yy6\r\nPC9wPg==", "<p>区</p>"),
            ("8bit", "<p>\r\n区</p>", "<p>\r\n区</p>\r"),
            ("", "<p>区</p>", "<p>区</p>\r"),
        ];
        for (encoding, body, want) in rows {
            let archive = archive(encoding, body);
            assert!(is_archive(archive.as_bytes()), "{encoding}");
            let part = first_page(archive.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&part.bytes).trim_end_matches('\n'), want, "{encoding}");
            assert_eq!(part.charset.as_deref(), Some("utf-8"));
        }
        let single = "MIME-Version: 1.0\nContent-Type: text/html; charset=gb2312\n\n<p>x";
        let part = Part { bytes: b"<p>x".to_vec(), charset: Some("gb2312".into()) };
        assert_eq!(first_page(single.as_bytes()), Ok(part));
    }

    #[test]
    fn what_is_no_archive_or_broken_is_told() {
        assert!(!is_archive("会议：2021年\nMIME-Version: 1.0\n".as_bytes()));
        assert!(!is_archive(b"<html>"));
        assert!(!is_archive(b""));
        let error = first_page(archive("base64", "!").as_bytes()).unwrap_err();
        assert!(error.starts_with("the page in the web archive is broken ("), "{error}");
        let error = first_page(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n--b\n").unwrap_err();
        assert_eq!(error, "the web archive holds no page; save the page as HTML");
    }
}
