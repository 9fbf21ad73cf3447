//! What every page must be, in every state, language and theme.

use super::Browser;
use serde_json::{Value, json};

/// axe-core; see `vendor/README.md`.
const AXE: &str = include_str!("../../vendor/axe.min.js");

/// The least size of what a finger must hit, in CSS pixels.
pub const FINGER: u32 = 44;

fn lines(found: &Value) -> Vec<String> {
    let found = found.as_array().expect("a check gives a list");
    found.iter().map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

impl Browser {
    /// Every violation axe-core finds on the open page, as readable text. Scripts must be on.
    pub async fn axe(&self) -> Vec<String> {
        self.run(AXE, vec![]).await;
        let found = self.driver.execute_async(include_str!("axe.js"), vec![]).await;
        lines(found.unwrap_or_else(|error| panic!("axe does not run: {error}")).json())
    }

    /// axe-core finds nothing.
    pub async fn is_accessible(&self) -> &Self {
        self.nothing("accessibility", self.axe().await).await
    }

    /// The page is no wider than its window.
    pub async fn fits_its_window(&self) -> &Self {
        let found = self.run(include_str!("sideways.js"), vec![]).await;
        self.nothing("a sideways scroll", lines(&found)).await
    }

    /// Controls that are smaller than `least` CSS pixels, except links in a sentence and what the selector `exempt` means.
    pub async fn small_targets(&self, least: u32, exempt: &str) -> Vec<String> {
        lines(&self.run(include_str!("targets.js"), vec![json!(least), json!(exempt)]).await)
    }

    /// Every control can be hit with a finger.
    pub async fn fits_fingers(&self) -> &Self {
        self.nothing("small targets", self.small_targets(FINGER, "").await).await
    }

    /// All that a page must be as it stands: accessible, no wider than its window, and to be used with a finger.
    pub async fn is_sound(&self) -> &Self {
        self.is_accessible().await.fits_its_window().await.fits_fingers().await
    }

    /// Nothing was asked of any other host since the browser started, no content was refused by the page's policy, and no script or
    /// file failed.
    pub async fn was_quiet(&self) -> &Self {
        let mut found = self.requests().await;
        found.retain(|url| !url.starts_with(&format!("{}/", self.base)));
        let mut found: Vec<_> = found.into_iter().map(|url| format!("asked another host: {url}")).collect();
        found.extend(self.complaints().await);
        self.nothing("requests or errors that should not be", found).await
    }

    async fn nothing(&self, of: &str, found: Vec<String>) -> &Self {
        assert!(found.is_empty(), "{of} on {}:\n  {}", self.path().await, found.join("\n  "));
        self
    }
}
