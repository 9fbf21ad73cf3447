//! What the browser asked the network for, and what it complained about, from its start on.

use super::Browser;
use serde_json::Value;
use std::sync::Mutex;

/// chromedriver forgets what it has told once; this remembers.
#[derive(Debug, Default)]
pub(super) struct Record {
    requests: Mutex<Vec<Request>>,
    console: Mutex<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Request {
    url: String,
    /// For a page, not for a file of one.
    is_page: bool,
}

impl Browser {
    /// The address of every request the browser has sent, the pages themselves included.
    pub async fn requests(&self) -> Vec<String> {
        self.all_requests().await.into_iter().map(|request| request.url).collect()
    }

    async fn all_requests(&self) -> Vec<Request> {
        let fresh = self.driver.get_log("performance").await.expect("chromedriver keeps a performance log");
        let mut requests = self.record.requests.lock().expect("nobody panics with it");
        requests.extend(fresh.iter().filter_map(|entry| request(&entry.message)));
        requests.clone()
    }

    /// Every line of the browser's console, each with its level in front.
    pub async fn console(&self) -> Vec<String> {
        let fresh = self.driver.get_log("browser").await.expect("chromedriver keeps a browser log");
        let mut console = self.record.console.lock().expect("nobody panics with it");
        console.extend(fresh.into_iter().map(|entry| format!("{}: {}", entry.level, entry.message)));
        console.clone()
    }

    /// What the browser found wrong: errors of scripts, files that failed, content that the page's policy refused. That a *page* was
    /// answered with an error status is not among it, since journeys open such pages on purpose.
    pub async fn complaints(&self) -> Vec<String> {
        let mut console = self.console().await;
        let pages = self.pages().await;
        console.retain(|line| {
            let about_a_page = line
                .contains("Failed to load resource: the server responded with a status of")
                && pages.iter().any(|page| line.contains(&format!(": {page} - ")));
            let serious = line.starts_with("SEVERE") || line.contains("Content Security Policy");
            serious && !about_a_page
        });
        console
    }

    /// The addresses that were opened as pages.
    async fn pages(&self) -> Vec<String> {
        self.all_requests()
            .await
            .into_iter()
            .filter(|request| request.is_page)
            .map(|request| request.url)
            .collect()
    }
}

/// The request, where a line of the performance log tells of a request that leaves the browser.
fn request(message: &str) -> Option<Request> {
    let message: Value = serde_json::from_str(message).ok()?;
    let message = &message["message"];
    if message["method"] != "Network.requestWillBeSent" {
        return None;
    }
    let url = message["params"]["request"]["url"].as_str()?;
    let inside = ["data:", "blob:", "about:", "chrome:", "chrome-extension:", "devtools:"];
    (!inside.iter().any(|scheme| url.starts_with(scheme)))
        .then(|| Request { url: url.to_owned(), is_page: message["params"]["type"] == "Document" })
}
