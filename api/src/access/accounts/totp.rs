//! The second factor: a code of six figures that changes each 30 seconds (RFC 6238, SHA-1, as every authenticator knows it). One step
//! to either side is taken for clocks that are off; that no code is taken twice is for the database to see to.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::chance;
use crate::http::failure::Failure;

/// The bytes of a secret.
const SECRET: usize = 20;

/// A new secret.
#[must_use]
pub fn secret() -> Zeroizing<Vec<u8>> {
    let bytes = Zeroizing::new(chance::random_bytes::<SECRET>());
    Zeroizing::new(bytes.to_vec())
}

/// What somebody needs to set up an authenticator.
pub struct Enrolment {
    /// The address that authenticators read.
    pub uri: Zeroizing<String>,
    /// The secret in groups of four, for whoever types it.
    pub secret: Zeroizing<String>,
    /// The address as a picture, an `svg` element.
    pub picture: Zeroizing<String>,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

/// How a secret is brought into an authenticator.
///
/// # Errors
/// A fault of ours.
pub fn enrolment(secret: &[u8], issuer: &str, login: &str) -> Result<Enrolment, Failure> {
    // Colons part issuer and name in the address.
    let issuer = issuer.replace(':', " ");
    let totp = Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(Some(issuer))
        .with_account_name(login.to_owned())
        .build()
        .map_err(Failure::internal)?;
    let uri = Zeroizing::new(totp.to_url().map_err(Failure::internal)?);
    let plain = Zeroizing::new(Secret::from(secret.to_vec()).to_base32());
    let mut grouped = Zeroizing::new(String::new());
    for (place, sign) in plain.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(sign);
    }
    let picture = picture(&uri)?;
    Ok(Enrolment { uri, secret: grouped, picture })
}

/// Dark on white in every theme: many readers do not take inverted codes.
fn picture(text: &str) -> Result<Zeroizing<String>, Failure> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).map_err(Failure::internal)?;
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    let element = drawn.find("<svg").and_then(|begin| drawn.get(begin..)).unwrap_or_default().to_owned();
    Ok(Zeroizing::new(element))
}

/// The step whose code this is, at a time in seconds; one before or after the present one is taken too.
///
/// # Errors
/// The secret is none.
pub fn step(secret: &[u8], code: &str, seconds: i64) -> Result<Option<i64>, Failure> {
    let Some(code) = plain_code(code) else { return Ok(None) };
    let step = totp(secret)?.check(&code, seconds.try_into().unwrap_or(0));
    Ok(step.and_then(|step| step.try_into().ok()))
}

/// A code as its six figures, however it is typed.
#[must_use]
pub fn plain_code(typed: &str) -> Option<String> {
    let plain = super::password::plain(typed);
    let code: String = plain.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

fn totp(secret: &[u8]) -> Result<Totp, Failure> {
    Builder::new().with_secret(secret.to_vec()).build().map_err(Failure::internal)
}

/// The code of a secret at a time, as an authenticator shows it.
#[cfg(test)]
pub(crate) fn code_at(secret: &[u8], seconds: i64) -> String {
    #![allow(clippy::unwrap_used, reason = "tests")]
    totp(secret).unwrap().generate(seconds.try_into().unwrap()).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// The secret of the test vectors in RFC 6238, appendix B.
    const RFC: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(code_at(RFC, seconds), code);
            assert_eq!(step(RFC, code, seconds).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_to_either_side_is_taken_and_no_more() {
        let code = code_at(RFC, 3_000);
        for (seconds, taken) in [(2_939, false), (2_970, true), (3_029, true), (3_059, true), (3_060, false)]
        {
            assert_eq!(step(RFC, &code, seconds).unwrap(), taken.then_some(100), "{seconds}");
        }
    }

    #[test]
    fn a_code_may_be_typed_in_groups_and_in_full_width_figures() {
        assert_eq!(step(RFC, "287 082", 59).unwrap(), Some(1));
        assert_eq!(step(RFC, "２８７０８２", 59).unwrap(), Some(1));
        for bad in ["", "28708", "2870822", "28708a", "-", "+87082"] {
            assert_eq!(step(RFC, bad, 59).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn an_authenticator_reads_the_address() {
        let enrolment = enrolment(RFC, "渝梯: test", "wang@yuti.example").unwrap();
        assert!(enrolment.uri.starts_with("otpauth://totp/"), "{}", *enrolment.uri);
        assert!(enrolment.uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert_eq!(*enrolment.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(enrolment.picture.starts_with("<svg") && !enrolment.picture.contains("style="));
        assert_eq!(secret().len(), SECRET);
        assert_ne!(secret(), secret());
    }
}
