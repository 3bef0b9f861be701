//! Plain text files: bytes in an encoding that is found out.

use super::Reader;
use crate::config::Config;
use crate::decode::{decode_bytes, refuse};
use crate::issue::{Issue, IssueCode};
use crate::model::Decoded;

/// No encoding writes a character in more bytes.
const MOST_BYTES: usize = 4;

/// Takes text files of any encoding.
pub const READER: Reader = Reader {
    container: "txt",
    extensions: &["txt", "text", "md"],
    magic: &[],
    text: |bytes, config, _| text(bytes, config),
};

/// What is too long in any encoding is not decoded at all.
fn text(bytes: &[u8], config: &Config) -> (Option<Decoded>, Vec<Issue>) {
    let most = config.read.max_text_chars.saturating_mul(MOST_BYTES);
    if bytes.len() > most {
        let message = format!(
            "{} bytes are more than {} characters; read.max_text_chars is {}",
            bytes.len(),
            config.read.max_text_chars,
            config.read.max_text_chars
        );
        return refuse(IssueCode::LimitExceeded, message);
    }
    decode_bytes(bytes, None, &config.decode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_in_any_encoding_is_not_decoded() {
        let mut config = Config::default();
        config.read.max_text_chars = 3;
        assert_eq!(text("三个字".as_bytes(), &config).0.map(|decoded| decoded.text).as_deref(), Some("三个字"));
        let (decoded, issues) = text(&[b'0'; 13], &config);
        assert!(decoded.is_none());
        assert_eq!(issues[0].code, IssueCode::LimitExceeded);
        assert_eq!(issues[0].message, "13 bytes are more than 3 characters; read.max_text_chars is 3");
    }
}
