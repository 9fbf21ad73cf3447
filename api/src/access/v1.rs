//! The caller's quota.

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use yuti_openapi::samples;
use yuti_openapi::wire::{Quota, QuotaCost};

use super::limits::Class;
use crate::http::answer::{Answer, CachePolicy};
use crate::http::extract::{Call, Nothing, Query};
use crate::http::failure::Failure;
use crate::http::refusals::Refusals;
use crate::registry::v1::elevators::FormatParam;
use crate::routes;
use crate::state::App;

const RULE_ZH: &str = "每个限额像一只桶：装满是 quota，每 window_seconds 秒匀速补满一次。所以跨着一个窗口的边界，最多能通过两倍的 quota。没有密钥时按来访地址算，IPv6 按 /64 算。本服务可能同时开着几份并合着计数：同一时刻打到几份上，每份最多多放过 quota 的二十分之一，多放的算在以后；合计数的地方连不上时，每份各按全额计数。这里的 remaining 是回答的这一份所知道的。";
const RULE_EN: &str = "Each quota is a bucket that holds `quota` and refills evenly in `window_seconds`; up to twice the quota can therefore pass over one window's edge. Counted by client address where no key is shown, IPv6 by /64. Several copies of this service may run and count together: calls that reach several of them at the same moment may pass by up to a twentieth of `quota` more for each copy, which counts for later; while the copies cannot count together, each counts for itself, with the whole quota. `remaining` is what the answering copy knows.";

/// View your quota
///
/// Every quota that applies to you and what is left of it: yours as a visitor, or those of the key you show. Costs nothing.
#[utoipa::path(
    get, path = "/v1/quota", tag = "service", operation_id = "quota_view", params(FormatParam),
    responses(
        (status = 200, description = "Your quota.", body = Quota, example = json!(samples::quota())),
        Refusals
    )
)]
pub async fn quota_view(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    _query: Query<Nothing>,
) -> Result<Answer, Failure> {
    // What no address takes is not advertised.
    let used: Vec<Class> = Class::ALL.into_iter().filter(|class| routes::is_used(*class)).collect();
    let quota = Quota {
        policies: app.limits.look(&call.caller(&request), &used),
        costs: used.iter().flat_map(|class| costs(&app, *class)).collect(),
        rule: call.language.pick(RULE_ZH, RULE_EN).to_owned(),
    };
    let answer = Answer::json(&quota)?.cache(CachePolicy::NoStore).language(call.language, true);
    Ok(answer.header(header::VARY, "Authorization"))
}

fn costs(app: &App, class: Class) -> Vec<QuotaCost> {
    let costs = app.limits.costs();
    let named = |name: &str, cost| QuotaCost { class: name.to_owned(), cost };
    let one = |cost| vec![named(class.name(), cost)];
    match class {
        Class::Free | Class::Always => one(0),
        Class::Lookup => one(costs.lookup),
        Class::List => vec![named(class.name(), costs.list), named("export", 1)],
        Class::Page | Class::LogIn | Class::KeyCreation | Class::Complaint | Class::UnitRequest => one(1),
    }
}
