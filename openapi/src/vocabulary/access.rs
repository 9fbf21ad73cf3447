//! Codes of who may call how often.

use super::vocabulary;

vocabulary! {
    /// A named quota. Its name stands in the headers `RateLimit-Policy` and `RateLimit`.
    LimitPolicy: "limit-policy", "限额", "Quota" {
        /// Calls of the API by one address within a short window.
        Burst = "burst", "接口，短时", "API, short window";
        /// Calls of the API by one address within a day.
        Daily = "daily", "接口，每天", "API, a day";
        /// Streams of whole lists by one address.
        Export = "export", "整表导出", "Whole lists";
        /// Pages opened by one address.
        Pages = "pages", "网页", "Pages";
    }
}
