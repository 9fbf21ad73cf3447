//! Days and instants that no calendar of ours has.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use yuti_tests::{Options, journey};

journey! {
    /// Years beyond 0001 to 9999 are refused by name, on both databases, wherever a day or an instant is taken.
    async fn years_beyond_the_calendar_are_refused(world: Options::demo().generous()) {
        let app = world.anyone();
        for at in ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00%2B08:00", "9999-12-31T23:59:59-08:00", "%2B12026-11-01T00:00:00Z", "-0001-01-01T00:00:00Z", "%2B262142-12-31T23:59:59Z", "2026-11-01", "0"] {
            for format in ["json", "ndjson"] {
                let answer = app.get(&format!("/v1/elevators?format={format}&updated_since={at}")).await;
                assert_eq!(answer.problem(400, "invalid_parameters").names_parameters(&["updated_since"]).code_of("updated_since"), "malformed", "{at}");
            }
        }
        for day in ["0000-01-01", "10000-01-01", "%2B10000-01-01", "-0001-01-01", "%2B262142-12-31", "2026-2-3", "2026-02-30"] {
            let answer = app.get(&format!("/v1/policy?on={day}")).await;
            assert_eq!(answer.problem(400, "invalid_parameters").names_parameters(&["on"]).code_of("on"), "malformed", "{day}");
        }
        for path in ["/v1/policy?on=0001-01-01", "/v1/policy?on=9999-12-31"] {
            app.get(path).await.is(200);
        }
        let all = app.get("/v1/elevators?limit=1&count=exact").await.at("/count/total");
        let since = async |at: &str| app.get(&format!("/v1/elevators?limit=1&count=exact&updated_since={at}")).await.at("/count/total");
        assert_eq!((since("0001-01-01T00:00:00Z").await, since("9999-12-31T23:59:59Z").await), (all, json!(0)));
    }
}

journey! {
    /// A cursor that carries such a moment is none of ours.
    async fn a_cursor_of_another_age_is_refused(world: Options::demo().generous()) {
        let app = world.anyone();
        for (sort, values) in [
            ("updated_at", ["9223372036854775807", "253402300800000000", "-62135596800000001"]),
            ("-updated_at", ["-9223372036854775808", "8210298412799999999", "1e3"]),
            ("inspection_valid_until", ["+262142-12-31", "-0001-01-01", "0000-01-01"]),
        ] {
            let next = app.get(&format!("/v1/elevators?limit=1&sort={sort}")).await.at("/next_cursor");
            let cursor: Value = serde_json::from_slice(&BASE64.decode(next.as_str().unwrap()).unwrap()).unwrap();
            for value in values {
                let mut forged = cursor.clone();
                forged["v"] = json!(value);
                let forged = BASE64.encode(forged.to_string());
                for format in ["json", "ndjson"] {
                    app.get(&format!("/v1/elevators?limit=1&sort={sort}&format={format}&cursor={forged}")).await.problem(400, "invalid_cursor");
                }
            }
        }
    }
}
