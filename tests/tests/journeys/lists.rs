//! Lists: pages, places, streams. What is said of one list here holds for all of them.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use yuti_tests::{Options, journey};

const LISTS: [&str; 2] = ["/v1/elevators", "/v1/organisations"];

pub fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().expect("an elevator has an id")).collect()
}

fn number(id: &str) -> i64 {
    id.strip_prefix("el-")
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_else(|| panic!("{id} is no handle"))
}

journey! {
    /// A wish for more than a page holds is lowered and the applied number is said; nothing else is bent.
    async fn a_large_limit_is_lowered_and_echoed(world) {
        let app = world.anyone();
        for list in LISTS.iter().chain(&["/v1/changes"]) {
            assert_eq!(app.get(list).await.at("/limit"), 50, "{list} without a limit");
            for (wished, applied) in [("1", 1), ("500", 500), ("501", 500), ("4294967296", 500), ("99999999999999999999999", 500)] {
                let page = app.get(&format!("{list}?limit={wished}")).await;
                assert_eq!(page.is(200).at("/limit"), applied, "{list} limit={wished}");
                assert!(page.at("/items").as_array().unwrap().len() <= applied, "{list} limit={wished}");
            }
        }
    }
}

journey! {
    /// What is no number of items is told, on every list, and never taken for another number.
    async fn a_limit_that_is_none_is_refused(world: Options::demo().generous()) {
        let app = world.anyone();
        for list in LISTS.iter().chain(&["/v1/changes", "/v1/elevators/502718/history"]) {
            for wrong in ["0", "00", "-1", "1.5", "five", "%2B5", "0x10", "1e2", "5%205", "%EF%BC%95", "null"] {
                let answer = app.get(&format!("{list}?limit={wrong}")).await;
                answer.problem(400, "invalid_parameters").names_parameters(&["limit"]);
            }
        }
    }
}

/// What an order sorts by: where no validity is known the elevator comes last.
fn key(sort: &str, item: &Value) -> (String, i64) {
    let id = number(item["id"].as_str().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or("9999-99-99").to_owned();
    match sort.trim_start_matches('-') {
        "id" => (String::new(), id),
        "updated_at" => (text(&item["recorded_at"]), id),
        "inspection_valid_until" => (text(&item["inspection"]["valid_until"]), id),
        other => panic!("no order {other}"),
    }
}

journey! {
    /// Page by page, in every order, everything comes exactly once, and in that order: elevators of which something is not
    /// known too.
    async fn every_order_walks_through_everything_once(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        let expected: BTreeSet<&str> = ids(&all).into_iter().collect();
        assert!(all.len() >= 1_900 && expected.len() == all.len(), "{} elevators, {} ids", all.len(), expected.len());
        for sort in ["id", "-id", "updated_at", "-updated_at", "inspection_valid_until"] {
            let walked = app.walked(&format!("/v1/elevators?sort={sort}&limit=97")).await;
            let keys = walked.iter().map(|item| key(sort, item));
            assert!(if sort.starts_with('-') { keys.rev().is_sorted() } else { keys.is_sorted() }, "sort={sort} is not sorted");
            let seen: BTreeSet<&str> = ids(&walked).into_iter().collect();
            assert_eq!(seen.len(), walked.len(), "sort={sort} repeats an elevator");
            let missing: Vec<_> = expected.difference(&seen).take(5).collect();
            assert!(missing.is_empty(), "sort={sort} walks through {} of {}; missing {missing:?} …", seen.len(), expected.len());
        }
    }
}

journey! {
    /// The list of organisations walks through everything once as well.
    async fn organisations_come_exactly_once(world: Options::demo().generous()) {
        let app = world.anyone();
        let walked = app.walked("/v1/organisations?limit=7").await;
        assert!(walked.len() > 20, "{} organisations", walked.len());
        let distinct: BTreeSet<String> = walked.iter().map(Value::to_string).collect();
        assert_eq!(distinct.len(), walked.len());
        assert_eq!(walked, app.all("/v1/organisations").await);
        assert_eq!(app.get("/v1/organisations?count=exact&limit=1").await.at("/count"), json!({"total": walked.len(), "exact": true}));
    }
}

journey! {
    /// The stream is the pages: the same items, in the same order, and a line for each.
    async fn the_stream_is_the_pages(world: Options::demo().generous()) {
        let app = world.anyone();
        for list in ["/v1/elevators", "/v1/elevators?sort=-id&status=attention", "/v1/organisations", "/v1/changes"] {
            let streamed = app.all(list).await;
            assert!(!streamed.is_empty(), "{list} is empty, so nothing is shown");
            let joint = if list.contains('?') { '&' } else { '?' };
            if list == "/v1/changes" {
                let page = app.get("/v1/changes?limit=500").await.at("/items");
                assert_eq!(page.as_array().unwrap().as_slice(), &streamed[..500], "{list}");
                continue;
            }
            assert_eq!(app.walked(&format!("{list}{joint}limit=500")).await, streamed, "{list}");
        }
    }
}

journey! {
    /// A stream can be asked for by `Accept` too; the parameter wins over the header.
    async fn the_parameter_wins_over_accept(world) {
        let app = world.anyone();
        for accept in ["application/x-ndjson", "application/x-ndjson, application/json;q=0.5"] {
            let streamed = app.with_header("Accept", accept).get("/v1/elevators?status=not_received").await;
            assert!(!streamed.is(200).ndjson().is_empty());
            streamed.header_has("Vary", "Accept");
        }
        let both = app.with_header("Accept", "application/x-ndjson").get("/v1/elevators?format=json&limit=1").await;
        both.is(200).header_is("Content-Type", "application/json");
        let other = app.with_header("Accept", "application/json").get("/v1/elevators?format=ndjson&status=not_received").await;
        assert!(!other.is(200).ndjson().is_empty());
        app.get("/v1/elevators?format=xml").await.problem(400, "invalid_parameters").names_parameters(&["format"]);
        app.get("/v1/elevators/502718?format=ndjson").await.problem(400, "invalid_parameters").names_parameters(&["format"]);
    }
}

journey! {
    /// A page leads on: in the body and in `Link` alike, with every filter kept, until the last one leads nowhere.
    async fn next_keeps_the_filters(world) {
        let app = world.anyone();
        let first = app.get("/v1/elevators?district=500108&status=in_order&limit=3&sort=-id&count=exact").await;
        let next = first.is(200).at("/next").as_str().expect("there is more").to_owned();
        assert_eq!(first.link("next"), Some(next.clone()));
        assert!(next.starts_with(&world.url("/v1/elevators?")), "{next}");
        for kept in ["district=500108", "status=in_order", "limit=3", "sort=-id", "count=exact", "cursor="] {
            assert_eq!(next.matches(kept).count(), 1, "{kept} in {next}");
        }
        assert_eq!(first.at("/next_cursor"), next.split("cursor=").nth(1).unwrap());
        let second = app.get(&next).await;
        assert!(second.is(200).at("/items").as_array().unwrap().iter().all(|item| item["district"]["code"] == "500108" && item["status"] == "in_order"));
        assert_eq!(second.at("/count"), first.at("/count"), "the count is of all that match, not of what is left");
        let last = app.get("/v1/elevators?status=not_received&limit=500").await;
        assert!(last.is(200).at("/next").is_null() && last.at("/next_cursor").is_null());
        assert_eq!(last.link("next"), None);
    }
}

journey! {
    /// Filters of other scripts survive the way through `next`.
    async fn next_is_encoded(world: Options::demo().generous()) {
        let app = world.anyone();
        let first = app.get("/v1/elevators?updated_since=2020-01-01T08%3A00%3A00%2B08%3A00&limit=500").await;
        let next = first.is(200).link("next").expect("there is more");
        assert!(next.contains("updated_since=2020-01-01T08%3A00%3A00%2B08%3A00"), "{next}");
        assert!(next.is_ascii() && !next.contains([' ', '+']), "{next}");
        app.get(&next).await.is(200);
    }
}

journey! {
    /// A place in a list belongs to its filters and its order, and to nothing else.
    async fn a_cursor_is_bound_to_its_filters(world) {
        let app = world.anyone();
        let page = app.get("/v1/elevators?district=500108&limit=1").await;
        let cursor = page.is(200).at("/next_cursor").as_str().unwrap().to_owned();
        app.get(&format!("/v1/elevators?district=500108&limit=400&count=exact&cursor={cursor}")).await.is(200);
        for other in ["district=500107", "district=500108&status=in_order", "district=500108&sort=-id", "limit=1"] {
            let answer = app.get(&format!("/v1/elevators?{other}&cursor={cursor}")).await;
            answer.problem(400, "invalid_cursor");
        }
        app.get(&format!("/v1/organisations?cursor={cursor}")).await.problem(400, "invalid_cursor");
        app.get(&format!("/v1/elevators/502718/history?cursor={cursor}")).await.problem(400, "invalid_cursor");
    }
}

journey! {
    /// A place that was changed on the way, or made up, is refused and never read as another place.
    async fn a_cursor_that_is_not_whole_is_refused(world: Options::demo().generous()) {
        let app = world.anyone();
        let whole = app.get("/v1/elevators?sort=updated_at&limit=1").await.at("/next_cursor").as_str().unwrap().to_owned();
        let cut = &whole[..whole.len() - 3];
        let longer = format!("{whole}AA");
        let made_up = ["x", "e30", "bnVsbA", "W10", "eyJrIjoxfQ", "1", "-1", "%E7%94%B5%E6%A2%AF", "AAAA%3D%3D", "__proto__", "' OR 1=1 --"];
        for wrong in [cut, &longer].into_iter().chain(made_up) {
            let wrong = wrong.replace(' ', "%20").replace('\'', "%27");
            let answer = app.get(&format!("/v1/elevators?sort=updated_at&cursor={wrong}")).await;
            answer.problem(400, "invalid_cursor");
        }
        let endless = "A".repeat(5_000);
        let answer = app.get(&format!("/v1/elevators?cursor={endless}")).await;
        assert_eq!(answer.status(), 400, "{answer}");
    }
}

journey! {
    /// Forged places are told: the digest of the filters is no secret, so that whatever else stands in a cursor is checked too.
    async fn a_forged_cursor_is_refused(world: Options::demo().generous()) {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as CODE;
        let app = world.anyone();
        let page = app.get("/v1/elevators?sort=inspection_valid_until&limit=1").await;
        let whole = page.at("/next_cursor").as_str().unwrap().to_owned();
        let place: Value = serde_json::from_slice(&CODE.decode(&whole).unwrap()).unwrap();
        for value in [json!("yesterday"), json!("2026-02-30"), json!(7), json!("")] {
            let mut forged = place.clone();
            let key = forged.as_object().unwrap().keys().find(|key| forged[*key] == page.at("/items/0/inspection/valid_until")).cloned();
            forged[key.expect("the sorted value stands in the cursor")] = value.clone();
            let answer = app.get(&format!("/v1/elevators?sort=inspection_valid_until&cursor={}", CODE.encode(forged.to_string()))).await;
            answer.problem(400, "invalid_cursor");
        }
    }
}

journey! {
    /// Nothing found is an empty list and no error, whatever was asked for.
    async fn nothing_found_is_an_empty_list(world) {
        let app = world.anyone();
        for nothing in ["status=not_received&pilot=true", "district=999999", "category=9999", "updated_since=2090-01-01T00:00:00Z"] {
            let page = app.get(&format!("/v1/elevators?{nothing}&count=exact")).await;
            assert_eq!(page.is(200).at("/items"), json!([]), "{nothing}");
            assert!(page.at("/next").is_null() && page.at("/next_cursor").is_null());
            assert_eq!(page.at("/count"), json!({"total": 0, "exact": true}));
            page.has_no_header("Link");
            assert!(app.all(&format!("/v1/elevators?{nothing}")).await.is_empty());
        }
    }
}

journey! {
    /// A register with nothing in it serves its lists all the same.
    async fn an_empty_register_has_empty_lists(world: Options::empty()) {
        let app = world.anyone();
        for list in LISTS {
            let page = app.get(&format!("{list}?count=exact")).await;
            assert_eq!(page.is(200).at("/items"), json!([]), "{list}");
            assert_eq!(page.at("/provenance/data_as_of"), Value::Null);
            assert!(app.all(list).await.is_empty(), "{list}");
        }
        assert_eq!(app.get("/v1/changes").await.at("/next_after"), 0);
        app.get("/v1/elevators/502718").await.problem(404, "elevator_not_found");
    }
}

journey! {
    /// Counting is asked for: exactly, or as is cheapest, or not at all; an exact number is that of the rows.
    async fn the_count_is_that_of_the_rows(world) {
        let app = world.anyone();
        for filter in ["", "status=out_of_use", "pilot=true", "district=500108&pilot=false"] {
            let rows = app.all(&format!("/v1/elevators?{filter}")).await.len();
            let page = app.get(&format!("/v1/elevators?{filter}&count=exact&limit=1")).await;
            assert_eq!(page.is(200).at("/count"), json!({"total": rows, "exact": true}), "{filter}");
        }
        assert!(app.get("/v1/elevators?limit=1&count=estimate").await.at("/count/total").as_i64().unwrap() > 0);
        for none in ["/v1/elevators?limit=1&count=none", "/v1/elevators?limit=1"] {
            assert_eq!(app.get(none).await.json().get("count"), None, "{none}");
        }
    }
}

journey! {
    /// Every list says where its data comes from, how fresh it is, and that it is fictitious.
    async fn every_list_says_where_its_data_comes_from(world) {
        let app = world.anyone();
        for list in ["/v1/elevators?limit=1", "/v1/organisations?limit=1", "/v1/districts", "/v1/changes?limit=1", "/v1/elevators/502718/history"] {
            let provenance = app.get(list).await.at("/provenance");
            assert_eq!(provenance["demonstration"], true, "{list}");
            assert_eq!(provenance["licence"], "CC BY 4.0", "{list}");
            assert_eq!(provenance["sources"][0]["key"], "demonstration", "{list}");
            assert_eq!(provenance["data_as_of"], "2026-11-22T16:00:00Z", "{list}");
        }
        let item = app.get("/v1/elevators?limit=1").await.at("/items/0/source");
        assert_eq!(item["demonstration"], true);
    }
}
