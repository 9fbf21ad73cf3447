//! The one table of problems (RFC 9457): code, status, title, what happened, how to mend it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Language;

/// Declares the table once: each row is a code of the contract, its status and its words.
macro_rules! problems {
    ($($(#[$meta:meta])* $variant:ident = $code:tt, $status:literal,
        [$title_zh:literal, $title_en:literal], [$what_zh:literal, $what_en:literal], [$mend_zh:literal, $mend_en:literal];)+) => {
        /// The code of a problem. Each has its page under `/problems/{code}`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        pub enum ProblemCode {
            $($(#[$meta])* #[serde(rename = $code)] $variant,)+
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it stands on the wire.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status that goes with it, always the same.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The title: the same for every occurrence.
            pub fn title(self, language: Language) -> &'static str {
                match self { $(Self::$variant => language.pick($title_zh, $title_en),)+ }
            }

            /// What happened, in general.
            pub fn what(self, language: Language) -> &'static str {
                match self { $(Self::$variant => language.pick($what_zh, $what_en),)+ }
            }

            /// How to mend it.
            pub fn mend(self, language: Language) -> &'static str {
                match self { $(Self::$variant => language.pick($mend_zh, $mend_en),)+ }
            }
        }

        impl std::str::FromStr for ProblemCode {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($code => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
    };
}

problems! {
    /// The request as a whole cannot be read.
    MalformedRequest = "malformed_request", 400,
        ["请求读不懂", "The request cannot be read"],
        ["请求的地址、编码或格式不合规范。", "The address, the encoding or the form of the request breaks the rules of HTTP or of text."],
        ["检查地址里的百分号编码是不是 UTF-8，路径里有没有多余的符号。", "Check that percent-encoding in the address is UTF-8 and that the path has no stray characters."];
    /// One or more parameters cannot be used.
    InvalidParameters = "invalid_parameters", 400,
        ["参数有问题", "Some parameters cannot be used"],
        ["一个或多个参数不认识、重复了，或者格式不对。全部列在 errors 里。", "One or more parameters are unknown, repeated or of the wrong form. All of them are listed in `errors`."],
        ["按 errors 里每一条的说明改，再发一次。", "Change each parameter as its entry in `errors` says and send the request again."];
    /// The cursor cannot be used with this request.
    InvalidCursor = "invalid_cursor", 400,
        ["翻页位置用不了", "The cursor cannot be used"],
        ["cursor 不完整，或者是在别的筛选条件下得到的。", "The cursor is not whole, or it was made for other filters or another order."],
        ["用上一页给出的 next，不要改动它；换了筛选条件就从第一页开始。", "Use `next` as the page before gave it; after a change of filters begin with the first page."];
    /// The values are well formed but mean nothing together.
    Unprocessable = "unprocessable", 422,
        ["内容说不通", "The values make no sense"],
        ["格式没有错，但内容互相矛盾或不合实际。", "The form is right, but the values contradict each other or cannot be."],
        ["按 errors 里的说明改。", "Change the values as `errors` says."];
    /// Nobody is signed in, or the session or key does not hold.
    NotSignedIn = "not_signed_in", 401,
        ["请先登录", "Sign in first"],
        ["这里要先证明您是谁：没有登录，登录已经结束，或者密钥不对。", "This asks for proof of who you are: nobody is signed in, the session has ended, or the key does not hold."],
        ["登录后再试；程序把密钥放在 Authorization: Bearer 里。", "Sign in and try again; programs send their key in `Authorization: Bearer`."];
    /// A key was shown that does not hold.
    KeyRefused = "key_refused", 401,
        ["密钥用不了", "The key does not hold"],
        ["请求带了密钥，但是这个密钥不对、已经换掉、过期或者作废了。errors 写着是哪一种。", "A key was shown, and it is wrong, was replaced, has expired or was revoked. `errors` says which."],
        ["检查 Authorization 里的密钥有没有抄错；丢了或者作废了，就在 /keys 再申请一个。不带密钥也能读，只是限额低一些。", "Check the key in `Authorization`; if it is lost or revoked make another one at /keys. Reading works without a key as well, with smaller quotas."];
    /// Whoever asks has no right to the act.
    Forbidden = "forbidden", 403,
        ["没有这个权限", "Not within your rights"],
        ["您的角色不能做这件事。", "Your role does not include this act."],
        ["请有这个权限的人来做，或者请管理员调整。", "Ask somebody who has the right, or ask an administrator to change yours."];
    /// A form came from another site, or from a page that no longer holds.
    FormRefused = "form_refused", 403,
        ["表单没有收下", "The form was not taken"],
        ["表单不是从本站的页面发来的，或者那个页面已经过期。", "The form was not sent from a page of this site, or that page no longer holds."],
        ["回到原来的页面，刷新以后再发一次。", "Go back to the page, load it again and send it once more."];
    /// The body did not come in time.
    RequestTimeout = "request_timeout", 408,
        ["内容没有及时发完", "The body did not come in time"],
        ["请求的内容发得太慢，没有等到发完。", "The body of the request came too slowly and was not waited for."],
        ["信号好一点的时候再发一次。", "Send it again over a better connection."];
    /// The act does not fit the present state.
    Conflict = "conflict", 409,
        ["和现在的状态不符", "It does not fit the present state"],
        ["要做的事和现在的状态不符，或者别人刚刚做过了。", "What was asked for does not fit the present state, or somebody else has just done it."],
        ["重新看一遍现在的状态，再决定要不要做。", "Look at the present state again, then decide."];
    /// The thing has changed since it was read.
    PreconditionFailed = "precondition_failed", 412,
        ["已经有人改过了", "It has changed meanwhile"],
        ["您看过以后，这条记录已经变了。", "The thing has changed since you read it."],
        ["重新读取，看清变化，再用新的 ETag 发一次。", "Read it again, look at what changed, and send the change with the new `ETag`."];
    /// The change must say which version it is about.
    PreconditionRequired = "precondition_required", 428,
        ["要说明改的是哪一版", "Say which version you change"],
        ["修改已有的内容时要带 If-Match。", "A change of an existing thing needs `If-Match`."],
        ["先读取，把得到的 ETag 放进 If-Match。", "Read the thing first and send its `ETag` in `If-Match`."];
    /// There is nothing at this address.
    NotFound = "not_found", 404,
        ["没有这个地址", "There is nothing here"],
        ["这个地址下没有内容。", "There is no resource at this address."],
        ["从 /docs 看有哪些地址。", "See /docs for the addresses that exist."];
    /// No elevator carries the identifier.
    ElevatorNotFound = "elevator_not_found", 404,
        ["没有这台电梯", "No such elevator"],
        ["没有一台电梯用这个编号，现在没有，以前也没有。", "No elevator carries this identifier, now or in the past."],
        ["检查编号有没有少一位；也可以用设备代码、登记证编号或识别码查。", "Check that no digit is missing; the equipment code, certificate number and rescue code work too."];
    /// No organisation carries the code.
    OrganisationNotFound = "organisation_not_found", 404,
        ["没有这个单位", "No such organisation"],
        ["登记里没有用这个统一社会信用代码或编号（org-…）的单位。", "No organisation in the register has this unified social credit code or this id (org-…)."],
        ["检查 18 位代码有没有写错；没有代码的单位用单位列表里的编号。", "Check the 18 places of the code; for a unit without one use the id from the list of organisations."];
    /// There is no list of this name.
    CodeListNotFound = "code_list_not_found", 404,
        ["没有这个代码表", "No such code list"],
        ["没有这个名字的代码表。", "There is no code list of this name."],
        ["/v1/code-lists 列出全部代码表。", "/v1/code-lists names them all."];
    /// No sealed entry is at that place or has that hash.
    LogEntryNotFound = "log_entry_not_found", 404,
        ["没有这条记录", "No such entry"],
        ["审计日志里没有这个位置或这个散列值的记录；刚写下的要等一秒左右才封存。", "The audit log has no sealed entry at this place or with this hash. What was just written is sealed after about a second."],
        ["检查位置或散列值；刚办的事，过几秒再查。", "Check the place or the hash; for what was just done ask again in a few seconds."];
    /// The method is not served at this address.
    MethodNotAllowed = "method_not_allowed", 405,
        ["这个地址不接受这种方法", "Method not served here"],
        ["这个地址不接受这种请求方法。", "The address does not serve this request method."],
        ["用响应头 Allow 里列出的方法。", "Use a method that the header `Allow` names."];
    /// None of the asked-for formats is offered.
    NotAcceptable = "not_acceptable", 406,
        ["没有要的格式", "Format not offered"],
        ["请求的格式这里都没有。", "None of the formats that were asked for is offered here."],
        ["用 application/json，列表还可以用 application/x-ndjson。", "Ask for application/json; lists also come as application/x-ndjson."];
    /// The body is larger than is taken.
    PayloadTooLarge = "payload_too_large", 413,
        ["内容太大", "The body is too large"],
        ["发来的内容超过了上限。", "The body of the request is larger than what is taken."],
        ["分几次发，或者减小内容。", "Send less, or in several parts."];
    /// The address is longer than is read.
    UriTooLong = "uri_too_long", 414,
        ["地址太长", "The address is too long"],
        ["地址超过了 8,000 个字节。", "The address is longer than 8,000 bytes."],
        ["减少参数。", "Use fewer parameters."];
    /// The body's type is not taken.
    UnsupportedMediaType = "unsupported_media_type", 415,
        ["不收这种内容", "Kind of body not taken"],
        ["这个地址不收请求内容，或不收这种类型。", "The operation takes no body, or not of this type."],
        ["去掉请求内容，或改成文档里写的类型。", "Leave out the body, or send the type that the documentation names."];
    /// A quota is used up.
    QuotaExceeded = "quota_exceeded", 429,
        ["请求太多了", "Too many requests"],
        ["限额用完了。violated-policies 写着是哪一个。", "A quota is used up; `violated-policies` names it."],
        ["等 Retry-After 写的秒数再发。要整份数据，用 NDJSON 一次取完，不要一台一台地查。", "Wait for the seconds in `Retry-After`. For whole data sets fetch the NDJSON list once instead of one elevator after the other."];
    /// Something failed inside.
    Internal = "internal", 500,
        ["我们这里出错了", "Something failed on our side"],
        ["服务内部出了错，已经记下来了。", "Something failed inside the service. It has been recorded."],
        ["过一会儿再试；一直这样，请把请求编号告诉我们。", "Try again in a while; if it stays, tell us the request id."];
    /// The service cannot work just now.
    Unavailable = "unavailable", 503,
        ["暂时用不了", "Not available just now"],
        ["服务正在启动、维护，或者数据库暂时连不上。", "The service is starting, being maintained, or cannot reach its database."],
        ["等 Retry-After 写的秒数再试。", "Try again after the seconds in `Retry-After`."];
}

/// One bad field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// The query or path parameter, where it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parameter: Option<String>,
    /// A JSON Pointer into the body (RFC 6901, as URI fragment), where it is a field of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pointer: Option<String>,
    /// What is wrong: `unknown_parameter`, `repeated`, `malformed`, `out_of_range`, `not_in_list`, …
    pub code: String,
    /// What is wrong and how to mend it, in words.
    pub detail: String,
}

impl ProblemError {
    /// A bad field of the body, by its JSON Pointer as a URI fragment.
    pub fn field(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: None,
            pointer: Some(pointer.to_owned()),
            code: code.to_owned(),
            detail: detail.into(),
        }
    }

    /// A bad parameter.
    pub fn parameter(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.to_owned()), pointer: None, code: code.to_owned(), detail: detail.into() }
    }
}

/// A problem (RFC 9457, `application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The address of the page that explains this code. For a used-up quota the type that the rate-limit draft defines.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    pub kind: String,
    /// The title: the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The code.
    pub code: ProblemCode,
    /// This occurrence: the request's id as a URN.
    pub instance: String,
    /// Every bad field at once.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<ProblemError>,
    /// The quotas that are used up.
    #[serde(rename = "violated-policies", skip_serializing_if = "Vec::is_empty", default)]
    pub violated_policies: Vec<String>,
}

/// The type that the rate-limit draft registers for a used-up quota.
pub const QUOTA_EXCEEDED_TYPE: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_code_reads_back_and_its_wire_form_is_the_code() {
        for code in ProblemCode::ALL {
            assert_eq!(code.code().parse::<ProblemCode>(), Ok(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
            assert!((400..600).contains(&code.status()));
            for language in Language::ALL {
                assert!(!code.title(language).is_empty());
                assert!(!code.what(language).is_empty());
                assert!(!code.mend(language).is_empty());
            }
        }
        assert_eq!("nothing".parse::<ProblemCode>(), Err(()));
    }
}
