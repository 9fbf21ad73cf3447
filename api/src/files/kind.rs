//! What a file is, by its first bytes. What a browser or a name says about it counts for nothing.

use crate::http::failure::Words;

/// Something that can be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP, which is kept as JPEG or PNG.
    WebP,
    /// PDF.
    Pdf,
}

/// How far the end of a PDF is looked for: the standard allows for some bytes after it.
const PDF_END: usize = 1024;

/// What bytes are.
///
/// # Errors
/// Nothing that is taken in, with what it seems to be and what to do.
pub fn of(bytes: &[u8]) -> Result<Kind, Words> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Kind::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Kind::WebP),
        [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', ..] => whole_pdf(bytes),
        [] => Err(Words::new("文件是空的。", "The file is empty.")),
        _ => Err(unknown(bytes)),
    }
}

fn whole_pdf(bytes: &[u8]) -> Result<Kind, Words> {
    let tail = bytes.get(bytes.len().saturating_sub(PDF_END)..).unwrap_or(bytes);
    if tail.windows(5).any(|part| part == b"%%EOF") {
        return Ok(Kind::Pdf);
    }
    Err(Words::new(
        "PDF 不完整，请重新导出或重新上传。",
        "The PDF is not whole. Export it again, or send it again.",
    ))
}

/// The names of what people send most, so that they know what to do with it.
fn unknown(bytes: &[u8]) -> Words {
    let brand = bytes.get(4..12).unwrap_or_default();
    if matches!(brand, [b'f', b't', b'y', b'p', b'h', b'e', b'i' | b'v', _])
        || matches!(brand, [b'f', b't', b'y', b'p', b'm', b'i', b'f', b'1'])
    {
        return Words::new(
            "这是苹果手机的 HEIC 照片。请在“设置 → 相机 → 格式”里选“兼容性最佳”，或截屏后上传。",
            "This is a HEIC photo of an iPhone. Choose \"Most Compatible\" under Settings, Camera, Formats, or send a screenshot of it.",
        );
    }
    let (zh, en) = match bytes {
        [b'P', b'K', 3, 4, ..] => ("Office 文档或压缩包", "an Office document or an archive"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("旧版 Office 文档", "an old Office document"),
        [b'G', b'I', b'F', b'8', ..] => ("GIF 图片", "a GIF picture"),
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => ("TIFF 图片", "a TIFF picture"),
        [b'B', b'M', ..] => ("BMP 图片", "a BMP picture"),
        _ => ("读不懂的文件", "nothing known"),
    };
    Words::new(
        format!("这是{zh}。只收 JPEG、PNG、WebP 图片和 PDF 文档；请转成其中一种再上传。"),
        format!(
            "This is {en}. JPEG, PNG and WebP pictures and PDF documents are taken; turn it into one of them."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides() {
        assert_eq!(of(b"\xff\xd8\xff\xe0.."), Ok(Kind::Jpeg));
        assert_eq!(of(b"\x89PNG\r\n\x1a\n.."), Ok(Kind::Png));
        assert_eq!(of(b"RIFF\0\0\0\0WEBPVP8 "), Ok(Kind::WebP));
        assert_eq!(of(b"%PDF-1.7\n...\n%%EOF\n"), Ok(Kind::Pdf));
        for other in [
            &b"<html><script>"[..],
            b"#!/bin/sh",
            b"MZ\x90",
            b"",
            b"%!PS",
            b"%PDF-1.7 cut",
            b" %PDF-1.7 %%EOF",
        ] {
            assert!(of(other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn what_people_send_most_is_called_by_its_name() {
        for (bytes, word) in [
            (&b"\0\0\0\x18ftypheic\0\0"[..], "HEIC"),
            (b"\0\0\0\x18ftypmif1\0\0", "HEIC"),
            (b"PK\x03\x04....", "Office"),
            (b"GIF89a", "GIF"),
        ] {
            assert!(
                of(bytes).is_err_and(|words| words.en.contains(word) && words.zh.contains(word)),
                "{word}"
            );
        }
    }
}
