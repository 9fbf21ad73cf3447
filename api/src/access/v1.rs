//! The caller's quota.

use actix_web::web;
use yuti_openapi::samples;
use yuti_openapi::wire::{Quota, QuotaCost};

use super::caller;
use super::limits::Class;
use crate::http::answer::{Answer, CachePolicy};
use crate::http::extract::{Call, Nothing, Query};
use crate::http::failure::Failure;
use crate::http::refusals::Refusals;
use crate::registry::v1::elevators::FormatParam;
use crate::state::App;

const RULE_ZH: &str = "每个限额像一只桶：装满是 quota，每 window_seconds 秒匀速补满一次。所以跨着一个窗口的边界，最多能通过两倍的 quota。按来访地址算，IPv6 按 /64 算。";
const RULE_EN: &str = "Each quota is a bucket that holds `quota` and refills evenly in `window_seconds`; up to twice the quota can therefore pass over one window's edge. Counted by client address, IPv6 by /64.";

/// View your quota
///
/// Every quota that applies to you and what is left of it. Costs nothing.
#[utoipa::path(
    get, path = "/v1/quota", tag = "service", operation_id = "quota_view", params(FormatParam),
    responses(
        (status = 200, description = "Your quota.", body = Quota, example = json!(samples::quota())),
        Refusals
    )
)]
pub async fn quota_view(app: web::Data<App>, call: Call, _query: Query<Nothing>) -> Result<Answer, Failure> {
    let costs = app.limits.costs();
    let cost = |class: Class, cost| QuotaCost { class: class.name().to_owned(), cost };
    let quota = Quota {
        policies: app.limits.look(caller::bucket(call.client)),
        costs: vec![
            cost(Class::Free, 0),
            cost(Class::Lookup, costs.lookup),
            cost(Class::List, costs.list),
            QuotaCost { class: "export".to_owned(), cost: 1 },
            cost(Class::Page, 1),
            cost(Class::Always, 0),
        ],
        rule: call.language.pick(RULE_ZH, RULE_EN).to_owned(),
    };
    Ok(Answer::json(&quota)?.cache(CachePolicy::NoStore).language(call.language, true))
}
