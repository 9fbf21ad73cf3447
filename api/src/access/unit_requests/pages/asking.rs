//! The form by which a unit asks.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};
use unicode_normalization::UnicodeNormalization as _;
use yuti_openapi::vocabulary::UnitRole;
use yuti_openapi::{ProblemCode, Uscc};
use yuti_portal::{FieldError, Filled, UnitAskPage};

use super::super::acts::{self, Filed, New};
use super::super::rules::{self, LONGEST_TEXT, LONGEST_UNIT, MOST_FILES};
use super::parts;
use crate::access::accounts::pages::{Back, to};
use crate::access::accounts::rules::LONGEST_NAME;
use crate::files::{self, Taken};
use crate::http::answer::Answer;
use crate::http::extract::Call;
use crate::http::failure::{Failure, Words};
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::multipart::{self, Most, Upload};
use crate::http::page;
use crate::state::App;

/// The field of the proof.
const PROOF: &str = "proof";

/// The form with its files.
#[derive(Debug)]
pub struct Sent(Upload);

impl FromRequest for Sent {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let app = request.app_data::<web::Data<App>>().cloned();
            let app = app.ok_or_else(|| Failure::new(ProblemCode::Internal))?;
            let _place = app.files.door().await?;
            let most = Most { files: MOST_FILES, bytes: multipart::largest(&app) };
            multipart::read(&app, &request, &mut payload, PROOF, most).await.map(Self)
        })
    }
}

/// `/unit/request`
///
/// # Errors
/// Whatever the database refuses.
pub async fn asking(app: web::Data<App>, call: Call, request: HttpRequest) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let page = asked_page(&app, &call, Filled::default());
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

fn asked_page(app: &App, call: &Call, filled: Filled) -> UnitAskPage {
    let named = |row: &yuti_entity::authority::Model| {
        (row.key.clone(), call.language.pick(&row.name_zh, &row.name_en).to_owned())
    };
    let files = &app.config.files;
    UnitAskPage {
        bureaus: app.reference.bureaus(app.today()).map(named).collect(),
        most_files: MOST_FILES,
        most_megabytes: (files.max_picture_bytes / 1_000_000, files.max_document_bytes / 1_000_000),
        filled,
    }
}

/// What was typed.
struct Asked {
    uscc: Option<Uscc>,
    unit_name: Option<String>,
    role: Option<UnitRole>,
    authority: Option<String>,
    contact_name: Option<String>,
    contact_phone: Option<String>,
    note: Option<String>,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            uscc: fields.required("uscc", uscc),
            unit_name: fields.required("unit_name", |fields| fields.text("unit_name", LONGEST_UNIT)),
            role: fields.required("role", |fields| fields.code("role")),
            authority: fields.required("authority", |fields| fields.text("authority", 100)),
            contact_name: fields.required("contact_name", |fields| fields.text("contact_name", LONGEST_NAME)),
            contact_phone: fields.required("contact_phone", phone),
            note: fields.lines("note", LONGEST_TEXT),
        }
    }
}

/// A code as people write it: in small letters, in groups, in full width.
fn uscc(fields: &mut Fields) -> Option<Uscc> {
    let typed = fields.text("uscc", 100)?;
    let plain: String =
        typed.nfkc().filter(|sign| !sign.is_whitespace()).flat_map(char::to_uppercase).collect();
    let code = plain.parse().ok();
    if code.is_none() {
        let (zh, en) = if plain.chars().count() == 18 {
            (
                "代码的校验位不对，请照营业执照再核对一遍。",
                "Its check characters are wrong: compare it with the business licence.",
            )
        } else {
            (
                "统一社会信用代码是 18 位数字和大写字母。",
                "A unified social credit code has 18 figures and capitals.",
            )
        };
        fields.refuse("uscc", "malformed", zh, en);
    }
    code
}

fn phone(fields: &mut Fields) -> Option<String> {
    let typed = fields.text("contact_phone", 100)?;
    let number = rules::phone(&typed);
    if number.is_none() {
        fields.refuse(
            "contact_phone",
            "malformed",
            "要填一个电话号码，例如手机号，或者区号加座机号。",
            "A telephone number: a mobile, or a landline with its area code.",
        );
    }
    number
}

/// `POST /unit/request`
///
/// # Errors
/// The form cannot be read, too much was handed in, or the database refuses.
pub async fn ask(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    sent: Sent,
) -> Result<Answer, Failure> {
    let Upload { fields, files } = sent.0;
    let typed = fields.typed();
    let (asked, mut errors) = match form::value::<Asked>(fields) {
        Ok(asked) => (Some(asked), Vec::new()),
        Err(unread) => (None, Back::unread(unread, call.language).filled.errors),
    };
    let known = asked.as_ref().and_then(|asked| asked.authority.as_deref());
    if known.is_some_and(|key| !app.reference.bureaus(app.today()).any(|row| row.key == key)) {
        errors.push(wrong("authority", &Words::new("请从列表里选。", "Choose one of the list."), &call));
    }
    let holder = app.files.holder(&call.client.to_string());
    // Nothing is put into the store for a form that comes back.
    let proof =
        if errors.is_empty() { taken(&app, &call, holder, &files, &mut errors).await? } else { Vec::new() };
    let (Some(asked), true) = (asked, errors.is_empty()) else {
        let filled = Filled { typed, errors, message: None };
        let page = asked_page(&app, &call, filled);
        return Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call)
            .status(StatusCode::UNPROCESSABLE_ENTITY));
    };
    match filed(&app, &asked, proof, holder).await {
        Ok(filed) => {
            let path = format!("/unit/request/{}/{}?done=filed", filed.number, filed.token.reveal());
            Ok(page::redirect(&to(&call, &path)))
        }
        Err(refused) => {
            let mut back = Back::refused(refused, Typed::default(), call.language)?;
            back.filled.typed = typed;
            let page = asked_page(&app, &call, back.filled.clone());
            Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
        }
    }
}

fn wrong(field: &str, words: &Words, call: &Call) -> FieldError {
    FieldError { field: field.to_owned(), text: words.pick(call.language).to_owned() }
}

async fn taken(
    app: &App,
    call: &Call,
    holder: [u8; 32],
    files: &[bytes::Bytes],
    errors: &mut Vec<FieldError>,
) -> Result<Vec<Taken>, Failure> {
    if files.is_empty() {
        let words = Words::new("要上传证明材料。", "Add the proof.");
        errors.push(wrong(PROOF, &words, call));
    }
    let bytes: usize = files.iter().map(bytes::Bytes::len).sum();
    app.files.room(&app.db, holder, bytes as u64, app.now()).await?;
    let mut taken = Vec::new();
    for (place, file) in files.iter().enumerate() {
        match app.files.take(file.clone()).await {
            Ok(one) => taken.push(one),
            Err(files::Refused::File { detail, .. }) => {
                let number = place + 1;
                let words = Words::new(
                    format!("第 {number} 个文件：{}", detail.zh),
                    format!("File {number}: {}", detail.en),
                );
                errors.push(wrong(PROOF, &words, call));
            }
            Err(files::Refused::Failure(failure)) => return Err(failure),
        }
    }
    Ok(taken)
}

async fn filed(
    app: &App,
    asked: &Asked,
    proof: Vec<Taken>,
    holder: [u8; 32],
) -> Result<Filed, crate::access::accounts::refused::Refused> {
    let (Some(uscc), Some(role)) = (&asked.uscc, asked.role) else {
        return Err(Failure::new(ProblemCode::Internal).into());
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let new = New {
        uscc,
        unit_name: &text(&asked.unit_name),
        role,
        authority_key: &text(&asked.authority),
        contact_name: &text(&asked.contact_name),
        contact_phone: &text(&asked.contact_phone),
        note: asked.note.as_deref(),
    };
    acts::file(parts(app), new, proof, holder).await
}
