//! Pictures are made anew from their points: whatever else was in the file (place and time of a photo, previews, code behind the
//! picture) is gone.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage, Rgba};
use yuti_openapi::vocabulary::FileType;

use super::kind::Kind;

/// Quality of photographs: no difference is seen on a screen.
const QUALITY: u8 = 85;

/// How large a picture may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most points that are read.
    pub max_pixels: u64,
    /// The longest side as it is kept; a larger picture is made smaller.
    pub longest_side: u32,
    /// The most bytes of a picture without loss; a longer one is kept as a photograph, what is transparent in it white.
    pub max_bytes: u64,
}

/// A picture as it is kept.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What it is now.
    pub media_type: FileType,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Width in points.
    pub width: u32,
    /// Height in points.
    pub height: u32,
}

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has more points than are read.
    TooManyPoints {
        /// Width in points.
        width: u32,
        /// Height in points.
        height: u32,
    },
    /// It cannot be read.
    Broken,
}

/// Makes a picture anew. Takes about a second for a photo of a telephone: not for a thread that answers requests.
///
/// # Errors
/// It is too large or broken.
pub fn remade(bytes: &[u8], kind: Kind, bounds: Bounds) -> Result<Picture, Unfit> {
    let format = match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::WebP => ImageFormat::WebP,
        Kind::Pdf => return Err(Unfit::Broken),
    };
    let broken = |_| Unfit::Broken;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    // Eight bytes a point: sixteen bits in four channels.
    limits.max_alloc = Some(bounds.max_pixels.saturating_mul(8));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    // Before anything is unpacked: a few hundred bytes can say that they are a picture of a billion points.
    if u64::from(width) * u64::from(height) > bounds.max_pixels {
        return Err(Unfit::TooManyPoints { width, height });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > bounds.longest_side {
        picture = picture.resize(bounds.longest_side, bounds.longest_side, FilterType::CatmullRom);
    }
    let as_it_came = written(&picture, kind == Kind::Png || picture.color().has_alpha())?;
    // A photo that somebody saved as PNG: many times as long as it need be.
    if as_it_came.bytes.len() as u64 > bounds.max_bytes {
        return written(&picture, false);
    }
    Ok(as_it_came)
}

fn written(picture: &DynamicImage, as_png: bool) -> Result<Picture, Unfit> {
    let mut bytes = Vec::new();
    let (media_type, outcome) = if as_png {
        let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
        let outcome = if picture.color().has_alpha() {
            picture.to_rgba8().write_with_encoder(encoder)
        } else {
            picture.to_rgb8().write_with_encoder(encoder)
        };
        (FileType::Png, outcome)
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
        (FileType::Jpeg, opaque(picture).write_with_encoder(encoder))
    };
    outcome.map_err(|_| Unfit::Broken)?;
    Ok(Picture { media_type, bytes, width: picture.width(), height: picture.height() })
}

/// The points without transparency.
fn opaque(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let Rgba([red, green, blue, alpha]) = *seen.get_pixel(x, y);
        let alpha = u32::from(alpha);
        let on_white =
            |part: u8| u8::try_from((u32::from(part) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        Rgb([red, green, blue].map(on_white))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use image::RgbaImage;

    use super::*;

    const BOUNDS: Bounds = Bounds { max_pixels: 1_000_000, longest_side: 300, max_bytes: 100_000 };

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut picture = RgbImage::new(width, height);
        // The upper left corner is red, so that it can be seen which way up it is.
        for (x, y, point) in picture.enumerate_pixels_mut() {
            *point = image::Rgb(if x < width / 2 && y < height / 2 { [250, 10, 10] } else { [10, 10, 250] });
        }
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// A JPEG with an application segment behind its first marker, as cameras write them.
    fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn what_is_not_the_picture_is_gone() {
        let exif =
            b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 29.5630 106.5516";
        let jpeg = with_segment(&picture(200, 100, ImageFormat::Jpeg), 0xe1, exif);
        let jpeg = with_segment(&jpeg, 0xfe, b"taken by somebody, 13800138000");
        let jpeg = [&jpeg[..], b"<script>alert(1)</script>"].concat();
        let made = remade(&jpeg, Kind::Jpeg, BOUNDS).unwrap();
        for trace in [&b"Exif"[..], b"GPS", b"13800138000", b"<script>"] {
            assert!(contains(&jpeg, trace) && !contains(&made.bytes, trace), "{trace:?}");
        }
        // The camera lay on its side (6); the picture as it is kept stands, because nothing says it any more.
        assert_eq!((made.width, made.height, made.media_type), (100, 200, FileType::Jpeg));
        let seen = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
        assert!(seen.get_pixel(95, 5)[0] > 200, "the red corner is at the upper right now");
        assert!(seen.get_pixel(5, 5)[2] > 200);
    }

    #[test]
    fn a_picture_is_kept_no_larger_than_is_looked_at() {
        let made = remade(&picture(900, 450, ImageFormat::Png), Kind::Png, BOUNDS).unwrap();
        assert_eq!((made.width, made.height, made.media_type), (300, 150, FileType::Png));
        let made = remade(&picture(200, 100, ImageFormat::WebP), Kind::WebP, BOUNDS).unwrap();
        assert_eq!((made.width, made.height, made.media_type), (200, 100, FileType::Jpeg));
        assert_eq!(image::guess_format(&made.bytes).unwrap(), ImageFormat::Jpeg);
    }

    #[test]
    fn what_is_too_long_without_loss_is_kept_as_a_photograph() {
        let mut noise = RgbaImage::new(250, 250);
        for (x, y, point) in noise.enumerate_pixels_mut() {
            let mix = |by: u32| u8::try_from((x * 7_919 + y * 104_729 + x * y * by) % 251).unwrap();
            *point = Rgba([mix(3), mix(5), mix(11), if x < 10 { 0 } else { 255 }]);
        }
        let mut png = Vec::new();
        noise.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        let made = remade(&png, Kind::Png, BOUNDS).unwrap();
        assert_eq!(made.media_type, FileType::Jpeg);
        let seen = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
        assert!(seen.get_pixel(2, 100).0.iter().all(|part| *part > 200), "what was transparent is white");
        let kept = remade(&png, Kind::Png, Bounds { max_bytes: 1_000_000, ..BOUNDS }).unwrap();
        assert_eq!(kept.media_type, FileType::Png);
    }

    #[test]
    fn a_picture_that_claims_a_billion_points_is_not_unpacked() {
        let mut png = picture(10, 10, ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0x80, 0, 0, 0, 0x80, 0]);
        // Its header carries a digest of itself.
        let digest = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&digest.to_be_bytes());
        let refused = remade(&png, Kind::Png, BOUNDS).unwrap_err();
        assert_eq!(refused, Unfit::TooManyPoints { width: 32_768, height: 32_768 });
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(
                crc ^ u32::from(*byte),
                |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
            )
        })
    }

    #[test]
    fn what_is_broken_is_refused() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let kind = match format {
                ImageFormat::Jpeg => Kind::Jpeg,
                ImageFormat::Png => Kind::Png,
                _ => Kind::WebP,
            };
            let whole = picture(100, 100, format);
            assert_eq!(remade(&whole[..20], kind, BOUNDS).unwrap_err(), Unfit::Broken, "{format:?}");
            for place in (0..whole.len()).step_by(7) {
                let mut changed = whole.clone();
                changed[place] ^= 0xff;
                // Whatever comes of it: never a panic, never more than was allowed.
                if let Ok(made) = remade(&changed, kind, BOUNDS) {
                    assert!(made.width <= 300 && made.height <= 300);
                }
            }
        }
    }
}
